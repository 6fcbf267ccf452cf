/* cells.c -- the figures of each trace: a table for each block of results, its notes under it. */
#include "harness/report/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/html.h"
#include "harness/results/table.h"

enum { ONE_LINE = 1 << 20 };
enum column_kind { COLUMN_REAL, COLUMN_RATIO, COLUMN_INTERVAL, COLUMN_MEBIBYTES, COLUMN_PERCENT };

#define AT(field) offsetof(struct hb_result, field)
#define UNLESS    " (foreign: not visible)"

static const struct column {
    enum column_kind kind;
    size_t offset, low, high;
    int decimals;
    const char *name, *what;
} columns[] = {
    {COLUMN_RATIO, AT(time_ratio), AT(time_ratio_ci95_low), AT(time_ratio_ci95_high), 3,
     "warm time ÷ baseline", "median of paired ratios and 95% interval"},
    {COLUMN_INTERVAL, AT(ns_per_op), AT(ns_per_op_ci95_low), AT(ns_per_op_ci95_high), 2,
     "warm ns/op", "median over blocks and 95% interval"},
    {COLUMN_RATIO, AT(cold_ratio), AT(cold_ratio_ci95_low), AT(cold_ratio_ci95_high), 3,
     "cold time ÷ baseline", "first replay in a fresh process, page faults included"},
    {COLUMN_REAL, AT(cold_ns_per_op), 0, 0, 2, "cold ns/op", ""},
    {COLUMN_MEBIBYTES, AT(peak_resident_bytes), 0, 0, 2, "resident MiB", "at its peak"},
    {COLUMN_REAL, AT(resident_peak_ratio), 0, 0, 3, "resident ÷ live", "peak over peak"},
    {COLUMN_MEBIBYTES, AT(peak_footprint_bytes), 0, 0, 2, "footprint MiB", "at its peak" UNLESS},
    {COLUMN_REAL, AT(frag_mean_ratio), 0, 0, 3, "frag mean",
     "sum of footprint over sum of live, all operations" UNLESS},
    {COLUMN_REAL, AT(frag_peak_ratio), 0, 0, 3, "frag peak",
     "peak footprint over peak live" UNLESS},
    {COLUMN_PERCENT, AT(internal_frag_ratio), 0, 0, 1, "internal %",
     "headers and padding, of the live blocks" UNLESS},
    {COLUMN_PERCENT, AT(external_frag_ratio), 0, 0, 1, "external %",
     "free blocks, of the footprint" UNLESS},
    {COLUMN_REAL, AT(search_steps_per_op), 0, 0, 2, "search steps/op",
     "free blocks or nodes looked at" UNLESS},
    {COLUMN_REAL, AT(instructions_per_op), 0, 0, 1, "instructions/op", ""},
    {COLUMN_REAL, AT(l1d_misses_per_op), 0, 0, 4, "L1d misses/op", "first-level data cache"},
    {COLUMN_REAL, AT(llc_misses_per_op), 0, 0, 4, "LLC misses/op", "last-level cache"},
    {COLUMN_REAL, AT(dtlb_misses_per_op), 0, 0, 4, "dTLB misses/op", ""},
    {COLUMN_REAL, AT(latency_malloc_p50_ns), 0, 0, 1, "malloc p50 ns", ""},
    {COLUMN_REAL, AT(latency_malloc_p99_ns), 0, 0, 1, "malloc p99 ns", ""},
    {COLUMN_REAL, AT(latency_malloc_p999_ns), 0, 0, 1, "malloc p99.9 ns", ""},
    {COLUMN_REAL, AT(latency_free_p50_ns), 0, 0, 1, "free p50 ns", ""},
    {COLUMN_REAL, AT(latency_free_p99_ns), 0, 0, 1, "free p99 ns", ""},
    {COLUMN_REAL, AT(latency_free_p999_ns), 0, 0, 1, "free p99.9 ns", ""},
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

static double real_at(const struct hb_result *row, size_t offset) {
    return *(const double *)((const char *)row + offset);
}

static double column_value(const struct column *column, const struct hb_result *row) {
    if (column->kind == COLUMN_MEBIBYTES) {
        uint64_t bytes = *(const uint64_t *)((const char *)row + column->offset);
        return bytes == HB_COUNT_NULL ? NAN : (double)bytes / (1 << 20);
    }
    double value = real_at(row, column->offset);
    if (column->kind == COLUMN_RATIO && hb_result_is_baseline(row) && !isnan(row->ns_per_op))
        return 1;
    return column->kind == COLUMN_PERCENT ? 100 * value : value;
}

/* A column that nobody has a figure in is left out; the baseline's own 1 is none. */
static bool block_has(const struct hb_results_block *block, const struct column *column) {
    for (size_t i = 0; i < block->count; i++) {
        bool is_one = column->kind == COLUMN_RATIO && hb_result_is_baseline(block->rows[i]);
        if (!is_one && !isnan(column_value(column, block->rows[i])))
            return true;
    }
    return false;
}

static void cell_write(FILE *file, const struct column *column, const struct hb_result *row) {
    double value = column_value(column, row);

    if (column->kind == COLUMN_RATIO && hb_result_is_baseline(row))
        hb_html_number(file, value, 0);
    else if (column->kind == COLUMN_RATIO)
        hb_html_ratio(file, value, real_at(row, column->low), real_at(row, column->high));
    else if (column->kind == COLUMN_INTERVAL)
        hb_html_interval(file, value, real_at(row, column->low), real_at(row, column->high),
                         column->decimals);
    else
        hb_html_number(file, value, column->decimals);
}

static void table_write(FILE *file, const struct hb_results_block *block, size_t number) {
    char id[32], caption[3 * HB_RESULT_TEXT_MAX];
    const struct hb_result *first = block->rows[0];

    snprintf(id, sizeof id, "cells-%zu", number);
    snprintf(caption, sizeof caption, "%s, baseline %s", first->trace,
             first->baseline[0] != '\0' ? first->baseline : "none");
    hb_html_table_begin(file, id, caption);
    hb_html_heading(file, "allocator", "", false);
    for (size_t i = 0; i < COLUMNS; i++)
        if (block_has(block, &columns[i]))
            hb_html_heading(file, columns[i].name, columns[i].what, true);
    hb_html_headings_end(file);
    for (size_t j = 0; j < block->count; j++) {
        hb_html_row_begin(file, block->rows[j]->allocator);
        for (size_t i = 0; i < COLUMNS; i++)
            if (block_has(block, &columns[i]))
                cell_write(file, &columns[i], block->rows[j]);
        hb_html_row_end(file);
    }
    hb_html_table_end(file);
}

/* What the table of the terminal says above or under its figures, a line each, as elements. */
static void lines_write(FILE *file, const struct hb_results_block *block,
                        void (*print)(const struct hb_results_block *, size_t, FILE *),
                        const char *tag) {
    char *text = NULL, *rest;
    size_t size;
    FILE *memory = open_memstream(&text, &size);

    if (!memory)
        return;
    print(block, ONE_LINE, memory);
    if (fclose(memory) == 0) {
        for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
            hb_html_element(file, tag, line + strspn(line, " "));
    }
    free(text);
}

void hb_report_cells(FILE *file, const struct hb_report *report) {
    fputs("<section id=\"traces\">\n<h2>Each trace</h2>\n", file);
    for (size_t i = 0; i < report->blocks.count; i++) {
        const struct hb_results_block *block = &report->blocks.blocks[i];
        hb_html_element(file, "h3", block->rows[0]->trace);
        lines_write(file, block, hb_results_print_heading, "p");
        table_write(file, block, i);
        fputs("<ul class=\"notes\">\n", file);
        lines_write(file, block, hb_results_print_notes, "li");
        fputs("</ul>\n", file);
    }
    fputs("</section>\n", file);
}
