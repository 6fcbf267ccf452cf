/* trace_alive.h -- one bit per object: alive or not. What the reader checks each reference by.
 *
 * Pages of bits, indexed by object number. A page whose objects are all dead goes at the next
 * sweep; a sweep comes when the pages have doubled since the last, so memory follows the live
 * objects at a constant cost per birth, and freeing an object is one load and one store.
 */
#ifndef TRACE_ALIVE_H
#define TRACE_ALIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ALIVE_PAGE_OBJECTS = 4096, ALIVE_PAGE_WORDS = ALIVE_PAGE_OBJECTS / 64 };

struct trace_alive {
    uint64_t **pages; /* by object / ALIVE_PAGE_OBJECTS; a dead page is the reader's `dead` */
    size_t page_count, page_capacity;
    size_t held_count, sweep_at_count;
    uint64_t born_count;
    uint64_t dead[ALIVE_PAGE_WORDS]; /* all zero */
};

void trace_alive_init(struct trace_alive *alive);
void trace_alive_clear(struct trace_alive *alive);

/* The next count objects are born. Returns false if memory ran out. */
bool trace_alive_birth(struct trace_alive *alive, uint64_t count);

/* Is the object, which is below born_count, alive? It dies now if dies is 1, stays if 0. */
static inline bool trace_alive_visit(struct trace_alive *alive, uint64_t object, uint64_t dies) {
    uint64_t *word = &alive->pages[object / ALIVE_PAGE_OBJECTS][object / 64 % ALIVE_PAGE_WORDS];
    uint64_t bits = *word;

    *word = bits & ~(dies << object % 64);
    return bits >> object % 64 & 1;
}

#endif
