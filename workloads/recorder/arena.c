/* arena.c -- see arena.h. */
#include "workloads/recorder/arena.h"

#include <stdalign.h>

alignas(4096) char arena_bytes[ARENA_BYTES];
static size_t arena_used;

void *arena_alloc(size_t alignment, size_t size) {
    if (alignment < 16)
        alignment = 16;
    if (alignment > 4096 || size > ARENA_BYTES)
        return NULL;
    size_t start = (arena_used + sizeof(size_t) + alignment - 1) & ~(alignment - 1);
    if (start + size > ARENA_BYTES)
        return NULL;
    arena_used = start + size;
    ((size_t *)(arena_bytes + start))[-1] = size;
    return arena_bytes + start;
}

size_t arena_size(const void *address) {
    return ((const size_t *)address)[-1];
}
