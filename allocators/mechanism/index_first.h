/* index_first.h -- free blocks by size, with a tournament (a complete tree of minima) of the bins'
 * ranks over them: answers "lowest rank that fits" (first fit) by the minimum over all bins from
 * the request's on, one look a level.
 *
 * Sizes below 8 KiB have a bin each by address, where low blocks are soon used and few are large;
 * by age, sizes below 64 KiB. All larger blocks share the last leaf of the tournament, with one
 * tree by rank, each node with the largest block below it.
 */
#ifndef HB_INDEX_FIRST_H
#define HB_INDEX_FIRST_H

#include "allocators/mechanism/bin.h"
#include "allocators/mechanism/digital_most.h"

enum {
    FIRST_LEAF_BITS = 12, /* of a key, for its leaf */
    FIRST_LEAVES_MAX = 1 << FIRST_LEAF_BITS,
    FIRST_SMALL_BITS = 6, /* sizes below 1 KiB end their climb early */
    FIRST_SMALL = 1 << FIRST_SMALL_BITS
};

#define FIRST_NONE UINT64_MAX

struct index_first {
    struct tagged_heap heap; /* first, so that the engine's pointer is ours */
    unsigned bits;           /* of the ranks in the large blocks' tree */
    block_ref large;         /* its root */
    block_ref large_first;   /* its first in rank */
    /* Node n has children 2n and 2n+1, leaf u is node first_leaves + u; each is the lowest key of
     * the leaves below it: (place in rank, leaf). Node 0 is FIRST_NONE. The leaves below
     * FIRST_SMALL have a subtree, above whose root nothing is kept: beyond is the lowest of all
     * other leaves. */
    uint64_t beyond;
    uint64_t lowest[2 * FIRST_LEAVES_MAX] __attribute__((aligned(64)));
    union bin bin[FIRST_LEAVES_MAX];
};

HB_INLINE unsigned first_levels(enum hb_order order) {
    return order == HB_ORDER_ADDRESS ? 9 : FIRST_LEAF_BITS;
}

HB_INLINE uint32_t first_leaves(enum hb_order order) {
    return 1u << first_levels(order);
}

/* The leaf of all sizes from this on, in units of 16. */
HB_INLINE uint32_t first_large(enum hb_order order) {
    return first_leaves(order) - 1;
}

HB_INLINE void first_open(struct index_first *index, enum hb_order order) {
    index->bits = 1;
    index->beyond = FIRST_NONE;
    for (uint32_t node = 0; node < 2 * first_leaves(order); node++)
        index->lowest[node] = FIRST_NONE;
    for (uint32_t units = 0; units < first_large(order); units++)
        bin_open(order, &index->bin[units]);
}

/* The lowest comes first. */
HB_INLINE uint64_t first_key(const struct tagged_heap *heap, enum hb_order order,
                             const struct block *block, uint32_t leaf) {
    uint64_t key = order_key(heap, order, block);
    return (order == HB_ORDER_LIFO ? ~key : key) << FIRST_LEAF_BITS | leaf;
}

/* The lowest of the leaves that are not small: right of the way from the small ones to the top. */
HB_INLINE uint64_t first_beyond(const struct index_first *index, enum hb_order order) {
    uint64_t key = FIRST_NONE;
#pragma GCC unroll 16
    for (uint32_t node = first_leaves(order) >> FIRST_SMALL_BITS; node > 1; node >>= 1)
        key = index->lowest[node + 1] < key ? index->lowest[node + 1] : key;
    return key;
}

/* A new block comes before all others. */
HB_INLINE void first_set_lowest(struct index_first *index, enum hb_order order, uint32_t leaf,
                                uint64_t key) {
    uint32_t node = first_leaves(order) + leaf;
#pragma GCC unroll 16
    for (unsigned level = 0; level <= FIRST_SMALL_BITS; level++, node >>= 1)
        index->lowest[node] = key;
    if (HB_LIKELY(leaf < FIRST_SMALL))
        return;
#pragma GCC unroll 16
    for (unsigned level = FIRST_SMALL_BITS; level < first_levels(order); level++, node >>= 1)
        index->lowest[node] = key;
    index->beyond = key;
}

