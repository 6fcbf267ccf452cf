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
#include <sys/time.h>
#include <unistd.h>

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

#ifdef FAKE_PURGES
/* As a thread in the background would, but without a page of its own: by a signal, on a stack in
 * shared memory. */
static char *kept;
static int live, purges;

static void purge_after(int ms) {
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {0, 1000 * ms}}, NULL);
}

static void purge(int number) {
    (void)number;
    size_t left = purges++ ? 0 : FAKE_KEPT_40MS;
    madvise(kept + left * 4096, (FAKE_KEPT - left) * 4096, MADV_DONTNEED);
    if (left)
        purge_after(360);
}

static __attribute__((constructor)) void purge_prepare(void) {
    stack_t stack = {.ss_sp = map(1 << 16, MAP_SHARED), .ss_size = 1 << 16};
    sigaltstack(&stack, NULL);
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = purge, .sa_flags = SA_ONSTACK}, NULL);
    kept = map(FAKE_KEPT * 4096, MAP_PRIVATE);
    madvise(kept, FAKE_KEPT * 4096, MADV_NOHUGEPAGE);
}
#endif

#ifdef FAKE_ADVISES
static void touch_huge(void) {
    const size_t huge = 2 << 20;
    uintptr_t start = (uintptr_t)map((FAKE_HUGE + 1) * huge, MAP_PRIVATE);
    char *ranges = (char *)((start + huge - 1) & ~(huge - 1));
    madvise(ranges, FAKE_HUGE * huge, MADV_HUGEPAGE);
    for (int i = 0; i < FAKE_HUGE; i++)
        ((volatile char *)ranges)[(size_t)i * huge] = 1;
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
#ifdef FAKE_HANGS
    while (count == FAKE_HANGS_AT)
        pause();
#endif
#ifdef FAKE_PAGES
    if (count == FAKE_PAGES_AT)
        touch_pages(FAKE_PAGES);
#endif
#ifdef FAKE_ADVISES
    if (count == FAKE_PAGES_AT)
        touch_huge();
#endif
#ifdef FAKE_PURGES
    live++;
    kept[count % FAKE_KEPT * 4096] = 1;
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
#ifdef FAKE_PURGES
    if (--live == 0)
        purge_after(40);
#endif
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
