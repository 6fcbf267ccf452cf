/* svg.c -- a picture of gnuplot's as part of a page. */
#include "harness/report/svg.h"

#include <string.h>

#include "harness/report/html.h"

/* What is written for what. Black is the colour of the page's letters. */
static const struct {
    const char *from, *to;
} replacements[] = {
    {" color=\"black\"", ""},
    {"\"black\"", "\"currentColor\""},
    {"rgb(0,0,0)", "currentColor"},
    {"rgb(  0,   0,   0)", "currentColor"},
    {"rgb(118,118,118)", "var(--plot-grey)"},
    {"rgb(118, 118, 118)", "var(--plot-grey)"},
    {"rgb(153, 153, 153)", "var(--plot-grey)"},
    {"rgb(221, 221, 221)", "var(--plot-grid)"},
    {"rgb( 77,  77,  77)", "var(--plot-dark)"},
    {"rgb(170, 170, 170)", "var(--plot-floor)"},
    {"rgb(244, 244, 244)", "var(--plot-hollow)"},
    {"rgb(207, 227, 240)", "var(--plot-shade)"},
    {"rgb(  0, 114, 178)", "var(--plot-blue)"},
    {"rgb(213,  94,   0)", "var(--plot-vermillion)"},
    {"rgb(  0, 158, 115)", "var(--plot-green)"},
};

/* Before a name: the number of the picture comes between. */
static const char *const names[] = {" id='", " id=\"", "href='#", "href=\"#", "url(#"};

static bool begins(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

/* Write what stands at text in the page's terms; returns how much of it that was, 0 if it stays. */
static size_t piece_write(FILE *page, const char *text, unsigned number) {
    for (size_t i = 0; i < sizeof replacements / sizeof *replacements; i++) {
        if (begins(text, replacements[i].from)) {
            fputs(replacements[i].to, page);
            return strlen(replacements[i].from);
        }
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (begins(text, names[i])) {
            fprintf(page, "%sp%u-", names[i], number);
            return strlen(names[i]);
        }
    }
    return 0;
}

/* Only within tags: a name in a picture's letters is not ours to change. */
static void body_write(FILE *page, const char *text, const char *end, unsigned number) {
    bool in_tag = false;
    while (text < end) {
        size_t length = in_tag ? piece_write(page, text, number) : 0;
        in_tag = *text == '<' || (in_tag && *text != '>');
        if (length == 0)
            fputc(*text, page);
        text += length > 0 ? length : 1;
    }
}

/* Behind the element that begins at text and ends in end; text itself if there is none. */
static const char *element_skip(const char *text, const char *start, const char *end) {
    const char *found = strstr(text, start);
    const char *last = found ? strstr(found, end) : NULL;
    return last ? last + strlen(end) : text;
}

bool hb_svg_inline(FILE *page, const char *svg, unsigned number, const char *title) {
    const char *tag = strstr(svg, "<svg"), *box = tag ? strstr(tag, "viewBox=\"") : NULL;
    const char *body = tag ? strchr(tag, '>') : NULL, *end = body ? strstr(body, "</svg>") : NULL;
    int box_length = box ? (int)strcspn(box + 9, "\"") : 0;

    if (!end || !box || box > body)
        return false;
    body = element_skip(body + 1, "<desc>", "</desc>"); /* gnuplot's title and its version */
    fprintf(page,
            "<svg class=\"plot\" role=\"img\" aria-labelledby=\"p%u-title\" viewBox=\"%.*s\">",
            number, box_length, box + 9);
    fprintf(page, "<title id=\"p%u-title\">", number);
    hb_html_text(page, title);
    fputs("</title>", page);
    const char *ground = strstr(body, "<rect x=\"0\" y=\"0\"");
    if (ground && ground < end) {
        body_write(page, body, ground, number);
        body = element_skip(ground, "<rect", "/>");
    }
    body_write(page, body, end, number);
    fputs("</svg>\n", page);
    return true;
}
