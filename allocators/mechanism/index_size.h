/* index_size.h -- free blocks by size, equals by rank: answers "smallest that fits" (best fit) and
 * "largest" (worst fit), ties by rank.
 *
 * Sizes below 2 KiB have a bin each, a tree of equals by rank, and a bit in a map of those that
 * are not empty. Larger sizes have a bin for each power of two, a tree by (size, rank).
 */
#ifndef HB_INDEX_SIZE_H
#define HB_INDEX_SIZE_H

#include "allocators/mechanism/digital.h"
#include "allocators/mechanism/order.h"

enum {
    SIZE_EXACT_UNITS = 128, /* first size, in units of 16, without its own bin */
    SIZE_EXACT_BITS = 7,    /* its binary logarithm */
    SIZE_RANGES = 32 - SIZE_EXACT_BITS
};

struct index_size {
    struct tagged_heap heap; /* first, so that the engine's pointer is ours */
    uint64_t exact_map[SIZE_EXACT_UNITS / 64];
    uint32_t range_map;
    unsigned bits; /* of the ranks on the exact bins' paths */
    block_ref exact[SIZE_EXACT_UNITS];
    block_ref range[SIZE_RANGES]; /* sizes 2^(7+i) … 2^(8+i) - 1 units */
};

HB_INLINE uint32_t size_units(const struct block *block) {
    return (uint32_t)(block_bytes(block) / HB_ALIGNMENT);
}

HB_INLINE unsigned size_rank_bits(enum hb_order order) {
    return order == HB_ORDER_ADDRESS ? ORDER_ADDRESS_BITS : ORDER_SEQUENCE_BITS;
}

/* (size, rank) below the leading bit of the size, which all of a range share. */
HB_INLINE digital_path size_range_path(enum hb_order order, uint32_t units, uint64_t rank) {
    unsigned size_bits = highest_bit(units), rank_bits = size_rank_bits(order);
    digital_path key = (digital_path)(units ^ 1u << size_bits) << rank_bits | rank;
    return digital_path_of(key, size_bits + rank_bits);
}

static inline void size_raise(struct index_size *index, unsigned bits) {
    for (; index->bits < bits; index->bits++)
        for (int bin = 0; bin < SIZE_EXACT_UNITS; bin++)
            digital_raise(&index->heap, &index->exact[bin]);
}

HB_INLINE void size_grown(struct index_size *index, enum hb_order order) {
    if (order == HB_ORDER_ADDRESS)
        size_raise(index, order_bits(&index->heap, order));
}

HB_INLINE void size_insert(struct index_size *index, enum hb_order order, struct block *block) {
    struct tagged_heap *heap = &index->heap;
    uint64_t key = order_enter(heap, order, block);
    uint32_t units = size_units(block);
    block_ref reference = block_reference(heap, block);
    if (HB_LIKELY(units < SIZE_EXACT_UNITS)) {
        if (order != HB_ORDER_ADDRESS && HB_UNLIKELY(key >> index->bits))
            size_raise(index, order_bits(heap, order));
        index->exact_map[units / 64] |= (uint64_t)1 << units % 64;
        digital_insert(heap, &index->exact[units], reference, digital_path_of(key, index->bits));
    } else {
        unsigned range = highest_bit(units) - SIZE_EXACT_BITS;
        index->range_map |= 1u << range;
        digital_insert(heap, &index->range[range], reference, size_range_path(order, units, key));
    }
}

HB_INLINE void size_remove(struct index_size *index, struct block *block) {
    uint32_t units = size_units(block);
    block_ref reference = block_reference(&index->heap, block);
    if (HB_LIKELY(units < SIZE_EXACT_UNITS)) {
        digital_remove(&index->heap, &index->exact[units], reference);
        if (!index->exact[units])
            index->exact_map[units / 64] &= ~((uint64_t)1 << units % 64);
    } else {
        unsigned range = highest_bit(units) - SIZE_EXACT_BITS;
        digital_remove(&index->heap, &index->range[range], reference);
        if (!index->range[range])
            index->range_map &= ~(1u << range);
    }
}

/* The first in rank of a tree of equals: one walk down, since a node may stand above lower keys. */
HB_INLINE struct block *size_first_equal(struct index_size *index, enum hb_order order,
                                         block_ref reference) {
    struct tagged_heap *heap = &index->heap;
    unsigned near = order_first_side(order);
    struct block *best = NULL;
    uint64_t steps = 0;
    while (reference) {
        struct block *block = block_referred(heap, reference);
        const struct digital_node *node = digital_node(heap, reference);
        if (!best ||
            order_before(order, order_key(heap, order, block), order_key(heap, order, best)))
            best = block;
        reference = node->child[near] ? node->child[near] : node->child[!near];
        steps++;
    }
    heap->stats.search_steps += steps;
    return best;
}

/* Whether block comes before best among blocks of at least units: smaller, or equal and earlier. */
HB_INLINE bool size_prefers(struct index_size *index, enum hb_order order, uint32_t units,
                            const struct block *block, const struct block *best) {
    struct tagged_heap *heap = &index->heap;
    uint32_t size = size_units(block);
    if (size < units || !best || size != size_units(best))
        return size >= units && (!best || size < size_units(best));
    return order_before(order, order_key(heap, order, block), order_key(heap, order, best));
}

