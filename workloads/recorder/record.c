/* record.c -- the malloc family of libheapbench-record.so: each call goes to the next allocator and
 * is logged, a death before the call and a birth after it, so that no two threads' logs can say
 * that an address was reused before it was free. */
#include "workloads/recorder/arena.h"
#include "workloads/recorder/image.h"
#include "workloads/recorder/log.h"
#include "workloads/recorder/real.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_EXPORT __attribute__((visibility("default")))

/* Where the exported function that says it returns to, or the operator new that called it. */
#define RECORD_CALLER() record_caller(__builtin_return_address(0))

LOG_HOT const void *record_caller(const void *address) {
    if (!LOG_HAS_SITES || LOG_LIKELY(!site_caller))
        return address;
    const void *caller = site_caller;
    site_caller = NULL;
    return caller;
}

/* Logs the birth, or counts the failure, of a call that returned address. */
LOG_HOT void *record_born(struct log *log, enum raw_kind kind, void *address, size_t size,
                          const void *caller) {
    if (LOG_LIKELY(log)) {
        if (LOG_LIKELY(address))
            log_birth(log, kind, address, size, caller);
        else
            log->header->failed_calls++;
    }
    return address;
}

/* glibc's memalign takes any alignment and rounds it up to a power of two. */
static unsigned record_log2(size_t alignment) {
    return alignment < 2 ? 0 : 64 - (unsigned)__builtin_clzl(alignment - 1);
}

static void *record_aligned(struct log *log, void *address, size_t alignment, size_t size,
                            const void *caller) {
    if (log) {
        if (address)
            log_aligned(log, address, size, record_log2(alignment), caller);
        else
            log->header->failed_calls++;
    }
    return address;
}

LOG_HOT void *record_malloc(size_t size, const void *caller) {
    struct log *log = log_enter();
    return record_born(log, RAW_MALLOC, real.malloc(size), size, caller);
}

RECORD_EXPORT void *malloc(size_t size) {
    return record_malloc(size, RECORD_CALLER());
}

RECORD_EXPORT void *calloc(size_t count, size_t size) {
    struct log *log = log_enter();
    return record_born(log, RAW_CALLOC, real.calloc(count, size), count * size, RECORD_CALLER());
}

static void record_null_free(void) {
    struct log *log = log_enter();
    if (log)
        log->header->null_frees++;
}

RECORD_EXPORT void free(void *address) {
    if (!address) {
        record_null_free();
    } else if (arena_owns(address)) {
        image_count_early();
    } else {
        struct log *log = log_enter();
        if (LOG_LIKELY(log))
            log_death(log, RAW_FREE, address);
        real.free(address);
    }
}

/* The object moves out of the arena: a birth, for the log. */
static void *record_realloc_arena(void *address, size_t size, const void *caller) {
    image_count_early();
    void *born = record_malloc(size, caller);
    if (born)
        memcpy(born, address, arena_size(address) < size ? arena_size(address) : size);
    return born;
}

/* realloc(address, 0): a free, unless the allocator behind gives something back. */
static void *record_realloc_zero(struct log *log, void *address, const void *caller) {
    log_death(log, RAW_FREE, address);
    void *born = real.realloc(address, 0);
    if (born)
        log_birth(log, RAW_MALLOC, born, 0, caller);
    return born;
}

LOG_HOT void *record_realloc(void *address, size_t size, const void *caller) {
    if (LOG_LIKELY(address) && arena_owns(address))
        return record_realloc_arena(address, size, caller);
    struct log *log = log_enter();
    if (!log)
        return real.realloc(address, size);
    if (!address)
        return record_born(log, RAW_MALLOC, real.realloc(NULL, size), size, caller);
    if (!size)
        return record_realloc_zero(log, address, caller);
    log_death(log, RAW_REALLOC_BEGIN, address);
    void *born = real.realloc(address, size);
    if (LOG_LIKELY(born)) {
        log_birth(log, RAW_REALLOC_END, born, size, caller);
    } else {
        log_realloc_failed(log);
        log->header->failed_calls++;
    }
    return born;
}

RECORD_EXPORT void *realloc(void *address, size_t size) {
    return record_realloc(address, size, RECORD_CALLER());
}

RECORD_EXPORT void *reallocarray(void *address, size_t count, size_t size) {
    size_t bytes;
    if (!__builtin_mul_overflow(count, size, &bytes))
        return record_realloc(address, bytes, RECORD_CALLER());
    struct log *log = log_enter();
    errno = ENOMEM;
    return record_born(log, RAW_MALLOC, NULL, 0, NULL);
}

RECORD_EXPORT void *memalign(size_t alignment, size_t size) {
    struct log *log = log_enter();
    return record_aligned(log, real.memalign(alignment, size), alignment, size, RECORD_CALLER());
}

RECORD_EXPORT void *aligned_alloc(size_t alignment, size_t size) {
    struct log *log = log_enter();
    return record_aligned(log, real.aligned_alloc(alignment, size), alignment, size,
                          RECORD_CALLER());
}

RECORD_EXPORT int posix_memalign(void **address, size_t alignment, size_t size) {
    struct log *log = log_enter();
    void *born = NULL;
    int error = real.posix_memalign(&born, alignment, size);
    if (!error)
        *address = born;
    record_aligned(log, born, alignment, size, RECORD_CALLER());
    return error;
}

RECORD_EXPORT void *valloc(size_t size) {
    struct log *log = log_enter();
    return record_aligned(log, real.valloc(size), (size_t)sysconf(_SC_PAGESIZE), size,
                          RECORD_CALLER());
}

/* pvalloc promises whole pages: that is what was asked for. */
RECORD_EXPORT void *pvalloc(size_t size) {
    struct log *log = log_enter();
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return record_aligned(log, real.pvalloc(size), page, (size + page - 1) & ~(page - 1),
                          RECORD_CALLER());
}
