#include "tests/allocators/slots_model.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { UNIT = 16384, CELL = 256 }; /* bytes; units, the first of them for records */

static uint64_t round_to(uint64_t value, uint64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

void slots_model_init(struct slots_model *model, const uint64_t *sizes, uint64_t grow,
                      uint64_t trim, uint64_t threshold, uint64_t decay) {
    memset(model, 0, sizeof *model);
    model->sizes = sizes;
    model->grow = grow;
    model->trim = trim;
    model->threshold = threshold;
    model->decay = model->due = decay;
}

void slots_model_clear(struct slots_model *model) {
    for (uint64_t i = 0; i < model->count; i++)
        free(model->spans[i]);
}

uint64_t slots_model_footprint(const struct slots_model *model) {
    return model->end * UNIT + model->mapped_bytes;
}

static uint64_t size_for(const struct slots_model *model, uint64_t request) {
    const uint64_t *size = model->sizes;
    while (*size < request)
        size++;
    return *size;
}

static bool is_free(const struct slots_model *model, uint64_t unit) {
    if (unit % CELL == 0)
        return false;
    for (uint64_t i = 0; i < model->count; i++)
        if (unit >= model->spans[i]->unit && unit < model->spans[i]->unit + model->spans[i]->units)
            return false;
    return true;
}

/* Where the free units at the heap's end begin; a last cell without spans is free with its records.
 */
static uint64_t tail_start(const struct slots_model *model) {
    uint64_t tail = model->end ? 1 : 0;
    for (uint64_t i = 0; i < model->count; i++)
        if (model->spans[i]->unit + model->spans[i]->units > tail)
            tail = model->spans[i]->unit + model->spans[i]->units;
    return tail;
}

/* The same, but of the last cell alone. */
static uint64_t last_cell_tail(const struct slots_model *model) {
    uint64_t tail = tail_start(model), cell = (model->end - 1) / CELL * CELL;
    return tail > cell ? tail : cell + 1;
}

static void grow(struct slots_model *model, uint64_t units) {
    uint64_t wish = round_to(model->end * UNIT + model->grow, UNIT) / UNIT, goal;
    if (model->end && (last_cell_tail(model) - 1) % CELL + 1 + units <= CELL)
        goal = last_cell_tail(model) + units;
    else
        goal = (model->end + CELL - 1) / CELL * CELL + 1 + units;
    uint64_t limit = (goal + CELL - 1) / CELL * CELL;
    if (wish > limit)
        wish = limit;
    model->end = goal > wish ? goal : wish;
}

/* The lowest free units in a row, in one cell. */
static uint64_t find_units(struct slots_model *model, uint64_t units) {
    for (;;) {
        uint64_t row = 0;
        for (uint64_t unit = 0; unit < model->end; unit++) {
            row = is_free(model, unit) ? row + 1 : 0;
            if (row == units)
                return unit + 1 - units;
        }
        grow(model, units);
    }
}

static void trim(struct slots_model *model) {
    uint64_t tail = tail_start(model);
    if (model->allocs < model->due)
        return;
    if ((model->end - tail) * UNIT >= model->trim) {
        uint64_t kept = round_to(tail * UNIT + model->grow, UNIT) / UNIT;
        if (model->highest > kept)
            kept = model->highest;
        if (kept < model->end)
            model->end = kept;
    }
    model->due = model->decay == UINT64_MAX ? UINT64_MAX : model->allocs + model->decay;
    model->highest = tail;
}

static struct slots_model_span *new_span(struct slots_model *model, uint64_t bytes) {
    uint64_t units = 1;
    while (units * UNIT < bytes || 8 * (units * UNIT % bytes) > units * UNIT)
        units++;
    uint64_t unit = find_units(model, units);
    assert(model->count < SLOTS_MODEL_SPANS);
    struct slots_model_span *span = calloc(1, sizeof *span);
    span->unit = unit;
    span->units = units;
    span->bytes = bytes;
    span->slots = units * UNIT / bytes;
    model->spans[model->count++] = span;
    if (unit + units > model->highest)
        model->highest = unit + units;
    return span;
}

/* The current span of a size, with a slot to give. */
static struct slots_model_span *current(struct slots_model *model, uint64_t bytes) {
    struct slots_model_span *next = NULL;
    for (uint64_t i = 0; i < model->count; i++) {
        struct slots_model_span *span = model->spans[i];
        if (span->bytes != bytes)
            continue;
        if (span->state == SLOTS_MODEL_CURRENT) {
            if (span->freed_count || span->unused < span->slots)
                return span;
            span->state = SLOTS_MODEL_FULL;
        }
        if (span->state == SLOTS_MODEL_QUEUED && (!next || span->queued < next->queued))
            next = span;
    }
    if (!next)
        next = new_span(model, bytes);
    next->state = SLOTS_MODEL_CURRENT;
    trim(model);
    return next;
}

uint64_t slots_model_alloc(struct slots_model *model, uint64_t alignment, uint64_t request) {
    if (alignment <= 16 && request >= model->threshold) {
        model->mapped_bytes += round_to(request + 16, 4096);
        return SLOTS_MODEL_SPAN;
    }
    uint64_t need = request + (alignment > 16 ? alignment - 16 : 0);
    struct slots_model_span *span = current(model, size_for(model, need));
    uint64_t slot = span->freed_count ? span->freed[--span->freed_count] : span->unused++;
    model->allocs++;
    return round_to(span->unit * UNIT + slot * span->bytes, alignment);
}

static uint64_t span_of(const struct slots_model *model, uint64_t payload) {
    for (uint64_t i = 0; i < model->count; i++)
        if (payload / UNIT >= model->spans[i]->unit &&
            payload / UNIT < model->spans[i]->unit + model->spans[i]->units)
            return i;
    assert(!"a payload of no span");
    return 0;
}

void slots_model_free(struct slots_model *model, uint64_t payload, uint64_t request) {
    if (payload == SLOTS_MODEL_SPAN) {
        model->mapped_bytes -= round_to(request + 16, 4096);
        return;
    }
    uint64_t index = span_of(model, payload);
    struct slots_model_span *span = model->spans[index];
    span->freed[span->freed_count++] = (uint16_t)((payload - span->unit * UNIT) / span->bytes);
    if (span->state == SLOTS_MODEL_FULL) {
        span->state = SLOTS_MODEL_QUEUED;
        span->queued = ++model->queueings;
    }
    if (span->state == SLOTS_MODEL_QUEUED &&
        span->freed_count + span->slots - span->unused == span->slots) {
        free(span);
        model->spans[index] = model->spans[--model->count];
        trim(model);
    }
}

uint64_t slots_model_realloc(struct slots_model *model, uint64_t payload, uint64_t old_request,
                             uint64_t request) {
    bool is_span = payload == SLOTS_MODEL_SPAN, wants_span = request >= model->threshold;
    if (is_span && wants_span) {
        model->mapped_bytes -= round_to(old_request + 16, 4096);
        model->mapped_bytes += round_to(request + 16, 4096);
        return payload;
    }
    if (!is_span && !wants_span) {
        const struct slots_model_span *span = model->spans[span_of(model, payload)];
        uint64_t moved = (payload - span->unit * UNIT) % span->bytes;
        if (size_for(model, moved + request) == span->bytes)
            return payload;
    }
    uint64_t moved = slots_model_alloc(model, 16, request);
    slots_model_free(model, payload, old_request);
    return moved;
}
