/* latencies.h -- samples of single operations, apart by kind, and of malloc by size class. */
#ifndef HB_LATENCIES_H
#define HB_LATENCIES_H

#include "harness/measure/histogram.h"

enum hb_latency_kind {
    HB_LATENCY_FREE,
    HB_LATENCY_REALLOC,
    HB_LATENCY_CALLOC,
    HB_LATENCY_ALIGNED,
    HB_LATENCY_KINDS
};

/* Class c holds requests from 2^c to 2^(c+1) - 1 bytes, the first also 0, the last all above. */
enum { HB_LATENCY_CLASSES = 24 };

/* Zero is empty. */
struct hb_latencies {
    struct hb_histogram kinds[HB_LATENCY_KINDS];
    struct hb_histogram mallocs[HB_LATENCY_CLASSES];
};

static inline size_t hb_latency_class(uint64_t request) {
    size_t class = 63 - (size_t)__builtin_clzll(request | 1);
    return class < HB_LATENCY_CLASSES ? class : HB_LATENCY_CLASSES - 1;
}

#endif
