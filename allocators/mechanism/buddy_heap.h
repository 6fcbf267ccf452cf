/* buddy_heap.h -- the memory of a buddy system: its free lists, and the row of roots that grows and
 * shrinks at its end. buddies.h says by which rules.
 */
#ifndef HB_BUDDY_HEAP_H
#define HB_BUDDY_HEAP_H

#include "allocators/mechanism/buddy_table.h"
#include "allocators/mechanism/decay.h"
#include "allocators/mechanism/span.h"

enum { BUDDY_ALIGNED = 2 /* beside BLOCK_FREE, BLOCK_SPAN and BLOCK_FENCE */ };
enum { BUDDY_OFFSET_SHIFT = 24 };

#define BUDDY_OUTLINE static __attribute__((noinline))

/* In a free block's payload, or the head of a list. */
struct buddy_node {
    struct buddy_node *next, *prev;
};

/* Free blocks by order. The bit of an empty list may be set: it is cleared by who finds it so. */
struct buddy_lists {
    uint64_t map;
    struct buddy_node head[BUDDY_ORDERS_MAX];
};

struct buddies {
    size_t quick_below; /* requests below are small, and get no span */
    struct hb_stats stats;
    struct buddy_lists parts, roots;
    struct buddy_table table;
    struct hb_backend *backend;
    char *first, *end; /* headers: of the first block, and where the next root's will be */
    char *tail;        /* where the whole free roots at the end begin */
    unsigned below;    /* order of the root below tail; BUDDY_NONE if none in this region */
    size_t grow, trim, threshold;
    struct decay decay;
    struct span *spans;
};

HB_INLINE unsigned buddy_order(uint64_t header) {
    return header >> BUDDY_ORDER_SHIFT & 63;
}

HB_INLINE unsigned buddy_birth(uint64_t header) {
    return header >> BUDDY_BIRTH_SHIFT & 127;
}

HB_INLINE unsigned buddy_memory(uint64_t header) {
    return header >> BUDDY_MEMORY_SHIFT & 127;
}

HB_INLINE size_t buddy_aligned_offset(uint64_t header) {
    return (size_t)(header >> BUDDY_OFFSET_SHIFT) * HB_ALIGNMENT;
}

/* The header of a live block. */
HB_INLINE uint64_t buddy_header(unsigned order, unsigned birth, unsigned memory) {
    return (uint64_t)order << BUDDY_ORDER_SHIFT | (uint64_t)birth << BUDDY_BIRTH_SHIFT |
           (uint64_t)memory << BUDDY_MEMORY_SHIFT;
}

HB_INLINE bool buddy_is_whole_root(const struct block *block, unsigned order) {
    uint64_t root = buddy_header(order, BUDDY_ROOT, 0) | BLOCK_FREE;
    return (block->header & (buddy_header(63, 127, 0) | BLOCK_FREE)) == root;
}

HB_INLINE struct block *buddy_of_node(struct buddy_node *node) {
    return (struct block *)((char *)node - BLOCK_HEADER_BYTES);
}

static inline void buddies_open(struct buddies *heap, const struct hb_config *config,
                                struct hb_backend *backend) {
    size_t quick = BUDDY_QUICK_BYTES - BLOCK_HEADER_BYTES + 1;
    for (unsigned order = 0; order < BUDDY_ORDERS_MAX; order++) {
        struct buddy_node *part = &heap->parts.head[order], *root = &heap->roots.head[order];
        *part = (struct buddy_node){part, part};
        *root = (struct buddy_node){root, root};
    }
    heap->quick_below = quick < config->mmap_threshold ? quick : config->mmap_threshold;
    heap->backend = backend;
    heap->below = BUDDY_NONE;
    heap->grow = config->grow;
    heap->trim = config->trim;
    heap->threshold = config->mmap_threshold;
    heap->decay.allocs = config->decay;
    decay_start(&heap->decay, 0, NULL);
    buddy_table_finish(&heap->table);
}

HB_INLINE void buddies_insert(struct buddy_lists *lists, struct block *block, uint64_t header) {
    struct buddy_node *head = &lists->head[buddy_order(header)];
    struct buddy_node *node = (struct buddy_node *)block->payload, *next = head->next;
    block->header = header | BLOCK_FREE;
    *node = (struct buddy_node){next, head};
    next->prev = node;
    head->next = node;
    lists->map |= (uint64_t)1 << buddy_order(header);
}

HB_INLINE void buddies_unlink(struct buddy_node *node) {
    struct buddy_node *next = node->next, *prev = node->prev;
    prev->next = next;
    next->prev = prev;
}

/* The first block of the smallest order among candidates, out of its list; NULL if there is none.
 */
HB_INLINE struct block *buddies_pop(struct buddies *heap, struct buddy_lists *lists,
                                    uint64_t candidates) {
    for (candidates &= lists->map; candidates; candidates &= candidates - 1) {
        struct buddy_node *head = &lists->head[lowest_bit(candidates)], *node = head->next;
        if (node != head) {
            buddies_unlink(node);
            heap->stats.search_steps++;
            return buddy_of_node(node);
        }
        lists->map &= ~(candidates & -candidates);
    }
    return NULL;
}

