/* backend.c -- the system calls, one a function, and the accounts. */
#include "allocators/backend/backend.h"

#include <errno.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#define BASE_ALIGNMENT ((uintptr_t)2 << 20)
#define RESERVE_MAX    ((size_t)8 << 30) /* 64 GiB is refused under Valgrind */
#define RESERVE_MIN    ((size_t)64 << 20)
#define NEXT_REGION    ((size_t)1 << 30) /* reserved when the heap must go on elsewhere */

static uintptr_t round_up(uintptr_t value, uintptr_t multiple) {
    return (value + multiple - 1) & ~(multiple - 1);
}

/* Whether the next request for bytes is granted by our own rules. */
static bool backend_allows(struct hb_backend *backend, size_t bytes) {
    backend->request_count++;
    if (backend->request_count == backend->fail_at)
        return false;
    return bytes <= backend->limit && backend->held_bytes <= backend->limit - bytes;
}

static void *reserve(void *address, size_t bytes, int flags) {
    void *start =
        mmap(address, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
    if (start == MAP_FAILED)
        return NULL;
    if (address && start != address) { /* a kernel without MAP_FIXED_NOREPLACE */
        munmap(start, bytes);
        errno = EEXIST;
        return NULL;
    }
    return start;
}

static void remember_reservation(struct hb_backend *backend, void *start, size_t bytes) {
    backend->reservations[backend->reservation_count++] = (struct hb_reservation){start, bytes};
}

static void enter_reserved(struct hb_backend *backend, char *start, char *limit) {
    backend->in_break = false;
    backend->region_start = backend->heap_end = start;
    backend->region_limit = limit;
    backend->committed = (char *)((uintptr_t)start & ~(uintptr_t)(backend->page - 1));
}

static bool open_reserved(struct hb_backend *backend, uint64_t offset) {
    for (size_t bytes = RESERVE_MAX; bytes >= RESERVE_MIN; bytes /= 2) {
        char *start = reserve(NULL, bytes + BASE_ALIGNMENT, 0);
        if (!start)
            continue;
        remember_reservation(backend, start, bytes + BASE_ALIGNMENT);
        backend->heap_base = (char *)round_up((uintptr_t)start, BASE_ALIGNMENT) + offset;
        enter_reserved(backend, backend->heap_base, start + bytes + BASE_ALIGNMENT);
        return true;
    }
    return false;
}

static bool open_break(struct hb_backend *backend, uint64_t offset) {
    char *now = sbrk(0);
    if (now == (char *)-1)
        return false;
    char *base = (char *)round_up((uintptr_t)now, BASE_ALIGNMENT) + offset;
    if (sbrk(base - now) != now)
        return false;
    backend->heap_base = backend->heap_end = backend->region_start = base;
    backend->in_break = true;
    return true;
}

bool hb_backend_open(struct hb_backend *backend, const struct hb_config *config) {
    *backend = (struct hb_backend){.is_contiguous = true,
                                   .page = getauxval(AT_PAGESZ),
                                   .limit = config->limit,
                                   .fail_at = config->fail_at};
    if (config->backend == HB_SOURCE_SBRK && open_break(backend, config->base_offset))
        return true;
    return open_reserved(backend, config->base_offset);
}

void hb_backend_close(struct hb_backend *backend) {
    if (backend->in_break && sbrk(0) == backend->heap_end) {
        void *lowered = sbrk(backend->region_start - backend->heap_end);
        (void)lowered;
    }
    for (unsigned i = 0; i < backend->reservation_count; i++)
        munmap(backend->reservations[i].start, backend->reservations[i].bytes);
    *backend = (struct hb_backend){0};
}

/* The gap of a foreign sbrk may leave the break unaligned: take up to 15 bytes more. */
static char *break_align(char *start) {
    size_t pad = round_up((uintptr_t)start, 16) - (uintptr_t)start;
    if (pad && sbrk((intptr_t)pad) == (void *)-1)
        return NULL;
    return start + pad;
}

static char *extend_break(struct hb_backend *backend, size_t bytes) {
    if (sbrk(0) != backend->heap_end) {
        char *start = break_align(sbrk(0));
        if (!start || start < backend->heap_end ||
            (uint64_t)(start - backend->heap_base) + bytes > HB_HEAP_REACH)
            return NULL;
        if (sbrk((intptr_t)bytes) != start)
            return NULL;
        backend->is_contiguous = false;
        backend->region_start = start;
        return start;
    }
    if ((uint64_t)(backend->heap_end - backend->heap_base) + bytes > HB_HEAP_REACH)
        return NULL;
    char *start = sbrk((intptr_t)bytes);
    return start == (char *)-1 ? NULL : start;
}

static char *extend_reserved(struct hb_backend *backend, size_t bytes) {
    if (bytes > (size_t)(backend->region_limit - backend->heap_end))
        return NULL;
    char *end = (char *)round_up((uintptr_t)backend->heap_end + bytes, backend->page);
    if (end > backend->committed) {
        if (mprotect(backend->committed, (size_t)(end - backend->committed),
                     PROT_READ | PROT_WRITE) != 0)
            return NULL;
        backend->committed = end;
    }
    return backend->heap_end;
}

/* The next free range of bytes above the heap and within its reach, reserved; NULL if there is
 * none. Only a range that is taken is stepped over: any other refusal would be repeated. */
static char *reserve_above(const struct hb_backend *backend, size_t bytes) {
    uintptr_t reach = (uintptr_t)backend->heap_base + HB_HEAP_REACH;
    uintptr_t at = round_up((uintptr_t)backend->heap_end + 1, BASE_ALIGNMENT);
    for (; at + bytes <= reach; at += RESERVE_MIN) {
        char *start = reserve((void *)at, bytes, MAP_FIXED_NOREPLACE);
        if (start || errno != EEXIST)
            return start;
    }
    return NULL;
}

/* Go on in a further region, if it gives the first bytes. */
static char *continue_above(struct hb_backend *backend, size_t bytes) {
    size_t most = bytes > NEXT_REGION ? round_up(bytes, BASE_ALIGNMENT) : NEXT_REGION;
    size_t least = round_up(bytes, backend->page);
    if (bytes >= HB_HEAP_REACH || backend->reservation_count == HB_RESERVATIONS_MAX)
        return NULL;
    char *start = reserve_above(backend, most);
    if (!start || mprotect(start, least, PROT_READ | PROT_WRITE) != 0) {
        if (start)
            munmap(start, most);
        return NULL;
    }
    remember_reservation(backend, start, most);
    enter_reserved(backend, start, start + most);
    backend->committed = start + least;
    backend->is_contiguous = false;
    return start;
}

void *hb_backend_extend(struct hb_backend *backend, size_t bytes) {
    if (!backend_allows(backend, bytes))
        return NULL;
    char *start =
        backend->in_break ? extend_break(backend, bytes) : extend_reserved(backend, bytes);
    if (!start)
        start = continue_above(backend, bytes);
    if (!start)
        return NULL;
    backend->brk_calls++;
    backend->fresh_start = (char *)round_up((uintptr_t)start, backend->page);
    backend->fresh_end = backend->heap_end = start + bytes;
    backend->held_bytes += bytes;
    return start;
}

static bool shrink_reserved(struct hb_backend *backend, size_t bytes) {
    char *end = (char *)round_up((uintptr_t)backend->heap_end - bytes, backend->page);
    size_t excess = (size_t)(backend->committed - end);
    if (excess && mprotect(end, excess, PROT_NONE) != 0)
        return false;
    if (excess && madvise(end, excess, MADV_DONTNEED) != 0) { /* they are locked in memory */
        mprotect(end, excess, PROT_READ | PROT_WRITE);
        return false;
    }
    backend->committed = end;
    return true;
}

bool hb_backend_shrink(struct hb_backend *backend, size_t bytes) {
    if (bytes > (size_t)(backend->heap_end - backend->region_start))
        return false;
    if (backend->in_break) {
        if (sbrk(0) != backend->heap_end || sbrk(-(intptr_t)bytes) == (void *)-1)
            return false;
    } else if (!shrink_reserved(backend, bytes)) {
        return false;
    }
    backend->brk_calls++;
    backend->heap_end -= bytes;
    backend->held_bytes -= bytes;
    return true;
}

void *hb_backend_map(struct hb_backend *backend, size_t bytes) {
    if (!backend_allows(backend, bytes))
        return NULL;
    backend->mmap_calls++;
    void *span = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (span == MAP_FAILED)
        return NULL;
    backend->held_bytes += bytes;
    backend->span_bytes += bytes;
    return span;
}

void hb_backend_unmap(struct hb_backend *backend, void *span, size_t bytes) {
    backend->munmap_calls++;
    munmap(span, bytes);
    backend->held_bytes -= bytes;
    backend->span_bytes -= bytes;
}

void *hb_backend_remap(struct hb_backend *backend, void *span, size_t old_bytes, size_t bytes) {
    if (bytes > old_bytes && !backend_allows(backend, bytes - old_bytes))
        return NULL;
    backend->mremap_calls++;
    void *moved = mremap(span, old_bytes, bytes, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED)
        return NULL;
    backend->held_bytes += bytes - old_bytes;
    backend->span_bytes += bytes - old_bytes;
    return moved;
}
