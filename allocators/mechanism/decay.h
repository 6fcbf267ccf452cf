/* decay.h -- when a heap gives back the free memory at its end: not at once, so that a heap that is
 * emptied and filled again does not fault its pages anew, but soon after it is no longer needed.
 *
 * Time is counted in allocations. In each window of `allocs` of them the heap remembers how far up
 * it was in use at most. When a window is over, what lies above has been unused for all of it, and
 * may go. (jemalloc's decay and mimalloc's purge delay are counted in milliseconds: no heap would
 * be the same twice.)
 */
#ifndef HB_DECAY_H
#define HB_DECAY_H

#include "allocators/mechanism/bits.h"

struct decay {
    uint64_t allocs; /* length of a window; 0: give back at once; HB_OFF: never */
    uint64_t due;    /* number of the allocation that ends this window */
    char *highest;   /* end of what was in use at any time in this window */
};

/* The heap is in use up to end. */
HB_INLINE void decay_note(struct decay *decay, char *end) {
    if (end > decay->highest)
        decay->highest = end;
}

HB_INLINE bool decay_is_due(const struct decay *decay, uint64_t now) {
    return HB_UNLIKELY(now >= decay->due);
}

/* Begin a window; the heap is in use up to end. */
HB_INLINE void decay_start(struct decay *decay, uint64_t now, char *end) {
    if (__builtin_add_overflow(now, decay->allocs, &decay->due))
        decay->due = UINT64_MAX;
    decay->highest = end;
}

#endif
