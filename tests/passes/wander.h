/* wander.h -- a trace whose objects wander between threads. An operation's size tells the object
 * and how often it was used: WANDER_SIZE * object + uses.
 */
#ifndef HB_TEST_WANDER_H
#define HB_TEST_WANDER_H

#include "tests/passes/bench.h"

#include "workloads/trace.h"

enum { WANDER_THREADS = 4, WANDER_OPS = 4000, WANDER_SIZE = 50 };

static inline uint32_t wander_draw(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* Each operation is step_ns after the one before. */
static inline void wander_write(const char *path, uint64_t step_ns) {
    enum { LIVE_MAX = 300 };
    char error[HB_TRACE_ERROR_MAX];
    struct hb_trace_writer *writer = hb_trace_create(path, step_ns > 0, error);
    uint64_t live[LIVE_MAX], uses[LIVE_MAX], random = 7, objects = 0;
    size_t count = 0;
    assert_non_null(writer);
    for (uint64_t i = 0; i < WANDER_OPS; i++) {
        struct hb_op op = {.thread = wander_draw(&random) % WANDER_THREADS, .time_ns = i * step_ns};
        size_t at = count ? wander_draw(&random) % count : 0;
        unsigned what = wander_draw(&random) % 10;
        if (!count || (what < 5 && count < LIVE_MAX)) {
            op.kind = what % 2 ? HB_OP_MALLOC : HB_OP_CALLOC;
            op.object = live[count] = objects++;
            op.size = WANDER_SIZE * op.object + (uses[count] = 1);
            count++;
        } else if (what < 7) {
            op.kind = HB_OP_REALLOC;
            op.object = live[at];
            op.size = WANDER_SIZE * op.object + ++uses[at];
        } else {
            op.kind = HB_OP_FREE;
            op.object = live[at];
            live[at] = live[--count];
            uses[at] = uses[count];
        }
        assert_true(hb_trace_append(writer, &op));
    }
    assert_true(hb_trace_finish(writer, NULL, error));
}

#endif
