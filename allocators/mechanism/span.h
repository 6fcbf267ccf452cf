/* span.h -- large requests in mappings of their own.
 *
 * The mapping starts with two words, the payload follows at +16:
 *   link    bits 0-35 page number of the next span, 36-63 low part of the previous one's
 *   header  as in block.h: flags, then 4-39 the span's size in pages, 40-47 the rest of the
 * previous so that a span costs 16 bytes, and every span can still be found (docs: the walk). A
 * span takes round_up(request + 16, page).
 */
#ifndef HB_SPAN_H
#define HB_SPAN_H

#include "allocators/backend/backend.h"
#include "allocators/mechanism/block.h"

enum { SPAN_HEADER_BYTES = 16, SPAN_PAGE_BITS = 36 };
#define SPAN_PAGE_MASK (((uint64_t)1 << SPAN_PAGE_BITS) - 1)

struct span {
    uint64_t link;
    uint64_t header;
    unsigned char payload[];
};

HB_INLINE struct span *span_of(const void *payload) {
    return (struct span *)((char *)payload - SPAN_HEADER_BYTES);
}

HB_INLINE size_t span_bytes(const struct span *span) {
    return (span->header >> 4 & SPAN_PAGE_MASK) * HB_PAGE;
}

HB_INLINE struct span *span_next(const struct span *span) {
    return (struct span *)((span->link & SPAN_PAGE_MASK) * HB_PAGE);
}

HB_INLINE struct span *span_prev(const struct span *span) {
    return (struct span *)((span->link >> SPAN_PAGE_BITS | (span->header >> 40 & 0xFF) << 28) *
                           HB_PAGE);
}

/* Write both words. */
HB_INLINE void span_set(struct span *span, size_t bytes, struct span *prev, struct span *next) {
    uint64_t before = (uintptr_t)prev / HB_PAGE, after = (uintptr_t)next / HB_PAGE;
    span->link = after | before << SPAN_PAGE_BITS;
    span->header = BLOCK_SPAN | (uint64_t)(bytes / HB_PAGE) << 4 | before >> 28 << 40;
}

/* Make the neighbours of a span point to it (or past it, with span NULL). */
HB_INLINE void span_join(struct span **first, struct span *prev, struct span *span,
                         struct span *next) {
    struct span *after = span ? span : next, *before = span ? span : prev;
    if (prev)
        span_set(prev, span_bytes(prev), span_prev(prev), after);
    else
        *first = after;
    if (next)
        span_set(next, span_bytes(next), before, span_next(next));
}

static inline void *span_alloc(struct span **first, struct hb_backend *backend, size_t request) {
    size_t bytes = round_up(request + SPAN_HEADER_BYTES, HB_PAGE);
    struct span *span = hb_backend_map(backend, bytes);
    if (!span)
        return NULL;
    span_set(span, bytes, NULL, *first);
    span_join(first, NULL, span, *first);
    return span->payload;
}

static inline void span_free(struct span **first, struct hb_backend *backend, void *payload) {
    struct span *span = span_of(payload);
    span_join(first, span_prev(span), NULL, span_next(span));
    hb_backend_unmap(backend, span, span_bytes(span));
}

/* Returns the payload, perhaps moved; NULL if refused. */
static inline void *span_resize(struct span **first, struct hb_backend *backend, void *payload,
                                size_t request) {
    struct span *span = span_of(payload);
    size_t bytes = round_up(request + SPAN_HEADER_BYTES, HB_PAGE);
    struct span *prev = span_prev(span), *next = span_next(span);
    if (bytes == span_bytes(span))
        return payload;
    span = hb_backend_remap(backend, span, span_bytes(span), bytes);
    if (!span)
        return NULL;
    span_set(span, bytes, prev, next);
    span_join(first, prev, span, next);
    return span->payload;
}

static inline bool span_walk(struct span *first, hb_block_visit *visit, void *context) {
    for (struct span *span = first; span; span = span_next(span)) {
        struct hb_block block = {span, span->payload, span_bytes(span), HB_BLOCK_SPAN};
        if (!visit(context, &block))
            return false;
    }
    return true;
}

HB_INLINE bool payload_is_span(const void *payload) {
    return block_of(payload)->header & BLOCK_SPAN;
}

#endif
