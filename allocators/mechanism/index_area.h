/* index_area.h -- free blocks by address: the heap is divided into equal areas, each with a word
 * that has a bit for every place in it where a free block may begin. A table bounds the largest
 * block of each area from above, and over it of each eight areas, and so on: a tree whose shape
 * never changes, in a few adjacent words.
 *
 * Answers "lowest address above a rover that fits" (next fit): up and down the table to the first
 * area that may fit, then through the area's blocks. What leaves an area lowers no bound; a search
 * that finds an area's bound too high corrects it, so that each removal is paid for at most once:
 * O(log heap) amortised. An area is 64 units, 1 KiB, with 32 free blocks at most, as long as the
 * heap has at most AREA_COUNT of them, which is up to 512 MiB; then areas double, and the word is
 * the first of a list of the area's free blocks, in no order.
 */
#ifndef HB_INDEX_AREA_H
#define HB_INDEX_AREA_H

#include "allocators/mechanism/tagged.h"

enum {
    AREA_FAN_BITS = 3,
    AREA_FAN = 1 << AREA_FAN_BITS,
    AREA_COUNT = 1 << 19,
    AREA_ENTRIES = AREA_COUNT + AREA_COUNT / (AREA_FAN - 1) + AREA_FAN,
    AREA_SHIFT = 6, /* of the first areas: 64 units, as a word has bits */
    AREA_NONE = -1
};

struct area_node {
    block_ref next, prev;
};

struct index_area {
    struct tagged_heap heap; /* first, so that the engine's pointer is ours */
    unsigned shift;          /* an area is 2^shift units */
    int top;                 /* first entry of the table's highest group in use */
    block_ref sink;          /* where there is no neighbour to tell */
    /* No free block lies between the rover and the bound. The bound itself may be one: it is then
     * held, in no area, since it is most often the next to be picked, or 0 is. */
    block_ref rover, bound, held;
    /* No block of an area is larger, in units. Entries 0 … AREA_COUNT - 1 are the areas; above
     * entry i stands AREA_COUNT + i / 8. */
    uint32_t most[AREA_ENTRIES] __attribute__((aligned(64)));
    uint64_t blocks[AREA_COUNT]; /* of each area: its bits, or the first of its list */
};

HB_INLINE void area_open(struct index_area *index) {
    index->shift = AREA_SHIFT;
    index->bound = 1;
}

/* Whether an area's word has a bit for each of its units. */
HB_INLINE bool area_has_bits(const struct index_area *index) {
    return HB_LIKELY(index->shift == AREA_SHIFT);
}

HB_INLINE struct area_node *area_node(const struct tagged_heap *heap, block_ref reference) {
    return (struct area_node *)block_referred(heap, reference)->payload;
}

HB_INLINE uint32_t area_units(const struct tagged_heap *heap, block_ref reference) {
    return (uint32_t)(block_bytes(block_referred(heap, reference)) / HB_ALIGNMENT);
}

HB_INLINE int area_above(int entry) {
    return AREA_COUNT + (entry >> AREA_FAN_BITS);
}

HB_INLINE int area_group_below(int entry) {
    return (entry - AREA_COUNT) << AREA_FAN_BITS;
}

HB_INLINE uint32_t area_group_most(const struct index_area *index, int group) {
    uint32_t most = 0;
    for (int i = group; i < group + AREA_FAN; i++)
        most = index->most[i] > most ? index->most[i] : most;
    return most;
}

/* Where the area's bound does not suffice, all the way up, whether or not anything changes: that is
 * no branch to guess. */
HB_INLINE void area_raise(struct index_area *index, int entry, uint32_t units) {
    if (index->most[entry] >= units)
        return;
    for (;; entry = area_above(entry)) {
        uint32_t most = index->most[entry];
        index->most[entry] = most < units ? units : most;
        if (entry >= index->top)
            return;
    }
}

/* Bring an area's bound down to what it has. */
static inline void area_lower(struct index_area *index, int entry, uint32_t units) {
    while (index->most[entry] != units) {
        index->most[entry] = units;
        if (entry >= index->top)
            return;
        units = area_group_most(index, entry & ~(AREA_FAN - 1));
        entry = area_above(entry);
    }
}

/* Bits of a group's entries that may have a block of at least units. */
HB_INLINE unsigned area_group_fits(const struct index_area *index, int group, uint32_t units) {
    const uint32_t *most = index->most + group;
    return (unsigned)(most[0] >= units) | (unsigned)(most[1] >= units) << 1 |
           (unsigned)(most[2] >= units) << 2 | (unsigned)(most[3] >= units) << 3 |
           (unsigned)(most[4] >= units) << 4 | (unsigned)(most[5] >= units) << 5 |
           (unsigned)(most[6] >= units) << 6 | (unsigned)(most[7] >= units) << 7;
}

/* The first area under an entry that may fit; the entry itself may. */
HB_INLINE int area_descend(struct index_area *index, int entry, uint32_t units) {
    while (entry >= AREA_COUNT) {
        int group = area_group_below(entry);
        entry = group + (int)lowest_bit(area_group_fits(index, group, units));
        index->heap.stats.search_steps++;
    }
    return entry;
}

