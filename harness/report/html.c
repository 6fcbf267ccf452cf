/* html.c -- text and tables of a page. */
#include "harness/report/html.h"

#include <math.h>
#include <string.h>

#include "harness/results/table.h"

/* Bytes of the UTF-8 character at text; 0 if there is none: no overlong forms, no surrogates. */
static size_t character_length(const unsigned char *text) {
    size_t length = text[0] < 0x80   ? 1
                    : text[0] < 0xC2 ? 0
                    : text[0] < 0xE0 ? 2
                    : text[0] < 0xF0 ? 3
                    : text[0] < 0xF5 ? 4
                                     : 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    bool is_overlong = (text[0] == 0xE0 && text[1] < 0xA0) || (text[0] == 0xF0 && text[1] < 0x90);
    bool is_no_letter = (text[0] == 0xED && text[1] > 0x9F) || (text[0] == 0xF4 && text[1] > 0x8F);
    return length > 1 && (is_overlong || is_no_letter) ? 0 : length;
}

static const char *entity_of(unsigned char byte) {
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return byte < 0x20 || byte == 0x7F ? "\xEF\xBF\xBD" : NULL;
    }
}

void hb_html_text(FILE *file, const char *text) {
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
        const char *entity = entity_of(*at);
        size_t length = character_length(at);
        if (length == 0)
            entity = "\xEF\xBF\xBD";
        if (entity)
            fputs(entity, file);
        else
            fwrite(at, 1, length, file);
        at += length > 0 ? length : 1;
    }
}

void hb_html_element(FILE *file, const char *tag, const char *text) {
    fprintf(file, "<%s>", tag);
    hb_html_text(file, text);
    fprintf(file, "</%s>\n", tag);
}

void hb_html_table_begin(FILE *file, const char *id, const char *caption) {
    fprintf(file,
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"%s\">\n"
            "<table class=\"sortable\"><caption id=\"%s\">",
            id, id);
    hb_html_text(file, caption);
    fputs("</caption>\n<thead><tr>", file);
}

void hb_html_heading(FILE *file, const char *text, const char *what, bool is_number) {
    fprintf(file, "<th scope=\"col\"%s", is_number ? " class=\"number\"" : "");
    if (what[0] != '\0') {
        fputs(" title=\"", file);
        hb_html_text(file, what);
        fputc('"', file);
    }
    fputc('>', file);
    hb_html_text(file, text);
    fputs("</th>", file);
}

void hb_html_headings_end(FILE *file) {
    fputs("</tr></thead>\n<tbody>\n", file);
}

void hb_html_row_begin(FILE *file, const char *name) {
    fputs("<tr><th scope=\"row\">", file);
    hb_html_text(file, name);
    fputs("</th>", file);
}

void hb_html_row_end(FILE *file) {
    fputs("</tr>\n", file);
}

void hb_html_table_end(FILE *file) {
    fputs("</tbody></table></div>\n", file);
}

/* What the cell is sorted by, with all digits. */
static void cell_begin(FILE *file, double value) {
    fputs("<td class=\"number\"", file);
    if (!isnan(value))
        fprintf(file, " data-value=\"%.17g\"", value);
    fputc('>', file);
}

static void number_write(FILE *file, double value, int decimals) {
    if (isnan(value))
        fputs("<span class=\"none\">–</span>", file);
    else
        fprintf(file, "%.*f", decimals, value);
}

static void interval_write(FILE *file, double low, double high, int decimals) {
    if (!isnan(low) && !isnan(high))
        fprintf(file, " <span class=\"interval\">[%.*f, %.*f]</span>", decimals, low, decimals,
                high);
}

void hb_html_number(FILE *file, double value, int decimals) {
    cell_begin(file, value);
    number_write(file, value, decimals);
    fputs("</td>", file);
}

void hb_html_interval(FILE *file, double value, double low, double high, int decimals) {
    cell_begin(file, value);
    number_write(file, value, decimals);
    interval_write(file, low, high, decimals);
    fputs("</td>", file);
}

void hb_html_ratio(FILE *file, double ratio, double low, double high) {
    const char *verdict = hb_ratio_verdict(low, high);

    cell_begin(file, ratio);
    number_write(file, ratio, 3);
    interval_write(file, low, high, 3);
    if (verdict[0] != '\0')
        fprintf(file, " <span class=\"verdict %s\">%s</span>", verdict, verdict);
    fputs("</td>", file);
}

void hb_html_cell(FILE *file, const char *text) {
    fputs("<td>", file);
    hb_html_text(file, text);
    fputs("</td>", file);
}
