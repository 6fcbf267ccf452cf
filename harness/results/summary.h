/* summary.h -- geometric means over the traces of what was measured under one set of
 * conditions: a figure for an allocator. docs/statistics.md says how and why.
 */
#ifndef HB_RESULTS_SUMMARY_H
#define HB_RESULTS_SUMMARY_H

#include "harness/measure/bootstrap.h"
#include "harness/results/results.h"

enum { HB_SUMMARY_SEED = 1 };

enum hb_mean_kind { HB_MEAN_TIME, HB_MEAN_COLD, HB_MEAN_RESIDENT, HB_MEAN_FRAG, HB_MEAN_KINDS };

/* A geometric mean, in interval.median, of the ratios of some traces. */
struct hb_mean {
    size_t trace_count; /* that have such a ratio; 0: no mean */
    struct hb_interval interval;
};

/* One allocator. */
struct hb_summary {
    const char *allocator;
    bool is_baseline; /* whose time ratio to itself is 1 by definition, and no mean */
    struct hb_mean means[HB_MEAN_KINDS];
};

/* The allocators under one set of conditions, on two traces or more. */
struct hb_summary_group {
    const struct hb_result *conditions; /* one of the results */
    const char **traces;                /* sorted by name */
    size_t trace_count;
    struct hb_summary *rows; /* the baseline first */
    size_t count;
};

struct hb_summaries {
    struct hb_summary_group *groups;
    size_t count;
};

/* Of time, paired ratios of warm and cold replays with intervals; resident_peak_ratio and
 * frag_peak_ratio without. Results of one cell that stand there several times are pooled: their
 * pairs together, of memory the median. The results must outlive the summaries. False out of
 * memory. */
bool hb_summaries_make(struct hb_summaries *summaries, const struct hb_result *results,
                       size_t count, uint64_t seed);
void hb_summaries_free(struct hb_summaries *summaries);

/* Write one JSON object for each allocator, a line each. */
bool hb_summaries_write_json(const struct hb_summaries *summaries, uint64_t seed, FILE *file);

/* Print a block for each group that has any mean, an empty line before each, at most width columns
 * of characters wide. */
void hb_summaries_print_table(const struct hb_summaries *summaries, size_t width, FILE *file);

#endif
