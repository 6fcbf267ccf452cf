/* adversary.h -- programs that read addresses back from the allocator under test and choose what to
 * free and to request next by them, to make it waste as much as can be.
 *
 * Sizes are units: an object of k units is a request of k * unit - header bytes, so that with the
 * header that the allocator puts before a payload it is a block of k * unit. It covers the bytes
 * from header before its payload on.
 *
 * What was done is left as a program (program.h) in the file that the worker got for one: its
 * words, the slots left live, and for each word the place of its payload. So any allocator can be
 * given the same operations again, and a trace can be made of them.
 */
#ifndef HB_WORKER_ADVERSARY_H
#define HB_WORKER_ADVERSARY_H

#include <stdbool.h>
#include <stdint.h>

enum adversary_kind { ADVERSARY_ROBSON, ADVERSARY_BESTFIT, ADVERSARY_REPLAY, ADVERSARY_KINDS };

struct adversary_job {
    uint32_t kind;         /* enum adversary_kind */
    uint64_t live, sizes;  /* robson: M, n */
    uint64_t width, count; /* bestfit: m, K */
    uint64_t unit, header; /* bytes */
    uint64_t words_max;    /* of the program; the places follow at word 2 * words_max */
};

struct worker;
struct adversary;

/* A new object of that many units, touched. Its slot; ends the worker if there is no memory. */
uint32_t adversary_alloc(struct adversary *adversary, uint64_t units);
void adversary_free(struct adversary *adversary, uint32_t slot);

/* Slots given out so far: some of them are free. */
uint32_t adversary_slots(const struct adversary *adversary);
/* Of the object in a slot, 0 if there is none. */
uint64_t adversary_units(const struct adversary *adversary, uint32_t slot);
/* Units from the first object ever to this one, rounded down; may be less than 0. Objects that do
 * not overlap do not do so when rounded, either: whatever holds for allocators whose addresses are
 * whole units holds for these places. */
int64_t adversary_place(const struct adversary *adversary, uint32_t slot);
uint64_t adversary_live_units(const struct adversary *adversary);

/* The worker that plays it, for tables of an adversary's own and for what it has to say. */
struct worker *adversary_worker(const struct adversary *adversary);

void adversary_robson(struct adversary *adversary, const struct adversary_job *job);
void adversary_bestfit(struct adversary *adversary, const struct adversary_job *job);

#endif
