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

#undef assert
#define assert(condition)                                                                          \
    ((condition) ? (void)0 : (printf("line %d: %s\n", __LINE__, #condition), exit(1)))

enum { THREADS = 4, ROUNDS = 20000, SLOTS = 64, FORKS = 20 };

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
    errno = 7;
    free(kept);
    free(NULL);
    assert(errno == 7);
    assert(malloc_usable_size(NULL) == 0);
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

static void *shared[THREADS * SLOTS];
static pthread_mutex_t shared_lock = PTHREAD_MUTEX_INITIALIZER;

/* Blocks born in one thread die in another. */
static void *churn(void *argument) {
    uint64_t seed = (uintptr_t)argument * 2 + 1;
    for (int round = 0; round < ROUNDS; round++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t size = 8 + (seed >> 40) % 2000;
        char *p = malloc(size), *old;
        assert(p);
        memset(p, (int)size, size);
        pthread_mutex_lock(&shared_lock);
        old = shared[(seed >> 20) % (THREADS * SLOTS)];
        shared[(seed >> 20) % (THREADS * SLOTS)] = p;
        pthread_mutex_unlock(&shared_lock);
        free(old);
    }
    return NULL;
}

static void fork_while_threads_allocate(void) {
    for (int i = 0; i < FORKS; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            for (int k = 0; k < 1000; k++)
                free(malloc((size_t)k));
            _exit(3);
        }
        int status;
        assert(pid > 0 && waitpid(pid, &status, 0) == pid);
        assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    }
}

static void threads(void) {
    pthread_t thread[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        assert(pthread_create(&thread[i], NULL, churn, (void *)i) == 0);
    fork_while_threads_allocate();
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < THREADS * SLOTS; i++)
        free(shared[i]);
}

int main(void) {
    sizes_and_alignment();
    errors();
    realloc_keeps();
    threads();
    puts("conforms");
    return 0;
}
