/* trace_sizes.h -- the sizes of the live objects, by object number.
 *
 * A hash table with linear probing (Knuth, volume 3, 6.4, algorithms L and R: deletion closes the
 * gap), at most half full, so that memory follows the most objects ever alive. Pages by object
 * number, as trace_alive.h has, would be held by the few objects of each page that live long.
 */
#ifndef TRACE_SIZES_H
#define TRACE_SIZES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_sizes {
    struct trace_size {
        uint64_t object_plus_1; /* 0: free slot */
        uint64_t size;
    } * slots;
    size_t slot_count; /* a power of two, or 0 */
    size_t live_count;
};

/* Add an object that is not there. Returns false if memory ran out. */
bool trace_sizes_add(struct trace_sizes *sizes, uint64_t object, uint64_t size);

/* The object's size, to read or change; NULL if it is not there. */
uint64_t *trace_sizes_find(struct trace_sizes *sizes, uint64_t object);

/* Remove an object that is there. */
void trace_sizes_remove(struct trace_sizes *sizes, uint64_t object);

void trace_sizes_clear(struct trace_sizes *sizes);

#endif
