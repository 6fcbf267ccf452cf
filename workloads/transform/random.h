/* random.h -- the seeded numbers of transforms: splitmix64 (Steele, Lea & Flood 2014). */
#ifndef HB_TRANSFORM_RANDOM_H
#define HB_TRANSFORM_RANDOM_H

#include <stdint.h>

static inline uint64_t hb_random_next(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* A number below bound, which is not 0; all alike, by rejection of the uneven rest. */
static inline uint64_t hb_random_below(uint64_t *state, uint64_t bound) {
    uint64_t rest = -bound % bound;
    uint64_t number;

    do
        number = hb_random_next(state);
    while (number < rest);
    return number % bound;
}

#endif
