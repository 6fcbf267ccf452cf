/* fresh.h -- calloc that does not clear what the system has just cleared.
 *
 * A page from the system is zero until somebody writes to it. For a request that made the heap
 * grow, only what lies below the new pages is cleared, and the payload's last 8 bytes, where the
 * block had its footer while it was free; a span is clear as it is. So a large calloc makes no page
 * resident that its user does not touch, but those of the free tail that it joined.
 *
 * For strategies that write nothing else into the payload of memory they have just got: no links of
 * slots, no marks.
 */
#ifndef HB_FRESH_H
#define HB_FRESH_H

#include <string.h>

#include "allocators/mechanism/span.h"

/* A payload that alloc has just taken from the heap. */
static inline void fresh_clear(const struct hb_backend *backend, char *payload, size_t request) {
    const char *fresh = backend->fresh_start, *end = payload + request;
    if (!fresh || end <= fresh || payload >= backend->fresh_end) {
        memset(payload, 0, request);
        return;
    }
    if (payload < fresh)
        memset(payload, 0, (size_t)(fresh - payload));
    size_t last = request < sizeof(uint64_t) ? request : sizeof(uint64_t);
    memset(payload + request - last, 0, last);
}

/* alloc, and the payload is zero. */
HB_INLINE void *fresh_calloc(struct hb_backend *backend, void *(*alloc)(void *, size_t),
                             void *state, size_t request) {
    backend->fresh_start = NULL;
    void *payload = alloc(state, request);
    if (payload && !payload_is_span(payload))
        fresh_clear(backend, payload, request);
    return payload;
}

#endif
