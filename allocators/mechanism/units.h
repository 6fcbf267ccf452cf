/* units.h -- a heap of units of 16 KiB, handed out as spans of one or several in a row.
 *
 * The heap is divided in cells of 256 units, at multiples of 4 MiB above heap_base. The first unit
 * of a cell holds a record for each unit and says which are free, so that an address leads to its
 * unit's record by arithmetic alone. A span lies within a cell and is the lowest free row of units
 * that is long enough. If there is none the heap grows, by what is missing behind the free units at
 * its end, or up to the next cell's end of such a row if it does not fit in the last; but by `grow`
 * bytes at least, as far as the cell reaches.
 *
 * Where the heap goes on elsewhere, it does so at the next multiple of 4 MiB.
 *
 * Memory is given back from the heap's end, when a span comes or goes: units that were free for a
 * window of `decay` allocations (decay.h), if `trim` bytes are free there; `grow` bytes stay.
 */
#ifndef HB_UNITS_H
#define HB_UNITS_H

#include <string.h>

#include "allocators/mechanism/decay.h"
#include "allocators/mechanism/span.h"

enum {
    UNIT_SHIFT = 14,
    UNIT_BYTES = 1 << UNIT_SHIFT,
    CELL_SHIFT = 22,
    CELL_BYTES = 1 << CELL_SHIFT,
    CELL_UNITS = CELL_BYTES / UNIT_BYTES
};

#define UNITS_OUTLINE static __attribute__((noinline))

/* The record of a unit: slots.h's. */
struct slot_span {
    struct slot *free; /* last freed first */
    uint32_t count;    /* frees until something must be done */
    uint32_t fresh;    /* slots from this one on have never been used */
    uint32_t next, prev;
    uint16_t units; /* of the span; in a unit that is not its first: the distance to that */
    uint8_t class;
    uint8_t unusual; /* SLOTS_REST, SLOTS_MOVED */
    bool full;
};

struct cell {
    struct slot_span spans[CELL_UNITS]; /* that of unit 0 is not used */
    uint64_t free[CELL_UNITS / 64];     /* a bit for each unit */
    unsigned units;                     /* that the cell has so far */
    unsigned most;                      /* no more units than this are free in a row */
    struct cell *next, *prev;
    bool continues; /* it starts where prev ends */
};

struct units {
    char *base;
    size_t reach; /* bytes from base to the heap's end; 0 if there is a gap in between */
    struct cell *first, *last;
    struct cell *search; /* the cells below have no free unit */
    struct hb_backend *backend;
    size_t grow, trim;
    struct decay decay;
};

HB_INLINE struct cell *units_cell(const struct units *heap, size_t offset) {
    return (struct cell *)(heap->base + round_down(offset, CELL_BYTES));
}

HB_INLINE char *cell_unit(struct cell *cell, unsigned unit) {
    return (char *)cell + (size_t)unit * UNIT_BYTES;
}

HB_INLINE bool cell_is_free(const struct cell *cell, unsigned unit) {
    return cell->free[unit / 64] >> unit % 64 & 1;
}

/* The first unit from `from` on that is free, or is not; cell->units if there is none. */
static inline unsigned cell_next(const struct cell *cell, unsigned from, bool is_free) {
    while (from < cell->units) {
        uint64_t word = is_free ? cell->free[from / 64] : ~cell->free[from / 64];
        word = word >> from % 64 << from % 64;
        if (word) {
            unsigned found = from / 64 * 64 + lowest_bit(word);
            return found < cell->units ? found : cell->units;
        }
        from = (from / 64 + 1) * 64;
    }
    return cell->units;
}

static inline void cell_mark(struct cell *cell, unsigned unit, unsigned count, bool is_free) {
    for (; count; count--, unit++)
        if (is_free)
            cell->free[unit / 64] |= (uint64_t)1 << unit % 64;
        else
            cell->free[unit / 64] &= ~((uint64_t)1 << unit % 64);
}

/* The lowest of count free units in a row; 0 if there are none. */
static inline unsigned cell_find(const struct cell *cell, unsigned count) {
    for (unsigned unit = 0, end; (unit = cell_next(cell, unit, true)) < cell->units; unit = end) {
        end = cell_next(cell, unit, false);
        if (end - unit >= count)
            return unit;
    }
    return 0;
}

/* Where the free units at the cell's end begin. */
static inline unsigned cell_tail(const struct cell *cell) {
    unsigned tail = cell->units;
    while (tail > 1 && cell_is_free(cell, tail - 1))
        tail--;
    return tail;
}

static inline void units_open(struct units *heap, const struct hb_config *config,
                              struct hb_backend *backend) {
    heap->base = backend->heap_base;
    heap->backend = backend;
    heap->grow = config->grow;
    heap->trim = config->trim;
    heap->decay.allocs = config->decay;
    decay_start(&heap->decay, 0, NULL);
}

HB_INLINE void units_set_reach(struct units *heap) {
    const struct hb_backend *backend = heap->backend;
    heap->reach = backend->is_contiguous ? (size_t)(backend->heap_end - heap->base) : 0;
}

/* Whether an address is the heap's. In a gap others may have mappings, and this heap spans too. */
UNITS_OUTLINE bool units_own(const struct units *heap, const void *address) {
    const char *at = address;
    for (struct cell *cell = heap->first; cell; cell = cell->next)
        if (at >= (char *)cell && at < cell_unit(cell, cell->units))
            return true;
    return false;
}

static inline void units_add_cell(struct units *heap, char *start) {
    struct cell *cell = (struct cell *)start, *last = heap->last;
    *(struct slot_span *)cell = (struct slot_span){0};
    memset(cell->free, 0, sizeof cell->free);
    cell->units = 1;
    cell->most = 0;
    cell->prev = last;
    cell->next = NULL;
    cell->continues = last && cell_unit(last, last->units) == start;
    if (last)
        last->next = cell;
    else
        heap->first = heap->search = cell;
    heap->last = cell;
}

