/* svg.h -- a picture of gnuplot's as part of a page. */
#ifndef HB_REPORT_SVG_H
#define HB_REPORT_SVG_H

#include <stdbool.h>
#include <stdio.h>

/* Write the picture, text of an SVG file, into the page: its names made unique by number, without
 * its white ground, its colours those that the page defines for light and dark. title is its name
 * for those who do not see it. False if it is no picture. */
bool hb_svg_inline(FILE *page, const char *svg, unsigned number, const char *title);

#endif
