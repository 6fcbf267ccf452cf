/* time_blocks.h -- the blocks of the time pass: what each gave, which count, what comes of them. */
#ifndef HB_TIME_BLOCKS_H
#define HB_TIME_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/measure/noise.h"
#include "harness/results/results.h"

/* What one block gave of one cell. */
struct hb_timed {
    bool ran;
    double warm_ns, cold_ns; /* per op; NaN: too short to time */
    struct hb_noise noise;
    double wait_ratio, overlap_ratio;             /* on threads, else NaN */
    double idle_ratio, late_mean_ns, late_max_ns; /* paced, else NaN */
};

/* How far the blocks of a plan have come. A block is bad if any of its workers was disturbed. */
struct hb_time_blocks {
    size_t wanted; /* blocks for the figures */
    size_t most;   /* blocks that may run, those measured again included */
    size_t count;  /* that ran */
    size_t bad_count;
    bool is_bad[HB_SERIES_MAX];
};

/* wanted blocks, and half as many again for those that are bad; no more than HB_SERIES_MAX. */
void hb_time_blocks_init(struct hb_time_blocks *blocks, size_t wanted);

/* Must a further block run? While fewer than wanted are good, and more may. */
bool hb_time_blocks_go_on(const struct hb_time_blocks *blocks);

/* A block ran. */
void hb_time_blocks_add(struct hb_time_blocks *blocks, bool is_bad);

/* Mark the blocks that count: the good ones, and, where these are too few, the first of the bad.
 * counts has HB_SERIES_MAX places. The times measured play no part. */
void hb_time_blocks_choose(const struct hb_time_blocks *blocks, bool *counts);

/* Fill a result from what the blocks gave; baseline is NULL where there is no ratio. */
void hb_time_fill(struct hb_result *result, const struct hb_time_blocks *blocks,
                  const struct hb_timed *timed, const struct hb_timed *baseline);

#endif
