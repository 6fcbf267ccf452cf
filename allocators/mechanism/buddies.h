/* buddies.h -- the engine of the buddy systems: blocks of a few sizes (orders), each of which
 * splits into two given smaller ones and is made whole again when both are free.
 *
 * Recombination for any split rule, after Cranston and Thomas (1975): each block carries its birth
 * (the order it was split from, and its side) and a memory, so that nothing is forgotten:
 *   split:  left.memory = parent.birth, right.memory = parent.memory
 *   merge:  parent.birth = left.memory, parent.memory = right.memory
 *
 * header: bits 0-3 flags, 4-11 order, 12-20 birth, 21-29 memory, 30-63 for a live block the
 * distance in units of 16 from its usual payload to an aligned one. Before an aligned payload
 * stands a mark: the flag BUDDY_ALIGNED and the distance back to the header.
 *
 * The heap is a row of roots, blocks that were born of no split. It grows by one root: the smallest
 * order that holds the request and `grow`. A root's memory is the order of the root below it. When
 * a free leaves whole free roots of `trim` bytes or more at the heap's end, roots are given back
 * from the end as long as `grow` bytes of them stay.
 *
 * Laws, checked by buddies_check:
 *   D1  blocks of the table's orders fill each region
 *   D2  no two free buddies: they would be one block
 *   D3  as many free blocks as the lists hold, each in its order's list
 *   D4  an order's bit says whether its list is empty
 */
#ifndef HB_BUDDIES_H
#define HB_BUDDIES_H

#include "allocators/mechanism/laws.h"
#include "allocators/mechanism/span.h"

enum {
    BUDDY_ALIGNED = 2, /* beside BLOCK_FREE, BLOCK_SPAN and BLOCK_FENCE */
    BUDDY_ORDERS_MAX = 64,
    BUDDY_ROOT = 255, /* parent of a root; order below the first root */
    BUDDY_RIGHT = 256 /* side bit of a birth */
};

struct buddy_order {
    size_t bytes;
    uint8_t left, right; /* orders it splits into; itself if it does not split */
};

struct buddies {
    struct hb_backend *backend;
    char *first, *end; /* headers: of the first block, and where the next root's will be */
    unsigned top;      /* order of the last root; BUDDY_ROOT if none in this region */
    size_t grow, trim, threshold;
    struct span *spans;
    struct hb_stats stats;
    uint64_t map; /* orders whose list is not empty */
    struct block *list[BUDDY_ORDERS_MAX];
    unsigned order_count;
    struct buddy_order order[BUDDY_ORDERS_MAX];
};

struct buddy_node {
    struct block *next, *prev;
};

/* A system: its table, and the smallest order that holds need bytes (order_count if none). */
struct buddy_system {
    void (*fill)(struct buddies *heap);
    unsigned (*order_for)(const struct buddies *heap, size_t need);
};

HB_INLINE unsigned buddy_order(const struct block *block) {
    return block->header >> 4 & 0xFF;
}

HB_INLINE unsigned buddy_birth(const struct block *block) {
    return block->header >> 12 & 0x1FF;
}

HB_INLINE unsigned buddy_memory(const struct block *block) {
    return block->header >> 21 & 0x1FF;
}

HB_INLINE size_t buddy_aligned_offset(const struct block *block) {
    return (size_t)(block->header >> 30) * HB_ALIGNMENT;
}

HB_INLINE void buddy_set(struct block *block, unsigned flags, unsigned order, unsigned birth,
                         unsigned memory) {
    block->header = flags | (uint64_t)order << 4 | (uint64_t)birth << 12 | (uint64_t)memory << 21;
}

HB_INLINE struct buddy_node *buddy_node(struct block *block) {
    return (struct buddy_node *)block->payload;
}

