/* random.h -- seeded random numbers, the same everywhere. */
#ifndef HB_RANDOM_H
#define HB_RANDOM_H

#include <stdint.h>

/* splitmix64 (Steele, Lea and Flood 2014). */
static inline uint64_t hb_random(uint64_t *state) {
    uint64_t value = *state += UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ value >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ value >> 27) * UINT64_C(0x94D049BB133111EB);
    return value ^ value >> 31;
}

#endif
