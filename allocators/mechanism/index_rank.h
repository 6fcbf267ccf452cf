/* index_rank.h -- all free blocks in one tree by rank, each node with the size of the largest block
 * below it: answers "lowest rank that fits" (first fit) and "lowest rank above a rover that fits"
 * (next fit) by one walk down, O(log ranks).
 */
#ifndef HB_INDEX_RANK_H
#define HB_INDEX_RANK_H

#include "allocators/mechanism/digital_most.h"

struct index_rank {
    struct tagged_heap heap; /* first, so that the engine's pointer is ours */
    block_ref root;
    unsigned bits; /* of the keys on the tree's paths */
    bool has_rover;
    uint64_t rover;
};

static inline void rank_raise(struct index_rank *index, unsigned bits) {
    for (; index->bits < bits; index->bits++)
        most_raise(&index->heap, &index->root);
}

HB_INLINE void rank_insert(struct index_rank *index, enum hb_order order, struct block *block) {
    struct tagged_heap *heap = &index->heap;
    uint64_t key = order_enter(heap, order, block);
    if (HB_UNLIKELY(key >> index->bits))
        rank_raise(index, order_bits(heap, order));
    most_insert(heap, &index->root, block_reference(heap, block), key << (64 - index->bits));
}

HB_INLINE void rank_remove(struct index_rank *index, struct block *block) {
    most_remove(&index->heap, &index->root, block_reference(&index->heap, block));
}

HB_INLINE struct block *rank_find_first(struct index_rank *index, enum hb_order order,
                                        size_t need) {
    uint32_t units = (uint32_t)(need / HB_ALIGNMENT);
    block_ref found = most_first(&index->heap, order, index->root, units, 0);
    return found ? block_referred(&index->heap, found) : NULL;
}

HB_INLINE struct block *rank_find_next(struct index_rank *index, enum hb_order order, size_t need) {
    uint32_t units = (uint32_t)(need / HB_ALIGNMENT);
    block_ref found = 0;
    if (index->has_rover)
        found = most_after(&index->heap, order, index->root, units, index->rover,
                           index->rover << (64 - index->bits));
    return found ? block_referred(&index->heap, found) : rank_find_first(index, order, need);
}

/* A block made by growth was never in the tree: it counts as newly freed. */
HB_INLINE void rank_set_rover(struct index_rank *index, enum hb_order order, struct block *block) {
    if (!block_rank(block))
        order_enter(&index->heap, order, block);
    index->rover = block_rank(block);
    index->has_rover = true;
    if (index->rover >> index->bits)
        rank_raise(index, highest_bit(index->rover) + 1);
}

static inline void rank_count(struct index_rank *index, struct tagged_ledger *ledger) {
    most_count(&index->heap, index->root, ledger);
}

#endif
