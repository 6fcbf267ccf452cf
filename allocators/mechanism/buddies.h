/* buddies.h -- the engine of the buddy systems: blocks of a few sizes (orders), each of which
 * splits into two given smaller ones and is made whole again when both are free.
 *
 * Recombination for any split rule, after Cranston and Thomas (1975): each block carries its birth
 * (the order it was split from, and its side) and a memory, so that nothing is forgotten:
 *   split:  left.memory = parent.birth, right.memory = parent.memory
 *   merge:  parent.birth = left.memory, parent.memory = right.memory
 *
 * header: as buddy_table.h says; bits 24-63 of a live block with an aligned payload are the
 * distance in units of 16 from its usual payload. Before an aligned payload stands a mark: the flag
 * BUDDY_ALIGNED and the distance back to the header.
 *
 * The heap is a row of roots, blocks that were born of no split. A root's memory is the order of
 * the root below it. The whole free roots at the end are the free tail. Other free blocks are in
 * lists by order, last freed first; whole roots in lists of their own. A block of the wanted order
 * is, in this order,
 *   1  the first in its list
 *   2  split from the first block of the smallest larger order that leads to it; at each split, of
 *      two parts that lead there the smaller, of equal ones the left
 *   3  split from the first whole root of the smallest order that leads to it
 *   4  split from the lowest root of the free tail that leads to it
 *   5  split from a new root: of the smallest order that leads to it and holds `grow` bytes
 * Roots of the tail that 4 and 5 step over are freed anew, from the lowest to the highest.
 *
 * Memory is given back from the heap's end: when a larger block is split, and when the free tail
 * becomes longer, its roots that were not needed in a window of `decay` allocations (decay.h;
 * allocations that made the heap grow do not count), if the tail has `trim` bytes; roots that begin
 * less than `grow` bytes above its start stay.
 *
 * Laws, checked by buddies_check:
 *   D1  blocks of the table's orders, as their births make them, fill each region
 *   D2  no two free buddies: they would be one block
 *   D3  the lists hold the free blocks, each its own: but fragments, and the free tail
 *   D4  the bit of a list that is not empty is set
 *   D5  the free tail is all of the whole roots at the end
 */
#ifndef HB_BUDDIES_H
#define HB_BUDDIES_H

#include "allocators/mechanism/buddy_heap.h"

/* Any buddy of a block that is free and whole, NULL if there is none. */
HB_INLINE struct block *buddies_free_buddy(const struct buddies *heap, const struct block *block,
                                           uint64_t header) {
    const struct buddy_side *side = &heap->table.side[buddy_birth(header)];
    struct block *buddy = (struct block *)((char *)block + side->distance);
    bool is_free = (buddy->header & (BUDDY_BIRTH_MASK | BLOCK_FREE)) == side->free_buddy;
    return is_free ? buddy : NULL;
}

/* Split a block in no list in two; the part that is not kept becomes free. Returns the other. */
HB_INLINE struct block *buddies_split(struct buddies *heap, struct block *block, bool keep_left) {
    uint64_t header = block->header;
    unsigned parent = buddy_order(header);
    const struct buddy_order *order = &heap->table.order[parent];
    struct block *right = block_at(block, heap->table.order[order->left].bytes);
    uint64_t left_header = buddy_header(order->left, 2 * parent, buddy_birth(header));
    uint64_t right_header = buddy_header(order->right, 2 * parent + 1, buddy_memory(header));
    struct block *kept = keep_left ? block : right, *freed = keep_left ? right : block;
    kept->header = keep_left ? left_header : right_header;
    uint64_t freed_header = keep_left ? right_header : left_header;
    if (buddy_order(freed_header) >= heap->table.first)
        buddies_insert(&heap->parts, freed, freed_header);
    else
        freed->header = freed_header | BLOCK_FREE;
    heap->stats.splits++;
    return kept;
}

/* A block of the order from a larger one; NULL if there is no memory. */
BUDDY_OUTLINE struct block *buddies_carve(struct buddies *heap, unsigned target) {
    struct block *block = buddies_pop(heap, &heap->parts, heap->table.order[target].sources);
    if (!block)
        block = buddies_take_root(heap, target);
    if (!block)
        block = buddies_grow(heap, target);
    if (!block)
        return NULL;
    block->header &= ~(uint64_t)BLOCK_FREE;
    for (unsigned order; (order = buddy_order(block->header)) != target;)
        block = buddies_split(heap, block, heap->table.order[order].left_leads >> target & 1);
    if (decay_is_due(&heap->decay, heap->stats.search_steps))
        buddies_trim(heap);
    return block;
}

HB_INLINE struct block *buddies_take(struct buddies *heap, unsigned target) {
    struct buddy_node *head = &heap->parts.head[target], *node = head->next;
    if (HB_UNLIKELY(node == head))
        return buddies_carve(heap, target);
    head->next = node->next;
    node->next->prev = head;
    struct block *block = buddy_of_node(node);
    block->header &= ~(uint64_t)BLOCK_FREE;
    heap->stats.search_steps++;
    return block;
}

/* A block for need bytes, of any size; NULL if there is no memory. */
BUDDY_OUTLINE struct block *buddies_take_any(struct buddies *heap, size_t need) {
    unsigned order = buddy_table_order(&heap->table, need);
    return need < HB_HEAP_REACH && order != BUDDY_NONE ? buddies_take(heap, order) : NULL;
}

