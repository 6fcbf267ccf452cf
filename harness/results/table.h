/* table.h -- the parts of the table that hb_results_print_table prints. */
#ifndef HB_RESULTS_TABLE_H
#define HB_RESULTS_TABLE_H

#include "harness/results/blocks.h"

/* Print so many columns of characters wide. */
void hb_results_print_table_in(const struct hb_result *results, size_t count, size_t width,
                               FILE *file);

/* Columns of characters that a table in file may take: those of the terminal, or 100. */
size_t hb_results_table_width(FILE *file);

/* What a block is of: the trace, then the conditions, a line each. */
void hb_results_print_heading(const struct hb_results_block *block, size_t width, FILE *file);

/* The figures of a block, a line per allocator. */
void hb_results_print_figures(const struct hb_results_block *block, size_t width, FILE *file);

/* One note under them. */
void hb_results_print_note(const char *text, size_t width, FILE *file);

/* The notes on latency, if any row has it. */
void hb_results_print_latency(const struct hb_results_block *block, size_t width, FILE *file);

/* What is empty in them and why, and what failed. */
void hb_results_print_notes(const struct hb_results_block *block, size_t width, FILE *file);

/* What the interval of a ratio of times allows to say: faster, slower, or same where 1 is in it; ""
 * where there is no interval. */
const char *hb_ratio_verdict(double low, double high);

/* The largest unit (bytes, KiB, MiB, GiB) of which there is at least one in bytes. */
const char *hb_bytes_unit(double bytes, double *unit_bytes);

#endif
