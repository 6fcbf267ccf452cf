/* execute.h -- one operation of a program on the allocator under test, and what touches memory. */
#ifndef HB_EXECUTE_H
#define HB_EXECUTE_H

#include "allocators/front.h"
#include "harness/worker/worker.h"

/* Every allocator gives at least 8 bytes, but a sanitizer's watches the request. */
HB_FRONT bool may_store_first(uint64_t request) {
#ifdef HB_SANITIZED
    return request >= sizeof(uint64_t);
#else
    (void)request;
    return true;
#endif
}

/* One 8-byte store at the start, one byte a page, or every byte. The value does not matter. */
HB_FRONT void touch_payload(enum job_touch touch, char *payload, uint64_t request) {
    if ((touch == TOUCH_FIRST && may_store_first(request)) ||
        (touch == TOUCH_WITHIN && request >= sizeof(uint64_t)))
        *(volatile uint64_t *)payload = request;
    if (touch == TOUCH_PAGE && request) {
        *(volatile char *)payload = 1;
        uintptr_t page = ((uintptr_t)payload | (HB_PAGE - 1)) + 1;
        for (; page < (uintptr_t)payload + request; page += HB_PAGE)
            *(volatile char *)page = 1;
    }
    if (touch == TOUCH_ALL)
        memset(payload, (int)request, request);
}

/* A new block for op, touched; NULL if there is none. The request reaches the strategy as 1 if 0.
 */
HB_FRONT void *execute_alloc(const struct hb_allocator *allocator, void *state,
                             const struct program_op *op, enum job_touch touch) {
    uint64_t request = op->request + !op->request;
    void *payload;
    if (op->kind == PROGRAM_CALLOC)
        payload = hb_front_calloc(allocator, state, request);
    else if (op->alignment_log2)
        payload = hb_front_aligned(allocator, state, (size_t)1 << op->alignment_log2, request);
    else
        payload = hb_front_malloc(allocator, state, request);
    if (payload)
        touch_payload(touch, payload, op->request);
    return payload;
}

HB_FRONT void *execute_realloc(const struct hb_allocator *allocator, void *state, void *payload,
                               uint64_t request, enum job_touch touch) {
    void *resized = hb_front_resize(allocator, state, payload, request + !request);
    if (resized)
        touch_payload(touch, resized, request);
    return resized;
}

#endif
