/* lowest.h -- a set of free blocks, the lowest address at hand: it stands in the set itself, and
 * all others in a pairing heap. A set of one block, which most bins are, is that one word: nothing
 * is read or written in the block.
 */
#ifndef HB_LOWEST_H
#define HB_LOWEST_H

#include "allocators/mechanism/pairing.h"

struct lowest {
    block_ref first; /* 0: there is none */
    struct pairing others;
};

HB_INLINE void lowest_insert(const struct tagged_heap *heap, struct lowest *lowest,
                             block_ref reference) {
    block_ref first = lowest->first, other = first > reference ? first : reference;
    if (!first) {
        lowest->first = reference;
        return;
    }
    lowest->first = first < reference ? first : reference;
    pairing_insert(heap, &lowest->others, other);
}

/* The first, taken out; 0 if there is none. */
HB_INLINE block_ref lowest_take(const struct tagged_heap *heap, struct lowest *lowest) {
    block_ref first = lowest->first;
    lowest->first = pairing_take(heap, &lowest->others);
    return first;
}

HB_INLINE void lowest_remove(const struct tagged_heap *heap, struct lowest *lowest,
                             block_ref reference) {
    if (lowest->first == reference)
        lowest->first = pairing_take(heap, &lowest->others);
    else
        pairing_remove(heap, &lowest->others, reference);
}

/* Account for its blocks; S3 if a link is wrong, or the first is not the lowest. */
static inline void lowest_count(const struct tagged_heap *heap, const struct lowest *lowest,
                                struct tagged_ledger *ledger) {
    const struct pairing *others = &lowest->others;
    const struct block *first = block_referred(heap, lowest->first);
    if (!lowest->first) {
        if (others->root | others->waiting)
            ledger->broken = "S3 a bin has a first block if it has any";
        return;
    }
    if (!tagged_holds(heap, first) || !block_is_free(first)) {
        ledger->broken = "S3 a bin's first block is free";
        ledger->where = first;
        return;
    }
    ledger->blocks++;
    ledger->bytes += block_bytes(first);
    pairing_count(heap, others, ledger);
    bool is_lowest = !others->root || others->root > lowest->first;
    for (block_ref at = others->waiting; at && !ledger->broken; at = pairing_node(heap, at)->next)
        is_lowest &= at > lowest->first;
    if (!ledger->broken && !is_lowest) {
        ledger->broken = "S3 a bin's first block is its lowest";
        ledger->where = first;
    }
}

#endif
