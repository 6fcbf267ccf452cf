/* buddies_check.h -- seeing and checking a buddy system's heap: every block in address order, and
 * the laws of buddies.h.
 */
#ifndef HB_BUDDIES_CHECK_H
#define HB_BUDDIES_CHECK_H

#include "allocators/mechanism/buddies.h"
#include "allocators/mechanism/laws.h"

/* Bytes from one header to the next, whatever stands there. */
HB_INLINE size_t buddies_extent(const struct buddies *heap, const struct block *block) {
    return block->header & BLOCK_FENCE ? block->header & BLOCK_SIZE_MASK
                                       : heap->table.order[buddy_order(block->header)].bytes;
}

static inline bool buddies_walk(struct buddies *heap, hb_block_visit *visit, void *context) {
    const struct block *block = (struct block *)heap->first;
    while (block && (char *)block != heap->end) {
        size_t bytes = buddies_extent(heap, block);
        struct hb_block seen = {block, block->payload, bytes, HB_BLOCK_LIVE};
        if (block->header & BLOCK_FENCE)
            seen.kind = HB_BLOCK_FENCE, seen.payload = NULL;
        else if (block_is_free(block))
            seen.kind = HB_BLOCK_FREE;
        else
            seen.payload = block->payload + buddy_aligned_offset(block->header);
        if (!visit(context, &seen))
            return false;
        block = block_at(block, bytes);
    }
    return span_walk(heap->spans, visit, context);
}

/* Count the blocks of one set of lists; roots says whether these are the roots'. */
static inline bool buddies_check_lists(const struct buddies *heap, const struct buddy_lists *lists,
                                       bool roots, uint64_t *blocks,
                                       struct hb_violation *violation) {
    for (unsigned order = 0; order < BUDDY_ORDERS_MAX; order++) {
        const struct buddy_node *head = &lists->head[order];
        if (head->next != head &&
            !law_equal(violation, "D4 the bit of a list that is not empty is set", head,
                       lists->map >> order & 1, true))
            return false;
        const struct buddy_node *before = head;
        for (struct buddy_node *at = head->next; at != head; at = at->next, ++*blocks) {
            const struct block *block = buddy_of_node(at);
            if (!law_equal(violation, "D3 a list leads to blocks of the heap", block,
                           (const char *)block >= heap->first && (const char *)block < heap->end,
                           true))
                return false;
            bool is_root = buddy_birth(block->header) == BUDDY_ROOT;
            if (!law_equal(violation, "D3 a free block is in its order's list", block,
                           block_is_free(block) ? buddy_order(block->header) : BUDDY_NONE, order) ||
                !law_equal(violation, "D3 whole roots are in the roots' lists", block, is_root,
                           roots) ||
                !law_equal(violation, "D3 the block before in its list", block, (uintptr_t)at->prev,
                           (uintptr_t)before) ||
                !law_equal(violation, "D3 a fragment is in no list", block,
                           order < heap->table.first, false))
                return false;
            before = at;
        }
    }
    return true;
}

/* The order that a birth makes; that of the block itself for a root. */
HB_INLINE unsigned buddies_born_order(const struct buddies *heap, uint64_t header) {
    unsigned birth = buddy_birth(header);
    const struct buddy_order *parent = &heap->table.order[birth / 2];
    if (birth == BUDDY_ROOT)
        return buddy_order(header);
    return birth & 1 ? parent->right : parent->left;
}

/* D1 and D2 of one block. */
static inline bool buddies_check_block(const struct buddies *heap, const struct block *block,
                                       struct hb_violation *violation) {
    size_t room = (size_t)(heap->end - (const char *)block);
    if (!law_equal(violation, "D1 a block ends inside the heap", block,
                   buddies_extent(heap, block) - 1 < room, true))
        return false;
    if (block->header & BLOCK_FENCE)
        return true;
    if (!law_equal(violation, "D1 a block's order is what its birth makes it", block,
                   buddy_order(block->header), buddies_born_order(heap, block->header)))
        return false;
    return !block_is_free(block) ||
           law_equal(violation, "D2 no two free buddies", block,
                     buddies_free_buddy(heap, block, block->header) != NULL, false);
}

static inline bool buddies_check(struct buddies *heap, struct hb_violation *violation) {
    uint64_t listed = 0, walked = 0;
    const char *tail = heap->first;
    const struct block *block = (struct block *)heap->first;
    while (block && (char *)block != heap->end) {
        if (!buddies_check_block(heap, block, violation))
            return false;
        const struct block *next = block_at(block, buddies_extent(heap, block));
        bool fence = block->header & BLOCK_FENCE;
        bool in_tail = heap->tail != heap->end && (const char *)block >= heap->tail;
        if (!fence && block_is_free(block) && !in_tail)
            walked += buddy_order(block->header) >= heap->table.first;
        if (fence || !buddy_is_whole_root(block, buddy_order(block->header)))
            tail = (const char *)next;
        block = next;
    }
    return buddies_check_lists(heap, &heap->parts, false, &listed, violation) &&
           buddies_check_lists(heap, &heap->roots, true, &listed, violation) &&
           law_equal(violation, "D3 ledgers agree in blocks", NULL, listed, walked) &&
           law_equal(violation, "D5 where the free roots at the end begin", NULL,
                     (uintptr_t)heap->tail, (uintptr_t)tail);
}

#endif