HB_INLINE void buddies_insert(struct buddies *heap, struct block *block) {
    unsigned order = buddy_order(block);
    struct block *next = heap->list[order];
    block->header |= BLOCK_FREE;
    *buddy_node(block) = (struct buddy_node){next, NULL};
    if (next)
        buddy_node(next)->prev = block;
    heap->list[order] = block;
    heap->map |= (uint64_t)1 << order;
}

HB_INLINE void buddies_remove(struct buddies *heap, struct block *block) {
    struct block *next = buddy_node(block)->next, *prev = buddy_node(block)->prev;
    block->header &= ~(uint64_t)BLOCK_FREE;
    if (next)
        buddy_node(next)->prev = prev;
    if (prev) {
        buddy_node(prev)->next = next;
        return;
    }
    unsigned order = buddy_order(block);
    heap->list[order] = next;
    if (!next)
        heap->map &= ~((uint64_t)1 << order);
}

/* The heap goes on at start: fence what lies between the last root and it. */
static inline void buddies_new_region(struct buddies *heap, char *start) {
    char *header = start + BLOCK_HEADER_BYTES;
    if (heap->first)
        ((struct block *)heap->end)->header = (uint64_t)(header - heap->end) | BLOCK_FENCE;
    else
        heap->first = header;
    heap->end = header;
    heap->top = BUDDY_ROOT;
}

/* A new root of at least need bytes, live and in no list. */
HB_INLINE struct block *buddies_grow(struct buddies *heap, const struct buddy_system *system,
                                     size_t need) {
    unsigned order = system->order_for(heap, need > heap->grow ? need : heap->grow);
    if (order == heap->order_count)
        return NULL;
    size_t bytes = heap->order[order].bytes;
    char *start = hb_backend_extend(heap->backend, heap->first ? bytes : bytes + HB_ALIGNMENT);
    if (!start)
        return NULL;
    if (!heap->first || start != heap->end + BLOCK_HEADER_BYTES) {
        /* A region needs 8 bytes before its first header, and 8 for the header after its last. */
        if (heap->first && hb_backend_extend(heap->backend, HB_ALIGNMENT) != start + bytes) {
            hb_backend_shrink(heap->backend, bytes);
            return NULL;
        }
        buddies_new_region(heap, start);
    }
    struct block *root = (struct block *)heap->end;
    buddy_set(root, 0, order, BUDDY_ROOT, heap->top);
    heap->end += bytes;
    heap->top = order;
    return root;
}

/* Split a block in no list; the part that is not wanted becomes free. Returns the other. */
HB_INLINE struct block *buddies_split(struct buddies *heap, struct block *block, bool keep_left) {
    unsigned parent = buddy_order(block), birth = buddy_birth(block), memory = buddy_memory(block);
    const struct buddy_order *order = &heap->order[parent];
    struct block *right = block_at(block, heap->order[order->left].bytes);
    buddy_set(block, 0, order->left, parent, birth);
    buddy_set(right, 0, order->right, parent | BUDDY_RIGHT, memory);
    heap->stats.splits++;
    buddies_insert(heap, keep_left ? right : block);
    return keep_left ? block : right;
}

/* Split a block down to the smallest part that holds need, its smaller child first. */
HB_INLINE struct block *buddies_fit(struct buddies *heap, struct block *block, size_t need) {
    for (;;) {
        const struct buddy_order *order = &heap->order[buddy_order(block)];
        size_t left = heap->order[order->left].bytes, right = heap->order[order->right].bytes;
        bool splits = left < order->bytes;
        bool left_fits = left >= need, right_fits = right >= need;
        if (!splits || (!left_fits && !right_fits))
            return block;
        block = buddies_split(heap, block, left_fits && (!right_fits || left <= right));
    }
}

HB_INLINE struct block *buddies_take(struct buddies *heap, const struct buddy_system *system,
                                     size_t need) {
    if (HB_UNLIKELY(need >= HB_HEAP_REACH))
        return NULL;
    unsigned order = system->order_for(heap, need);
    uint64_t map = order < BUDDY_ORDERS_MAX ? heap->map >> order << order : 0;
    struct block *block;
    if (HB_LIKELY(map != 0)) {
        block = heap->list[lowest_bit(map)];
        buddies_remove(heap, block);
        heap->stats.search_steps++;
    } else {
        block = buddies_grow(heap, system, need);
        if (!block)
            return NULL;
    }
    return buddies_fit(heap, block, need);
}