BUDDY_OUTLINE void *buddies_alloc_large(struct buddies *heap, size_t request) {
    if (request >= heap->threshold)
        return span_alloc(&heap->spans, heap->backend, request);
    struct block *block = buddies_take_any(heap, request + BLOCK_HEADER_BYTES);
    return block ? block->payload : NULL;
}

HB_INLINE void *buddies_alloc(struct buddies *heap, size_t request) {
    if (HB_UNLIKELY(request >= heap->quick_below))
        return buddies_alloc_large(heap, request);
    size_t units = (request + BLOCK_HEADER_BYTES + HB_ALIGNMENT - 1) / HB_ALIGNMENT;
    struct block *block = buddies_take(heap, heap->table.quick[units]);
    return block ? block->payload : NULL;
}

/* A live block becomes free, and one with its buddy as often as that is free too. Which of the two
 * is the left one is as good as random, so no branch asks it. */
HB_INLINE void buddies_release(struct buddies *heap, struct block *block, uint64_t header) {
    for (struct block *buddy; (buddy = buddies_free_buddy(heap, block, header)) != NULL;) {
        uint64_t other = buddy->header;
        unsigned birth = buddy_birth(header);
        if (HB_LIKELY(buddy_order(other) >= heap->table.first))
            buddies_unlink((struct buddy_node *)buddy->payload);
        uint64_t is_right = -(uint64_t)(birth & 1); /* all bits, or none */
        uint64_t swap = (header ^ other) & is_right;
        uint64_t left = header ^ swap, right = other ^ swap;
        block =
            (struct block *)((char *)block - ((size_t)((char *)block - (char *)buddy) & is_right));
        header = buddy_header(birth / 2, buddy_memory(left), buddy_memory(right));
        heap->stats.merges++;
    }
    if (HB_UNLIKELY(buddy_birth(header) == BUDDY_ROOT))
        buddies_release_root(heap, block, header);
    else
        buddies_insert(&heap->parts, block, header);
}

/* The header that a payload's block has, through the mark of an aligned one. */
HB_INLINE struct block *buddies_block(const void *payload) {
    struct block *block = block_of(payload);
    if (HB_UNLIKELY(block->header & BUDDY_ALIGNED))
        return (struct block *)((char *)block - (block->header >> 4) * HB_ALIGNMENT);
    return block;
}

BUDDY_OUTLINE void buddies_free_rare(struct buddies *heap, void *payload) {
    if (payload_is_span(payload)) {
        span_free(&heap->spans, heap->backend, payload);
        return;
    }
    struct block *block = buddies_block(payload);
    uint64_t offset = block->header >> BUDDY_OFFSET_SHIFT << BUDDY_OFFSET_SHIFT;
    buddies_release(heap, block, block->header - offset);
}

HB_INLINE void buddies_free(struct buddies *heap, void *payload) {
    struct block *block = block_of(payload);
    if (HB_UNLIKELY(block->header & (BLOCK_SPAN | BUDDY_ALIGNED)))
        buddies_free_rare(heap, payload);
    else
        buddies_release(heap, block, block->header);
}

/* Room for any position; before a moved payload stands the mark that leads back. */
HB_INLINE void *buddies_alloc_aligned(struct buddies *heap, size_t alignment, size_t request) {
    if (alignment > HB_ALIGNMENT_MAX)
        return NULL;
    struct block *block = buddies_take_any(heap, request + alignment + BLOCK_HEADER_BYTES);
    if (!block)
        return NULL;
    size_t offset = round_up((uintptr_t)block->payload, alignment) - (uintptr_t)block->payload;
    if (offset) {
        block->header |= (uint64_t)(offset / HB_ALIGNMENT) << BUDDY_OFFSET_SHIFT;
        block_at(block, offset)->header = BUDDY_ALIGNED | (uint64_t)(offset / HB_ALIGNMENT) << 4;
    }
    return block->payload + offset;
}

static inline size_t buddies_usable(const struct buddies *heap, const void *payload) {
    if (payload_is_span(payload))
        return span_bytes(span_of(payload)) - SPAN_HEADER_BYTES;
    const struct block *block = buddies_block(payload);
    return heap->table.order[buddy_order(block->header)].bytes -
           (size_t)((const char *)payload - (const char *)block);
}

/* In place within the block; shrinking frees right parts while the left one still holds it. */
static inline void *buddies_resize(struct buddies *heap, void *payload, size_t request) {
    bool wants_span = request >= heap->threshold;
    if (payload_is_span(payload))
        return wants_span ? span_resize(&heap->spans, heap->backend, payload, request) : NULL;
    if (wants_span || request > buddies_usable(heap, payload))
        return NULL;
    struct block *block = buddies_block(payload);
    size_t need = (size_t)((char *)payload - (char *)block) + request;
    uint64_t offset = block->header >> BUDDY_OFFSET_SHIFT << BUDDY_OFFSET_SHIFT;
    for (;;) {
        unsigned left = heap->table.order[buddy_order(block->header)].left;
        if (left == BUDDY_NONE || left < heap->table.first || heap->table.order[left].bytes < need)
            break;
        buddies_split(heap, block, true);
    }
    block->header |= offset;
    return payload;
}

#endif
