/* latency.h -- a program replayed with single operations timed: those that the sampler draws.
 *
 * Between two reads of the clock stand the call and, of an allocation, the touch: what a program
 * waits for. Outside stand what the replay itself does: decoding, its table of slots, counting.
 * Frees of what was not allocated and requests that get no memory are not counted.
 */
#ifndef HB_LATENCY_H
#define HB_LATENCY_H

#include "harness/measure/clock.h"
#include "harness/measure/sampler.h"
#include "harness/worker/execute.h"
#include "harness/worker/replay.h"

struct latency {
    struct replay replay;
    struct hb_sampler sampler;
    uint64_t step_ticks;          /* of the clock */
    enum job_touch touch;         /* what is timed with an allocation */
    struct hb_latencies *samples; /* where they are counted */
};

/* The histogram of an operation. */
HB_FRONT struct hb_histogram *latency_histogram(struct hb_latencies *samples,
                                                const struct program_op *op) {
    if (op->kind != PROGRAM_MALLOC)
        return &samples->kinds[op->kind == PROGRAM_FREE      ? HB_LATENCY_FREE
                               : op->kind == PROGRAM_REALLOC ? HB_LATENCY_REALLOC
                                                             : HB_LATENCY_CALLOC];
    if (op->alignment_log2)
        return &samples->kinds[HB_LATENCY_ALIGNED];
    return &samples->mallocs[hb_latency_class(op->request)];
}

HB_FRONT void latency_count(struct latency *latency, const struct program_op *op, uint64_t ticks) {
    uint64_t step = latency->step_ticks;
    hb_histogram_add(latency_histogram(latency->samples, op), (ticks + step / 2) / step);
}

/* One operation, untimed. */
HB_FRONT void latency_pass_over(struct latency *latency, const struct program_op *op) {
    struct replay *replay = &latency->replay;
    void **slot = &replay->slots[op->slot], *old = *slot;
    if (op->kind == PROGRAM_FREE) {
        if (old)
            replay->allocator->free(replay->state, old);
        replay->skipped += !old;
        return;
    }
    bool moves = op->kind == PROGRAM_REALLOC && old;
    void *payload =
        moves ? execute_realloc(replay->allocator, replay->state, old, op->request, latency->touch)
              : execute_alloc(replay->allocator, replay->state, op, latency->touch);
    replay->failed += !payload;
    *slot = payload ? payload : moves ? old : NULL;
}

/* One operation, timed. start waits for the load of the slot, so that its miss is not the
 * allocator's. */
HB_FRONT void latency_time(struct latency *latency, const struct program_op *op,
                           const struct hb_clock *clock) {
    const struct hb_allocator *const allocator = latency->replay.allocator;
    void *const state = latency->replay.state;
    void **slot = &latency->replay.slots[op->slot], *old = *slot, *payload;
    uint64_t start, stop;
    if (op->kind == PROGRAM_FREE) {
        start = clock->start();
        allocator->free(state, old);
        stop = clock->stop();
        payload = old;
    } else if (op->kind == PROGRAM_REALLOC) {
        start = clock->start();
        payload = execute_realloc(allocator, state, old, op->request, latency->touch);
        stop = clock->stop();
        *slot = payload ? payload : old;
    } else {
        start = clock->start();
        payload = execute_alloc(allocator, state, op, latency->touch);
        stop = clock->stop();
        *slot = payload;
    }
    if (payload)
        latency_count(latency, op, stop - start);
    latency->replay.failed += !payload;
}

/* Replay the words from word to end. */
HB_FRONT void latency_replay(struct latency *latency, const uint64_t *word, const uint64_t *end,
                             const struct hb_clock *clock) {
    uint64_t skip = hb_sampler_skip(&latency->sampler);
    while (word < end) {
        struct program_op op = program_next(&word);
        bool is_drawn = skip == 0,
             needs_old = op.kind == PROGRAM_FREE || op.kind == PROGRAM_REALLOC;
        skip = is_drawn ? hb_sampler_skip(&latency->sampler) : skip - 1;
        if (is_drawn && (!needs_old || latency->replay.slots[op.slot]))
            latency_time(latency, &op, clock);
        else
            latency_pass_over(latency, &op);
    }
}

#endif
