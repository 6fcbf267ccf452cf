/* tagged.h -- the boundary-tag engine (Knuth 1973, 2.5 Algorithm C): a contiguous heap of blocks
 * that split and merge at once. It owns the memory; which free block a request gets is decided by a
 * policy, whose index finds it.
 *
 * The heap: heap_base + 8 is the first header, so that the first payload lies at heap_base + 16. An
 * end mark, a live header of size 0, takes the last 8 bytes. Where the heap goes on elsewhere, the
 * end mark becomes a fence: a live block that covers what is not ours.
 *
 * Laws, checked by tagged_check:
 *   T1  a block's previous-free bit says whether the block before is free
 *   T2  a free block's footer repeats its size
 *   T3  no two free blocks are neighbours (unless merging is deferred, or none)
 *   T4  sizes are multiples of 16, at least 32; the blocks fill the heap up to the end mark
 *   S1  the index holds as many blocks as the heap has free ones
 *   S2  and as many bytes
 *   S3  the index's own order holds
 *
 * The functions are inlined into each strategy with a constant policy, so that no indirect call is
 * left.
 */
#ifndef HB_TAGGED_H
#define HB_TAGGED_H

#include "allocators/mechanism/tagged_grow.h"

/* A free block of bytes, no longer in the index, becomes live with need bytes; a remainder becomes
 * free. */
HB_INLINE void tagged_carve(struct tagged_heap *heap, const struct tagged_policy *policy,
                            struct block *block, size_t bytes, size_t need) {
    size_t rest = bytes - need;
    uint64_t prev_free = tagged_prev_free(policy, block);
    if (tagged_splits(heap, policy, rest)) {
        block->header = need | prev_free;
        struct block *remainder = block_at(block, need);
        *block_footer(remainder, rest) = rest;
        remainder->header = rest | BLOCK_FREE;
        policy->insert(heap, remainder);
        heap->stats.splits++;
    } else {
        block->header = bytes | prev_free;
        block_at(block, bytes)->header &= ~(uint64_t)BLOCK_PREV_FREE;
    }
}

/* The free block that the policy picks, out of the index, and its size; NULL if none fits. */
HB_INLINE struct block *tagged_pick(struct tagged_heap *heap, const struct tagged_policy *policy,
                                    size_t need, size_t *bytes) {
    if (policy->take)
        return policy->take(heap, need, bytes);
    struct block *block = policy->find(heap, need);
    if (HB_UNLIKELY(!block))
        return NULL;
    policy->remove(heap, block);
    *bytes = block_bytes(block);
    return block;
}

/* Nothing fits: merge what was left unmerged, free what the policy holds back, and look again; else
 * grow. */
HB_INLINE struct block *tagged_make(struct tagged_heap *heap, const struct tagged_policy *policy,
                                    size_t need) {
    size_t bytes;
    struct block *block = NULL;
    if (tagged_merge_all(heap, policy) || (policy->flush && policy->flush(heap)))
        block = tagged_pick(heap, policy, need, &bytes);
    return block ? block : tagged_grow(heap, policy, need);
}

HB_INLINE struct block *tagged_take(struct tagged_heap *heap, const struct tagged_policy *policy,
                                    size_t need) {
    if (HB_UNLIKELY(need >= HB_HEAP_REACH))
        return NULL;
    size_t bytes;
    struct block *block = tagged_pick(heap, policy, need, &bytes);
    if (HB_UNLIKELY(!block)) {
        block = tagged_make(heap, policy, need);
        if (!block)
            return NULL;
        bytes = block_bytes(block);
    }
    if (policy->picked)
        policy->picked(heap, block);
    tagged_carve(heap, policy, block, bytes, need);
    return block;
}

HB_INLINE void *tagged_alloc(struct tagged_heap *heap, const struct tagged_policy *policy,
                             size_t request) {
    if (HB_UNLIKELY(request >= heap->threshold))
        return span_alloc(&heap->spans, heap->backend, request);
    struct block *block = tagged_take(heap, policy, block_need(request));
    return block ? block->payload : NULL;
}

/* Join a block of bytes with the free blocks about it, out of the index; *bytes is then theirs. */
HB_INLINE struct block *tagged_merge(struct tagged_heap *heap, const struct tagged_policy *policy,
                                     struct block *block, size_t *bytes) {
    struct block *next = block_at(block, *bytes);
    bool merges_prev = block_prev_is_free(block); /* read before the index writes */
    if (block_is_free(next)) {
        *bytes += block_bytes(next);
        policy->remove(heap, next);
        heap->stats.merges++;
    }
    if (merges_prev) {
        block = block_prev(block);
        *bytes += block_bytes(block);
        policy->remove(heap, block);
        heap->stats.merges++;
    }
    return block;
}

