/* queue.h -- the saturated queue: a store of fixed size, requests that wait in line without end.
 *
 * The first in line is served as soon as it fits; those behind it wait for it. Each stays for a
 * time drawn from U(5, 15) from when it was served. What is measured is how much of the store is in
 * use, in the mean over time (Shore, On the external storage fragmentation produced by first-fit
 * and best-fit allocation strategies, CACM 18(8), 1975).
 */
#ifndef HB_PAPERS_QUEUE_H
#define HB_PAPERS_QUEUE_H

#include "papers/distributions.h"
#include "papers/heap.h"

struct hb_queue {
    const char *spec; /* the policy, without settings */
    uint64_t store_units;
    struct synth_sizes sizes; /* in units */
    uint64_t quantum;         /* what sizes are rounded up to a multiple of */
    uint64_t seed;
    double warm_time, time; /* from when on, and for how long, it is measured */
};

struct hb_queue_result {
    double useful;    /* part of the store that was asked for, the mean over time */
    double allocated; /* with what rounding up adds */
    uint64_t served;
};

/* The same seed gives every policy the same line. False without memory. */
bool hb_queue_run(const struct hb_queue *queue, struct hb_queue_result *result);

#endif
