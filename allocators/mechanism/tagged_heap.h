/* tagged_heap.h -- a heap of boundary-tag blocks (tagged.h), and what a policy decides about it. */
#ifndef HB_TAGGED_HEAP_H
#define HB_TAGGED_HEAP_H

#include "allocators/mechanism/span.h"

struct tagged_heap {
    struct hb_backend *backend;
    char *zero;          /* heap_base - 8: where reference 0 points */
    struct block *first; /* NULL before the first growth */
    struct block *end;   /* the end mark */
    size_t grow, trim, threshold;
    size_t returned; /* bytes that trim gave back and growth has not taken again */
    struct span *spans;
    uint64_t sequence; /* of the last block freed: ranks of lifo and fifo */
    struct hb_stats stats;
};

/* What an index holds, by its own account. */
struct tagged_ledger {
    uint64_t blocks, bytes;
    const char *broken; /* S3, with what is wrong, or NULL */
    const struct block *where;
};

struct tagged_policy {
    void (*insert)(struct tagged_heap *heap, struct block *block);
    void (*remove)(struct tagged_heap *heap, struct block *block);
    /* The free block that a request gets, still in the index; NULL if none fits. */
    struct block *(*find)(struct tagged_heap *heap, size_t need);
    /* find and remove in one. May be NULL. */
    struct block *(*take)(struct tagged_heap *heap, size_t need);
    /* A block is about to be carved (picked by find, or made by growth). May be NULL. */
    void (*picked)(struct tagged_heap *heap, struct block *block);
    /* The heap now reaches higher. May be NULL. */
    void (*grown)(struct tagged_heap *heap);
    void (*count)(struct tagged_heap *heap, struct tagged_ledger *ledger);
    bool learns_trim; /* see tagged_learn_trim */
};

HB_INLINE block_ref block_reference(const struct tagged_heap *heap, const struct block *block) {
    return (block_ref)((size_t)((const char *)block - heap->zero) / HB_ALIGNMENT);
}

HB_INLINE struct block *block_referred(const struct tagged_heap *heap, block_ref reference) {
    return (struct block *)(heap->zero + (size_t)reference * HB_ALIGNMENT);
}

static inline void tagged_open(struct tagged_heap *heap, const struct hb_config *config,
                               struct hb_backend *backend) {
    heap->backend = backend;
    heap->zero = backend->heap_base - BLOCK_HEADER_BYTES;
    heap->grow = config->grow;
    heap->trim = config->trim;
    heap->threshold = config->mmap_threshold;
}

/* Set the end mark at the break. */
HB_INLINE void tagged_set_end(struct tagged_heap *heap) {
    heap->end = (struct block *)(heap->backend->heap_end - BLOCK_HEADER_BYTES);
    heap->end->header = 0;
}

/* The break has moved up. */
HB_INLINE void tagged_extend_end(struct tagged_heap *heap, const struct tagged_policy *policy) {
    tagged_set_end(heap);
    if (policy->grown)
        policy->grown(heap);
}

#endif
