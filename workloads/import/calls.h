/* calls.h -- foreign calls made into operations: addresses become objects, thread ids become
 * numbers, and what does not fit is counted.
 *
 * A free of an unknown address is left out. A birth where an object still lives ends that object
 * first: its free was not seen. Memory follows the objects and threads that live at once.
 */
#ifndef IMPORT_CALLS_H
#define IMPORT_CALLS_H

#include "workloads/import/losses.h"
#include "workloads/recorder/livemap.h"
#include "workloads/trace.h"

/* What valloc and pvalloc align to. */
enum { CALLS_PAGE_BYTES = 4096 };

struct calls {
    struct hb_trace_writer *writer;
    struct livemap live;    /* address -> object */
    struct livemap threads; /* thread id + 1 -> thread number */
    uint32_t thread_count;
    uint64_t next_object;
    uint64_t op_count;
    uint64_t time_ns;                /* of the operations to come */
    bool has_sites;                  /* call sites are wanted */
    uint16_t site;                   /* of the births to come, as hb_trace_add_site numbers it */
    char command[HB_TRACE_TEXT_MAX]; /* what was run, if the format tells */
    struct losses losses;
    bool is_failed; /* the writer, or memory ran out */
};

/* A realloc between its begin and its end: its object is at no address. */
struct calls_pending {
    uint64_t address, object;
    bool has_object;
};

bool calls_init(struct calls *calls);
void calls_clear(struct calls *calls);

/* The number of the thread with that id, from 0 in the order of their first calls. */
uint32_t calls_thread(struct calls *calls, uint64_t id);

/* It has ended; the id may come back as another thread's. */
void calls_thread_end(struct calls *calls, uint64_t id);

/* malloc, calloc or an aligned call gave size bytes at address; 0 if it failed. alignment is for
 * HB_OP_ALIGNED: what is no power of two is rounded up, as malloc libraries do. */
void calls_birth(struct calls *calls, enum hb_op_kind kind, uint32_t thread, uint64_t address,
                 uint64_t size, uint64_t alignment);

/* The same for calloc's two numbers. */
void calls_calloc(struct calls *calls, uint32_t thread, uint64_t address, uint64_t count,
                  uint64_t size);

void calls_free(struct calls *calls, uint32_t thread, uint64_t address);

/* realloc(from, size) gave to. from 0 is a malloc, size 0 with to 0 a free, to 0 else a failure. */
void calls_realloc(struct calls *calls, uint32_t thread, uint64_t from, uint64_t to, uint64_t size);

/* The same in two steps, between which other threads may reuse the address. */
void calls_realloc_begin(struct calls *calls, uint64_t from, struct calls_pending *pending);
void calls_realloc_end(struct calls *calls, const struct calls_pending *pending, uint32_t thread,
                       uint64_t to, uint64_t size);

/* Does an object live at address? */
bool calls_is_live(const struct calls *calls, uint64_t address);

/* What pvalloc makes of a size: whole pages. */
static inline uint64_t calls_pages(uint64_t size) {
    uint64_t last = CALLS_PAGE_BYTES - 1;
    return size > UINT64_MAX - last ? size : (size + last) / CALLS_PAGE_BYTES * CALLS_PAGE_BYTES;
}

/* The address that stands for an id of a format without addresses. */
static inline uint64_t calls_address_of_id(uint64_t id) {
    return (id + 1) << 4 | (id + 1) >> 60;
}

#endif