/* A live block of bytes becomes free, and merges with both neighbours unless that is put off. */
HB_INLINE void tagged_release(struct tagged_heap *heap, const struct tagged_policy *policy,
                              struct block *block, size_t bytes, bool may_trim) {
    if (tagged_merges(heap, policy))
        block = tagged_merge(heap, policy, block, &bytes);
    else
        heap->is_loose = true;
    uint64_t prev_free = tagged_prev_free(policy, block);
    block_set_free(block, bytes);
    block->header |= prev_free;
    if (HB_UNLIKELY(bytes >= heap->trim) && may_trim && block_at(block, bytes) == heap->end)
        bytes = tagged_trim(heap, block, bytes);
    policy->insert(heap, block);
}

HB_INLINE void tagged_free(struct tagged_heap *heap, const struct tagged_policy *policy,
                           void *payload) {
    struct block *block = block_of(payload);
    if (HB_UNLIKELY(block->header & BLOCK_SPAN))
        span_free(&heap->spans, heap->backend, payload);
    else
        tagged_release(heap, policy, block, block_bytes(block), true);
}

/* Give back what a live block has beyond need, if that makes a block. */
HB_INLINE void tagged_cut_tail(struct tagged_heap *heap, const struct tagged_policy *policy,
                               struct block *block, size_t need, bool may_trim) {
    size_t rest = block_bytes(block) - need;
    if (!tagged_splits(heap, policy, rest))
        return;
    block->header = need | (block->header & BLOCK_PREV_FREE);
    struct block *tail = block_at(block, need);
    tail->header = rest;
    heap->stats.splits++;
    tagged_release(heap, policy, tail, rest, may_trim);
}

/* Grow into a free right neighbour that suffices; what is left of it becomes free again. */
HB_INLINE bool tagged_grow_in_place(struct tagged_heap *heap, const struct tagged_policy *policy,
                                    struct block *block, size_t need) {
    struct block *next = block_next(block);
    if (!block_is_free(next) || block_bytes(block) + block_bytes(next) < need ||
        !tagged_joins(heap, policy))
        return false;
    policy->remove(heap, next);
    uint64_t prev_free = block->header & BLOCK_PREV_FREE;
    block->header = (block_bytes(block) + block_bytes(next)) | prev_free;
    heap->stats.merges++;
    tagged_carve(heap, policy, block, block_bytes(block), need);
    block->header |= prev_free;
    return true;
}

HB_INLINE void *tagged_resize(struct tagged_heap *heap, const struct tagged_policy *policy,
                              void *payload, size_t request) {
    struct block *block = block_of(payload);
    bool wants_span = request >= heap->threshold;
    if (block->header & BLOCK_SPAN)
        return wants_span ? span_resize(&heap->spans, heap->backend, payload, request) : NULL;
    if (wants_span)
        return NULL;
    size_t need = block_need(request);
    if (need <= block_bytes(block))
        tagged_cut_tail(heap, policy, block, need, true);
    else if (!tagged_grow_in_place(heap, policy, block, need))
        return NULL;
    return payload;
}

/* Take enough for any position, move the payload up, free the front part, then the tail. */
HB_INLINE void *tagged_alloc_aligned(struct tagged_heap *heap, const struct tagged_policy *policy,
                                     size_t alignment, size_t request) {
    if (alignment > HB_ALIGNMENT_MAX)
        return NULL;
    struct block *block =
        tagged_take(heap, policy, block_need(request + alignment + BLOCK_MIN_BYTES));
    if (!block)
        return NULL;
    size_t front = round_up((uintptr_t)block->payload, alignment) - (uintptr_t)block->payload;
    if (front && front < BLOCK_MIN_BYTES)
        front += alignment;
    if (front) {
        size_t rest = block_bytes(block) - front;
        struct block *moved = block_at(block, front);
        moved->header = rest;
        heap->stats.splits++;
        tagged_release(heap, policy, block, front, false);
        block = moved;
    }
    tagged_cut_tail(heap, policy, block, block_need(request), false);
    return block->payload;
}

static inline size_t tagged_usable(const void *payload) {
    const struct block *block = block_of(payload);
    return block->header & BLOCK_SPAN ? span_bytes(span_of(payload)) - SPAN_HEADER_BYTES
                                      : block_bytes(block) - BLOCK_HEADER_BYTES;
}

static inline bool tagged_walk(struct tagged_heap *heap, hb_block_visit *visit, void *context) {
    if (heap->end)
        for (struct block *block = heap->first; block != heap->end; block = block_next(block)) {
            struct hb_block seen = {block, block->payload, block_bytes(block), HB_BLOCK_LIVE};
            if (block->header & BLOCK_FENCE)
                seen.kind = HB_BLOCK_FENCE, seen.payload = NULL;
            else if (block_is_free(block) || block_is_quick(block))
                seen.kind = HB_BLOCK_FREE;
            if (!visit(context, &seen))
                return false;
        }
    return span_walk(heap->spans, visit, context);
}

#endif
