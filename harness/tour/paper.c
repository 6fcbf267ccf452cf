/* paper.c -- text and drawings of the tour. */
#include "harness/tour/paper.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/table.h"

enum { WIDTH_MIN = 40, WIDTH = 80, TEXT_MAX = 2048, INDENT = 2 };

static const char *const colours[] = {"", "\033[1m", "\033[32m", "\033[33m", "\033[2m"};

void tour_paper_open(struct tour_paper *paper, FILE *file, bool is_plain) {
    bool is_terminal = isatty(fileno(file));
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    *paper = (struct tour_paper){.file = file, .width = WIDTH};
    if (is_plain)
        return;
    paper->width = hb_terminal_width(file, WIDTH_MIN, WIDTH, WIDTH);
    paper->has_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    paper->has_colour = is_terminal && !(no_colour && *no_colour) && terminal && *terminal &&
                        strcmp(terminal, "dumb") != 0;
}

static void colour_begin(struct tour_paper *paper, enum tour_colour colour) {
    if (paper->has_colour && colour != TOUR_PLAIN)
        fputs(colours[colour], paper->file);
}

static void colour_end(struct tour_paper *paper, enum tour_colour colour) {
    if (paper->has_colour && colour != TOUR_PLAIN)
        fputs("\033[0m", paper->file);
}

void tour_text(struct tour_paper *paper, const char *format, ...) {
    char text[TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    hb_text_wrap(text, 0, paper->width, paper->file);
}

void tour_line(struct tour_paper *paper, const char *format, ...) {
    char text[TEXT_MAX];
    va_list arguments;
    int used = snprintf(text, sizeof text, "%*s", INDENT, "");
    va_start(arguments, format);
    vsnprintf(text + used, sizeof text - (size_t)used, format, arguments);
    va_end(arguments);
    if (hb_text_width(text) <= paper->width)
        fprintf(paper->file, "%s\n", text);
    else
        hb_text_wrap(text, (size_t)2 * INDENT, paper->width, paper->file);
}

/* Behind its mark, or as far in as that is wide. */
static void item_print(struct tour_paper *paper, const char *mark, const char *text) {
    char *wrapped = NULL, *rest;
    size_t size, wide = hb_text_width(mark);
    FILE *memory = open_memstream(&wrapped, &size);
    if (!memory)
        return;
    hb_text_wrap(text, 0, paper->width - wide, memory);
    if (fclose(memory) == 0) {
        const char *lead = mark;
        for (char *line = strtok_r(wrapped, "\n", &rest); line;
             line = strtok_r(NULL, "\n", &rest)) {
            fprintf(paper->file, "%*s%s%s\n", lead == mark ? 0 : (int)wide, "", lead, line);
            lead = "";
        }
    }
    free(wrapped);
}

void tour_item(struct tour_paper *paper, enum tour_colour colour, const char *mark,
               const char *format, ...) {
    char text[TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    colour_begin(paper, colour);
    item_print(paper, mark, text);
    colour_end(paper, colour);
}

void tour_gap(struct tour_paper *paper) {
    fputc('\n', paper->file);
}

static const char *cell_text(const struct tour_paper *paper, char cell) {
    static char plain[2];
    if (paper->has_utf8 && cell == TOUR_FULL)
        return "█";
    if (paper->has_utf8 && cell == TOUR_HALF)
        return "▒";
    if (paper->has_utf8 && cell == TOUR_EMPTY)
        return "·";
    plain[0] = cell;
    return plain;
}

size_t tour_cells_fit(const struct tour_paper *paper, const char *label) {
    size_t used = INDENT + hb_text_width(label) + 1;
    return used + 8 < paper->width ? paper->width - used : 8;
}

void tour_cells(struct tour_paper *paper, const char *label, const char *cells, size_t count) {
    size_t fit = tour_cells_fit(paper, label);
    fit = fit >= 64 ? 64 : fit / 8 * 8;
    for (size_t i = 0; i < count; i++) {
        if (i % fit == 0)
            fprintf(paper->file, "%s%*s%-*s ", i ? "\n" : "", INDENT, "", (int)hb_text_width(label),
                    i ? "" : label);
        fputs(cell_text(paper, cells[i]), paper->file);
    }
    fputc('\n', paper->file);
}

void tour_legend(struct tour_paper *paper, const char *full, const char *half, const char *empty) {
    const char *const names[] = {full, half, empty};
    static const char cells[] = {TOUR_FULL, TOUR_HALF, TOUR_EMPTY};
    char text[TEXT_MAX] = "";
    size_t used = 0;
    for (size_t i = 0; i < sizeof cells; i++)
        if (names[i])
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %s", used ? "   " : "",
                                     cell_text(paper, cells[i]), names[i]);
    tour_line(paper, "%s", text);
}

void tour_bytes(struct tour_paper *paper, uint64_t address, const unsigned char *bytes,
                size_t count) {
    size_t row = paper->width >= 70 ? 16 : 8;
    for (size_t i = 0; i < count; i += row) {
        char text[128];
        size_t used = 0;
        for (size_t j = i; j < count && j < i + row; j++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%02x", used ? " " : "",
                                     bytes[j]);
        if (row == 8)
            fprintf(paper->file, "  +%02zx  %s\n", i, text);
        else
            fprintf(paper->file, "  0x%llx  %s\n", (unsigned long long)(address + i), text);
    }
}
