/* fake_malloc.c -- allocators that fail or falter, each in one way, for tests to preload. All their
 * blocks are one region of shared memory, which resident memory leaves out; those of test_memory.c
 * touch FAKE_PAGES private pages besides.
 */
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "tests/passes/fake_malloc.h"

#ifdef FAKE_NOTHING
int fake_nothing(void);
int fake_nothing(void) {
    return 0;
}
#else

enum { REGION_BYTES = 64 << 20 };

static char *map(size_t bytes, int sharing) {
    void *memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        abort();
    return memory;
}

#ifdef FAKE_PAGES
static void touch_pages(int count) {
    char *pages = map((size_t)count * 4096, MAP_PRIVATE);
    madvise(pages, (size_t)count * 4096, MADV_NOHUGEPAGE);
    for (int i = 0; i < count; i++)
        ((volatile char *)pages)[i * 4096] = 1;
}

static __attribute__((constructor)) void touch_before(void) {
    touch_pages(FAKE_PAGES_BEFORE);
}
#endif

static void *take(size_t request) {
    static char *region;
    static int count;
    count++;
    if (!region)
        region = map(REGION_BYTES, MAP_SHARED);
#ifdef FAKE_REFUSES
    return NULL;
#endif
#ifdef FAKE_CRASHES
    if (count == FAKE_CRASHES_AT)
        raise(SIGSEGV);
#endif
#ifdef FAKE_PAGES
    if (count == FAKE_PAGES_AT)
        touch_pages(FAKE_PAGES);
#endif
    return request <= REGION_BYTES ? region : NULL;
}

#ifdef FAKE_SLOW
static int64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void falter(void) {
    static int count;
    if (++count % FAKE_SLOW_EVERY)
        return;
    for (int64_t start = now_ns(); now_ns() - start < FAKE_SLOW_NS;)
        ;
}
#endif

void *malloc(size_t request) {
#ifdef FAKE_SLOW
    falter();
#endif
    return take(request);
}

void free(void *payload) {
    (void)payload;
}

void *calloc(size_t count, size_t size) {
    return take(count * size);
}

void *realloc(void *payload, size_t request) {
    (void)payload;
    return take(request);
}

#ifndef FAKE_PARTIAL
void *memalign(size_t alignment, size_t request) {
    (void)alignment;
    return take(request);
}
#endif

size_t malloc_usable_size(void *payload) {
    return payload ? REGION_BYTES : 0;
}
#endif
