/* traffic.h -- seeded random numbers and sizes for the tests. */
#ifndef HB_TEST_TRAFFIC_H
#define HB_TEST_TRAFFIC_H

#include <stddef.h>
#include <stdint.h>

/* xorshift64* (Vigna 2016). */
static inline uint64_t traffic_random(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 2685821657736338717u;
}

static inline uint64_t traffic_below(uint64_t *state, uint64_t bound) {
    return traffic_random(state) % bound;
}

/* Mostly small sizes, some large ones, a few beyond the usual threshold of 128 KiB. */
static inline size_t traffic_size(uint64_t *state) {
    uint64_t kind = traffic_below(state, 100);
    if (kind < 70)
        return 1 + traffic_below(state, 256);
    if (kind < 90)
        return 1 + traffic_below(state, 4096);
    if (kind < 98)
        return 1 + traffic_below(state, 60000);
    return 1 + traffic_below(state, 400000);
}

#endif
