/* index_size.h -- free blocks by size, equals by rank: answers "smallest that fits" (best fit) and
 * "largest", ties by rank.
 *
 * Sizes below 64 KiB have a bin each, and a bit that is set while the bin has blocks, with a bit
 * above each 64 of those. Larger sizes have a tree by (size, rank) for each power of two.
 */
#ifndef HB_INDEX_SIZE_H
#define HB_INDEX_SIZE_H

#include "allocators/mechanism/bin.h"
#include "allocators/mechanism/digital.h"

enum {
    SIZE_EXACT_BITS = 12,
    SIZE_EXACT_UNITS = 1 << SIZE_EXACT_BITS, /* first size, in units of 16, without its own bin */
    SIZE_RANGES = 32 - SIZE_EXACT_BITS
};

struct index_size {
    struct tagged_heap heap; /* first, so that the engine's pointer is ours */
    uint64_t words;          /* of the map, those that have bits */
    uint64_t map[SIZE_EXACT_UNITS / 64];
    uint32_t range_map;
    block_ref range[SIZE_RANGES]; /* sizes 2^(12+i) … 2^(13+i) - 1 units */
    union bin bin[SIZE_EXACT_UNITS];
};

HB_INLINE void size_open(struct index_size *index, enum hb_order order) {
    for (int units = 0; units < SIZE_EXACT_UNITS; units++)
        bin_open(order, &index->bin[units]);
}

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

HB_APART void size_insert_large(struct index_size *index, enum hb_order order,
                                struct block *block) {
    struct tagged_heap *heap = &index->heap;
    uint32_t units = size_units(block);
    uint64_t key = order_key(heap, order, block);
    unsigned range = highest_bit(units) - SIZE_EXACT_BITS;
    index->range_map |= 1u << range;
    digital_insert(heap, &index->range[range], block_reference(heap, block),
                   size_range_path(order, units, key));
}

HB_APART void size_remove_large(struct index_size *index, struct block *block) {
    unsigned range = highest_bit(size_units(block)) - SIZE_EXACT_BITS;
    digital_remove(&index->heap, &index->range[range], block_reference(&index->heap, block));
    if (!index->range[range])
        index->range_map &= ~(1u << range);
}

HB_INLINE void size_insert(struct index_size *index, enum hb_order order, struct block *block) {
    uint32_t units = size_units(block);
    if (HB_UNLIKELY(units >= SIZE_EXACT_UNITS)) {
        order_enter(&index->heap, order, block);
        size_insert_large(index, order, block);
        return;
    }
    bin_insert(&index->heap, order, &index->bin[units], block);
    index->map[units / 64] |= (uint64_t)1 << units % 64;
    index->words |= (uint64_t)1 << units / 64;
}

/* A bin has lost a block: its bit, without a branch, as bins of one block are common. */
HB_INLINE void size_lost(struct index_size *index, enum hb_order order, uint32_t units) {
    uint64_t is_empty = bin_is_empty(order, &index->bin[units]);
    uint64_t map = index->map[units / 64] & ~(is_empty << units % 64);
    index->map[units / 64] = map;
    index->words &= ~((uint64_t)!map << units / 64);
}

