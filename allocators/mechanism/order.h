/* order.h -- the rank of a free block: which of several comes first.
 *
 * The key of a block is its reference (order=address) or the number of its freeing (lifo, fifo);
 * the lowest key comes first, or with lifo the highest.
 */
#ifndef HB_ORDER_H
#define HB_ORDER_H

#include "allocators/mechanism/tagged.h"

enum { ORDER_SEQUENCE_BITS = 2 * BLOCK_RANK_BITS, ORDER_ADDRESS_BITS = 32 };

HB_INLINE uint64_t order_key(const struct tagged_heap *heap, enum hb_order order,
                             const struct block *block) {
    return order == HB_ORDER_ADDRESS ? block_reference(heap, block) : block_rank(block);
}

/* A block enters the index: number it. Returns its key. */
HB_INLINE uint64_t order_enter(struct tagged_heap *heap, enum hb_order order, struct block *block) {
    if (order == HB_ORDER_ADDRESS)
        return block_reference(heap, block);
    block_set_rank(block, ++heap->sequence);
    return heap->sequence;
}

HB_INLINE bool order_before(enum hb_order order, uint64_t key, uint64_t other) {
    return order == HB_ORDER_LIFO ? key > other : key < other;
}

/* Bits that hold every key given so far. */
HB_INLINE unsigned order_bits(const struct tagged_heap *heap, enum hb_order order) {
    uint64_t highest =
        order == HB_ORDER_ADDRESS ? block_reference(heap, heap->end) : heap->sequence;
    return highest ? highest_bit(highest) + 1 : 1;
}

/* The side of a tree that comes first. */
HB_INLINE unsigned order_first_side(enum hb_order order) {
    return order == HB_ORDER_LIFO;
}

#endif
