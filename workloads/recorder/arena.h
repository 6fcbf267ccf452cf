/* arena.h -- memory for calls that come before the real allocator has been found. It is never
 * reused: there are a few dozen such calls at most. */
#ifndef HB_ARENA_H
#define HB_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARENA_BYTES = 64 * 1024 };

extern char arena_bytes[ARENA_BYTES];

static inline bool arena_owns(const void *address) {
    return (uintptr_t)address - (uintptr_t)arena_bytes < ARENA_BYTES;
}

/* Zeroed memory, or NULL when the arena is used up. alignment is a power of two. */
void *arena_alloc(size_t alignment, size_t size);

/* The bytes asked for when address was allocated. */
size_t arena_size(const void *address);

#endif
