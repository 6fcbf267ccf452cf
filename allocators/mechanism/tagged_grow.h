/* tagged_grow.h -- how a heap of boundary-tag blocks gets memory from the system and gives it back.
 */
#ifndef HB_TAGGED_GROW_H
#define HB_TAGGED_GROW_H

#include "allocators/mechanism/tagged_heap.h"

/* The heap went on at start: fence what lies between, and make the rest a free block. */
HB_INLINE struct block *tagged_new_region(struct tagged_heap *heap,
                                          const struct tagged_policy *policy, char *start) {
    struct block *first = (struct block *)(start + BLOCK_HEADER_BYTES);
    if (heap->end) {
        uint64_t gap = (uint64_t)((char *)first - (char *)heap->end);
        heap->end->header = gap | BLOCK_FENCE | (heap->end->header & BLOCK_PREV_FREE);
    } else {
        heap->first = first;
    }
    tagged_extend_end(heap, policy);
    block_set_free(first, (size_t)((char *)heap->end - (char *)first));
    return first;
}

/* The new memory continues the heap: join it to the free tail, if there is one. */
HB_INLINE struct block *tagged_extend_tail(struct tagged_heap *heap,
                                           const struct tagged_policy *policy, size_t tail) {
    struct block *block = heap->end;
    if (tail) {
        block = block_prev(heap->end);
        policy->remove(heap, block);
        heap->stats.merges++;
    }
    uint64_t prev_free = tail ? 0 : tagged_prev_free(policy, block);
    tagged_extend_end(heap, policy);
    block_set_free(block, (size_t)((char *)heap->end - (char *)block));
    block->header |= prev_free;
    return block;
}

/* The new region is not next to the tail: it may be too small by what the tail would have given. */
HB_INLINE struct block *tagged_complete_region(struct tagged_heap *heap,
                                               const struct tagged_policy *policy,
                                               struct block *block, size_t need) {
    size_t bytes = block_bytes(block);
    if (bytes >= need)
        return block;
    size_t more = (need - bytes + heap->grow - 1) / heap->grow * heap->grow;
    char *old_end = heap->backend->heap_end;
    char *start = hb_backend_extend(heap->backend, more);
    if (start == old_end) {
        tagged_extend_end(heap, policy);
        block_set_free(block, (size_t)((char *)heap->end - (char *)block));
        return block;
    }
    policy->insert(heap, block);
    if (start)
        policy->insert(heap, tagged_new_region(heap, policy, start));
    return NULL;
}

/* What trim gave back and growth takes again was given back in vain: trim rises by as much, so that
 * a heap that shrinks and grows in turns gives each byte back in vain but once. */
HB_INLINE void tagged_learn_trim(struct tagged_heap *heap, size_t grown) {
    size_t again = grown < heap->returned ? grown : heap->returned;
    heap->returned -= again;
    heap->trim += again;
}

/* Make a free block of at least need bytes at the heap's end, not in the index. A policy that does
 * not look at every block may have passed over the tail though it fits: then it is that. */
HB_INLINE struct block *tagged_grow(struct tagged_heap *heap, const struct tagged_policy *policy,
                                    size_t need) {
    size_t tail =
        heap->end && block_prev_is_free(heap->end) ? block_bytes(block_prev(heap->end)) : 0;
    if (tail >= need) {
        policy->remove(heap, block_prev(heap->end));
        return block_prev(heap->end);
    }
    if (!tagged_joins(heap, policy))
        tail = 0;
    size_t missing = heap->end ? need - tail : need + HB_ALIGNMENT;
    size_t bytes = (missing + heap->grow - 1) / heap->grow * heap->grow;
    char *old_end = heap->backend->heap_end;
    char *start = hb_backend_extend(heap->backend, bytes);
    if (!start)
        return NULL;
    if (policy->learns_trim)
        tagged_learn_trim(heap, bytes);
    bool continues = heap->end && start == old_end;
    struct block *block =
        continues ? tagged_extend_tail(heap, policy, tail) : tagged_new_region(heap, policy, start);
    return continues ? block : tagged_complete_region(heap, policy, block, need);
}

/* A free tail at or above trim gives back what exceeds grow, in whole pages. */
static inline size_t tagged_trim(struct tagged_heap *heap, struct block *block, size_t bytes) {
    if (bytes <= heap->grow)
        return bytes;
    size_t excess = round_down(bytes - heap->grow, HB_PAGE);
    if (!excess || !hb_backend_shrink(heap->backend, excess))
        return bytes;
    heap->returned += excess;
    uint64_t prev_free = block->header & BLOCK_PREV_FREE;
    tagged_set_end(heap);
    block_set_free(block, bytes - excess);
    block->header |= prev_free;
    return bytes - excess;
}

/* coalesce=deferred: merge all neighbours that are free, from the heap's start on. False if there
 * can be none. */
HB_INLINE bool tagged_merge_all(struct tagged_heap *heap, const struct tagged_policy *policy) {
    if (!policy->is_tuned || heap->coalesce != HB_COALESCE_DEFERRED || !heap->is_loose)
        return false;
    heap->is_loose = false;
    for (struct block *block = heap->first; block != heap->end; block = block_next(block)) {
        if (!block_is_free(block) || !block_is_free(block_next(block)))
            continue;
        policy->remove(heap, block);
        size_t bytes = block_bytes(block);
        for (struct block *next; next = block_at(block, bytes), block_is_free(next);
             bytes += block_bytes(next), heap->stats.merges++)
            policy->remove(heap, next);
        block_set_free(block, bytes);
        policy->insert(heap, block);
    }
    return true;
}

#endif
