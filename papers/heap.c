#include "papers/heap.h"

#include <stdlib.h>
#include <string.h>

#include "papers/allocators.h"

enum { STATE_ALIGNMENT = 64 };

/* The first growth of the heap leaves 16 bytes with the block. */
static bool store_make(struct hb_paper_heap *heap, uint64_t units) {
    void *all = hb_paper_heap_alloc(heap, units);
    if (all)
        hb_paper_heap_free(heap, all);
    return all != NULL;
}

bool hb_paper_heap_open(struct hb_paper_heap *heap, const char *spec, uint64_t store_units) {
    memset(heap, 0, sizeof *heap);
    hb_paper_spec(spec, &heap->spec);
    heap->allocator = heap->spec.allocator;
    if (store_units)
        heap->spec.config.limit = (store_units + 1) * HB_PAPER_UNIT;
    size_t bytes = (heap->allocator->state_bytes + STATE_ALIGNMENT - 1) & ~(size_t)63;
    heap->state = aligned_alloc(STATE_ALIGNMENT, bytes);
    if (!heap->state)
        return false;
    memset(heap->state, 0, bytes);
    if (!hb_backend_open(&heap->backend, &heap->spec.config)) {
        free(heap->state);
        return false;
    }
    if (heap->allocator->open(heap->state, &heap->spec.config, &heap->backend) &&
        (!store_units || store_make(heap, store_units)))
        return true;
    hb_paper_heap_close(heap);
    return false;
}

void hb_paper_heap_close(struct hb_paper_heap *heap) {
    hb_backend_close(&heap->backend);
    free(heap->state);
}

static bool block_count(void *context, const struct hb_block *block) {
    struct hb_paper_blocks *blocks = context;
    if (block->kind == HB_BLOCK_FREE) {
        blocks->free++;
        blocks->free_bytes += block->bytes;
    } else if (block->kind != HB_BLOCK_FENCE) {
        blocks->live++;
        blocks->live_bytes += block->bytes;
    }
    return true;
}

void hb_paper_heap_count(struct hb_paper_heap *heap, struct hb_paper_blocks *blocks) {
    *blocks = (struct hb_paper_blocks){0};
    heap->allocator->walk(heap->state, block_count, blocks);
}
