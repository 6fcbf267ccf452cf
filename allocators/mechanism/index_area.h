/* index_area.h -- free blocks by address: the heap is divided into equal areas, each with a tree of
 * its free blocks by address. A table knows the largest block of each area, and above it, eight to
 * one, of each eight areas and so on: a tree whose shape never changes, in a few adjacent words.
 *
 * Answers "lowest address that fits" (first fit), "lowest above a rover that fits" (next fit) and
 * "the largest, lowest address" (worst fit). An area is 4 KiB as long as the heap has at most
 * AREA_COUNT of them; then areas double. So an area's tree has log2(area) levels at most, most
 * often none or one: O(log heap) in all.
 */
#ifndef HB_INDEX_AREA_H
#define HB_INDEX_AREA_H

#include "allocators/mechanism/digital_most.h"

enum {
    AREA_FAN = 8,
    AREA_COUNT = 4096,                 /* AREA_FAN to the fourth */
    AREA_LEAVES = AREA_FAN + 64 + 512, /* entries of the table above the areas' own */
    AREA_ENTRIES = AREA_LEAVES + AREA_COUNT,
    AREA_SHIFT = 8, /* of the first areas: 256 units */
    AREA_NONE = -1
};

struct index_area {
    struct tagged_heap heap; /* first, so that the engine's pointer is ours */
    unsigned shift;          /* an area is 2^shift units */
    bool has_rover;
    block_ref rover;
    /* Largest block, in units. Entries 0-7 are the top's; those under entry i are the eight from
     * 8(i+1) on. */
    uint32_t most[AREA_ENTRIES] __attribute__((aligned(64)));
    block_ref root[AREA_COUNT];
};

HB_INLINE void area_open(struct index_area *index) {
    index->shift = AREA_SHIFT;
}

HB_INLINE uint64_t area_path(const struct index_area *index, block_ref reference) {
    return (uint64_t)reference << (64 - index->shift);
}

HB_INLINE uint32_t area_group_most(const struct index_area *index, int group) {
    uint32_t most = 0;
    for (int i = group; i < group + AREA_FAN; i++)
        most = index->most[i] > most ? index->most[i] : most;
    return most;
}

HB_INLINE void area_raise(struct index_area *index, int entry, uint32_t units) {
    while (index->most[entry] < units) {
        index->most[entry] = units;
        if (entry < AREA_FAN)
            return;
        entry = entry / AREA_FAN - 1;
    }
}

HB_INLINE void area_lower(struct index_area *index, int entry, uint32_t units) {
    for (;;) {
        uint32_t before = index->most[entry];
        if (before == units)
            return;
        index->most[entry] = units;
        if (entry < AREA_FAN)
            return;
        int above = entry / AREA_FAN - 1;
        if (index->most[above] != before)
            return;
        units = area_group_most(index, entry & ~(AREA_FAN - 1));
        entry = above;
    }
}

/* Bits of a group's entries that have a block of at least units. */
HB_INLINE unsigned area_group_fits(const struct index_area *index, int group, uint32_t units) {
    unsigned fits = 0;
    for (int i = 0; i < AREA_FAN; i++)
        fits |= (unsigned)(index->most[group + i] >= units) << i;
    return fits;
}

/* The first area under an entry that fits; the entry itself fits. */
HB_INLINE int area_descend(struct index_area *index, int entry, uint32_t units) {
    while (entry < AREA_LEAVES) {
        int group = AREA_FAN * (entry + 1);
        entry = group + (int)lowest_bit(area_group_fits(index, group, units));
        index->heap.stats.search_steps++;
    }
    return entry;
}

/* The first area that fits; AREA_NONE if there is none. */
HB_INLINE int area_first(struct index_area *index, uint32_t units) {
    unsigned fits = area_group_fits(index, 0, units);
    return fits ? area_descend(index, (int)lowest_bit(fits), units) : AREA_NONE;
}

/* The first after this one that fits. */
HB_INLINE int area_after(struct index_area *index, int entry, uint32_t units) {
    for (;; entry = entry / AREA_FAN - 1) {
        int group = entry & ~(AREA_FAN - 1);
        unsigned fits = area_group_fits(index, group, units) & 0xFEu << (entry - group);
        if (fits)
            return area_descend(index, group + (int)lowest_bit(fits), units);
        if (entry < AREA_FAN)
            return AREA_NONE;
    }
}

