/* prng.h -- random numbers: xoshiro256**, seeded by splitmix64.
 *
 * Source: Blackman & Vigna, Scrambled linear pseudorandom number generators, ACM TOMS 47 (2021);
 * Steele, Lea & Flood, Fast splittable pseudorandom number generators, OOPSLA 2014. Integers only:
 * the same on every machine.
 */
#ifndef HB_SYNTH_PRNG_H
#define HB_SYNTH_PRNG_H

#include <stdint.h>

struct synth_prng {
    uint64_t s[4];
};

static inline uint64_t synth_splitmix(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static inline void synth_prng_seed(struct synth_prng *prng, uint64_t seed) {
    for (int i = 0; i < 4; i++)
        prng->s[i] = synth_splitmix(&seed);
}

static inline uint64_t synth_random_bits(struct synth_prng *prng) {
    uint64_t *s = prng->s, middle = s[1] * 5, shifted = s[1] << 17;
    uint64_t result = (middle << 7 | middle >> 57) * 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = s[3] << 45 | s[3] >> 19;
    return result;
}

/* Random bits as a number from 0 to bound - 1, bound > 0: the high half of a product (Lemire, ACM
 * TOMACS 29, 2019), whose bias, below bound / 2^64, is let be. */
static inline uint64_t synth_scale_below(uint64_t bits, uint64_t bound) {
    return (uint64_t)((unsigned __int128)bits * bound >> 64);
}

static inline uint64_t synth_random_below(struct synth_prng *prng, uint64_t bound) {
    return synth_scale_below(synth_random_bits(prng), bound);
}

/* Uniform in (0, 1): the middles of 2^52 equal parts. */
static inline double synth_random_unit(struct synth_prng *prng) {
    return ((double)(synth_random_bits(prng) >> 12) + 0.5) * 0x1p-52;
}

#endif
