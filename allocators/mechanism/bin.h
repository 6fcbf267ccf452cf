/* bin.h -- a bin: free blocks of one size, the first in rank at hand. By address it is a pairing
 * heap; by age a ring, since a new block always goes to one end.
 */
#ifndef HB_BIN_H
#define HB_BIN_H

#include "allocators/mechanism/order.h"
#include "allocators/mechanism/pairing.h"
#include "allocators/mechanism/ring.h"

union bin {
    struct pairing heap; /* order=address */
    struct ring ring;
};

HB_INLINE void bin_open(enum hb_order order, union bin *bin) {
    if (order != HB_ORDER_ADDRESS)
        ring_open(&bin->ring);
}

HB_INLINE void bin_insert(const struct tagged_heap *heap, enum hb_order order, union bin *bin,
                          struct block *block) {
    if (order == HB_ORDER_ADDRESS)
        pairing_insert(heap, &bin->heap, block_reference(heap, block));
    else
        ring_push(order == HB_ORDER_LIFO ? &bin->ring : bin->ring.prev, block);
}

/* The same where bin_first is asked after each insertion. */
HB_INLINE void bin_rank(const struct tagged_heap *heap, enum hb_order order, union bin *bin,
                        struct block *block) {
    if (order == HB_ORDER_ADDRESS)
        pairing_meld(heap, &bin->heap, block_reference(heap, block));
    else
        bin_insert(heap, order, bin, block);
}

HB_INLINE void bin_remove(const struct tagged_heap *heap, enum hb_order order, union bin *bin,
                          struct block *block) {
    if (order == HB_ORDER_ADDRESS)
        pairing_remove(heap, &bin->heap, block_reference(heap, block));
    else
        ring_remove(block);
}

HB_INLINE bool bin_is_empty(enum hb_order order, const union bin *bin) {
    if (order == HB_ORDER_ADDRESS)
        return !(bin->heap.root | bin->heap.waiting);
    return bin->ring.next == &bin->ring;
}

/* The first in rank; NULL if there is none. */
HB_INLINE struct block *bin_first(const struct tagged_heap *heap, enum hb_order order,
                                  union bin *bin) {
    if (order == HB_ORDER_ADDRESS) {
        pairing_settle(heap, &bin->heap);
        return bin->heap.root ? block_referred(heap, bin->heap.root) : NULL;
    }
    return bin->ring.next != &bin->ring ? block_of(bin->ring.next) : NULL;
}

/* The same, taken out. */
HB_INLINE struct block *bin_take(const struct tagged_heap *heap, enum hb_order order,
                                 union bin *bin) {
    if (order == HB_ORDER_ADDRESS) {
        block_ref lowest = pairing_take(heap, &bin->heap);
        return lowest ? block_referred(heap, lowest) : NULL;
    }
    return ring_pop(&bin->ring);
}

/* Account for a bin of blocks of units; S3 if a link is wrong, or a block's size. */
static inline void bin_count(const struct tagged_heap *heap, enum hb_order order,
                             const union bin *bin, uint32_t units, struct tagged_ledger *ledger) {
    uint64_t blocks = ledger->blocks, bytes = ledger->bytes;
    if (order == HB_ORDER_ADDRESS)
        pairing_count(heap, &bin->heap, ledger);
    else
        ring_count(heap, &bin->ring, ledger);
    if (!ledger->broken &&
        ledger->bytes - bytes != (ledger->blocks - blocks) * units * HB_ALIGNMENT)
        ledger->broken = "S3 a block is in its size's bin";
}

#endif
