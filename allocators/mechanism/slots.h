/* slots.h -- spans of equal slots: simple segregated storage. A slot is never split nor merged.
 *
 * A class is a slot size. A span serves one class: the smallest row of units (units.h) of which at
 * most 1/8 is left over behind the last slot. Slots have no header: an address leads to its unit's
 * record, and that says the class.
 *
 * Each class takes slots from one span, its current one, until that has none left; then from the
 * first in its queue, spans that were full and have got room again, the longest waiting first; then
 * from a new span. Within a span the slot last freed comes first, then those never used, by
 * address. A span that becomes empty is given back to the units, whatever class may want them, but
 * a class keeps its current one.
 *
 * A record's count is the number of frees until something must be done, so that a free looks at
 * nothing else: of a full span 1, for it gets room; of one in the queue its live slots, for it
 * becomes empty; of a current one its live slots and 1.
 *
 * Requests of mmap_threshold or above, and those that no slot holds, are mappings of their own
 * (span.h), and lie outside the heap. An aligned payload is moved up in a slot, or a mapping, for
 * request + alignment - 16 bytes; in a span that has such a payload any one may lie within its
 * slot.
 *
 * Laws, checked by slots_check:
 *   U1  a unit that is not free belongs to one span, which lies in the cell's units
 *   U2  free slots are slots of their span, each once, and have been used
 *   U3  a span's count is as above
 *   U4  a class's queue holds its spans that are neither full nor current
 *   U5  a cell has no more free units in a row than it says, and none below where the search begins
 */
#ifndef HB_SLOTS_H
#define HB_SLOTS_H

#include "allocators/mechanism/units.h"

enum {
    SLOTS_REST = 1,  /* not the first unit of its span */
    SLOTS_MOVED = 2, /* payloads may lie within their slots */
    SLOTS_CLASSES_MAX = 64,
    SLOTS_LARGEST = 1 << 20,
    SLOTS_QUICK = 8192,      /* requests up to this find their class by table */
    SLOTS_CHUNK_BYTES = 1024 /* of unused slots that are put in the list of free ones at a time */
};

struct slot {
    struct slot *next;
};

struct slot_class {
    uint32_t bytes;
    uint32_t slots;       /* of a span */
    uint32_t units;       /* of a span */
    uint32_t first, last; /* the queue: numbers of units, 0 if it is empty */
};

struct slots {
    struct units units;
    size_t quick_below;
    struct hb_stats stats;
    struct slot_span *current[SLOTS_CLASSES_MAX]; /* &none before the first */
    uint8_t quick[SLOTS_QUICK / HB_ALIGNMENT + 1];
    struct slot_span none;
    struct slot_class class[SLOTS_CLASSES_MAX];
    unsigned classes;
    size_t threshold;
    struct span *spans;
};

/* Sizes by rise, multiples of 16, up to SLOTS_LARGEST. */
static inline void slots_add_class(struct slots *heap, size_t bytes) {
    size_t units = 1;
    while (units * UNIT_BYTES < bytes || units * UNIT_BYTES % bytes * 8 > units * UNIT_BYTES)
        units++;
    heap->class[heap->classes++] = (struct slot_class){
        .bytes = (uint32_t)bytes,
        .slots = (uint32_t)(units * UNIT_BYTES / bytes),
        .units = (uint32_t)units,
    };
}

/* The class of a request that a slot holds. */
HB_INLINE unsigned slots_class(const struct slots *heap, size_t request) {
    if (HB_LIKELY(request <= SLOTS_QUICK))
        return heap->quick[(request + HB_ALIGNMENT - 1) / HB_ALIGNMENT];
    unsigned class = heap->quick[SLOTS_QUICK / HB_ALIGNMENT];
    while (heap->class[class].bytes < request)
        class ++;
    return class;
}

/* The classes are there. */
static inline void slots_open(struct slots *heap, const struct hb_config *config,
                              struct hb_backend *backend) {
    units_open(&heap->units, config, backend);
    heap->threshold =
        config->mmap_threshold < SLOTS_LARGEST + 1 ? config->mmap_threshold : SLOTS_LARGEST + 1;
    heap->quick_below = heap->threshold < SLOTS_QUICK + 1 ? heap->threshold : SLOTS_QUICK + 1;
    for (unsigned class = 0; class < SLOTS_CLASSES_MAX; class ++)
        heap->current[class] = &heap->none;
    for (size_t request = 0, class = 0; request <= SLOTS_QUICK; request += HB_ALIGNMENT) {
        while (heap->class[class].bytes < request)
            class ++;
        heap->quick[request / HB_ALIGNMENT] = (uint8_t) class;
    }
}

HB_INLINE uint32_t slots_number(const struct slots *heap, const struct slot_span *span) {
    struct cell *cell = units_cell_of_span(&heap->units, span);
    size_t unit = (size_t)(span - cell->spans);
    return (uint32_t)((size_t)((char *)cell - heap->units.base) / UNIT_BYTES + unit);
}

