/* varying_malloc.c -- glibc's malloc that spends a random number of instructions, drawn once: two
 * simulations of it differ. For test_cache.c to preload.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/random.h>

void *__libc_malloc(size_t request);
void __libc_free(void *payload);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *payload, size_t request);
void *__libc_memalign(size_t alignment, size_t request);

static unsigned short turns;

static __attribute__((constructor)) void draw(void) {
    while (getrandom(&turns, sizeof turns, 0) != sizeof turns)
        continue;
}

void *malloc(size_t request) {
    for (volatile int turn = 0; turn < turns >> 6; turn++)
        continue;
    return __libc_malloc(request);
}

void free(void *payload) {
    __libc_free(payload);
}

void *calloc(size_t count, size_t size) {
    return __libc_calloc(count, size);
}

void *realloc(void *payload, size_t request) {
    return __libc_realloc(payload, request);
}

void *memalign(size_t alignment, size_t request) {
    return __libc_memalign(alignment, request);
}

size_t malloc_usable_size(void *payload) {
    static size_t (*usable)(void *);
    if (!usable)
        *(void **)&usable = dlsym(RTLD_NEXT, "malloc_usable_size");
    return usable(payload);
}
