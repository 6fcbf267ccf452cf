/* html.h -- text and tables of a page. All that comes from results goes through hb_html_text. */
#ifndef HB_REPORT_HTML_H
#define HB_REPORT_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Write text so that it is shown as it is, between tags and in quoted attributes: markup is
 * escaped, control characters and what is no UTF-8 become U+FFFD. */
void hb_html_text(FILE *file, const char *text);

/* Write "<tag>text</tag>". */
void hb_html_element(FILE *file, const char *tag, const char *text);

/* A table that a script sorts by a column. id is unique in the page. */
void hb_html_table_begin(FILE *file, const char *id, const char *caption);
/* A heading; what, if not "", says more. Numbers stand at the right and are sorted as such. */
void hb_html_heading(FILE *file, const char *text, const char *what, bool is_number);
void hb_html_headings_end(FILE *file);

/* A line begins with its name and takes a cell for each further heading. */
void hb_html_row_begin(FILE *file, const char *name);
void hb_html_row_end(FILE *file);
/* A number with so many decimals; a dash for NaN, which sorts last. */
void hb_html_number(FILE *file, double value, int decimals);
/* A ratio to a baseline with its interval and what that allows to say. */
void hb_html_ratio(FILE *file, double ratio, double low, double high);
/* Same, an interval of a value that is compared with nothing. */
void hb_html_interval(FILE *file, double value, double low, double high, int decimals);
void hb_html_cell(FILE *file, const char *text);
void hb_html_table_end(FILE *file);

#endif
