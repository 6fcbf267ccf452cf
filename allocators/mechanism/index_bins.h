/* index_bins.h -- free blocks in bins by size, each a list with the last freed first, and a bit for
 * each bin that is not empty. Sizes below 1 KiB have a bin each; above, eight bins for each power
 * of two hold a range of sizes.
 */
#ifndef HB_INDEX_BINS_H
#define HB_INDEX_BINS_H

#include "allocators/mechanism/tagged.h"

enum {
    BINS_EXACT_UNITS = 64, /* first size, in units of 16, in a range */
    BINS_EXACT_BITS = 6,
    BINS_STEP_BITS = 3, /* ranges in each power of two: 8 */
    BINS_COUNT = BINS_EXACT_UNITS + ((32 - BINS_EXACT_BITS) << BINS_STEP_BITS),
    BINS_WORDS = (BINS_COUNT + 63) / 64,
    BINS_SEARCH_MAX = 16 /* blocks of a range looked at before a larger bin is taken */
};

struct bins_node {
    struct block *next, *prev;
};

struct index_bins {
    struct tagged_heap heap; /* first, so that the engine's pointer is ours */
    uint64_t map[BINS_WORDS];
    struct block *bin[BINS_COUNT];
};

HB_INLINE struct bins_node *bins_node(struct block *block) {
    return (struct bins_node *)block->payload;
}

/* The bin that blocks of this size are in. */
HB_INLINE unsigned bins_of(size_t bytes) {
    size_t units = bytes / HB_ALIGNMENT;
    if (HB_LIKELY(units < BINS_EXACT_UNITS))
        return (unsigned)units;
    unsigned top = highest_bit(units);
    unsigned step = (unsigned)(units >> (top - BINS_STEP_BITS)) & ((1 << BINS_STEP_BITS) - 1);
    return BINS_EXACT_UNITS + ((top - BINS_EXACT_BITS) << BINS_STEP_BITS) + step;
}

HB_INLINE void bins_insert(struct tagged_heap *heap, struct block *block) {
    struct index_bins *index = (struct index_bins *)heap;
    unsigned bin = bins_of(block_bytes(block));
    struct block *next = index->bin[bin];
    *bins_node(block) = (struct bins_node){next, NULL};
    if (next)
        bins_node(next)->prev = block;
    index->bin[bin] = block;
    index->map[bin / 64] |= (uint64_t)1 << bin % 64;
}

HB_INLINE void bins_remove(struct tagged_heap *heap, struct block *block) {
    struct index_bins *index = (struct index_bins *)heap;
    struct block *next = bins_node(block)->next, *prev = bins_node(block)->prev;
    if (next)
        bins_node(next)->prev = prev;
    if (prev) {
        bins_node(prev)->next = next;
        return;
    }
    unsigned bin = bins_of(block_bytes(block));
    index->bin[bin] = next;
    if (!next)
        index->map[bin / 64] &= ~((uint64_t)1 << bin % 64);
}

/* The first block of the first bin that is not empty, from bin on. */
HB_INLINE struct block *bins_first_from(struct index_bins *index, unsigned bin) {
    uint64_t word = bin < BINS_COUNT ? index->map[bin / 64] >> bin % 64 << bin % 64 : 0;
    for (unsigned at = bin / 64;; word = index->map[at]) {
        if (word)
            return index->bin[at * 64 + lowest_bit(word)];
        if (++at >= BINS_WORDS)
            return NULL;
    }
}

/* The first of a range's blocks that fits, of those looked at. */
static inline struct block *bins_search_range(struct index_bins *index, unsigned bin, size_t need) {
    struct block *block = index->bin[bin];
    for (int seen = 0; block && seen < BINS_SEARCH_MAX; block = bins_node(block)->next, seen++) {
        index->heap.stats.search_steps++;
        if (block_bytes(block) >= need)
            return block;
    }
    return NULL;
}

HB_INLINE struct block *bins_find(struct tagged_heap *heap, size_t need) {
    struct index_bins *index = (struct index_bins *)heap;
    unsigned bin = bins_of(need);
    if (HB_UNLIKELY(bin >= BINS_EXACT_UNITS)) {
        struct block *block = bins_search_range(index, bin, need);
        if (block)
            return block;
        bin++; /* all blocks of larger bins fit */
    }
    struct block *block = bins_first_from(index, bin);
    heap->stats.search_steps += block != NULL;
    return block;
}

static inline void bins_count(struct tagged_heap *heap, struct tagged_ledger *ledger) {
    struct index_bins *index = (struct index_bins *)heap;
    for (unsigned bin = 0; bin < BINS_COUNT; bin++) {
        struct block *prev = NULL;
        if ((index->map[bin / 64] >> bin % 64 & 1) != (index->bin[bin] != NULL))
            ledger->broken = "S3 a bin's bit says whether it is empty";
        for (struct block *at = index->bin[bin]; at; prev = at, at = bins_node(at)->next) {
            ledger->blocks++;
            ledger->bytes += block_bytes(at);
            ledger->where = at;
            if (bins_of(block_bytes(at)) != bin)
                ledger->broken = "S3 a block is in its size's bin";
            if (bins_node(at)->prev != prev)
                ledger->broken = "S3 a block knows the one before in its bin";
            if (ledger->broken)
                return;
        }
    }
}

#endif