/* The lowest of a node and its sibling becomes their parent's, and so on. */
HB_INLINE uint64_t first_climb(uint64_t *lowest, uint32_t node, uint64_t key, unsigned levels) {
#pragma GCC unroll 16
    for (unsigned level = 0; level < levels; level++) {
        uint64_t other = lowest[node ^ 1];
        key = other < key ? other : key;
        node >>= 1;
        lowest[node] = key;
    }
    return key;
}

/* A leaf's first block is now this one, or NULL. */
HB_INLINE void first_set(struct index_first *index, enum hb_order order, uint32_t leaf,
                         const struct block *block) {
    uint32_t node = first_leaves(order) + leaf;
    uint64_t key = block ? first_key(&index->heap, order, block, leaf) : FIRST_NONE;
    index->lowest[node] = key;
    key = first_climb(index->lowest, node, key, FIRST_SMALL_BITS);
    if (HB_LIKELY(leaf < FIRST_SMALL))
        return;
    first_climb(index->lowest, node >> FIRST_SMALL_BITS, key,
                first_levels(order) - FIRST_SMALL_BITS);
    index->beyond = first_beyond(index, order);
}

/* The lowest of a node and all to its right, below its ancestor so many levels up. */
HB_INLINE uint64_t first_look(const uint64_t *lowest, uint32_t node, unsigned levels) {
    uint64_t key = lowest[node];
#pragma GCC unroll 16
    for (unsigned level = 0; level < levels; level++) {
        uint32_t right = (node | 1) & ((node & 1) - 1); /* a left child's sibling, else node 0 */
        key = lowest[right] < key ? lowest[right] : key;
        node >>= 1;
    }
    return key;
}

/* The lowest key from leaf on. */
HB_INLINE uint64_t first_lowest(const struct index_first *index, enum hb_order order,
                                uint32_t leaf) {
    uint32_t node = first_leaves(order) + leaf;
    if (HB_UNLIKELY(leaf >= FIRST_SMALL))
        return first_look(index->lowest, node, first_levels(order));
    uint64_t key = first_look(index->lowest, node, FIRST_SMALL_BITS);
    return index->beyond < key ? index->beyond : key;
}

static inline void first_insert_large(struct index_first *index, enum hb_order order,
                                      struct block *block) {
    struct tagged_heap *heap = &index->heap;
    uint64_t key = order_key(heap, order, block);
    for (unsigned bits = order_bits(heap, order); index->bits < bits; index->bits++)
        most_raise(heap, &index->large);
    block_ref reference = block_reference(heap, block);
    most_insert(heap, &index->large, reference, key << (64 - index->bits));
    if (!index->large_first ||
        order_before(order, key,
                     order_key(heap, order, block_referred(heap, index->large_first)))) {
        index->large_first = reference;
        first_set(index, order, first_large(order), block);
    }
}

static inline void first_remove_large(struct index_first *index, enum hb_order order,
                                      block_ref reference) {
    struct tagged_heap *heap = &index->heap;
    most_remove(heap, &index->large, reference);
    if (reference != index->large_first)
        return;
    block_ref first = most_first(heap, order, index->large, 0, 0);
    index->large_first = first;
    first_set(index, order, first_large(order), first ? block_referred(heap, first) : NULL);
}

/* Whether a leaf is set anew though its first block may be the same: a short climb costs less than
 * a branch that is hard to guess. With fifo a new block is seldom the first. */
HB_INLINE bool first_sets_always(enum hb_order order, uint32_t leaf) {
    return order != HB_ORDER_FIFO && leaf < FIRST_SMALL;
}

HB_INLINE void first_insert(struct index_first *index, enum hb_order order, struct block *block) {
    struct tagged_heap *heap = &index->heap;
    uint32_t units = most_units(heap, block_reference(heap, block));
    order_enter(heap, order, block);
    if (HB_UNLIKELY(units >= first_large(order))) {
        first_insert_large(index, order, block);
        return;
    }
    union bin *bin = &index->bin[units];
    bin_insert(heap, order, bin, block);
    if (order == HB_ORDER_LIFO)
        first_set_lowest(index, order, units, first_key(heap, order, block, units));
    else if (first_sets_always(order, units) || bin_first(heap, order, bin) == block)
        first_set(index, order, units, bin_first(heap, order, bin));
}

