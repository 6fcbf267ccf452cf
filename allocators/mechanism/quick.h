/* quick.h -- quick lists over a heap of boundary-tag blocks (Weinstock & Wulf 1988): freed small
 * blocks wait, unmerged, in a list of their exact size, from which a request of that size takes the
 * last freed. To the heap they are live, but marked; when nothing else fits, all are freed.
 *
 * Laws, checked by quick_check beside those of tagged.h:
 *   Q1  the lists hold as many blocks as the heap has marked ones
 *   Q2  a block is in the list of its size, marked
 */
#ifndef HB_QUICK_H
#define HB_QUICK_H

#include "allocators/mechanism/tagged_check.h"

enum { QUICK_BYTES_MAX = 4096, QUICK_LISTS = QUICK_BYTES_MAX / HB_ALIGNMENT + 1 };

struct quick_lists {
    size_t limit;    /* bytes of the largest block on a list */
    bool from_tail;  /* an empty list is refilled from the heap's free tail, if that suffices */
    bool has_blocks; /* may have some, since the last flush */
    struct block *list[QUICK_LISTS]; /* by units of 16 bytes */
};

HB_INLINE struct block **quick_next(struct block *block) {
    return (struct block **)block->payload;
}

/* No request of a list's size may be one for a span. */
static inline void quick_open(struct quick_lists *quick, const struct hb_config *config) {
    uint64_t most = config->mmap_threshold < config->quick ? config->mmap_threshold : config->quick;
    quick->limit = round_down(most, HB_ALIGNMENT);
    quick->from_tail = config->refill == HB_REFILL_TAIL;
}

/* The last freed block of this size, live again; NULL if none waits. */
HB_INLINE struct block *quick_pop(struct quick_lists *quick, size_t bytes) {
    struct block **list = &quick->list[bytes / HB_ALIGNMENT], *block = *list;
    if (HB_LIKELY(block != NULL)) {
        *list = *quick_next(block);
        block->header &= ~BLOCK_QUICK;
    }
    return block;
}

/* Free all that waits: the smallest size first, in each the last freed first. */
HB_INLINE bool quick_flush(struct quick_lists *quick, struct tagged_heap *heap,
                           const struct tagged_policy *policy) {
    if (!quick->has_blocks)
        return false;
    quick->has_blocks = false;
    for (size_t bytes = BLOCK_MIN_BYTES; bytes <= quick->limit; bytes += HB_ALIGNMENT)
        for (struct block *block; (block = quick_pop(quick, bytes));)
            tagged_release(heap, policy, block, bytes, false);
    return true;
}

/* The heap's free tail, out of the index, if it has need bytes. */
HB_INLINE struct block *quick_take_tail(struct tagged_heap *heap,
                                        const struct tagged_policy *policy, size_t need) {
    if (!heap->end || !block_prev_is_free(heap->end))
        return NULL;
    struct block *tail = block_prev(heap->end);
    if (block_bytes(tail) < need)
        return NULL;
    policy->remove(heap, tail);
    return tail;
}

HB_INLINE void *quick_alloc(struct quick_lists *quick, struct tagged_heap *heap,
                            const struct tagged_policy *policy, size_t request) {
    size_t need = block_need(request);
    if (HB_UNLIKELY(need > quick->limit))
        return tagged_alloc(heap, policy, request);
    struct block *block = quick_pop(quick, need);
    heap->stats.search_steps += block != NULL;
    if (HB_LIKELY(block != NULL))
        return block->payload;
    if (quick->from_tail && (block = quick_take_tail(heap, policy, need)) != NULL) {
        tagged_carve(heap, policy, block, block_bytes(block), need);
        return block->payload;
    }
    return tagged_alloc(heap, policy, request);
}

HB_INLINE void quick_free(struct quick_lists *quick, struct tagged_heap *heap,
                          const struct tagged_policy *policy, void *payload) {
    struct block *block = block_of(payload);
    size_t bytes = block_bytes(block);
    if (HB_UNLIKELY(bytes > quick->limit || block->header & BLOCK_SPAN)) {
        tagged_free(heap, policy, payload);
        return;
    }
    struct block **list = &quick->list[bytes / HB_ALIGNMENT];
    *quick_next(block) = *list;
    *list = block;
    block->header |= BLOCK_QUICK;
    quick->has_blocks = true;
}

static inline uint64_t quick_count_marked(const struct tagged_heap *heap) {
    uint64_t count = 0;
    for (const struct block *block = heap->first; block && block != heap->end;
         block = block_next(block))
        count += block_is_quick(block);
    return count;
}

HB_INLINE bool quick_check(struct quick_lists *quick, struct tagged_heap *heap,
                           const struct tagged_policy *policy, struct hb_violation *violation) {
    if (!tagged_check(heap, policy, violation))
        return false;
    uint64_t marked = quick_count_marked(heap), count = 0;
    for (size_t units = 0; units < QUICK_LISTS; units++)
        for (struct block *at = quick->list[units]; at && count <= marked;
             at = *quick_next(at), count++)
            if (!law_equal(violation, "Q2 a list's block is marked", at,
                           tagged_holds(heap, at) && block_is_quick(at), true) ||
                !law_equal(violation, "Q2 a list's block has its size", at, block_bytes(at),
                           units * HB_ALIGNMENT))
                return false;
    return law_equal(violation, "Q1 lists hold the marked blocks", NULL, count, marked);
}

#endif
