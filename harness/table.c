/* table.c -- a table of text, see table.h. */
#include "harness/table.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

enum { CELL_MAX = 40, GAP = 2, NAME_WIDTH_MAX = 24, NAME_WIDTH_NARROW = 18 };

struct column {
    int group;
    char upper[CELL_MAX], lower[CELL_MAX];
    bool has_figures;
    size_t width;
};

struct hb_table {
    size_t lines, columns;
    const char *const *names;
    struct column *heads;
    char (*cells)[CELL_MAX]; /* line by line */
    bool is_last_optional;
};

struct hb_table *hb_table_create(size_t lines, size_t columns, const char *const *names) {
    struct hb_table *table = calloc(1, sizeof *table);
    if (!table)
        return NULL;
    *table = (struct hb_table){lines,
                               columns,
                               names,
                               calloc(columns, sizeof *table->heads),
                               calloc(lines * columns, sizeof *table->cells),
                               false};
    if (table->heads && table->cells)
        return table;
    hb_table_free(table);
    return NULL;
}

void hb_table_free(struct hb_table *table) {
    if (!table)
        return;
    free(table->heads);
    free(table->cells);
    free(table);
}

size_t hb_text_width(const char *text) {
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static void width_widen(size_t *width, const char *text) {
    size_t wide = hb_text_width(text);
    if (wide > *width)
        *width = wide;
}

void hb_table_set_heading(struct hb_table *table, size_t column, int group, const char *upper,
                          const char *lower) {
    struct column *head = &table->heads[column];
    head->group = group;
    snprintf(head->upper, sizeof head->upper, "%s", upper);
    snprintf(head->lower, sizeof head->lower, "%s", lower);
    width_widen(&head->width, head->upper);
    width_widen(&head->width, head->lower);
}

static bool is_figure(const char *cell) {
    return cell[0] != '\0' && strcmp(cell, "-") != 0;
}

void hb_table_set_last_optional(struct hb_table *table) {
    table->is_last_optional = true;
}

void hb_table_set(struct hb_table *table, size_t line, size_t column, const char *text) {
    char *cell = table->cells[line * table->columns + column];
    snprintf(cell, CELL_MAX, "%s", text);
    width_widen(&table->heads[column].width, cell);
    if (is_figure(cell))
        table->heads[column].has_figures = true;
}

static void byte_print(char byte, FILE *file) {
    fputc(iscntrl((unsigned char)byte) ? '?' : byte, file);
}

static void spaces_print(size_t count, FILE *file) {
    while (count-- > 0)
        fputc(' ', file);
}

static void name_print(const char *name, size_t width, FILE *file) {
    size_t wide = hb_text_width(name);
    for (; *name != '\0'; name++)
        byte_print(*name, file);
    if (wide < width)
        spaces_print(width - wide, file);
}

/* The columns of one panel: from first until the returned one. A group is cut only where it is
 * wider than the paper. */
static size_t panel_end(const struct hb_table *table, size_t first, size_t name_width,
                        size_t width) {
    size_t used = name_width, group_end = first;

    for (size_t i = first; i < table->columns; i++) {
        const struct column *head = &table->heads[i];
        if (i > first && head->group != table->heads[i - 1].group)
            group_end = i;
        if (!head->has_figures)
            continue;
        used += GAP + head->width;
        if (used > width)
            return group_end > first ? group_end : i > first ? i : first + 1;
    }
    return table->columns;
}

enum line_kind { LINE_UPPER, LINE_LOWER, LINE_FIGURES };

static void panel_print_line(const struct hb_table *table, size_t first, size_t end,
                             enum line_kind kind, size_t line, FILE *file) {
    size_t owed = 0; /* spaces not yet printed, so that no line ends in them */

    for (size_t i = first; i < end; i++) {
        const struct column *head = &table->heads[i];
        const char *text = kind == LINE_UPPER   ? head->upper
                           : kind == LINE_LOWER ? head->lower
                                                : table->cells[line * table->columns + i];
        if (!head->has_figures)
            continue;
        owed += GAP + head->width - hb_text_width(text);
        if (text[0] == '\0')
            continue;
        spaces_print(owed, file);
        fputs(text, file);
        owed = 0;
    }
    fputc('\n', file);
}

/* Is a line to be printed in the panel of these columns? */
static bool line_is_wanted(const struct hb_table *table, size_t line, size_t first, size_t end) {
    if (!table->is_last_optional || line + 1 < table->lines)
        return true;
    for (size_t i = first; i < end; i++)
        if (is_figure(table->cells[line * table->columns + i]))
            return true;
    return false;
}

static void panel_print(const struct hb_table *table, const char *first_heading, size_t first,
                        size_t end, size_t name_width, FILE *file) {
    spaces_print(name_width, file);
    panel_print_line(table, first, end, LINE_UPPER, 0, file);
    name_print(first_heading, name_width, file);
    panel_print_line(table, first, end, LINE_LOWER, 0, file);
    for (size_t line = 0; line < table->lines; line++) {
        if (!line_is_wanted(table, line, first, end))
            continue;
        name_print(table->names[line], name_width, file);
        if (hb_text_width(table->names[line]) > name_width) {
            fputc('\n', file);
            spaces_print(name_width, file);
        }
        panel_print_line(table, first, end, LINE_FIGURES, line, file);
    }
}

/* Names longer than the paper allows take a line of their own, above their figures. */
static size_t table_name_width(const struct hb_table *table, const char *first_heading,
                               size_t width) {
    size_t most = width < 100 ? NAME_WIDTH_NARROW : NAME_WIDTH_MAX;
    size_t name_width = hb_text_width(first_heading);
    for (size_t line = 0; line < table->lines; line++) {
        if (hb_text_width(table->names[line]) <= most)
            width_widen(&name_width, table->names[line]);
    }
    return name_width;
}

void hb_table_print(const struct hb_table *table, const char *first_heading, size_t width,
                    FILE *file) {
    size_t name_width = table_name_width(table, first_heading, width);
    bool is_first = true;

    for (size_t first = 0, end; first < table->columns; first = end) {
        end = panel_end(table, first, name_width, width);
        bool has_figures = false;
        for (size_t i = first; i < end; i++)
            has_figures |= table->heads[i].has_figures;
        if (!has_figures)
            continue;
        if (!is_first)
            fputc('\n', file);
        is_first = false;
        panel_print(table, first_heading, first, end, name_width, file);
    }
}

void hb_text_wrap(const char *text, size_t indent, size_t width, FILE *file) {
    size_t used = 0;

    while (*text != '\0') {
        size_t bytes = strcspn(text, " ");
        char word[CELL_MAX * 16];
        snprintf(word, sizeof word, "%.*s", (int)bytes, text);
        size_t wide = hb_text_width(word);
        if (used > indent && used + 1 + wide > width) {
            fputc('\n', file);
            spaces_print(indent, file);
            used = indent;
        } else if (used > 0) {
            fputc(' ', file);
            used++;
        }
        name_print(word, 0, file);
        used += wide;
        text += bytes + (text[bytes] == ' ');
    }
    fputc('\n', file);
}

size_t hb_terminal_width(FILE *file, size_t least, size_t of_pipes, size_t most) {
    struct winsize window;
    if (ioctl(fileno(file), TIOCGWINSZ, &window) != 0 || window.ws_col == 0)
        return of_pipes;
    return window.ws_col < least ? least : window.ws_col > most ? most : window.ws_col;
}
