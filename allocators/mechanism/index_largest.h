/* index_largest.h -- free blocks by size, the largest often at hand: answers "largest" (worst fit),
 * ties by rank.
 *
 * Worst fit carves the largest block, and what is left is often the largest again. It is then held,
 * and enters the bins of index_size.h only when it no longer is. The held block is larger than all
 * others, so that no tie is left to the rank.
 */
#ifndef HB_INDEX_LARGEST_H
#define HB_INDEX_LARGEST_H

#include "allocators/mechanism/index_size.h"

struct index_largest {
    struct index_size size; /* first, so that the engine's pointer is ours */
    block_ref held;         /* in no bin; 0: the largest may be in one */
    uint32_t most;          /* no block in a bin is larger, in units */
};

HB_INLINE void largest_bin(struct index_largest *index, enum hb_order order, struct block *block) {
    uint32_t units = size_units(block);
    index->most = units > index->most ? units : index->most;
    size_insert(&index->size, order, block);
}

HB_INLINE void largest_insert(struct index_largest *index, enum hb_order order,
                              struct block *block) {
    struct tagged_heap *heap = &index->size.heap;
    uint32_t units = size_units(block);
    if (index->held) {
        struct block *held = block_referred(heap, index->held);
        if (HB_LIKELY(units < size_units(held))) {
            largest_bin(index, order, block);
            return;
        }
        largest_bin(index, order, held); /* no other is as large: it comes before this one */
        index->held = 0;
    }
    if (units <= index->most) {
        largest_bin(index, order, block);
        return;
    }
    index->held = block_reference(heap, block);
}

HB_INLINE void largest_remove(struct index_largest *index, enum hb_order order,
                              struct block *block) {
    if (block_reference(&index->size.heap, block) == index->held)
        index->held = 0;
    else
        size_remove(&index->size, order, block);
}

HB_INLINE struct block *largest_take(struct index_largest *index, enum hb_order order, size_t need,
                                     size_t *bytes) {
    struct tagged_heap *heap = &index->size.heap;
    uint32_t units = (uint32_t)(need / HB_ALIGNMENT);
    if (!index->held) {
        struct block *block = size_take_largest(&index->size, order, units, bytes);
        if (block) {
            uint32_t own = (uint32_t)(*bytes / HB_ALIGNMENT), bound = size_bound(&index->size);
            index->most = bound < own ? bound : own;
        }
        return block;
    }
    struct block *held = block_referred(heap, index->held);
    heap->stats.search_steps++;
    if (size_units(held) < units)
        return NULL;
    *bytes = block_bytes(held);
    index->held = 0;
    return held;
}

static inline void largest_count(struct index_largest *index, enum hb_order order,
                                 struct tagged_ledger *ledger) {
    const struct tagged_heap *heap = &index->size.heap;
    size_count(&index->size, order, ledger);
    if (!index->held || ledger->broken)
        return;
    const struct block *held = block_referred(heap, index->held);
    if (!tagged_holds(heap, held) || size_units(held) <= index->most) {
        ledger->broken = "S3 the held block is larger than all others";
        ledger->where = held;
        return;
    }
    ledger->blocks++;
    ledger->bytes += block_bytes(held);
}

#endif
