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
    size_t split;      /* a remainder as large becomes a free block */
    uint64_t coalesce; /* enum hb_coalesce */
    bool is_loose;     /* free blocks may be neighbours, since blocks were freed unmerged */
    size_t returned;   /* bytes that trim gave back and growth has not taken again */
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
    /* find and remove in one. *bytes: the block's size, which an index by size knows without a look
     * at the block. May be NULL. */
    struct block *(*take)(struct tagged_heap *heap, size_t need, size_t *bytes);
    /* A block is about to be carved (picked by find, or made by growth). May be NULL. */
    void (*picked)(struct tagged_heap *heap, struct block *block);
    /* The heap now reaches higher. May be NULL. */
    void (*grown)(struct tagged_heap *heap);
    /* Nothing fits: free what was held back; false if nothing was. May be NULL. */
    bool (*flush)(struct tagged_heap *heap);
    void (*count)(struct tagged_heap *heap, struct tagged_ledger *ledger);
    bool learns_trim; /* see tagged_learn_trim */
    bool is_tuned;    /* coalesce and split are as the heap was opened; else immediate, and 32 */
};

/* Whether a config asks for more than a policy that is not tuned does. */
static inline bool tagged_wants_tuned(const struct hb_config *config) {
    return config->coalesce != HB_COALESCE_IMMEDIATE || config->split != BLOCK_MIN_BYTES;
}

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
    heap->split = config->split;
    heap->coalesce = config->coalesce;
}

/* Whether a freed block merges with its neighbours at once. */
HB_INLINE bool tagged_merges(const struct tagged_heap *heap, const struct tagged_policy *policy) {
    return !policy->is_tuned || heap->coalesce == HB_COALESCE_IMMEDIATE;
}

/* Whether blocks may be joined at all. */
HB_INLINE bool tagged_joins(const struct tagged_heap *heap, const struct tagged_policy *policy) {
    return !policy->is_tuned || heap->coalesce != HB_COALESCE_NONE;
}

HB_INLINE bool tagged_splits(const struct tagged_heap *heap, const struct tagged_policy *policy,
                             size_t rest) {
    return rest >= (policy->is_tuned ? heap->split : BLOCK_MIN_BYTES);
}

/* That the block before a free block is free too, to be kept when its header is written; it never
 * is where blocks merge at once. */
HB_INLINE uint64_t tagged_prev_free(const struct tagged_policy *policy, const struct block *block) {
    return policy->is_tuned ? block->header & BLOCK_PREV_FREE : 0;
}

/* Whether a block may lie there: an index that was written to leads anywhere. */
static inline bool tagged_holds(const struct tagged_heap *heap, const void *block) {
    return (uintptr_t)block >= (uintptr_t)heap->first && (uintptr_t)block < (uintptr_t)heap->end &&
           ((uintptr_t)block - (uintptr_t)heap->first) % HB_ALIGNMENT == 0;
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