HB_INLINE void size_remove(struct index_size *index, enum hb_order order, struct block *block) {
    uint32_t units = size_units(block);
    if (HB_UNLIKELY(units >= SIZE_EXACT_UNITS)) {
        size_remove_large(index, block);
        return;
    }
    bin_remove(&index->heap, order, &index->bin[units], block);
    size_lost(index, order, units);
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

HB_APART struct block *size_take_large(struct index_size *index, enum hb_order order,
                                       uint32_t units) {
    struct block *block = size_find_large(index, order, units);
    if (block)
        size_remove(index, order, block);
    return block;
}

/* The lowest bin that has blocks, from units on; SIZE_EXACT_UNITS if there is none. */
HB_INLINE uint32_t size_next_bin(const struct index_size *index, uint32_t units) {
    uint32_t word = units / 64;
    uint64_t map = index->map[word] >> units % 64 << units % 64;
    if (!map) {
        uint64_t words = index->words >> word & ~(uint64_t)1;
        if (!words)
            return SIZE_EXACT_UNITS;
        word += lowest_bit(words);
        map = index->map[word];
    }
    return word * 64 + lowest_bit(map);
}

/* The first in rank of a bin that has blocks, taken out; *bytes: its size. */
HB_INLINE struct block *size_take_bin(struct index_size *index, enum hb_order order, uint32_t units,
                                      size_t *bytes) {
    *bytes = (size_t)units * HB_ALIGNMENT;
    struct block *block = bin_take(&index->heap, order, &index->bin[units]);
    size_lost(index, order, units);
    return block;
}

HB_INLINE struct block *size_take_smallest(struct index_size *index, enum hb_order order,
                                           size_t need, size_t *bytes) {
    uint32_t units = (uint32_t)(need / HB_ALIGNMENT), bin = SIZE_EXACT_UNITS;
    if (HB_LIKELY(units < SIZE_EXACT_UNITS))
        bin = size_next_bin(index, units);
    if (HB_UNLIKELY(bin == SIZE_EXACT_UNITS)) {
        struct block *block = size_take_large(index, order, units);
        *bytes = block ? block_bytes(block) : 0;
        return block;
    }
    index->heap.stats.search_steps++;
    return size_take_bin(index, order, bin, bytes);
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

HB_APART struct block *size_take_range_largest(struct index_size *index, enum hb_order order,
                                               uint32_t units) {
    uint32_t largest = size_range_largest(index, highest_bit(index->range_map));
    if (largest < units)
        return NULL;
    struct block *block = size_range_at_least(index, order, largest);
    size_remove(index, order, block);
    return block;
}

HB_INLINE struct block *size_take_largest(struct index_size *index, enum hb_order order,
                                          uint32_t units, size_t *bytes) {
    if (index->range_map) {
        struct block *block = size_take_range_largest(index, order, units);
        *bytes = block ? block_bytes(block) : 0;
        return block;
    }
    if (!index->words)
        return NULL;
    uint32_t word = highest_bit(index->words);
    uint32_t largest = word * 64 + highest_bit(index->map[word]);
    if (largest < units)
        return NULL;
    index->heap.stats.search_steps++;
    return size_take_bin(index, order, largest, bytes);
}

/* No block is larger, in units. */
HB_INLINE uint32_t size_bound(const struct index_size *index) {
    if (index->range_map)
        return UINT32_MAX;
    uint32_t word = index->words ? highest_bit(index->words) : 0;
    return index->words ? word * 64 + highest_bit(index->map[word]) : 0;
}

static inline void size_count_bin(struct index_size *index, enum hb_order order, uint32_t units,
                                  struct tagged_ledger *ledger) {
    uint64_t blocks = ledger->blocks;
    bin_count(&index->heap, order, &index->bin[units], units, ledger);
    uint64_t map = index->map[units / 64];
    if ((ledger->blocks != blocks) != (map >> units % 64 & 1) ||
        (index->words >> units / 64 & 1) != (map != 0))
        ledger->broken = "S3 a bin's bits say whether it has blocks";
}

static inline void size_count(struct index_size *index, enum hb_order order,
                              struct tagged_ledger *ledger) {
    for (uint32_t units = 0; units < SIZE_EXACT_UNITS && !ledger->broken; units++)
        size_count_bin(index, order, units, ledger);
    for (unsigned range = 0; range < SIZE_RANGES && !ledger->broken; range++) {
        digital_count(&index->heap, index->range[range], ledger);
        if ((index->range_map >> range & 1) != (index->range[range] != 0))
            ledger->broken = "S3 a range's bit says whether it is empty";
    }
}

#endif
