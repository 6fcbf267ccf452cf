/* trace_sizes.c -- the sizes of the live objects, by object number. */
#include "workloads/trace_sizes.h"

#include <stdlib.h>
#include <string.h>

enum { NEIGHBOURS = 8, SLOTS_AT_FIRST = 1024 };

/* Where an object would like to be: objects born together lie together, two cache lines each. */
static size_t slot_home(const struct trace_sizes *sizes, uint64_t object) {
    uint64_t mixed = object / NEIGHBOURS * UINT64_C(0x9e3779b97f4a7c15);

    return (size_t)((mixed >> 32) * NEIGHBOURS + object % NEIGHBOURS) & (sizes->slot_count - 1);
}

static size_t slot_next(const struct trace_sizes *sizes, size_t slot) {
    return (slot + 1) & (sizes->slot_count - 1);
}

/* The object's slot, or the free one that ends the search for it. */
static size_t slot_seek(const struct trace_sizes *sizes, uint64_t object) {
    size_t slot = slot_home(sizes, object);

    while (sizes->slots[slot].object_plus_1 != 0 && sizes->slots[slot].object_plus_1 != object + 1)
        slot = slot_next(sizes, slot);
    return slot;
}

static bool sizes_grow(struct trace_sizes *sizes) {
    struct trace_sizes larger = {0};

    larger.slot_count = sizes->slot_count == 0 ? SLOTS_AT_FIRST : 2 * sizes->slot_count;
    larger.slots = calloc(larger.slot_count, sizeof *larger.slots);
    if (larger.slots == NULL)
        return false;
    for (size_t i = 0; i < sizes->slot_count; i++) {
        struct trace_size *slot = &sizes->slots[i];

        if (slot->object_plus_1 != 0)
            larger.slots[slot_seek(&larger, slot->object_plus_1 - 1)] = *slot;
    }
    larger.live_count = sizes->live_count;
    free(sizes->slots);
    *sizes = larger;
    return true;
}

bool trace_sizes_add(struct trace_sizes *sizes, uint64_t object, uint64_t size) {
    if (2 * sizes->live_count >= sizes->slot_count && !sizes_grow(sizes))
        return false;
    sizes->slots[slot_seek(sizes, object)] = (struct trace_size){object + 1, size};
    sizes->live_count++;
    return true;
}

uint64_t *trace_sizes_find(struct trace_sizes *sizes, uint64_t object) {
    size_t slot;

    if (sizes->live_count == 0)
        return NULL;
    slot = slot_seek(sizes, object);
    return sizes->slots[slot].object_plus_1 != 0 ? &sizes->slots[slot].size : NULL;
}

/* Is home within the cyclic range after `gap` up to and including `slot`? Then what is at slot
 * would not be found from its home if it moved to the gap. */
static bool home_is_between(size_t gap, size_t home, size_t slot) {
    return gap <= slot ? gap < home && home <= slot : gap < home || home <= slot;
}

void trace_sizes_remove(struct trace_sizes *sizes, uint64_t object) {
    size_t gap = slot_seek(sizes, object);
    size_t slot = slot_next(sizes, gap);

    for (; sizes->slots[slot].object_plus_1 != 0; slot = slot_next(sizes, slot)) {
        size_t home = slot_home(sizes, sizes->slots[slot].object_plus_1 - 1);

        if (home_is_between(gap, home, slot))
            continue;
        sizes->slots[gap] = sizes->slots[slot];
        gap = slot;
    }
    sizes->slots[gap].object_plus_1 = 0;
    sizes->live_count--;
}

void trace_sizes_clear(struct trace_sizes *sizes) {
    free(sizes->slots);
    memset(sizes, 0, sizeof *sizes);
}