/* The smallest (size, rank) of at least units below a node of a range's tree, or best. depth: bits
 * of the path already taken; size_bits: those that belong to the size. */
HB_INLINE struct block *size_range_first(struct index_size *index, enum hb_order order,
                                         block_ref reference, unsigned depth, unsigned size_bits,
                                         uint32_t units, struct block *best) {
    struct tagged_heap *heap = &index->heap;
    while (reference) {
        struct block *block = block_referred(heap, reference);
        const struct digital_node *node = digital_node(heap, reference);
        if (size_prefers(index, order, units, block, best))
            best = block;
        unsigned near = depth++ < size_bits ? 0 : order_first_side(order);
        reference = node->child[near] ? node->child[near] : node->child[!near];
        heap->stats.search_steps++;
    }
    return best;
}

/* The same of the whole range that units belong to. */
static inline struct block *size_range_at_least(struct index_size *index, enum hb_order order,
                                                uint32_t units) {
    struct tagged_heap *heap = &index->heap;
    unsigned size_bits = highest_bit(units), depth = 0, fallback_depth = 0;
    block_ref reference = index->range[size_bits - SIZE_EXACT_BITS], fallback = 0;
    struct block *best = NULL;
    for (; reference && depth < size_bits; depth++) {
        struct block *block = block_referred(heap, reference);
        const struct digital_node *node = digital_node(heap, reference);
        if (size_prefers(index, order, units, block, best))
            best = block;
        unsigned turn = units >> (size_bits - 1 - depth) & 1;
        if (!turn && node->child[1]) {
            fallback = node->child[1]; /* larger than units, all of it; a lower one is smaller */
            fallback_depth = depth + 1;
        }
        reference = node->child[turn];
        heap->stats.search_steps++;
    }
    if (reference) /* the path is spent: what is left has just this size */
        return size_range_first(index, order, reference, depth, size_bits, units, best);
    return size_range_first(index, order, fallback, fallback_depth, size_bits, units, best);
}

HB_INLINE struct block *size_find_large(struct index_size *index, enum hb_order order,
                                        uint32_t units) {
    unsigned range = 0;
    if (units >= SIZE_EXACT_UNITS) {
        struct block *block = size_range_at_least(index, order, units);
        range = highest_bit(units) - SIZE_EXACT_BITS + 1;
        if (block || range == SIZE_RANGES)
            return block;
    }
    uint32_t map = index->range_map >> range << range;
    if (!map)
        return NULL;
    range = lowest_bit(map);
    return size_range_first(index, order, index->range[range], 0, range + SIZE_EXACT_BITS, 0, NULL);
}

HB_INLINE struct block *size_find_smallest(struct index_size *index, enum hb_order order,
                                           size_t need) {
    uint32_t units = (uint32_t)(need / HB_ALIGNMENT);
    for (uint32_t at = units; at < SIZE_EXACT_UNITS; at = (at / 64 + 1) * 64) {
        uint64_t map = index->exact_map[at / 64] >> at % 64 << at % 64;
        if (map)
            return size_first_equal(index, order, index->exact[at / 64 * 64 + lowest_bit(map)]);
    }
    return size_find_large(index, order, units);
}

/* The largest size in a range's tree. */
static inline uint32_t size_range_largest(struct index_size *index, unsigned range) {
    struct tagged_heap *heap = &index->heap;
    uint32_t largest = 0;
    for (block_ref reference = index->range[range]; reference;) {
        uint32_t units = size_units(block_referred(heap, reference));
        const struct digital_node *node = digital_node(heap, reference);
        largest = units > largest ? units : largest;
        reference = node->child[1] ? node->child[1] : node->child[0];
        heap->stats.search_steps++;
    }
    return largest;
}

HB_INLINE struct block *size_find_largest(struct index_size *index, enum hb_order order,
                                          size_t need) {
    struct block *block = NULL;
    if (index->range_map)
        block = size_range_at_least(index, order,
                                    size_range_largest(index, highest_bit(index->range_map)));
    else
        for (int word = SIZE_EXACT_UNITS / 64 - 1; word >= 0 && !block; word--)
            if (index->exact_map[word])
                block = size_first_equal(
                    index, order,
                    index->exact[word * 64 + (int)highest_bit(index->exact_map[word])]);
    return block && block_bytes(block) >= need ? block : NULL;
}

static inline void size_count(struct index_size *index, struct tagged_ledger *ledger) {
    for (unsigned bin = 0; bin < SIZE_EXACT_UNITS && !ledger->broken; bin++) {
        digital_count(&index->heap, index->exact[bin], ledger);
        bool marked = index->exact_map[bin / 64] >> bin % 64 & 1;
        if (marked != (index->exact[bin] != 0))
            ledger->broken = "S3 a bin's bit says whether it is empty";
    }
    for (unsigned range = 0; range < SIZE_RANGES && !ledger->broken; range++) {
        digital_count(&index->heap, index->range[range], ledger);
        if ((index->range_map >> range & 1) != (index->range[range] != 0))
            ledger->broken = "S3 a range's bit says whether it is empty";
    }
}

#endif