HB_INLINE void *buddies_alloc(struct buddies *heap, const struct buddy_system *system,
                              size_t request) {
    if (HB_UNLIKELY(request >= heap->threshold))
        return span_alloc(&heap->spans, heap->backend, request);
    struct block *block = buddies_take(heap, system, request + BLOCK_HEADER_BYTES);
    return block ? block->payload : NULL;
}

/* The buddy of a block that is no root. */
HB_INLINE struct block *buddies_of(const struct buddies *heap, const struct block *block) {
    unsigned birth = buddy_birth(block);
    size_t left = heap->order[heap->order[birth & 0xFF].left].bytes;
    return (struct block *)(birth & BUDDY_RIGHT ? (char *)block - left : (char *)block + left);
}

/* Whether the buddy is free and whole. */
HB_INLINE bool buddies_can_merge(const struct buddies *heap, const struct block *block) {
    unsigned birth = buddy_birth(block);
    if (birth == BUDDY_ROOT)
        return false;
    const struct block *buddy = buddies_of(heap, block);
    const struct buddy_order *parent = &heap->order[birth & 0xFF];
    unsigned order = birth & BUDDY_RIGHT ? parent->left : parent->right;
    return block_is_free(buddy) && buddy_order(buddy) == order &&
           buddy_birth(buddy) == (birth ^ BUDDY_RIGHT);
}

/* Give back free roots at the heap's end, as long as `grow` bytes of them stay. */
static inline void buddies_trim(struct buddies *heap) {
    size_t bytes = 0;
    struct block *root = (struct block *)heap->end;
    for (unsigned order = heap->top; order != BUDDY_ROOT; order = buddy_memory(root)) {
        root = (struct block *)((char *)root - heap->order[order].bytes);
        if (!block_is_free(root) || buddy_order(root) != order || buddy_birth(root) != BUDDY_ROOT)
            break;
        bytes += heap->order[order].bytes;
    }
    if (bytes < heap->trim)
        return;
    while (heap->top != BUDDY_ROOT && bytes >= heap->order[heap->top].bytes + heap->grow) {
        size_t last = heap->order[heap->top].bytes;
        root = (struct block *)(heap->end - last);
        if (!hb_backend_shrink(heap->backend, last))
            return;
        bytes -= last;
        buddies_remove(heap, root);
        heap->end -= last;
        heap->top = buddy_memory(root);
    }
}

/* The header that a payload's block has, through the mark of an aligned one. */
HB_INLINE struct block *buddies_block(const void *payload) {
    struct block *block = block_of(payload);
    if (HB_UNLIKELY(block->header & BUDDY_ALIGNED))
        return (struct block *)((char *)block - (block->header >> 4) * HB_ALIGNMENT);
    return block;
}

HB_INLINE void buddies_release(struct buddies *heap, struct block *block) {
    while (buddies_can_merge(heap, block)) {
        struct block *buddy = buddies_of(heap, block);
        buddies_remove(heap, buddy);
        unsigned parent = buddy_birth(block) & 0xFF;
        struct block *left = block < buddy ? block : buddy, *right = block < buddy ? buddy : block;
        buddy_set(left, 0, parent, buddy_memory(left), buddy_memory(right));
        block = left;
        heap->stats.merges++;
    }
    buddies_insert(heap, block);
}

HB_INLINE void buddies_free(struct buddies *heap, void *payload) {
    if (HB_UNLIKELY(payload_is_span(payload))) {
        span_free(&heap->spans, heap->backend, payload);
        return;
    }
    struct block *block = buddies_block(payload);
    buddy_set(block, 0, buddy_order(block), buddy_birth(block), buddy_memory(block));
    buddies_release(heap, block);
    if (heap->top != BUDDY_ROOT && HB_UNLIKELY(heap->map >> heap->top & 1))
        buddies_trim(heap);
}

