/* latency.c -- the notes on latency under a block of results. */
#include "harness/results/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { TEXT_MAX = 2048, PART_MAX = 256 };

static bool was_run(const struct hb_result *result) {
    return result->latency_clock[0] != '\0';
}

static void text_add(char *text, const char *separator, const char *more) {
    size_t used = strlen(text);
    snprintf(text + used, TEXT_MAX - used, "%s%s", used > 0 ? separator : "", more);
}

/* All rows of a block were timed by one clock, in the same blocks of workers. */
static void clock_print(const struct hb_result *result, size_t width, FILE *file) {
    char text[TEXT_MAX] = "", part[PART_MAX];

    snprintf(part, sizeof part,
             "latency: one of %" PRIu64 " ops timed, warm; clock %.20s, in steps of %.2g ns, two "
             "reads take %.0f ns",
             result->latency_sample_every, result->latency_clock, result->latency_clock_step_ns,
             result->latency_clock_pair_ns);
    text_add(text, "", part);
    if (result->latency_bad_blocks != HB_COUNT_NULL && result->latency_bad_blocks > 0) {
        snprintf(part, sizeof part,
                 "%" PRIu64 " of its blocks disturbed: %" PRIu64 " measured again, %" PRIu64
                 " in the figures",
                 result->latency_bad_blocks,
                 result->latency_bad_blocks - result->latency_bad_blocks_kept,
                 result->latency_bad_blocks_kept);
        text_add(text, "; ", part);
    }
    hb_results_print_note(text, width, file);
}

/* What may be in the tail of each row besides the allocator's work. */
static void tails_print(const struct hb_results_block *block, size_t width, FILE *file) {
    char text[TEXT_MAX] = "", part[PART_MAX + HB_RESULT_TEXT_MAX];

    for (size_t i = 0; i < block->count; i++) {
        const struct hb_result *row = block->rows[i];
        if (!was_run(row) || row->latency_all_samples == 0)
            continue;
        snprintf(part, sizeof part, "%s %" PRIu64 " and %" PRIu64, row->allocator,
                 row->latency_context_switches, row->latency_minor_faults);
        text_add(text, ", ", part);
    }
    if (text[0] == '\0')
        return;
    snprintf(part, sizeof part, "; context switches and page faults of the replays timed");
    text_add(text, "", part);
    hb_results_print_note(text, width, file);
}

static bool lacks_quantile(const struct hb_result *row) {
    return row->latency_all_samples > 0 &&
           (isnan(row->latency_malloc_p999_ns) || isnan(row->latency_free_p999_ns));
}

/* Rows for which holds is true, then the text; nothing if there are none. */
static void rows_print(const struct hb_results_block *block,
                       bool (*holds)(const struct hb_result *row), const char *remark, size_t width,
                       FILE *file) {
    char text[TEXT_MAX] = "";

    for (size_t i = 0; i < block->count; i++) {
        if (was_run(block->rows[i]) && holds(block->rows[i]))
            text_add(text, ", ", block->rows[i]->allocator);
    }
    if (text[0] == '\0')
        return;
    text_add(text, ": ", remark);
    hb_results_print_note(text, width, file);
}

static bool is_cold_only(const struct hb_result *row) {
    return row->latency_all_samples == 0 && row->latency_cold_malloc_samples > 0;
}

void hb_results_print_latency(const struct hb_results_block *block, size_t width, FILE *file) {
    size_t first = 0;

    while (first < block->count && !was_run(block->rows[first]))
        first++;
    if (first == block->count)
        return;
    clock_print(block->rows[first], width, file);
    tails_print(block, width, file);
    rows_print(block, is_cold_only, "latency measured cold only", width, file);
    rows_print(block, lacks_quantile,
               "a quantile is not given where fewer than 10 samples lie beyond it", width, file);
}
