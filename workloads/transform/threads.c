/* threads.c -- threads of several traces as threads of one. */
#include "workloads/transform/threads.h"

#include "workloads/trace_format.h"

bool hb_threads_map(struct hb_threads *threads, size_t source, uint32_t *thread, char *error) {
    uint64_t key = (uint64_t)source * HB_TRACE_THREADS_MAX + *thread;
    const uint64_t *number = trace_sizes_find(&threads->numbers, key);

    if (number != NULL) {
        *thread = (uint32_t)*number;
        return true;
    }
    if (threads->count == HB_TRACE_THREADS_MAX)
        return trace_fail(error, "that makes more than %d threads", HB_TRACE_THREADS_MAX);
    *thread = threads->count++;
    return trace_sizes_add(&threads->numbers, key, *thread) ||
           trace_fail(error, "out of memory for the threads");
}

void hb_threads_clear(struct hb_threads *threads) {
    trace_sizes_clear(&threads->numbers);
    threads->count = 0;
}
