/* tagged_check.h -- the laws of tagged.h, by two ledgers: the blocks as they lie, and the index. */
#ifndef HB_TAGGED_CHECK_H
#define HB_TAGGED_CHECK_H

#include "allocators/mechanism/laws.h"
#include "allocators/mechanism/tagged.h"

static inline bool tagged_check_block(const struct tagged_heap *heap, const struct block *block,
                                      bool prev_free, bool merges, struct hb_violation *violation) {
    size_t bytes = block_bytes(block);
    bool is_free = block_is_free(block);
    if (!law_equal(violation, "T1 previous-free bit", block, block_prev_is_free(block), prev_free))
        return false;
    if (block == heap->end)
        return true;
    if (!law_equal(violation, "T4 block ends inside the heap", block,
                   bytes >= BLOCK_HEADER_BYTES &&
                       bytes <= (size_t)((const char *)heap->end - (const char *)block),
                   true))
        return false;
    if (!(block->header & BLOCK_FENCE) && !law_equal(violation, "T4 block of 32 bytes or more",
                                                     block, bytes >= BLOCK_MIN_BYTES, true))
        return false;
    if (!is_free)
        return true;
    return law_equal(violation, "T3 no free neighbours", block, prev_free && merges, false) &&
           law_equal(violation, "T2 footer repeats the size", block,
                     *block_footer(block, bytes) & BLOCK_SIZE_MASK, bytes);
}

static inline bool tagged_check_blocks(const struct tagged_heap *heap, bool merges,
                                       uint64_t *blocks, uint64_t *bytes,
                                       struct hb_violation *violation) {
    bool prev_free = false;
    const struct block *block = heap->first;
    while (block) {
        if (!tagged_check_block(heap, block, prev_free, merges, violation))
            return false;
        if (block == heap->end)
            break;
        prev_free = block_is_free(block);
        *blocks += prev_free;
        *bytes += prev_free ? block_bytes(block) : 0;
        block = block_next(block);
    }
    return true;
}

HB_INLINE bool tagged_check(struct tagged_heap *heap, const struct tagged_policy *policy,
                            struct hb_violation *violation) {
    uint64_t blocks = 0, bytes = 0;
    struct tagged_ledger ledger = {0};
    if (!tagged_check_blocks(heap, tagged_merges(heap, policy), &blocks, &bytes, violation))
        return false;
    policy->count(heap, &ledger);
    if (ledger.broken) {
        *violation = (struct hb_violation){ledger.broken, ledger.where, 0, 1};
        return false;
    }
    return law_equal(violation, "S1 ledgers agree in blocks", NULL, ledger.blocks, blocks) &&
           law_equal(violation, "S2 ledgers agree in bytes", NULL, ledger.bytes, bytes);
}

#endif
