/* slots_check.h -- seeing and checking a heap of slots: every block in address order, and the laws
 * of slots.h.
 */
#ifndef HB_SLOTS_CHECK_H
#define HB_SLOTS_CHECK_H

#include "allocators/mechanism/laws.h"
#include "allocators/mechanism/slots.h"

enum {
    SLOTS_SPAN_MOST = UNIT_BYTES / HB_ALIGNMENT
}; /* slots of a span: only small ones are many */

/* Which slots of a span are free: those listed and those never used. */
struct slots_map {
    uint64_t free[SLOTS_SPAN_MOST / 64];
    uint32_t count;
};

/* U2. */
static inline bool slots_map_fill(const struct slots *heap, const struct slot_span *span,
                                  struct slots_map *map, struct hb_violation *violation) {
    const struct slot_class *class = &heap->class[span->class];
    char *start = slots_start(heap, span);
    *map = (struct slots_map){.count = class->slots - span->fresh};
    for (const struct slot *slot = span->free; slot; slot = slot->next) {
        size_t offset = (size_t)((const char *)slot - start), index = offset / class->bytes;
        if (!law_equal(violation, "U2 a free slot is one of its span, and has been used", slot,
                       offset % class->bytes == 0 && index < span->fresh, true) ||
            !law_equal(violation, "U2 a slot is free once", slot,
                       map->free[index / 64] >> index % 64 & 1, false))
            return false;
        map->free[index / 64] |= (uint64_t)1 << index % 64;
        map->count++;
    }
    return true;
}

/* The slots that have been used, and the rest as one free block. Where the list of free slots is
 * broken they cannot be told from the live ones, and are passed over: slots_check names the law. */
static inline bool slots_walk_span(const struct slots *heap, struct slot_span *span,
                                   hb_block_visit *visit, void *context) {
    struct slots_map map;
    struct hb_violation broken;
    const struct slot_class *class = &heap->class[span->class];
    char *at = slots_start(heap, span);
    if (!slots_map_fill(heap, span, &map, &broken))
        return true;
    for (uint32_t slot = 0; slot < span->fresh; slot++, at += class->bytes) {
        bool is_free = map.free[slot / 64] >> slot % 64 & 1;
        struct hb_block seen = {at, at, class->bytes, is_free ? HB_BLOCK_FREE : HB_BLOCK_LIVE};
        if (!visit(context, &seen))
            return false;
    }
    size_t unused = (size_t)(class->slots - span->fresh) * class->bytes;
    struct hb_block rest = {at, at, unused, HB_BLOCK_FREE};
    return !unused || visit(context, &rest);
}

/* Slots, and rows of free units; what lies between two cells is not the heap's. Of an aligned
 * payload that was moved up the slot's start is said. */
static inline bool slots_walk(struct slots *heap, hb_block_visit *visit, void *context) {
    for (struct cell *cell = heap->units.first; cell; cell = cell->next) {
        for (unsigned unit = 1; unit < cell->units;) {
            struct slot_span *span = &cell->spans[unit];
            unsigned end =
                cell_is_free(cell, unit) ? cell_next(cell, unit, false) : unit + span->units;
            char *start = cell_unit(cell, unit);
            struct hb_block seen = {start, start, (end - unit) * (size_t)UNIT_BYTES, HB_BLOCK_FREE};
            if (cell_is_free(cell, unit) ? !visit(context, &seen)
                                         : !slots_walk_span(heap, span, visit, context))
                return false;
            unit = end;
        }
        char *end = cell_unit(cell, cell->units);
        struct hb_block gap = {end, NULL, (size_t)((char *)cell->next - end), HB_BLOCK_FENCE};
        if (cell->next && !cell->next->continues && !visit(context, &gap))
            return false;
    }
    return span_walk(heap->spans, visit, context);
}

/* U2 and U3 of a span; counts those that belong in a queue. */
static inline bool slots_check_span(const struct slots *heap, struct slot_span *span,
                                    uint64_t *queued, struct hb_violation *violation) {
    struct slots_map map;
    if (!slots_map_fill(heap, span, &map, violation))
        return false;
    uint32_t live = heap->class[span->class].slots - map.count;
    bool is_current = heap->current[span->class] == span;
    *queued += !is_current && !span->full;
    return law_equal(violation, "U3 a span's count", span, span->count,
                     span->full ? 1 : live + is_current) &&
           law_equal(violation, "U3 a full span has no free slot", span, span->full && map.count,
                     false);
}

/* U1 and U5 of a cell. */
static inline bool slots_check_cell(const struct slots *heap, struct cell *cell, uint64_t *queued,
                                    struct hb_violation *violation) {
    unsigned most = 0;
    for (unsigned unit = 1, end; unit < cell->units; unit = end) {
        struct slot_span *span = &cell->spans[unit];
        if (cell_is_free(cell, unit)) {
            end = cell_next(cell, unit, false);
            most = end - unit > most ? end - unit : most;
            continue;
        }
        end = unit + span->units;
        if (!law_equal(violation, "U1 a span begins where the one before ends", span,
                       span->units && !(span->unusual & SLOTS_REST), true) ||
            !law_equal(violation, "U1 a span lies in its cell, in units that are not free", span,
                       end <= cell->units && cell_next(cell, unit, true) >= end, true) ||
            !law_equal(violation, "U1 a span has its class's units", span, span->units,
                       span->class < heap->classes ? heap->class[span->class].units : 0) ||
            !slots_check_span(heap, span, queued, violation))
            return false;
    }
    return law_equal(violation, "U5 free units in a row", cell, most <= cell->most, true) &&
           law_equal(violation, "U5 no free unit below the search's begin", cell,
                     cell < heap->units.search && most, false);
}

static inline bool slots_check(struct slots *heap, struct hb_violation *violation) {
    uint64_t queued = 0, listed = 0;
    for (struct cell *cell = heap->units.first; cell; cell = cell->next)
        if (!slots_check_cell(heap, cell, &queued, violation))
            return false;
    for (unsigned class = 0; class < heap->classes; class ++) {
        uint32_t before = 0;
        for (uint32_t at = heap->class[class].first; at; listed++) {
            const struct slot_span *span = slots_numbered(heap, at);
            if (!law_equal(violation, "U4 a span is in its class's queue", span, span->class,
                           class) ||
                !law_equal(violation, "U4 the span before in the queue", span, span->prev, before))
                return false;
            before = at;
            at = span->next;
        }
    }
    return law_equal(violation, "U4 as many spans are queued as have room", NULL, listed, queued);
}

#endif
