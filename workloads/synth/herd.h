/* herd.h -- the live objects of a generator in the order of their births, as far as that matters:
 * a ring, from which any, the oldest or the youngest leaves. Where any leaves, the youngest takes
 * its place.
 */
#ifndef HB_SYNTH_HERD_H
#define HB_SYNTH_HERD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "workloads/synth/prng.h"

enum synth_release { SYNTH_RELEASE_RANDOM, SYNTH_RELEASE_FIFO, SYNTH_RELEASE_LIFO };

struct synth_member {
    uint64_t object, size;
};

struct synth_herd {
    struct synth_member *ring;
    size_t capacity; /* a power of two, or 0 */
    size_t first, count;
    uint64_t bytes; /* of all */
};

/* Twice the room. False without memory. */
bool synth_herd_grow(struct synth_herd *herd);

static inline struct synth_member *synth_herd_at(const struct synth_herd *herd, size_t place) {
    return &herd->ring[(herd->first + place) & (herd->capacity - 1)];
}

/* False without memory. */
static inline bool synth_herd_add(struct synth_herd *herd, uint64_t object, uint64_t size) {
    if (herd->count == herd->capacity && !synth_herd_grow(herd))
        return false;
    *synth_herd_at(herd, herd->count++) = (struct synth_member){object, size};
    herd->bytes += size;
    return true;
}

/* The one at place leaves, of one or more. */
static inline struct synth_member synth_herd_take(struct synth_herd *herd, size_t place) {
    struct synth_member *at = synth_herd_at(herd, place), member = *at;
    *at = *synth_herd_at(herd, --herd->count);
    herd->bytes -= member.size;
    return member;
}

/* The next to leave, of one or more. */
static inline struct synth_member
synth_herd_release(struct synth_herd *herd, enum synth_release release, struct synth_prng *prng) {
    if (release == SYNTH_RELEASE_FIFO) {
        struct synth_member member = *synth_herd_at(herd, 0);
        herd->first++;
        herd->count--;
        herd->bytes -= member.size;
        return member;
    }
    return synth_herd_take(herd, release == SYNTH_RELEASE_LIFO
                                     ? herd->count - 1
                                     : synth_random_below(prng, herd->count));
}

static inline void synth_herd_free(struct synth_herd *herd) {
    free(herd->ring);
}

#endif
