/* front.h -- C's malloc family over one strategy, once for all: NULL, 0, overflow, calloc, realloc,
 * alignment. Inlined, so that a caller with a constant allocator gets direct calls.
 *
 * A request of 0 reaches the strategy as 1. realloc(NULL, n) is malloc(n); realloc(p, 0) is free(p)
 * and returns NULL. A NULL result means that there is no memory: errno is the caller's to set.
 */
#ifndef HB_FRONT_H
#define HB_FRONT_H

#include <string.h>

#include "allocators/allocator.h"

#define HB_FRONT static inline __attribute__((always_inline))

HB_FRONT void *hb_front_malloc(const struct hb_allocator *allocator, void *state, size_t request) {
    if (__builtin_expect(request > HB_REQUEST_MAX, 0))
        return NULL;
    return allocator->alloc(state, request + !request);
}

HB_FRONT void hb_front_free(const struct hb_allocator *allocator, void *state, void *payload) {
    if (payload)
        allocator->free(state, payload);
}

HB_FRONT void *hb_front_calloc(const struct hb_allocator *allocator, void *state, size_t request) {
    if (allocator->calloc)
        return request > HB_REQUEST_MAX ? NULL : allocator->calloc(state, request + !request);
    void *payload = hb_front_malloc(allocator, state, request);
    return payload ? memset(payload, 0, request) : NULL;
}

/* alignment is a power of two; up to 16 it is an ordinary request. */
HB_FRONT void *hb_front_aligned(const struct hb_allocator *allocator, void *state, size_t alignment,
                                size_t request) {
    if (alignment <= HB_ALIGNMENT)
        return hb_front_malloc(allocator, state, request);
    if (request > HB_REQUEST_MAX)
        return NULL;
    return allocator->alloc_aligned(state, alignment, request + !request);
}

/* Alloc, copy, free: when the block cannot be resized where it is. */
static inline void *hb_front_move(const struct hb_allocator *allocator, void *state, void *payload,
                                  size_t request) {
    void *moved = allocator->alloc(state, request);
    if (!moved)
        return NULL;
    size_t kept = allocator->usable(state, payload);
    memcpy(moved, payload, kept < request ? kept : request);
    allocator->free(state, payload);
    return moved;
}

/* payload is not NULL, request not 0. On failure the old block lives on. */
HB_FRONT void *hb_front_resize(const struct hb_allocator *allocator, void *state, void *payload,
                               size_t request) {
    if (request > HB_REQUEST_MAX)
        return NULL;
    if (allocator->realloc)
        return allocator->realloc(state, payload, request);
    void *resized = allocator->resize(state, payload, request);
    return resized ? resized : hb_front_move(allocator, state, payload, request);
}

HB_FRONT void *hb_front_realloc(const struct hb_allocator *allocator, void *state, void *payload,
                                size_t request) {
    if (!payload)
        return hb_front_malloc(allocator, state, request);
    if (!request) {
        allocator->free(state, payload);
        return NULL;
    }
    return hb_front_resize(allocator, state, payload, request);
}

#endif
