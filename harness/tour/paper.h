/* paper.h -- what the tour is written on: text of the terminal's width, small drawings in
 * characters that it has, colour where it is wanted.
 */
#ifndef HB_TOUR_PAPER_H
#define HB_TOUR_PAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct tour_paper {
    FILE *file;
    size_t width;
    bool has_utf8, has_colour;
};

enum tour_colour { TOUR_PLAIN, TOUR_BOLD, TOUR_GREEN, TOUR_YELLOW, TOUR_FAINT };

/* Letters of a drawing, and what they are drawn as: a full, a hatched and an empty cell. */
#define TOUR_FULL  '#'
#define TOUR_HALF  '+'
#define TOUR_EMPTY '.'

/* Columns and colour of a terminal, 80 plain ones of anything else; is_plain: ASCII, no colour. */
void tour_paper_open(struct tour_paper *paper, FILE *file, bool is_plain);

/* A paragraph, wrapped. */
void tour_text(struct tour_paper *paper, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A line of a table or a drawing, two columns further in; wrapped where the paper is too narrow. */
void tour_line(struct tour_paper *paper, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A paragraph in colour, its first line led by mark, the others as far in. */
void tour_item(struct tour_paper *paper, enum tour_colour colour, const char *mark,
               const char *format, ...) __attribute__((format(printf, 4, 5)));

void tour_gap(struct tour_paper *paper);

/* Cells of a drawing, as many in a row as fit, behind a label (rows below have none). */
void tour_cells(struct tour_paper *paper, const char *label, const char *cells, size_t count);

/* How many cells are drawn in a row behind a label. */
size_t tour_cells_fit(const struct tour_paper *paper, const char *label);

/* What the cells mean, "#+." in their places. */
void tour_legend(struct tour_paper *paper, const char *full, const char *half, const char *empty);

/* Bytes in hexadecimal, 16 a line (8 where it is narrow), each line with its address. */
void tour_bytes(struct tour_paper *paper, uint64_t address, const unsigned char *bytes,
                size_t count);

#endif
