/* blocks.h -- results put side by side: what may be compared stands in one block. */
#ifndef HB_RESULTS_BLOCKS_H
#define HB_RESULTS_BLOCKS_H

#include "harness/results/results.h"

/* The results of one trace under one set of conditions, the baseline's own first. */
struct hb_results_block {
    const struct hb_result **rows;
    size_t count;
};

struct hb_results_blocks {
    struct hb_results_block *blocks;
    size_t count;
    const struct hb_result **rows; /* of all blocks */
    size_t row_count;
};

/* Sort results into blocks, in the order of their first rows. The blocks point into results. */
bool hb_results_blocks_make(struct hb_results_blocks *blocks, const struct hb_result *results,
                            size_t count);
void hb_results_blocks_free(struct hb_results_blocks *blocks);

/* Are both paced alike, or both not paced? */
bool hb_result_speeds_agree(const struct hb_result *a, const struct hb_result *b);

/* Were both measured under the same conditions: baseline, mode, threads, touch, huge pages? */
bool hb_results_conditions_agree(const struct hb_result *a, const struct hb_result *b);

/* Is this the baseline's own row, which has no ratio to itself? */
bool hb_result_is_baseline(const struct hb_result *result);

#endif