/* Room for any position; before a moved payload stands the mark that leads back. */
HB_INLINE void *buddies_alloc_aligned(struct buddies *heap, const struct buddy_system *system,
                                      size_t alignment, size_t request) {
    if (alignment > HB_ALIGNMENT_MAX)
        return NULL;
    struct block *block = buddies_take(heap, system, request + alignment + BLOCK_HEADER_BYTES);
    if (!block)
        return NULL;
    size_t offset = round_up((uintptr_t)block->payload, alignment) - (uintptr_t)block->payload;
    if (offset) {
        block->header |= (uint64_t)(offset / HB_ALIGNMENT) << 30;
        block_at(block, offset)->header = BUDDY_ALIGNED | (uint64_t)(offset / HB_ALIGNMENT) << 4;
    }
    return block->payload + offset;
}

static inline size_t buddies_usable(const struct buddies *heap, const void *payload) {
    if (payload_is_span(payload))
        return span_bytes(span_of(payload)) - SPAN_HEADER_BYTES;
    const struct block *block = buddies_block(payload);
    return heap->order[buddy_order(block)].bytes -
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
    uint64_t offset = block->header >> 30 << 30;
    for (;;) {
        const struct buddy_order *order = &heap->order[buddy_order(block)];
        size_t left = heap->order[order->left].bytes;
        if (left >= order->bytes || left < need)
            break;
        buddies_split(heap, block, true);
    }
    block->header |= offset;
    return payload;
}

/* Bytes from one header to the next, whatever stands there. */
HB_INLINE size_t buddies_extent(const struct buddies *heap, const struct block *block) {
    return block->header & BLOCK_FENCE ? block->header & BLOCK_SIZE_MASK
                                       : heap->order[buddy_order(block)].bytes;
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
            seen.payload = block->payload + buddy_aligned_offset(block);
        if (!visit(context, &seen))
            return false;
        block = block_at(block, bytes);
    }
    return span_walk(heap->spans, visit, context);
}

static inline bool buddies_check_lists(const struct buddies *heap, uint64_t *blocks,
                                       struct hb_violation *violation) {
    for (unsigned order = 0; order < heap->order_count; order++) {
        if (!law_equal(violation, "D4 an order's bit says whether its list is empty",
                       heap->list[order], heap->map >> order & 1, heap->list[order] != NULL))
            return false;
        for (struct block *at = heap->list[order]; at; at = buddy_node(at)->next, ++*blocks)
            if (!law_equal(violation, "D3 a free block is in its order's list", at,
                           block_is_free(at) ? buddy_order(at) : BUDDY_ROOT, order))
                return false;
    }
    return true;
}

static inline bool buddies_check(struct buddies *heap, struct hb_violation *violation) {
    uint64_t listed = 0, walked = 0;
    const struct block *block = (struct block *)heap->first;
    while (block && (char *)block != heap->end) {
        size_t room = (size_t)(heap->end - (const char *)block);
        bool fence = block->header & BLOCK_FENCE;
        if (!law_equal(violation, "D1 a block of the table's orders", block,
                       fence || buddy_order(block) < heap->order_count, true) ||
            !law_equal(violation, "D1 a block ends inside the heap", block,
                       buddies_extent(heap, block) - 1 < room, true))
            return false;
        if (!fence && block_is_free(block)) {
            walked++;
            if (!law_equal(violation, "D2 no two free buddies", block,
                           buddies_can_merge(heap, block), false))
                return false;
        }
        block = block_at(block, buddies_extent(heap, block));
    }
    return buddies_check_lists(heap, &listed, violation) &&
           law_equal(violation, "D3 ledgers agree in blocks", NULL, listed, walked);
}

#endif
