/* heap.h -- a strategy in this process, for simulations of abstract stores.
 *
 * An object of k units is a request of 32 k - 8 bytes: with the header of 8 a block of 32 k.
 */
#ifndef HB_PAPERS_HEAP_H
#define HB_PAPERS_HEAP_H

#include "allocators/backend/backend.h"
#include "allocators/registry.h"

enum { HB_PAPER_UNIT = 32, HB_PAPER_HEADER = 8 };

/* What a spec takes for units, and for being in a process that has a heap of its own. */
#define HB_PAPER_UNITS ":grow=32:trim=off:mmap_threshold=off:backend=mmap"

struct hb_paper_heap {
    struct hb_spec spec;
    const struct hb_allocator *allocator;
    struct hb_backend backend;
    void *state;
};

/* Open the strategy that spec names (one that is known to be right). With store_units > 0 the heap
 * is a free block of so many units and never grows. False without memory. */
bool hb_paper_heap_open(struct hb_paper_heap *heap, const char *spec, uint64_t store_units);
void hb_paper_heap_close(struct hb_paper_heap *heap);

/* NULL if it does not fit. */
static inline void *hb_paper_heap_alloc(struct hb_paper_heap *heap, uint64_t units) {
    return heap->allocator->alloc(heap->state, units * HB_PAPER_UNIT - HB_PAPER_HEADER);
}

static inline void hb_paper_heap_free(struct hb_paper_heap *heap, void *payload) {
    heap->allocator->free(heap->state, payload);
}

struct hb_paper_blocks {
    uint64_t live, free; /* blocks */
    uint64_t live_bytes, free_bytes;
};

/* By a walk over the heap. */
void hb_paper_heap_count(struct hb_paper_heap *heap, struct hb_paper_blocks *blocks);

#endif
