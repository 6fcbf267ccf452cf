/* blocks.c -- results put side by side. */
#include "harness/results/blocks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool hb_result_is_baseline(const struct hb_result *result) {
    return isnan(result->time_ratio) && strcmp(result->allocator, result->baseline) == 0;
}

bool hb_result_speeds_agree(const struct hb_result *a, const struct hb_result *b) {
    return a->speed == b->speed || (isnan(a->speed) && isnan(b->speed));
}

bool hb_results_conditions_agree(const struct hb_result *a, const struct hb_result *b) {
    return strcmp(a->mode, b->mode) == 0 && strcmp(a->touch, b->touch) == 0 &&
           strcmp(a->thp, b->thp) == 0 && strcmp(a->baseline, b->baseline) == 0 &&
           a->threads == b->threads && hb_result_speeds_agree(a, b);
}

static bool results_share_block(const struct hb_result *a, const struct hb_result *b) {
    return strcmp(a->trace, b->trace) == 0 && hb_results_conditions_agree(a, b) &&
           a->repeats == b->repeats;
}

static bool block_is_new(const struct hb_result *results, size_t first) {
    for (size_t i = 0; i < first; i++) {
        if (results_share_block(&results[first], &results[i]))
            return false;
    }
    return true;
}

/* Collect the rows that share a block with results[first], the baseline's own first. */
static void block_fill(struct hb_results_block *block, const struct hb_result *results,
                       size_t count, size_t first) {
    for (int others = 0; others <= 1; others++) {
        for (size_t i = first; i < count; i++) {
            if (results_share_block(&results[first], &results[i]) &&
                hb_result_is_baseline(&results[i]) == (others == 0))
                block->rows[block->count++] = &results[i];
        }
    }
}

bool hb_results_blocks_make(struct hb_results_blocks *blocks, const struct hb_result *results,
                            size_t count) {
    *blocks = (struct hb_results_blocks){calloc(count + 1, sizeof *blocks->blocks), 0,
                                         calloc(count + 1, sizeof *blocks->rows), count};
    if (!blocks->blocks || !blocks->rows) {
        hb_results_blocks_free(blocks);
        return false;
    }
    const struct hb_result **rows = blocks->rows;
    for (size_t i = 0; i < count; i++) {
        if (!block_is_new(results, i))
            continue;
        struct hb_results_block *block = &blocks->blocks[blocks->count++];
        block->rows = rows;
        block_fill(block, results, count, i);
        rows += block->count;
    }
    return true;
}

void hb_results_blocks_free(struct hb_results_blocks *blocks) {
    free(blocks->blocks);
    free(blocks->rows);
    *blocks = (struct hb_results_blocks){NULL, 0, NULL, 0};
}
