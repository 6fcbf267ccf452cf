/* latency.h -- the latency pass: what it gathers of one allocator, and how that fills a result. */
#ifndef HB_PASSES_LATENCY_H
#define HB_PASSES_LATENCY_H

#include "harness/measure/clock.h"
#include "harness/measure/latencies.h"
#include "harness/passes/passes.h"

/* Of each block, where it has enough samples: its own quantiles, in steps. */
struct hb_latency_blocks {
    struct hb_reals malloc_p50, malloc_p99, free_p50, free_p99;
};

/* What workers counted. */
struct hb_latency_sums {
    struct hb_latencies cold, warm;
    uint64_t replays, faults, switches; /* of the warm ones */
};

struct hb_latency_tally {
    struct hb_latency_sums all; /* of all blocks that count */
    struct hb_latency_blocks blocks;
    bool ran;                    /* in the block that runs now: */
    struct hb_latency_sums here; /* it counts once the whole block is known to be undisturbed */
};

/* All mallocs, of every size class. */
void hb_latency_mallocs(const struct hb_latencies *latencies, struct hb_histogram *sum);

/* Fill the fields of a result. floor may be NULL. */
void hb_latency_fill(struct hb_result *result, const struct hb_latency_tally *tally,
                     const struct hb_latency_tally *floor, const struct hb_clock_facts *clock);

#endif
