/* herd.h -- the live objects of a generator in the order of their births, as far as that matters:
 * a ring, from which any, the oldest or the youngest leaves. Where any leaves, the youngest takes
 * its place. Which one leaves is drawn SYNTH_HERD_AHEAD releases before, so that it can be on its
 * way to the cache by then: in a large herd each is a miss.
 */
#ifndef HB_SYNTH_HERD_H
#define HB_SYNTH_HERD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "workloads/synth/prng.h"

enum synth_release { SYNTH_RELEASE_RANDOM, SYNTH_RELEASE_FIFO, SYNTH_RELEASE_LIFO };

enum { SYNTH_HERD_AHEAD = 16 };

struct synth_member {
    uint64_t object, size;
};

struct synth_herd {
    struct synth_member *ring;
    size_t capacity; /* a power of two, or 0 */
    size_t first, count;
    uint64_t bytes;                   /* of all */
    uint64_t drawn[SYNTH_HERD_AHEAD]; /* random bits of the releases to come */
    unsigned next_drawn;
    bool has_drawn;
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

/* A place of one or more, any with the same probability: bits scale to the number of members at the
 * time of the release, so that only the hint to the cache depends on the present one. */
static inline size_t synth_herd_draw(struct synth_herd *herd, struct synth_prng *prng) {
    if (!herd->has_drawn)
        for (unsigned i = 0; i < SYNTH_HERD_AHEAD; i++)
            herd->drawn[i] = synth_random_bits(prng);
    herd->has_drawn = true;
    uint64_t *drawn = &herd->drawn[herd->next_drawn++ % SYNTH_HERD_AHEAD], bits = *drawn;
    *drawn = synth_random_bits(prng);
    __builtin_prefetch(synth_herd_at(herd, synth_scale_below(*drawn, herd->count)), 1);
    return synth_scale_below(bits, herd->count);
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
    return synth_herd_take(herd, release == SYNTH_RELEASE_LIFO ? herd->count - 1
                                                               : synth_herd_draw(herd, prng));
}

static inline void synth_herd_free(struct synth_herd *herd) {
    free(herd->ring);
}

#endif
