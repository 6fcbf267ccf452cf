/* conform.c -- what a C program may expect of malloc, tried on whatever malloc the process has: it
 * is run under each of our libraries, and without any, and must print the same.
 */
#include <assert.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/preload/exchange.h"

#undef assert
#define assert(condition)                                                                          \
    ((condition) ? (void)0 : (printf("line %d: %s\n", __LINE__, #condition), exit(1)))

enum { ROUNDS = 3000, FORKS = 20 };

static void sizes_and_alignment(void) {
    for (size_t size = 0; size < 5000; size += size < 300 ? 1 : 97) {
        unsigned char *p = malloc(size);
        assert(p && (uintptr_t)p % 16 == 0);
        memset(p, 0xAB, malloc_usable_size(p));
        assert(malloc_usable_size(p) >= size);
        free(p);
    }
    for (size_t align = 8; align <= 1 << 20; align *= 2) {
        void *p = NULL;
        assert(posix_memalign(&p, align, 100) == 0 && (uintptr_t)p % align == 0);
        free(p);
        p = aligned_alloc(align, align);
        assert(p && (uintptr_t)p % align == 0);
        free(p);
        p = memalign(align, 3);
        assert(p && (uintptr_t)p % align == 0);
        free(p);
    }
    void *p = valloc(10), *q = pvalloc(10);
    assert((uintptr_t)p % 4096 == 0 && (uintptr_t)q % 4096 == 0 && malloc_usable_size(q) >= 4096);
    free(p);
    free(q);
}

/* Every way to get a block, at every size: aligned, apart, and writable to its usable end. */
static void usable_to_the_end(void) {
    enum { WAYS = 6 };
    for (size_t size = 0; size < 3000; size += size < 140 ? 1 : 61) {
        unsigned char *p[WAYS] = {malloc(size),
                                  calloc(size, 1),
                                  realloc(NULL, size),
                                  realloc(malloc(1), size + 1),
                                  aligned_alloc(64, size),
                                  reallocarray(NULL, size, 2)};
        for (int way = 0; way < WAYS; way++) {
            assert(p[way] && (uintptr_t)p[way] % 16 == 0);
            assert(malloc_usable_size(p[way]) >= size);
            memset(p[way], way + 1, malloc_usable_size(p[way]));
        }
        for (int way = 0; way < WAYS; way++) {
            for (size_t at = 0; at < malloc_usable_size(p[way]); at++)
                assert(p[way][at] == way + 1);
            free(p[way]);
        }
    }
}

static void requests_of_nothing(void) {
    void *a = malloc(0), *b = malloc(0), *c = calloc(0, 8), *d = calloc(8, 0);
    assert(a && b && c && d && a != b && b != c && c != d);
    free(a), free(b), free(c), free(d);
    assert(realloc(malloc(5), 0) == NULL);
    free(NULL);
    assert(malloc_usable_size(NULL) == 0);
}

static void errors_of_alignment(void) {
    volatile size_t huge = SIZE_MAX;
    void *p = &p;
    errno = 0;
    assert(!memalign(4096, huge) && errno == ENOMEM);
    errno = 0;
    assert(!aligned_alloc(4096, huge - 4096) && errno == ENOMEM);
    errno = 0;
    assert(!valloc(huge) && errno == ENOMEM);
    errno = 0;
    assert(!pvalloc(huge) && errno == ENOMEM);
    assert(posix_memalign(&p, 64, huge) == ENOMEM && p == (void *)&p);
    for (size_t odd = 1; odd < 600; odd += 7) { /* rounded up to a power of two */
        size_t power = 16;
        while (power < odd)
            power *= 2;
        p = memalign(odd, 10);
        assert(p && (uintptr_t)p % power == 0);
        free(p);
    }
}

static void errors(void) {
    void *p = &p;
    volatile size_t huge = SIZE_MAX;
    errno = 0;
    assert(!malloc(huge) && errno == ENOMEM);
    errno = 0;
    assert(!malloc(huge / 2) && errno == ENOMEM);
    errno = 0;
    assert(!calloc(huge / 2, 3) && errno == ENOMEM);
    errno = 0;
    assert(!reallocarray(NULL, huge / 2, 3) && errno == ENOMEM);
    assert(posix_memalign(&p, 3, 10) == EINVAL && p == (void *)&p);
    assert(posix_memalign(&p, 24, 10) == EINVAL && posix_memalign(&p, 4, 10) == EINVAL);
    char *kept = malloc(10);
    strcpy(kept, "kept");
    errno = 0;
    assert(!realloc(kept, huge / 2) && errno == ENOMEM && strcmp(kept, "kept") == 0);
    errno = 0;
    assert(!reallocarray(kept, huge / 2, 3) && errno == ENOMEM && strcmp(kept, "kept") == 0);
    errno = 7;
    free(kept);
    free(NULL);
    assert(errno == 7);
}

static void realloc_keeps(void) {
    unsigned char *p = NULL;
    size_t old = 0;
    for (size_t size = 1; size < 3000000; size = size * 5 / 4 + 1) {
        p = realloc(p, size);
        assert(p);
        for (size_t i = 0; i < old; i += 61)
            assert(p[i] == (unsigned char)(i * 13));
        for (size_t i = 0; i < size; i++)
            p[i] = (unsigned char)(i * 13);
        old = size;
    }
    for (size_t size = old; size > 1; size = size * 3 / 4) {
        p = realloc(p, size);
        assert(p);
        for (size_t i = 0; i < size; i += 61)
            assert(p[i] == (unsigned char)(i * 13));
    }
    assert(realloc(p, 0) == NULL);
    for (size_t size = 1; size < 2000000; size = size * 2 + 1) {
        unsigned char *zero = calloc(1, size);
        for (size_t i = 0; i < size; i++)
            assert(zero[i] == 0);
        memset(zero, 0xFF, size);
        free(zero);
    }
}

static void *churn(void *argument) {
    (void)argument;
    for (size_t k = 0; k < 500; k++)
        free(malloc(k));
    return NULL;
}

static void *exchange(void *argument) {
    (void)argument;
    exchange_run(8, 3, ROUNDS);
    return NULL;
}

/* A forked child may allocate, whatever the other threads were doing, and start threads itself. */
static void child_run(void) {
    pthread_t thread;
    for (int k = 0; k < 1000; k++)
        free(malloc((size_t)k));
    int failed = pthread_create(&thread, NULL, churn, NULL) || pthread_join(thread, NULL);
    _exit(failed ? 1 : 3);
}

static void fork_while_threads_allocate(void) {
    for (int i = 0; i < FORKS; i++) {
        pid_t pid = fork();
        if (pid == 0)
            child_run();
        int status;
        assert(pid > 0 && waitpid(pid, &status, 0) == pid);
        assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    }
}

static void threads(void) {
    pthread_t thread;
    assert(pthread_create(&thread, NULL, exchange, NULL) == 0);
    fork_while_threads_allocate();
    assert(pthread_join(thread, NULL) == 0);
}

/* Pages of this process that are in memory. */
static long resident_pages(void) {
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert(file && fscanf(file, "%ld %ld", &size, &resident) == 2);
    fclose(file);
    return resident;
}

static void large_blocks_touch_little(void) {
    size_t bytes = (size_t)64 << 20;
    long before = resident_pages();
    unsigned char *zero = calloc(1, bytes);
    assert(zero && resident_pages() - before < 64); /* of 16384 */
    for (size_t at = 0; at < bytes; at += 4096)
        assert(zero[at] == 0);
    memset(zero, 1, 1 << 20);
    before = resident_pages();
    zero = realloc(zero, 4 * bytes);
    assert(zero && zero[(1 << 20) - 1] == 1 && resident_pages() - before < 64);
    free(zero);
}

int main(void) {
    sizes_and_alignment();
    usable_to_the_end();
    requests_of_nothing();
    errors();
    errors_of_alignment();
    realloc_keeps();
    large_blocks_touch_little();
    threads();
    puts("conforms");
    return 0;
}
