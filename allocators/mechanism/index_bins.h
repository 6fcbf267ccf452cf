/* index_bins.h -- free blocks in bins by size, each a list with the last freed first, and a bit for
 * each bin that may have blocks. Sizes below 1 KiB have a bin each; above, eight bins for each
 * power of two hold a range of sizes.
 *
 * A list is a ring through its bin, so that a block is taken out without a branch; a bin's bit is
 * set by the first insertion and cleared by the first search that finds the bin empty (Lea).
 */
#ifndef HB_INDEX_BINS_H
#define HB_INDEX_BINS_H

#include "allocators/mechanism/ring.h"

enum {
    BINS_EXACT_UNITS = 64, /* first size, in units of 16, in a range */
    BINS_EXACT_BITS = 6,
    BINS_STEP_BITS = 3, /* ranges in each power of two: 8 */
    BINS_COUNT = BINS_EXACT_UNITS + ((32 - BINS_EXACT_BITS) << BINS_STEP_BITS),
    BINS_WORDS = (BINS_COUNT + 63) / 64,
    BINS_SEARCH_MAX = 16 /* blocks of a range looked at before a larger bin is taken */
};

struct index_bins {
    struct tagged_heap heap; /* first, so that the engine's pointer is ours */
    uint64_t map[BINS_WORDS];
    struct ring bin[BINS_COUNT];
};

static inline void bins_open(struct index_bins *index) {
    for (unsigned bin = 0; bin < BINS_COUNT; bin++)
        ring_open(&index->bin[bin]);
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
    ring_push(&index->bin[bin], block);
    index->map[bin / 64] |= (uint64_t)1 << bin % 64;
}

HB_INLINE void bins_remove(struct tagged_heap *heap, struct block *block) {
    (void)heap;
    ring_remove(block);
}

/* The first block of the first bin that is not empty, from bin on, taken out; NULL if all are. */
static inline struct block *bins_take_from(struct index_bins *index, unsigned bin) {
    for (unsigned at = bin / 64; at < BINS_WORDS; at++, bin = at * 64)
        for (uint64_t word = index->map[at] >> bin % 64 << bin % 64; word; word &= word - 1) {
            struct block *block = ring_pop(&index->bin[at * 64 + lowest_bit(word)]);
            if (block) {
                index->heap.stats.search_steps++;
                return block;
            }
            index->map[at] &= ~(word & -word);
        }
    return NULL;
}

/* The first of a range's blocks that fits, of those looked at, taken out. */
static inline struct block *bins_take_range(struct index_bins *index, unsigned bin, size_t need) {
    struct ring *ring = &index->bin[bin], *at = ring->next;
    for (int seen = 0; at != ring && seen < BINS_SEARCH_MAX; at = at->next, seen++) {
        struct block *block = block_of(at);
        index->heap.stats.search_steps++;
        if (block_bytes(block) >= need) {
            ring_remove(block);
            return block;
        }
    }
    return bins_take_from(index, bin + 1); /* all blocks of larger bins fit */
}

HB_INLINE struct block *bins_take_first(struct tagged_heap *heap, size_t need) {
    struct index_bins *index = (struct index_bins *)heap;
    unsigned bin = bins_of(need);
    if (HB_UNLIKELY(bin >= BINS_EXACT_UNITS))
        return bins_take_range(index, bin, need);
    struct block *block = ring_pop(&index->bin[bin]);
    if (HB_UNLIKELY(!block))
        return bins_take_from(index, bin + 1);
    heap->stats.search_steps++;
    return block;
}

HB_INLINE struct block *bins_take(struct tagged_heap *heap, size_t need, size_t *bytes) {
    struct block *block = bins_take_first(heap, need);
    *bytes = block ? block_bytes(block) : 0;
    return block;
}

static inline void bins_count(struct tagged_heap *heap, struct tagged_ledger *ledger) {
    struct index_bins *index = (struct index_bins *)heap;
    for (unsigned bin = 0; bin < BINS_COUNT && !ledger->broken; bin++) {
        const struct ring *ring = &index->bin[bin];
        if (ring->next != ring && !(index->map[bin / 64] >> bin % 64 & 1))
            ledger->broken = "S3 the bit of a bin with blocks is set";
        ring_count(heap, ring, ledger);
        for (const struct ring *at = ring->next; at != ring && !ledger->broken; at = at->next)
            if (bins_of(block_bytes(block_of(at))) != bin) {
                ledger->broken = "S3 a block is in its size's bin";
                ledger->where = block_of(at);
            }
    }
}

#endif
