#include "workloads/synth/herd.h"

#include <sys/mman.h>

/* A large ring lies in huge pages where they are to be had: it is read at random. */
enum { HUGE_PAGE = 2 << 20 };

static struct synth_member *ring_new(size_t capacity) {
    size_t bytes = capacity * sizeof(struct synth_member);
    if (bytes < HUGE_PAGE)
        return malloc(bytes);
    struct synth_member *ring = aligned_alloc(HUGE_PAGE, bytes);
    if (ring)
        madvise(ring, bytes, MADV_HUGEPAGE);
    return ring;
}

bool synth_herd_grow(struct synth_herd *herd) {
    size_t capacity = herd->capacity ? herd->capacity * 2 : 1024;
    struct synth_member *ring = ring_new(capacity);
    if (!ring)
        return false;
    for (size_t i = 0; i < herd->count; i++)
        ring[i] = *synth_herd_at(herd, i);
    free(herd->ring);
    herd->ring = ring;
    herd->capacity = capacity;
    herd->first = 0;
    return true;
}
