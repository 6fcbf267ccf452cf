/* threads.h -- threads of several traces as threads of one: numbered in the order in which they
 * appear. */
#ifndef HB_TRANSFORM_THREADS_H
#define HB_TRANSFORM_THREADS_H

#include "workloads/trace_sizes.h"

struct hb_threads {
    struct trace_sizes numbers; /* source and thread: the number */
    uint32_t count;
};

/* The number of a source's thread. False, with one line in error, if there are too many. */
bool hb_threads_map(struct hb_threads *threads, size_t source, uint32_t *thread, char *error);

void hb_threads_clear(struct hb_threads *threads);

#endif