/* New memory, from one multiple of a unit to another: free units, and the cells that begin there.
 */
static inline void units_add(struct units *heap, char *at, char *end) {
    while (at < end) {
        if ((size_t)(at - heap->base) % CELL_BYTES == 0)
            units_add_cell(heap, at);
        struct cell *cell = heap->last;
        size_t room = (size_t)(end - (char *)cell);
        unsigned units = room < CELL_BYTES ? (unsigned)(room / UNIT_BYTES) : CELL_UNITS;
        cell_mark(cell, cell->units, units - cell->units, true);
        cell->units = units;
        cell->most = CELL_UNITS;
        at = cell_unit(cell, units);
    }
    units_set_reach(heap);
}

/* Where the heap must reach for count more units in a row, if it goes on at its end. */
static inline char *units_goal(const struct units *heap, unsigned count) {
    struct cell *cell = heap->last;
    char *end = cell ? cell_unit(cell, cell->units) : heap->base;
    char *wish = heap->base + round_up((size_t)(end - heap->base) + heap->grow, UNIT_BYTES);
    char *goal, *limit;
    if (cell && cell_tail(cell) + count <= CELL_UNITS) {
        goal = cell_unit(cell, cell_tail(cell) + count);
        limit = cell_unit(cell, CELL_UNITS);
    } else {
        struct cell *next = (struct cell *)(cell ? cell_unit(cell, CELL_UNITS) : heap->base);
        goal = cell_unit(next, 1 + count);
        limit = cell_unit(next, CELL_UNITS);
    }
    wish = wish > limit ? limit : wish;
    return goal > wish ? goal : wish;
}

/* Make count units in a row. False if there is no memory. */
static inline bool units_grow(struct units *heap, unsigned count) {
    struct hb_backend *backend = heap->backend;
    char *end = heap->last ? cell_unit(heap->last, heap->last->units) : heap->base;
    size_t bytes = (size_t)(units_goal(heap, count) - end);
    char *start = hb_backend_extend(backend, bytes);
    if (!start)
        return false;
    if (start == end) {
        units_add(heap, start, start + bytes);
        return true;
    }
    /* Elsewhere: from the next multiple of a cell on. */
    char *next = heap->base + round_up((size_t)(start - heap->base), CELL_BYTES);
    char *goal = cell_unit((struct cell *)next, 1 + count);
    char *now = heap->base + round_up((size_t)(start + bytes - heap->base), UNIT_BYTES);
    goal = goal > now ? goal : now;
    size_t more = (size_t)(goal - (start + bytes));
    if (more && hb_backend_extend(backend, more) != start + bytes) {
        hb_backend_shrink(backend, bytes);
        return false;
    }
    units_add(heap, next, goal);
    return true;
}

/* The record of the first of count units in a row, no longer free; NULL if there is no memory. */
static inline struct slot_span *units_take(struct units *heap, unsigned count) {
    for (;;) {
        while (heap->search && !heap->search->most && heap->search->next)
            heap->search = heap->search->next;
        for (struct cell *cell = heap->search; cell; cell = cell->next) {
            unsigned unit = cell->most >= count ? cell_find(cell, count) : 0;
            if (unit) {
                cell_mark(cell, unit, count, false);
                decay_note(&heap->decay, cell_unit(cell, unit + count));
                return &cell->spans[unit];
            }
            if (cell->most >= count)
                cell->most = count - 1;
        }
        if (!units_grow(heap, count))
            return NULL;
    }
}

HB_INLINE struct cell *units_cell_of_span(const struct units *heap, const struct slot_span *span) {
    return units_cell(heap, (size_t)((const char *)span - heap->base));
}

static inline void units_release(struct units *heap, struct slot_span *span, unsigned count) {
    struct cell *cell = units_cell_of_span(heap, span);
    cell_mark(cell, (unsigned)(span - cell->spans), count, true);
    cell->most = CELL_UNITS;
    if (cell < heap->search)
        heap->search = cell;
}

/* Where the free units at the heap's end begin. */
static inline char *units_tail(const struct units *heap) {
    struct cell *cell = heap->last;
    if (!cell)
        return heap->base;
    while (cell_tail(cell) == 1 && cell->continues)
        cell = cell->prev;
    return cell_unit(cell, cell_tail(cell));
}

/* The window is over: give back what it did not need, and begin another. */
UNITS_OUTLINE void units_trim(struct units *heap, uint64_t now) {
    struct cell *cell = heap->last;
    char *tail = units_tail(heap), *kept = heap->decay.highest;
    decay_start(&heap->decay, now, tail);
    if (!cell || (size_t)(heap->backend->heap_end - tail) < heap->trim)
        return;
    if (kept < tail + heap->grow)
        kept = tail + heap->grow;
    kept = heap->base + round_up((size_t)(kept - heap->base), UNIT_BYTES);
    while (cell->continues && kept <= (char *)cell)
        cell = cell->prev;
    if (kept <= (char *)cell)
        kept = cell_unit(cell, 1);
    char *end = cell_unit(heap->last, heap->last->units);
    if (kept >= end || !hb_backend_shrink(heap->backend, (size_t)(heap->backend->heap_end - kept)))
        return;
    unsigned units = (unsigned)((size_t)(kept - (char *)cell) / UNIT_BYTES);
    if (units < cell->units)
        cell_mark(cell, units, cell->units - units, false);
    cell->units = units;
    cell->next = NULL;
    heap->last = cell;
    heap->search = heap->search > cell ? cell : heap->search;
    units_set_reach(heap);
}

#endif
