/* real.c -- see real.h. */
#include "workloads/recorder/real.h"
#include "workloads/recorder/arena.h"
#include "workloads/recorder/image.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <unistd.h>

static void *early_aligned(size_t alignment, size_t size) {
    image_count_early();
    void *born = arena_alloc(alignment, size);
    if (!born)
        errno = ENOMEM;
    return born;
}

static void *early_malloc(size_t size) {
    return early_aligned(16, size);
}

/* What is not the arena's cannot be freed yet. */
static void early_free(void *address) {
    (void)address;
    image_count_early();
}

static void *early_calloc(size_t count, size_t size) {
    size_t bytes;
    return early_malloc(__builtin_mul_overflow(count, size, &bytes) ? SIZE_MAX : bytes);
}

/* Callers keep the arena's own objects away from here. */
static void *early_realloc(void *address, size_t size) {
    (void)address;
    return early_malloc(size);
}

static int early_posix_memalign(void **address, size_t alignment, size_t size) {
    void *born = early_aligned(alignment, size);
    if (born)
        *address = born;
    return born ? 0 : ENOMEM;
}

static void *early_page(size_t size) {
    return early_aligned((size_t)sysconf(_SC_PAGESIZE), size);
}

struct real real = {early_malloc,  early_free,           early_calloc, early_realloc, early_aligned,
                    early_aligned, early_posix_memalign, early_page,   early_page};

static void *real_find(const char *name) {
    return dlsym(RTLD_NEXT, name);
}

static void *real_pvalloc_by_valloc(size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return real.valloc((size + page - 1) & ~(page - 1));
}

static void *real_valloc_by_memalign(size_t size) {
    return real.memalign((size_t)sysconf(_SC_PAGESIZE), size);
}

/* The table changes at once: a call from within dlsym sees either all early functions or none. */
void real_resolve(void) {
    struct real found = {0};
    *(void **)&found.malloc = real_find("malloc");
    *(void **)&found.free = real_find("free");
    *(void **)&found.calloc = real_find("calloc");
    *(void **)&found.realloc = real_find("realloc");
    *(void **)&found.memalign = real_find("memalign");
    *(void **)&found.aligned_alloc = real_find("aligned_alloc");
    *(void **)&found.posix_memalign = real_find("posix_memalign");
    *(void **)&found.valloc = real_find("valloc");
    *(void **)&found.pvalloc = real_find("pvalloc");
    if (!found.memalign)
        found.memalign = found.aligned_alloc;
    if (!found.valloc)
        found.valloc = real_valloc_by_memalign;
    if (!found.pvalloc)
        found.pvalloc = real_pvalloc_by_valloc;
    real = found;
}