/* The first area that may fit; AREA_NONE if there is none. */
HB_INLINE int area_first(struct index_area *index, uint32_t units) {
    unsigned fits = area_group_fits(index, index->top, units);
    return fits ? area_descend(index, index->top + (int)lowest_bit(fits), units) : AREA_NONE;
}

/* The first after this one that may fit. */
HB_INLINE int area_after(struct index_area *index, int entry, uint32_t units) {
    for (;; entry = area_above(entry)) {
        int group = entry & ~(AREA_FAN - 1);
        unsigned fits = area_group_fits(index, group, units) & 0xFEu << (entry - group);
        if (fits)
            return area_descend(index, group + (int)lowest_bit(fits), units);
        if (entry >= index->top)
            return AREA_NONE;
    }
}

HB_INLINE void area_link(struct index_area *index, uint64_t *first, block_ref reference) {
    const struct tagged_heap *heap = &index->heap;
    block_ref next = (block_ref)*first;
    *area_node(heap, reference) = (struct area_node){.next = next};
    *(next ? &area_node(heap, next)->prev : &index->sink) = reference;
    *first = reference;
}

HB_APART void area_unlink(struct index_area *index, block_ref reference) {
    const struct tagged_heap *heap = &index->heap;
    struct area_node node = *area_node(heap, reference);
    *(node.next ? &area_node(heap, node.next)->prev : &index->sink) = node.prev;
    if (node.prev)
        area_node(heap, node.prev)->next = node.next;
    else
        index->blocks[reference >> index->shift] = node.next;
}

/* A word of bits becomes a list. */
static inline void area_list_bits(struct index_area *index, int area) {
    uint64_t first = 0;
    for (uint64_t bits = index->blocks[area]; bits; bits &= bits - 1)
        area_link(index, &first, ((block_ref)area << AREA_SHIFT) + lowest_bit(bits));
    index->blocks[area] = first;
}

/* Two neighbouring areas' lists become one. */
static inline uint64_t area_join(const struct tagged_heap *heap, uint64_t a, uint64_t b) {
    if (!a || !b)
        return a ? a : b;
    block_ref last = (block_ref)a;
    while (area_node(heap, last)->next)
        last = area_node(heap, last)->next;
    area_node(heap, last)->next = (block_ref)b;
    area_node(heap, (block_ref)b)->prev = last;
    return a;
}

static inline void area_double(struct index_area *index) {
    for (int area = 0; area < AREA_COUNT && area_has_bits(index); area++)
        area_list_bits(index, area);
    index->shift++;
    for (int area = 0; area < AREA_COUNT; area++) {
        bool is_used = area < AREA_COUNT / 2;
        int low = 2 * area, high = low + 1;
        index->blocks[area] =
            is_used ? area_join(&index->heap, index->blocks[low], index->blocks[high]) : 0;
        index->most[area] = !is_used                               ? 0
                            : index->most[low] > index->most[high] ? index->most[low]
                                                                   : index->most[high];
    }
    for (int entry = AREA_COUNT; area_group_below(entry) < index->top; entry++)
        index->most[entry] = area_group_most(index, area_group_below(entry));
}

HB_INLINE void area_grown(struct tagged_heap *heap) {
    struct index_area *index = (struct index_area *)heap;
    block_ref end = block_reference(heap, heap->end);
    while (HB_UNLIKELY(end >> index->shift >= AREA_COUNT))
        area_double(index);
    for (int top = 0, last = (int)(end >> index->shift);; top = area_above(top)) {
        if (top > index->top) {
            index->most[top] = area_group_most(index, index->top);
            index->top = top;
        }
        if (last < AREA_FAN)
            return;
        last >>= AREA_FAN_BITS;
    }
}

/* A block enters its area. */
HB_INLINE void area_push(struct index_area *index, block_ref reference) {
    int area = (int)(reference >> index->shift);
    if (area_has_bits(index))
        index->blocks[area] |= (uint64_t)1 << (reference & 63);
    else
        area_link(index, &index->blocks[area], reference);
    area_raise(index, area, area_units(&index->heap, reference));
}

HB_INLINE void area_insert(struct tagged_heap *heap, struct block *block) {
    struct index_area *index = (struct index_area *)heap;
    block_ref reference = block_reference(heap, block);
    if (reference - index->rover - 1 < index->bound - index->rover) {
        block_ref held = index->held;
        index->bound = index->held = reference;
        if (!held)
            return;
        reference = held;
    }
    area_push(index, reference);
}

HB_INLINE void area_remove(struct tagged_heap *heap, struct block *block) {
    struct index_area *index = (struct index_area *)heap;
    block_ref reference = block_reference(heap, block), held = index->held;
    index->held = reference == held ? 0 : held;
    if (area_has_bits(index)) /* the held block has none */
        index->blocks[reference >> AREA_SHIFT] &= ~((uint64_t)1 << (reference & 63));
    else if (reference != held)
        area_unlink(index, reference);
}

/* The lowest block of an area's list that fits, from a reference on; 0 if there is none, and *most
 * is then the largest of them. */
