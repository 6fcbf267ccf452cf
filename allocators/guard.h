/* guard.h -- guard=on: a layer before any strategy, which watches how its payloads are used.
 *
 * It asks the strategy for 32 bytes more than the request, and an aligned request for up to the
 * alignment more again:
 *
 *   +-- the strategy's payload
 *   v
 *   [ (gap, for alignment) | header, 16 bytes | payload, the request | canary, 16 bytes ]
 *
 * The header holds the request, and a seal over it and the address; the canary depends on the
 * address too. The usable size is the request, to the byte.
 *
 * Found at free, realloc and malloc_usable_size of the payload: overflow (its canary), underflow
 * (its header), a double free, an address that is no live payload. Found by the patrol, a check of
 * the whole heap: those of any payload, and the strategy's laws, so a free list that was written
 * to. The patrol goes before each call in a heap of less than 16 blocks, 4,096 times; then, or in
 * others, when a sixteenth as many calls have passed as the heap has blocks (after those: 32 or
 * more). So it costs a call the same in every heap, and a small program's mistake is found before
 * the heap suffers.
 *
 * What is found is written to stderr as one line, and the process aborts. A strategy without the
 * guard runs the same code as ever.
 */
#ifndef HB_GUARD_H
#define HB_GUARD_H

#include "allocators/allocator.h"

/* What config chooses of family: its variant, or with guard=on the guard before it. */
const struct hb_allocator *hb_guard_choose(const struct hb_family *family,
                                           struct hb_config *config);

/* Patrol now, for the end of the process. allocator is what hb_guard_choose returned; without the
 * guard nothing happens. */
void hb_guard_patrol(const struct hb_allocator *allocator, void *state);

#endif
