/* sampler.h -- which operations are measured: of each `every` consecutive ones (a stratum) one, at
 * a place drawn anew for each (stratified random sampling; Cochran, Sampling Techniques, ch. 5).
 *
 * Each operation is measured with the same probability, 1 / every, wherever it stands, and no
 * period of the program can fall into step with the samples.
 */
#ifndef HB_SAMPLER_H
#define HB_SAMPLER_H

#include "harness/measure/random.h"

struct hb_sampler {
    uint64_t random; /* the seed, to begin with */
    uint64_t every;  /* operations in a stratum, at least 1 */
    uint64_t rest;   /* operations left of the last sample's stratum */
};

static inline struct hb_sampler hb_sampler_start(uint64_t seed, uint64_t every) {
    return (struct hb_sampler){seed, every, 0};
}

/* How many operations to pass over before the next sample. */
static inline uint64_t hb_sampler_skip(struct hb_sampler *sampler) {
    uint64_t place = hb_random(&sampler->random) % sampler->every;
    uint64_t skip = sampler->rest + place;
    sampler->rest = sampler->every - 1 - place;
    return skip;
}

#endif
