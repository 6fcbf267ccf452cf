/* preload_names.c -- older names of the malloc family: what programs that were linked with earlier
 * C libraries, or that go round an interposed malloc, may call.
 */
#include <malloc.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT void cfree(void *payload);
EXPORT void *__libc_malloc(size_t request);
EXPORT void __libc_free(void *payload);
EXPORT void *__libc_calloc(size_t count, size_t bytes);
EXPORT void *__libc_realloc(void *payload, size_t request);
EXPORT void *__libc_reallocarray(void *payload, size_t count, size_t bytes);
EXPORT void *__libc_memalign(size_t alignment, size_t request);
EXPORT void *__libc_valloc(size_t request);
EXPORT void *__libc_pvalloc(size_t request);
EXPORT int __posix_memalign(void **payload, size_t alignment, size_t request);

void cfree(void *payload) {
    free(payload);
}

void *__libc_malloc(size_t request) {
    return malloc(request);
}

void __libc_free(void *payload) {
    free(payload);
}

void *__libc_calloc(size_t count, size_t bytes) {
    return calloc(count, bytes);
}

void *__libc_realloc(void *payload, size_t request) {
    return realloc(payload, request);
}

void *__libc_reallocarray(void *payload, size_t count, size_t bytes) {
    return reallocarray(payload, count, bytes);
}

void *__libc_memalign(size_t alignment, size_t request) {
    return memalign(alignment, request);
}

void *__libc_valloc(size_t request) {
    return valloc(request);
}

void *__libc_pvalloc(size_t request) {
    return pvalloc(request);
}

int __posix_memalign(void **payload, size_t alignment, size_t request) {
    return posix_memalign(payload, alignment, request);
}