/* 0: NULL. */
HB_INLINE struct slot_span *slots_numbered(const struct slots *heap, uint32_t number) {
    struct cell *cell = units_cell(&heap->units, (size_t)number * UNIT_BYTES);
    return number ? &cell->spans[number % CELL_UNITS] : NULL;
}

HB_INLINE char *slots_start(const struct slots *heap, const struct slot_span *span) {
    return heap->units.base + (size_t)slots_number(heap, span) * UNIT_BYTES;
}

static inline void slots_enqueue(struct slots *heap, struct slot_span *span) {
    struct slot_class *class = &heap->class[span->class];
    uint32_t number = slots_number(heap, span);
    span->prev = class->last;
    span->next = 0;
    if (class->last)
        slots_numbered(heap, class->last)->next = number;
    else
        class->first = number;
    class->last = number;
}

static inline void slots_dequeue(struct slots *heap, struct slot_span *span) {
    struct slot_class *class = &heap->class[span->class];
    if (span->prev)
        slots_numbered(heap, span->prev)->next = span->next;
    else
        class->first = span->next;
    if (span->next)
        slots_numbered(heap, span->next)->prev = span->prev;
    else
        class->last = span->prev;
}

/* A new span with all slots unused; NULL if there is no memory. */
static inline struct slot_span *slots_new_span(struct slots *heap, unsigned class) {
    unsigned units = heap->class[class].units;
    struct slot_span *span = units_take(&heap->units, units);
    if (!span)
        return NULL;
    *span = (struct slot_span){.class = (uint8_t) class, .units = (uint16_t)units};
    for (unsigned rest = 1; rest < units; rest++)
        span[rest] = (struct slot_span){.unusual = SLOTS_REST, .units = (uint16_t)rest};
    return span;
}

/* Put the next unused slots in the list of free ones, which is empty. */
static inline void slots_thread(const struct slots *heap, struct slot_span *span) {
    const struct slot_class *class = &heap->class[span->class];
    size_t bytes = class->bytes, count = SLOTS_CHUNK_BYTES / bytes;
    size_t left = class->slots - span->fresh;
    count = count < 1 ? 1 : count > left ? left : count;
    char *at = slots_start(heap, span) + span->fresh * bytes;
    span->free = (struct slot *)at;
    for (size_t i = 1; i < count; i++, at += bytes)
        ((struct slot *)at)->next = (struct slot *)(at + bytes);
    ((struct slot *)at)->next = NULL;
    span->fresh += (uint32_t)count;
}

/* Spans come and go: the time to see whether a window is over. */
HB_INLINE void slots_decay(struct slots *heap) {
    if (decay_is_due(&heap->units.decay, heap->stats.search_steps))
        units_trim(&heap->units, heap->stats.search_steps);
}

/* The class's current span, with a free slot in its list; NULL if there is no memory. */
static inline struct slot_span *slots_refill(struct slots *heap, unsigned class) {
    struct slot_span *span = heap->current[class];
    if (span != &heap->none && span->fresh == heap->class[class].slots) {
        span->full = true;
        span->count = 1;
        span = heap->current[class] = &heap->none;
    }
    if (span == &heap->none) {
        span = slots_numbered(heap, heap->class[class].first);
        if (span)
            slots_dequeue(heap, span);
        else
            span = slots_new_span(heap, class);
        if (!span)
            return NULL;
        span->count++;
        heap->current[class] = span;
        slots_decay(heap);
    }
    if (!span->free)
        slots_thread(heap, span);
    return span;
}

/* A slot when the current span has none in its list. */
UNITS_OUTLINE void *slots_alloc_rare(struct slots *heap, unsigned class) {
    struct slot_span *span = slots_refill(heap, class);
    if (!span)
        return NULL;
    struct slot *slot = span->free;
    span->free = slot->next;
    span->count++;
    heap->stats.search_steps++;
    return slot;
}

HB_INLINE void *slots_alloc_class(struct slots *heap, unsigned class) {
    struct slot_span *span = heap->current[class];
    struct slot *slot = span->free;
    if (HB_UNLIKELY(!slot))
        return slots_alloc_rare(heap, class);
    span->free = slot->next;
    span->count++;
    heap->stats.search_steps++;
    return slot;
}

UNITS_OUTLINE void *slots_alloc_large(struct slots *heap, size_t request) {
    if (request >= heap->threshold)
        return span_alloc(&heap->spans, heap->units.backend, request);
    return slots_alloc_class(heap, slots_class(heap, request));
}

HB_INLINE void *slots_alloc(struct slots *heap, size_t request) {
    if (HB_UNLIKELY(request >= heap->quick_below))
        return slots_alloc_large(heap, request);
    return slots_alloc_class(heap, heap->quick[(request + HB_ALIGNMENT - 1) / HB_ALIGNMENT]);
}

/* The count of a span has come to 0: it was full, or it is empty. */
UNITS_OUTLINE void slots_settle(struct slots *heap, struct slot_span *span) {
    if (span->full) {
        span->full = false;
        span->count = heap->class[span->class].slots - 1;
        if (span->count) {
            slots_enqueue(heap, span);
            return;
        }
    } else {
        slots_dequeue(heap, span);
    }
    units_release(&heap->units, span, span->units);
    slots_decay(heap);
}

