/* bin.h -- a bin: free blocks of one size, the first in rank at hand. By address it is a set
 * with the lowest apart; by age a ring, since a new block always goes to one end.
 */
#ifndef HB_BIN_H
#define HB_BIN_H

#include "allocators/mechanism/lowest.h"
#include "allocators/mechanism/order.h"
#include "allocators/mechanism/ring.h"

union bin {
    struct lowest lowest; /* order=address */
    struct ring ring;
};

HB_INLINE void bin_open(enum hb_order order, union bin *bin) {
    if (order != HB_ORDER_ADDRESS)
        ring_open(&bin->ring);
}

HB_INLINE void bin_insert(const struct tagged_heap *heap, enum hb_order order, union bin *bin,
                          struct block *block) {
    if (order == HB_ORDER_ADDRESS)
        lowest_insert(heap, &bin->lowest, block_reference(heap, block));
    else
        ring_push(order == HB_ORDER_LIFO ? &bin->ring : bin->ring.prev, block);
}

HB_INLINE void bin_remove(const struct tagged_heap *heap, enum hb_order order, union bin *bin,
                          struct block *block) {
    if (order == HB_ORDER_ADDRESS)
        lowest_remove(heap, &bin->lowest, block_reference(heap, block));
    else
        ring_remove(block);
}

HB_INLINE bool bin_is_empty(enum hb_order order, const union bin *bin) {
    if (order == HB_ORDER_ADDRESS)
        return !bin->lowest.first;
    return bin->ring.next == &bin->ring;
}

/* The first in rank; NULL if there is none. */
HB_INLINE struct block *bin_first(const struct tagged_heap *heap, enum hb_order order,
                                  union bin *bin) {
    if (order == HB_ORDER_ADDRESS) {
        block_ref first = bin->lowest.first;
        return first ? block_referred(heap, first) : NULL;
    }
    return bin->ring.next != &bin->ring ? block_of(bin->ring.next) : NULL;
}

/* The same, taken out. */
HB_INLINE struct block *bin_take(const struct tagged_heap *heap, enum hb_order order,
                                 union bin *bin) {
    if (order == HB_ORDER_ADDRESS) {
        block_ref first = lowest_take(heap, &bin->lowest);
        return first ? block_referred(heap, first) : NULL;
    }
    return ring_pop(&bin->ring);
}

/* Account for a bin of blocks of units; S3 if a link is wrong, or a block's size. */
static inline void bin_count(const struct tagged_heap *heap, enum hb_order order,
                             const union bin *bin, uint32_t units, struct tagged_ledger *ledger) {
    uint64_t blocks = ledger->blocks, bytes = ledger->bytes;
    if (order == HB_ORDER_ADDRESS)
        lowest_count(heap, &bin->lowest, ledger);
    else
        ring_count(heap, &bin->ring, ledger);
    if (!ledger->broken &&
        ledger->bytes - bytes != (ledger->blocks - blocks) * units * HB_ALIGNMENT)
        ledger->broken = "S3 a block is in its size's bin";
}

#endif