/* Two neighbouring areas' trees become one. */
static inline block_ref area_join(struct index_area *index, block_ref low, block_ref high) {
    struct tagged_heap *heap = &index->heap;
    if (low || !high) {
        most_raise(heap, &low);
        if (high) {
            struct digital_node *root = digital_node(heap, low);
            root->child[1] = high;
            digital_node(heap, high)->parent = low;
            root->most = most_below(heap, low);
        }
        return low;
    }
    most_raise(heap, &high); /* hangs all below child 0: they belong to child 1 */
    struct digital_node *root = digital_node(heap, high);
    root->child[1] = root->child[0];
    root->child[0] = 0;
    return high;
}

static inline void area_double(struct index_area *index) {
    index->shift++;
    for (int area = 0; area < AREA_COUNT / 2; area++)
        index->root[area] = area_join(index, index->root[2 * area], index->root[2 * area + 1]);
    for (int area = AREA_COUNT / 2; area < AREA_COUNT; area++)
        index->root[area] = 0;
    for (int entry = AREA_ENTRIES - 1; entry >= 0; entry--)
        if (entry >= AREA_LEAVES) {
            block_ref root = index->root[entry - AREA_LEAVES];
            index->most[entry] = root ? digital_node(&index->heap, root)->most : 0;
        } else {
            index->most[entry] = area_group_most(index, AREA_FAN * (entry + 1));
        }
}

HB_INLINE void area_grown(struct tagged_heap *heap) {
    struct index_area *index = (struct index_area *)heap;
    while (HB_UNLIKELY(block_reference(heap, heap->end) >> index->shift >= AREA_COUNT))
        area_double(index);
}

HB_INLINE void area_insert(struct tagged_heap *heap, struct block *block) {
    struct index_area *index = (struct index_area *)heap;
    block_ref reference = block_reference(heap, block);
    int area = (int)(reference >> index->shift);
    most_insert(heap, &index->root[area], reference, area_path(index, reference));
    area_raise(index, AREA_LEAVES + area, most_units(heap, reference));
}

HB_INLINE void area_remove(struct tagged_heap *heap, struct block *block) {
    struct index_area *index = (struct index_area *)heap;
    block_ref reference = block_reference(heap, block);
    int area = (int)(reference >> index->shift);
    most_remove(heap, &index->root[area], reference);
    block_ref root = index->root[area];
    area_lower(index, AREA_LEAVES + area, root ? digital_node(heap, root)->most : 0);
}

HB_INLINE struct block *area_first_in(struct index_area *index, int entry, uint32_t units) {
    if (entry == AREA_NONE)
        return NULL;
    return block_referred(&index->heap, most_first(&index->heap, HB_ORDER_ADDRESS,
                                                   index->root[entry - AREA_LEAVES], units, 0));
}

HB_INLINE struct block *area_find_first(struct tagged_heap *heap, size_t need) {
    struct index_area *index = (struct index_area *)heap;
    uint32_t units = (uint32_t)(need / HB_ALIGNMENT);
    return area_first_in(index, area_first(index, units), units);
}

HB_INLINE struct block *area_find_next(struct tagged_heap *heap, size_t need) {
    struct index_area *index = (struct index_area *)heap;
    uint32_t units = (uint32_t)(need / HB_ALIGNMENT);
    if (HB_LIKELY(index->has_rover)) {
        int area = (int)(index->rover >> index->shift);
        block_ref found = most_after(heap, HB_ORDER_ADDRESS, index->root[area], units, index->rover,
                                     area_path(index, index->rover));
        if (found)
            return block_referred(heap, found);
        int entry = area_after(index, AREA_LEAVES + area, units);
        if (entry != AREA_NONE)
            return area_first_in(index, entry, units);
    }
    return area_find_first(heap, need);
}

HB_INLINE void area_picked(struct tagged_heap *heap, struct block *block) {
    struct index_area *index = (struct index_area *)heap;
    index->rover = block_reference(heap, block);
    index->has_rover = true;
}

HB_INLINE struct block *area_find_largest(struct tagged_heap *heap, size_t need) {
    struct index_area *index = (struct index_area *)heap;
    uint32_t units = area_group_most(index, 0);
    if (units < need / HB_ALIGNMENT)
        return NULL;
    return area_first_in(index, area_first(index, units), units);
}

static inline void area_count(struct tagged_heap *heap, struct tagged_ledger *ledger) {
    struct index_area *index = (struct index_area *)heap;
    for (int entry = 0; entry < AREA_ENTRIES && !ledger->broken; entry++) {
        block_ref root = entry < AREA_LEAVES ? 0 : index->root[entry - AREA_LEAVES];
        uint32_t most = root ? digital_node(heap, root)->most : 0;
        most_count(heap, root, ledger);
        if (entry < AREA_LEAVES)
            most = area_group_most(index, AREA_FAN * (entry + 1));
        if (index->most[entry] != most)
            ledger->broken = "S3 the table knows the largest block of an area";
    }
}

#endif
