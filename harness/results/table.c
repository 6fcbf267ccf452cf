/* table.c -- results for people: a block per trace, conditions over it, notes under it. */
#include "harness/results/table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <math.h>
#include <string.h>

#include "harness/results/summary.h"
#include "harness/table.h"

enum { WIDTH_MIN = 80, WIDTH_OF_PIPES = 100, LINE_MAX_BYTES = 2048 };

const char *hb_bytes_unit(double bytes, double *unit_bytes) {
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB"};
    size_t unit = 0;

    for (*unit_bytes = 1; unit < 3 && bytes >= *unit_bytes * 1024; unit++)
        *unit_bytes *= 1024;
    return units[unit];
}

/* 2446321 as 2,446,321. */
static void count_format(uint64_t count, char *text, size_t size) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    size_t used = 0;

    for (int i = 0; i < length && used + 2 < size; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = digits[i];
    }
    text[used] = '\0';
}

static void line_add(char *line, const char *separator, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void line_add(char *line, const char *separator, const char *format, ...) {
    size_t used = strlen(line);
    va_list arguments;

    if (used > 0)
        used += (size_t)snprintf(line + used, LINE_MAX_BYTES - used, "%s", separator);
    va_start(arguments, format);
    vsnprintf(line + used, LINE_MAX_BYTES - used, format, arguments);
    va_end(arguments);
}

/* The first of the rows that has that count: rows of failed cells have none. */
static uint64_t block_count(const struct hb_results_block *block, size_t offset) {
    uint64_t count = HB_COUNT_NULL;
    for (size_t i = 0; i < block->count && count == HB_COUNT_NULL; i++)
        count = *(const uint64_t *)((const char *)block->rows[i] + offset);
    return count;
}

static double block_floor(const struct hb_results_block *block) {
    double floor_ns = NAN;
    for (size_t i = 0; i < block->count && isnan(floor_ns); i++)
        floor_ns = block->rows[i]->floor_ns_per_op;
    return floor_ns;
}

/* The touch that a result names is that of the passes that measure time. */
static bool block_has_time(const struct hb_results_block *block) {
    for (size_t i = 0; i < block->count; i++) {
        if (!isnan(block->rows[i]->ns_per_op) || !isnan(block->rows[i]->cold_ns_per_op) ||
            block->rows[i]->latency_clock[0] != '\0')
            return true;
    }
    return false;
}

static void print_trace_line(const struct hb_results_block *block, size_t width, FILE *file) {
    char line[LINE_MAX_BYTES] = "", number[32];
    uint64_t ops = block_count(block, offsetof(struct hb_result, ops));
    uint64_t peak = block_count(block, offsetof(struct hb_result, peak_live_bytes));
    double unit_bytes;

    line_add(line, "", "%s", block->rows[0]->trace);
    if (ops != HB_COUNT_NULL) {
        count_format(ops, number, sizeof number);
        line_add(line, ": ", "%s ops", number);
    }
    if (peak != HB_COUNT_NULL) {
        const char *unit = hb_bytes_unit((double)peak, &unit_bytes);
        line_add(line, ", ", "peak live %.*f %s", unit_bytes > 1 ? 2 : 0, (double)peak / unit_bytes,
                 unit);
    }
    hb_text_wrap(line, 2, width, file);
}

static void print_conditions(const struct hb_results_block *block, size_t width, FILE *file) {
    const struct hb_result *first = block->rows[0];
    char line[LINE_MAX_BYTES] = "";

    if (first->mode[0] != '\0')
        line_add(line, ", ", "%s", first->mode);
    if (!isnan(first->speed))
        line_add(line, ", ", "%g times the recorded speed: ns/op of time at work", first->speed);
    if (first->threads != HB_COUNT_NULL && first->threads > 1)
        line_add(line, ", ", "%" PRIu64 " threads", first->threads);
    if (first->touch[0] != '\0' && block_has_time(block))
        line_add(line, ", ", "touch=%s", first->touch);
    if (first->repeats != HB_COUNT_NULL)
        line_add(line, ", ", "%" PRIu64 " repeats", first->repeats);
    if (first->thp[0] != '\0')
        line_add(line, ", ", "thp=%s", first->thp);
    if (first->baseline[0] != '\0')
        line_add(line, "; ", "baseline %s", first->baseline);
    if (!isnan(block_floor(block)))
        line_add(line, "; ", "floor %.2f ns/op", block_floor(block));
    if (line[0] != '\0')
        hb_text_wrap(line, 2, width, file);
}

void hb_results_print_heading(const struct hb_results_block *block, size_t width, FILE *file) {
    print_trace_line(block, width, file);
    print_conditions(block, width, file);
}

static void block_print(const struct hb_results_block *block, size_t width, FILE *file) {
    hb_results_print_heading(block, width, file);
    fputc('\n', file);
    hb_results_print_figures(block, width, file);
    hb_results_print_notes(block, width, file);
}

static void means_print(const struct hb_result *results, size_t count, size_t width, FILE *file) {
    struct hb_summaries summaries;

    if (!hb_summaries_make(&summaries, results, count, HB_SUMMARY_SEED))
        return;
    hb_summaries_print_table(&summaries, width, file);
    hb_summaries_free(&summaries);
}

size_t hb_results_table_width(FILE *file) {
    return hb_terminal_width(file, WIDTH_MIN, WIDTH_OF_PIPES, SIZE_MAX);
}

void hb_results_print_table_in(const struct hb_result *results, size_t count, size_t width,
                               FILE *file) {
    struct hb_results_blocks blocks;

    if (!hb_results_blocks_make(&blocks, results, count))
        return;
    for (size_t i = 0; i < blocks.count; i++) {
        if (i > 0)
            fputc('\n', file);
        block_print(&blocks.blocks[i], width, file);
    }
    means_print(results, count, width, file);
    hb_results_blocks_free(&blocks);
}

void hb_results_print_table(const struct hb_result *results, size_t count, FILE *file) {
    hb_results_print_table_in(results, count, hb_results_table_width(file), file);
}
