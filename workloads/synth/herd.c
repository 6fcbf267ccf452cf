#include "workloads/synth/herd.h"

bool synth_herd_grow(struct synth_herd *herd) {
    size_t capacity = herd->capacity ? herd->capacity * 2 : 1024;
    struct synth_member *ring = malloc(capacity * sizeof *ring);
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