HB_APART block_ref area_lowest_listed(struct index_area *index, int area, uint32_t units,
                                      block_ref from, uint32_t *most) {
    block_ref lowest = 0;
    *most = 0;
    for (block_ref at = (block_ref)index->blocks[area]; at;
         at = area_node(&index->heap, at)->next) {
        uint32_t own = at >= from ? area_units(&index->heap, at) : 0;
        lowest = (own >= units) & (at - 1 < lowest - 1) ? at : lowest; /* 0 is beyond all */
        *most = own > *most ? own : *most;
        index->heap.stats.search_steps++;
    }
    return lowest;
}

/* The same of any area; from is in it. */
HB_INLINE block_ref area_lowest(struct index_area *index, int area, uint32_t units, block_ref from,
                                uint32_t *most) {
    if (!area_has_bits(index))
        return area_lowest_listed(index, area, units, from, most);
    uint32_t largest = 0;
    uint64_t bits = index->blocks[area] & ~(uint64_t)0 << (from & 63);
    for (; bits; bits &= bits - 1) {
        block_ref at = ((block_ref)area << AREA_SHIFT) + lowest_bit(bits);
        uint32_t own = area_units(&index->heap, at);
        index->heap.stats.search_steps++;
        if (own >= units)
            return at;
        largest = own > largest ? own : largest;
    }
    *most = largest;
    return 0;
}

/* The same of all areas from this one on that may fit. */
static inline block_ref area_search(struct index_area *index, int area, uint32_t units) {
    while (area != AREA_NONE) {
        uint32_t most;
        block_ref found = area_lowest(index, area, units, (block_ref)area << index->shift, &most);
        if (found)
            return found;
        area_lower(index, area, most);
        area = area_after(index, area, units);
    }
    return 0;
}

HB_INLINE struct block *area_find_next(struct tagged_heap *heap, size_t need) {
    struct index_area *index = (struct index_area *)heap;
    uint32_t units = (uint32_t)(need / HB_ALIGNMENT);
    block_ref held = index->held;
    heap->stats.search_steps++;
    if (held && area_units(heap, held) >= units)
        return block_referred(heap, held);
    int area = (int)(index->bound >> index->shift);
    uint32_t most;
    block_ref found =
        index->most[area] >= units ? area_lowest(index, area, units, index->bound, &most) : 0;
    if (!found)
        found = area_search(index, area_after(index, area, units), units);
    if (!found)
        found = area_search(index, area_first(index, units), units);
    return found ? block_referred(heap, found) : NULL;
}

HB_INLINE void area_picked(struct tagged_heap *heap, struct block *block) {
    struct index_area *index = (struct index_area *)heap;
    index->rover = block_reference(heap, block);
    index->bound = index->rover + area_units(heap, index->rover);
    if (index->held)
        area_push(index, index->held);
    index->held = 0;
}

/* Account for one of an area's blocks. */
static inline void area_count_block(const struct index_area *index, int area, block_ref reference,
                                    bool is_linked, struct tagged_ledger *ledger, uint32_t *most) {
    const struct block *block = block_referred(&index->heap, reference);
    if (!tagged_holds(&index->heap, block) || !block_is_free(block) || !is_linked ||
        (int)(reference >> index->shift) != area) {
        ledger->broken = "S3 an area's blocks are free, and know the one before";
        ledger->where = block;
        return;
    }
    uint32_t units = area_units(&index->heap, reference);
    ledger->blocks++;
    ledger->bytes += block_bytes(block);
    *most = units > *most ? units : *most;
}

/* Account for an area's blocks. Returns the largest one's size. */
static inline uint32_t area_count_blocks(struct index_area *index, int area,
                                         struct tagged_ledger *ledger) {
    const struct tagged_heap *heap = &index->heap;
    uint32_t most = 0;
    uint64_t word = index->blocks[area];
    if (area_has_bits(index)) {
        for (; word && !ledger->broken; word &= word - 1)
            area_count_block(index, area, ((block_ref)area << AREA_SHIFT) + lowest_bit(word), true,
                             ledger, &most);
        return most;
    }
    block_ref prev = 0;
    for (block_ref at = (block_ref)word; at && !ledger->broken;
         prev = at, at = area_node(heap, at)->next)
        area_count_block(index, area, at,
                         !tagged_holds(heap, block_referred(heap, at)) ||
                             area_node(heap, at)->prev == prev,
                         ledger, &most);
    return most;
}

static inline void area_count(struct tagged_heap *heap, struct tagged_ledger *ledger) {
    struct index_area *index = (struct index_area *)heap;
    int last = heap->end ? (int)(block_reference(heap, heap->end) >> index->shift) : 0;
    for (int area = 0; area <= last && !ledger->broken; area++) {
        uint32_t most = area_count_blocks(index, area, ledger);
        for (int entry = area;; entry = area_above(entry)) {
            if (index->most[entry] < most && !ledger->broken)
                ledger->broken = "S3 no block is larger than its area's bound";
            if (entry >= index->top)
                break;
        }
    }
    if (index->held) {
        ledger->blocks++;
        ledger->bytes += block_bytes(block_referred(heap, index->held));
    }
}

#endif