HB_INLINE void first_remove(struct index_first *index, enum hb_order order, struct block *block) {
    struct tagged_heap *heap = &index->heap;
    block_ref reference = block_reference(heap, block);
    uint32_t units = most_units(heap, reference);
    if (HB_UNLIKELY(units >= first_large(order))) {
        first_remove_large(index, order, reference);
        return;
    }
    union bin *bin = &index->bin[units];
    bool sets = first_sets_always(order, units) || bin_first(heap, order, bin) == block;
    bin_remove(heap, order, bin, block);
    if (sets)
        first_set(index, order, units, bin_first(heap, order, bin));
}

static inline struct block *first_take_large(struct index_first *index, enum hb_order order,
                                             uint32_t units, size_t *bytes) {
    block_ref found = most_first(&index->heap, order, index->large, units, 0);
    if (!found)
        return NULL;
    first_remove_large(index, order, found);
    *bytes = (size_t)most_units(&index->heap, found) * HB_ALIGNMENT;
    return block_referred(&index->heap, found);
}

HB_INLINE struct block *first_take(struct index_first *index, enum hb_order order, size_t need,
                                   size_t *bytes) {
    struct tagged_heap *heap = &index->heap;
    uint32_t units = (uint32_t)(need / HB_ALIGNMENT);
    if (HB_UNLIKELY(units >= first_large(order)))
        return first_take_large(index, order, units, bytes);
    uint64_t key = first_lowest(index, order, units);
    heap->stats.search_steps++;
    if (HB_UNLIKELY(key == FIRST_NONE))
        return NULL;
    uint32_t leaf = (uint32_t)key % FIRST_LEAVES_MAX;
    if (HB_UNLIKELY(leaf == first_large(order))) {
        block_ref first = index->large_first;
        first_remove_large(index, order, first);
        *bytes = (size_t)most_units(heap, first) * HB_ALIGNMENT;
        return block_referred(heap, first);
    }
    *bytes = (size_t)leaf * HB_ALIGNMENT;
    union bin *bin = &index->bin[leaf];
    struct block *block = bin_take(heap, order, bin);
    first_set(index, order, leaf, bin_first(heap, order, bin));
    return block;
}

static inline void first_count_node(struct index_first *index, enum hb_order order, uint32_t node,
                                    struct tagged_ledger *ledger) {
    const uint64_t *lowest = index->lowest;
    struct tagged_heap *heap = &index->heap;
    uint64_t expected;
    if (node < first_leaves(order)) {
        expected =
            lowest[2 * node] < lowest[2 * node + 1] ? lowest[2 * node] : lowest[2 * node + 1];
    } else {
        uint32_t leaf = node - first_leaves(order);
        block_ref large = most_first(heap, order, index->large, 0, 0);
        const struct block *block = leaf < first_large(order)
                                        ? bin_first(heap, order, &index->bin[leaf])
                                    : large ? block_referred(heap, large)
                                            : NULL;
        expected = block ? first_key(heap, order, block, leaf) : FIRST_NONE;
    }
    if (!ledger->broken && lowest[node] != expected)
        ledger->broken = "S3 the tournament knows each bin's first block";
}

static inline void first_count(struct index_first *index, enum hb_order order,
                               struct tagged_ledger *ledger) {
    most_count(&index->heap, index->large, ledger);
    for (uint32_t units = 0; units < first_large(order) && !ledger->broken; units++)
        bin_count(&index->heap, order, &index->bin[units], units, ledger);
    uint32_t small_root = first_leaves(order) >> FIRST_SMALL_BITS;
    for (uint32_t node = 1; node < 2 * first_leaves(order) && !ledger->broken; node++)
        if (node >= small_root || (node & (node - 1))) /* not above it */
            first_count_node(index, order, node, ledger);
    if (!ledger->broken && index->beyond != first_beyond(index, order))
        ledger->broken = "S3 the lowest rank beyond small sizes is known";
}

#endif
