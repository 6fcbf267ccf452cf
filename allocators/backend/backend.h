/* backend.h -- where every strategy's memory comes from: the one module that calls sbrk, mmap,
 * munmap, mremap, mprotect and madvise, and counts what it holds.
 *
 * The heap is a region whose end, the break, moves: either the process's program break
 * (backend=sbrk) or a reserved range of addresses with a break simulated by mprotect
 * (backend=mmap). heap_base is a multiple of 2 MiB (plus config->base_offset). Large requests take
 * spans, mappings of their own. Nothing here touches a page: memory becomes resident when its user
 * writes to it.
 *
 * The heap is contiguous until someone else moves the program break, or it cannot grow: then it
 * goes on above, within 64 GiB of heap_base, and hb_backend_extend returns an address that is not
 * the old end. The caller fences the gap.
 */
#ifndef HB_BACKEND_H
#define HB_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocators/options.h"

#define HB_HEAP_REACH ((uint64_t)64 << 30) /* bytes above heap_base that a heap may use */

enum { HB_RESERVATIONS_MAX = 16 };

struct hb_backend {
    char *heap_base;
    char *heap_end;     /* the break: first byte beyond the heap */
    char *region_start; /* of the current region; the break is never lowered below it */
    char *region_limit; /* reserved region: its last possible break */
    char *committed;    /* reserved region: end of what is readable and writable */
    char *fresh_start;  /* what the break's last move up added, in whole pages: it came zeroed; */
    char *fresh_end;    /* the caller may set fresh_start NULL, to see whether it moved */
    size_t page;        /* bytes of the system's pages */
    bool in_break;      /* the current region is the program break */
    bool is_contiguous; /* no second region, no foreign sbrk so far */

    uint64_t held_bytes; /* the footprint: heap regions up to their break, and spans */
    uint64_t span_bytes; /* spans alone */
    uint64_t limit;
    uint64_t fail_at;
    uint64_t request_count; /* requests for memory, refused ones too */

    uint64_t brk_calls; /* moves of the program break or of the simulated one */
    uint64_t mmap_calls;
    uint64_t munmap_calls;
    uint64_t mremap_calls;

    struct hb_reservation {
        void *start;
        size_t bytes;
    } reservations[HB_RESERVATIONS_MAX]; /* for hb_backend_close */
    unsigned reservation_count;
};

/* Prepare. config gives backend, limit, fail_at and base_offset. No memory is held yet. False if
 * no address range can be had. */
bool hb_backend_open(struct hb_backend *backend, const struct hb_config *config);

/* Give everything back that is still held by the heap regions; spans stay. For tests: a program
 * break that others have moved on stays where it is. */
void hb_backend_close(struct hb_backend *backend);

/* Move the break up by bytes (a multiple of 16). Returns where the new memory starts: the old
 * heap_end, or a higher address if the heap could not grow there. NULL if refused. */
void *hb_backend_extend(struct hb_backend *backend, size_t bytes);

/* Move the break down by bytes: at most to the start of the current region. False if the break is
 * not ours to lower; nothing has changed then. */
bool hb_backend_shrink(struct hb_backend *backend, size_t bytes);

/* A new mapping of bytes (a multiple of HB_PAGE), zeroed; NULL if refused. */
void *hb_backend_map(struct hb_backend *backend, size_t bytes);

void hb_backend_unmap(struct hb_backend *backend, void *span, size_t bytes);

/* Change a mapping's size, moving it if need be; NULL if refused (then it is unchanged). */
void *hb_backend_remap(struct hb_backend *backend, void *span, size_t old_bytes, size_t bytes);

/* Whether address lies in the heap, below its break; spans do not. */
static inline bool hb_backend_in_heap(const struct hb_backend *backend, const void *address) {
    return (uintptr_t)address - (uintptr_t)backend->heap_base <
           (uintptr_t)backend->heap_end - (uintptr_t)backend->heap_base;
}

#endif