HB_INLINE void slots_put(struct slots *heap, struct slot_span *span, void *payload) {
    struct slot *slot = payload;
    slot->next = span->free;
    span->free = slot;
    if (HB_UNLIKELY(--span->count == 0))
        slots_settle(heap, span);
}

/* The record of the unit where a payload in the heap lies. */
HB_INLINE struct slot_span *slots_unit(const struct slots *heap, const void *payload) {
    size_t offset = (size_t)((const char *)payload - heap->units.base);
    return &units_cell(&heap->units, offset)->spans[offset / UNIT_BYTES % CELL_UNITS];
}

HB_INLINE bool slots_in_heap(const struct slots *heap, const void *payload) {
    uintptr_t offset = (uintptr_t)payload - (uintptr_t)heap->units.base;
    return HB_LIKELY(offset < heap->units.reach) ||
           (!heap->units.reach && units_own(&heap->units, payload));
}

/* The record of a payload's span. */
HB_INLINE struct slot_span *slots_span(const struct slots *heap, const void *payload) {
    struct slot_span *span = slots_unit(heap, payload);
    return span->unusual & SLOTS_REST ? span - span->units : span;
}

/* The slot in which a payload lies. */
static inline char *slots_slot(const struct slots *heap, const struct slot_span *span,
                               const void *payload) {
    char *start = slots_start(heap, span);
    size_t bytes = heap->class[span->class].bytes;
    return start + (size_t)((const char *)payload - start) / bytes * bytes;
}

/* What a mapping's payload would be, were it not moved: a moved one has a header of flag
 * BLOCK_PREV_FREE before it, with the distance as link. */
static inline char *slots_mapping(void *payload) {
    const struct span *span = span_of(payload);
    return (char *)payload - (span->header & BLOCK_PREV_FREE ? span->link : 0);
}

UNITS_OUTLINE void slots_free_rare(struct slots *heap, void *payload) {
    if (!slots_in_heap(heap, payload)) {
        span_free(&heap->spans, heap->units.backend, slots_mapping(payload));
        return;
    }
    struct slot_span *span = slots_span(heap, payload);
    slots_put(heap, span, slots_slot(heap, span, payload));
}

HB_INLINE void slots_free(struct slots *heap, void *payload) {
    uintptr_t offset = (uintptr_t)payload - (uintptr_t)heap->units.base;
    if (HB_UNLIKELY(offset >= heap->units.reach)) {
        slots_free_rare(heap, payload);
        return;
    }
    struct slot_span *span = slots_unit(heap, payload);
    if (HB_UNLIKELY(span->unusual))
        slots_free_rare(heap, payload);
    else
        slots_put(heap, span, payload);
}

static inline void *slots_alloc_aligned_mapping(struct slots *heap, size_t alignment,
                                                size_t request) {
    char *payload = span_alloc(&heap->spans, heap->units.backend, request + alignment);
    if (!payload)
        return NULL;
    char *moved = (char *)round_up((uintptr_t)payload, alignment);
    if (moved != payload)
        *span_of(moved) = (struct span){.link = (uint64_t)(moved - payload),
                                        .header = BLOCK_SPAN | BLOCK_PREV_FREE};
    return moved;
}

static inline void *slots_alloc_aligned(struct slots *heap, size_t alignment, size_t request) {
    size_t need = request + alignment - HB_ALIGNMENT;
    if (alignment > HB_ALIGNMENT_MAX)
        return NULL;
    if (need > SLOTS_LARGEST)
        return slots_alloc_aligned_mapping(heap, alignment, request);
    char *slot = slots_alloc_class(heap, slots_class(heap, need));
    char *moved = (char *)round_up((uintptr_t)slot, alignment);
    if (slot && moved != slot)
        slots_span(heap, slot)->unusual |= SLOTS_MOVED;
    return slot ? moved : NULL;
}

static inline size_t slots_usable(const struct slots *heap, void *payload) {
    if (!slots_in_heap(heap, payload)) {
        char *mapping = slots_mapping(payload);
        return span_bytes(span_of(mapping)) - SPAN_HEADER_BYTES -
               (size_t)((char *)payload - mapping);
    }
    const struct slot_span *span = slots_span(heap, payload);
    char *slot = slots_slot(heap, span, payload);
    return heap->class[span->class].bytes - (size_t)((char *)payload - slot);
}

/* In place if a new slot would be of the same class. */
static inline void *slots_resize(struct slots *heap, void *payload, size_t request) {
    bool wants_span = request >= heap->threshold;
    if (!slots_in_heap(heap, payload)) {
        if (!wants_span || slots_mapping(payload) != payload)
            return NULL;
        return span_resize(&heap->spans, heap->units.backend, payload, request);
    }
    if (wants_span)
        return NULL;
    const struct slot_span *span = slots_span(heap, payload);
    size_t moved = (size_t)((char *)payload - slots_slot(heap, span, payload));
    bool stays =
        moved + request <= SLOTS_LARGEST && slots_class(heap, moved + request) == span->class;
    return stays ? payload : NULL;
}

#endif