/* The heap goes on at start: fence what lies between the last root and it. */
static inline void buddies_new_region(struct buddies *heap, char *start) {
    char *header = start + BLOCK_HEADER_BYTES;
    if (heap->first)
        ((struct block *)heap->end)->header = (uint64_t)(header - heap->end) | BLOCK_FENCE;
    else
        heap->first = header;
    heap->end = heap->tail = header;
    heap->below = BUDDY_NONE;
    decay_start(&heap->decay, heap->stats.search_steps, header);
}

/* The end of a root. */
HB_INLINE char *buddies_root_end(const struct buddies *heap, const struct block *root) {
    return (char *)root + heap->table.order[buddy_order(root->header)].bytes;
}

/* The heap is in use up to end: roots of the free tail below it are now holes among others. */
HB_INLINE void buddies_use_tail(struct buddies *heap, char *end) {
    while (heap->tail != end) {
        struct block *root = (struct block *)heap->tail;
        heap->below = buddy_order(root->header);
        heap->tail = buddies_root_end(heap, root);
        if (block_is_free(root))
            buddies_insert(&heap->roots, root, root->header);
    }
    decay_note(&heap->decay, end);
}

/* A new root that leads to target, live and in no list; NULL if there is no memory. */
BUDDY_OUTLINE struct block *buddies_grow(struct buddies *heap, unsigned target) {
    unsigned order = buddy_table_above(&heap->table, heap->grow, target);
    if (order == BUDDY_NONE)
        return NULL;
    size_t bytes = heap->table.order[order].bytes;
    char *start = hb_backend_extend(heap->backend, heap->first ? bytes : bytes + HB_ALIGNMENT);
    if (!start)
        return NULL;
    bool continues = heap->first && start == heap->end + BLOCK_HEADER_BYTES;
    /* A region needs 8 bytes before its first header, and 8 for the header after its last. */
    if (heap->first && !continues &&
        hb_backend_extend(heap->backend, HB_ALIGNMENT) != start + bytes) {
        hb_backend_shrink(heap->backend, bytes);
        return NULL;
    }
    buddies_use_tail(heap, heap->end);
    if (!continues)
        buddies_new_region(heap, start);
    struct block *root = (struct block *)heap->end;
    root->header = buddy_header(order, BUDDY_ROOT, heap->below);
    heap->end += bytes;
    buddies_use_tail(heap, heap->end);
    return root;
}

/* A whole free root that leads to target, live and in no list; NULL if there is none. */
HB_INLINE struct block *buddies_take_root(struct buddies *heap, unsigned target) {
    uint64_t sources = heap->table.order[target].sources;
    struct block *root = buddies_pop(heap, &heap->roots, sources);
    if (root) {
        root->header &= ~(uint64_t)BLOCK_FREE;
        return root;
    }
    root = (struct block *)heap->tail;
    while ((char *)root != heap->end && !(sources >> buddy_order(root->header) & 1))
        root = (struct block *)buddies_root_end(heap, root);
    if ((char *)root == heap->end)
        return NULL;
    root->header &= ~(uint64_t)BLOCK_FREE;
    buddies_use_tail(heap, buddies_root_end(heap, root));
    heap->stats.search_steps++;
    return root;
}

/* Give back the roots that the last window did not need, all but `grow` bytes; begin a window. */
BUDDY_OUTLINE void buddies_trim(struct buddies *heap) {
    char *kept = heap->decay.highest, *at = heap->tail;
    bool may_go = (size_t)(heap->end - heap->tail) >= heap->trim;
    if (kept < at + heap->grow)
        kept = at + heap->grow;
    while (at < kept && at != heap->end)
        at = buddies_root_end(heap, (struct block *)at);
    decay_start(&heap->decay, heap->stats.search_steps, heap->tail);
    if (may_go && at != heap->end && hb_backend_shrink(heap->backend, (size_t)(heap->end - at)))
        heap->end = at;
}

/* A root has become whole: a hole among others, or it lengthens the free tail, with the whole ones
 * below it. */
BUDDY_OUTLINE void buddies_release_root(struct buddies *heap, struct block *root, uint64_t header) {
    root->header = header | BLOCK_FREE;
    if (buddies_root_end(heap, root) != heap->tail) {
        buddies_insert(&heap->roots, root, header);
        return;
    }
    for (;;) {
        heap->tail = (char *)root;
        heap->below = buddy_memory(root->header);
        root = (struct block *)(heap->tail - heap->table.order[heap->below].bytes);
        if (heap->below == BUDDY_NONE || !buddy_is_whole_root(root, heap->below))
            break;
        buddies_unlink((struct buddy_node *)root->payload);
    }
    if (decay_is_due(&heap->decay, heap->stats.search_steps))
        buddies_trim(heap);
}

#endif
