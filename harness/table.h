/* table.h -- a table of text: a column of names, then columns of figures in groups. Columns are as
 * wide as what they hold; a table too wide for its paper is cut between groups and stacked. */
#ifndef HB_TABLE_H
#define HB_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct hb_table;

/* A table of so many lines and columns of figures, NULL out of memory. names[line] are not copied.
 */
struct hb_table *hb_table_create(size_t lines, size_t columns, const char *const *names);
void hb_table_free(struct hb_table *table);

/* What stands over a column, in two lines, and its group (columns of a group follow each other). */
void hb_table_set_heading(struct hb_table *table, size_t column, int group, const char *upper,
                          const char *lower);
/* Same, a figure, already formatted. A column that has none but "-" is not printed. */
void hb_table_set(struct hb_table *table, size_t line, size_t column, const char *text);

/* The last line is left out of each part of the table where it has no figures. */
void hb_table_set_last_optional(struct hb_table *table);

/* Print at most width columns of characters wide. first_heading stands over the names. */
void hb_table_print(const struct hb_table *table, const char *first_heading, size_t width,
                    FILE *file);

/* Print text in lines of at most width, broken at spaces, the later lines indented. Control
 * characters become '?'. */
void hb_text_wrap(const char *text, size_t indent, size_t width, FILE *file);

/* Columns of the terminal that file is, not less than least nor more than most; of_pipes if it is
 * none. */
size_t hb_terminal_width(FILE *file, size_t least, size_t of_pipes, size_t most);

/* Columns of characters that a UTF-8 text takes. */
size_t hb_text_width(const char *text);

#endif
