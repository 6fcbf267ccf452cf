#include "tests/allocators/model.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static uint64_t round_to(uint64_t value, uint64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

static uint64_t need_of(uint64_t request) {
    uint64_t need = round_to(request + 8, 16);
    return need < 32 ? 32 : need;
}

static uint64_t span_of_request(uint64_t request) {
    return round_to(request + 16, 4096);
}

void model_init(struct model *model, enum model_fit fit, enum model_order order, uint64_t grow,
                uint64_t trim, uint64_t threshold) {
    *model = (struct model){.fit = fit,
                            .order = order,
                            .grow = grow,
                            .trim = trim,
                            .threshold = threshold,
                            .split = 32,
                            .page = 4096};
}

/* Classes of 1 unit of 16 bytes up to first units, then `steps` equal ones for each power of two.
 */
static void set_classes(struct model *model, uint64_t first, uint64_t steps) {
    model->learns_trim = true;
    model->exact_classes = first;
    for (uint64_t units = 0; units < first; units++)
        model->starts[model->classes++] = 16 * units;
    for (uint64_t power = first; power < (uint64_t)1 << 32; power *= 2)
        for (uint64_t step = 0; step < steps; step++)
            model->starts[model->classes++] = 16 * (power + power * step / steps);
    assert(model->classes <= MODEL_CLASSES_MAX);
}

void model_set_segregated(struct model *model) {
    set_classes(model, 64, 8);
}

void model_set_tlsf(struct model *model, unsigned sl) {
    set_classes(model, (uint64_t)1 << sl, (uint64_t)1 << sl);
}

void model_clear(struct model *model) {
    free(model->blocks);
}

uint64_t model_footprint(const struct model *model) {
    return model->brk + model->span_bytes;
}

/* Ranks: the lowest comes first. */
static void newly_freed(struct model *model, struct model_block *block) {
    model->sequence++;
    block->is_free = true;
    block->rank = model->order == MODEL_ADDRESS ? (int64_t)block->at
                  : model->order == MODEL_LIFO  ? -model->sequence
                                                : model->sequence;
}

static void insert_at(struct model *model, size_t index, struct model_block block) {
    if (model->count == model->capacity) {
        model->capacity = model->capacity ? 2 * model->capacity : 64;
        model->blocks = realloc(model->blocks, model->capacity * sizeof *model->blocks);
    }
    memmove(model->blocks + index + 1, model->blocks + index,
            (model->count - index) * sizeof *model->blocks);
    model->blocks[index] = block;
    model->count++;
}

static void remove_at(struct model *model, size_t index) {
    memmove(model->blocks + index, model->blocks + index + 1,
            (model->count - index - 1) * sizeof *model->blocks);
    model->count--;
}

static size_t index_of(const struct model *model, uint64_t payload) {
    size_t low = 0, high = model->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (model->blocks[middle].at < payload - 8)
            low = middle + 1;
        else
            high = middle;
    }
    assert(low < model->count && model->blocks[low].at == payload - 8);
    return low;
}

static bool prefers(const struct model *model, const struct model_block *a,
                    const struct model_block *b) {
    if (model->fit == MODEL_BEST && a->bytes != b->bytes)
        return a->bytes < b->bytes;
    if (model->fit == MODEL_WORST && a->bytes != b->bytes)
        return a->bytes > b->bytes;
    return a->rank < b->rank;
}

static size_t pick_above(const struct model *model, uint64_t need, bool above, int64_t rover) {
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < model->count; i++) {
        const struct model_block *block = &model->blocks[i];
        if (!block->is_free || block->bytes < need || (above && block->rank <= rover))
            continue;
        if (best == SIZE_MAX || prefers(model, block, &model->blocks[best]))
            best = i;
    }
    return best;
}

/* The class that a block of this size is in: the last that does not begin above it. */
static size_t class_of(const struct model *model, uint64_t bytes) {
    size_t low = 0, high = model->classes;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        *(model->starts[middle] <= bytes ? &low : &high) = middle;
    }
    return low;
}

/* Of the lowest class from the first on, the last freed. */
static size_t pick_from_class(const struct model *model, size_t first) {
    size_t best = SIZE_MAX, best_class = SIZE_MAX;
    for (size_t i = 0; i < model->count; i++) {
        const struct model_block *block = &model->blocks[i];
        size_t class = block->is_free ? class_of(model, block->bytes) : 0;
        if (!block->is_free || class < first || class > best_class ||
            (class == best_class && block->rank > model->blocks[best].rank))
            continue;
        best = i;
        best_class = class;
    }
    return best;
}

/* Of the 16 last freed of a class, the last freed that fits. */
static size_t pick_in_class(const struct model *model, size_t class, uint64_t need) {
    int64_t seen = INT64_MIN;
    for (int looked = 0; looked < 16; looked++) {
        size_t next = SIZE_MAX;
        for (size_t i = 0; i < model->count; i++) {
            const struct model_block *block = &model->blocks[i];
            if (block->is_free && class_of(model, block->bytes) == class && block->rank > seen &&
                (next == SIZE_MAX || block->rank < model->blocks[next].rank))
                next = i;
        }
        if (next == SIZE_MAX || model->blocks[next].bytes >= need)
            return next;
        seen = model->blocks[next].rank;
    }
    return SIZE_MAX;
}

static size_t pick_segregated(const struct model *model, uint64_t need) {
    size_t class = class_of(model, need);
    if (class < model->exact_classes)
        return pick_from_class(model, class);
    size_t found = pick_in_class(model, class, need);
    return found == SIZE_MAX ? pick_from_class(model, class + 1) : found;
}

/* The first class that begins at need or above: all of its blocks fit. */
static size_t pick_tlsf(const struct model *model, uint64_t need) {
    size_t class = class_of(model, need);
    return pick_from_class(model, class + (model->starts[class] < need));
}

static size_t pick(const struct model *model, uint64_t need) {
    if (model->fit == MODEL_SEGREGATED)
        return pick_segregated(model, need);
    if (model->fit == MODEL_TLSF)
        return pick_tlsf(model, need);
    if (model->fit == MODEL_NEXT && model->has_rover) {
        size_t found = pick_above(model, need, true, model->rover);
        if (found != SIZE_MAX)
            return found;
    }
    return pick_above(model, need, false, 0);
}

/* Bytes that were given back and are taken again. */
static void learn_trim(struct model *model, uint64_t more) {
    uint64_t again = more < model->returned ? more : model->returned;
    model->returned -= again;
    model->trim += model->learns_trim ? again : 0;
}

static size_t grow(struct model *model, uint64_t need) {
    bool tail = model->count && model->blocks[model->count - 1].is_free;
    uint64_t have = tail ? model->blocks[model->count - 1].bytes : 0;
    if (have >= need)
        return model->count - 1;
    if (model->coalesce == MODEL_NONE)
        tail = false, have = 0;
    uint64_t missing = model->brk ? need - have : need + 16;
    uint64_t more = round_to(missing, model->grow);
    learn_trim(model, more);
    uint64_t usable = model->brk ? more : more - 16;
    if (!tail)
        insert_at(model, model->count, (struct model_block){.at = model->brk ? model->brk - 8 : 8});
    model->blocks[model->count - 1].bytes += usable;
    newly_freed(model, &model->blocks[model->count - 1]);
    model->brk += more;
    return model->count - 1;
}

/* Cut block `index` to need; the rest, if it makes a block, is a live block after it. */
static bool cut(struct model *model, size_t index, uint64_t need, uint64_t cut_min) {
    uint64_t rest = model->blocks[index].bytes - need;
    if (rest < cut_min)
        return false;
    struct model_block after = {.at = model->blocks[index].at + need, .bytes = rest};
    model->blocks[index].bytes = need;
    insert_at(model, index + 1, after);
    return true;
}

static void carve(struct model *model, size_t index, uint64_t need) {
    model->blocks[index].is_free = false;
    if (cut(model, index, need, model->split))
        newly_freed(model, &model->blocks[index + 1]);
}

/* Free blocks that lie together become one, from the lowest address on. */
static void merge_all(struct model *model) {
    for (size_t i = 0; i < model->count; i++) {
        bool merged = false;
        while (model->blocks[i].is_free && i + 1 < model->count && model->blocks[i + 1].is_free) {
            model->blocks[i].bytes += model->blocks[i + 1].bytes;
            remove_at(model, i + 1);
            merged = true;
        }
        if (merged)
            newly_freed(model, &model->blocks[i]);
    }
}

/* The block of this size that has waited least; SIZE_MAX if none waits. */
static size_t waiting(const struct model *model, uint64_t bytes) {
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < model->count; i++)
        if (model->blocks[i].waits && model->blocks[i].bytes == bytes &&
            (best == SIZE_MAX || model->blocks[i].rank > model->blocks[best].rank))
            best = i;
    return best;
}

static void trim(struct model *model) {
    struct model_block *tail = &model->blocks[model->count - 1];
    if (!tail->is_free || tail->bytes < model->trim || tail->bytes <= model->grow)
        return;
    uint64_t excess = (tail->bytes - model->grow) / model->page * model->page;
    tail->bytes -= excess;
    model->brk -= excess;
    model->returned += excess;
}

static size_t merge(struct model *model, size_t index) {
    if (index + 1 < model->count && model->blocks[index + 1].is_free) {
        model->blocks[index].bytes += model->blocks[index + 1].bytes;
        remove_at(model, index + 1);
    }
    if (index && model->blocks[index - 1].is_free) {
        model->blocks[index - 1].bytes += model->blocks[index].bytes;
        remove_at(model, index--);
    }
    return index;
}

static void release(struct model *model, size_t index, bool may_trim) {
    if (model->coalesce == MODEL_IMMEDIATE)
        index = merge(model, index);
    newly_freed(model, &model->blocks[index]);
    if (may_trim && index + 1 == model->count)
        trim(model);
}

/* Free all that waits: small sizes first, in each the last freed first. */
static void flush(struct model *model) {
    for (uint64_t bytes = 32; bytes <= model->quick; bytes += 16)
        for (size_t found; (found = waiting(model, bytes)) != SIZE_MAX;) {
            model->blocks[found].waits = false;
            release(model, found, false);
        }
}

static size_t take(struct model *model, uint64_t need) {
    size_t index = pick(model, need);
    if (index == SIZE_MAX) {
        if (model->coalesce == MODEL_DEFERRED)
            merge_all(model);
        flush(model);
        index = pick(model, need);
    }
    if (index == SIZE_MAX)
        index = grow(model, need);
    model->has_rover = true;
    model->rover = model->blocks[index].rank;
    carve(model, index, need);
    return index;
}

static size_t take_quick(struct model *model, uint64_t need) {
    size_t index = waiting(model, need), last = model->count - 1;
    if (index != SIZE_MAX) {
        model->blocks[index].waits = false;
        return index;
    }
    if (model->refills_from_tail && model->count && model->blocks[last].is_free &&
        model->blocks[last].bytes >= need) {
        carve(model, last, need);
        return last;
    }
    return take(model, need);
}

uint64_t model_alloc(struct model *model, uint64_t request) {
    if (request >= model->threshold) {
        model->span_bytes += span_of_request(request);
        return MODEL_SPAN;
    }
    uint64_t need = need_of(request);
    size_t index = need <= model->quick ? take_quick(model, need) : take(model, need);
    return model->blocks[index].at + 8;
}

/* A block that its user has freed. */
static void retire(struct model *model, size_t index) {
    struct model_block *block = &model->blocks[index];
    block->waits = block->bytes <= model->quick;
    if (block->waits)
        block->rank = ++model->sequence;
    else
        release(model, index, true);
}

void model_free(struct model *model, uint64_t payload, uint64_t request) {
    if (payload == MODEL_SPAN)
        model->span_bytes -= span_of_request(request);
    else
        retire(model, index_of(model, payload));
}

uint64_t model_aligned(struct model *model, uint64_t alignment, uint64_t request) {
    if (alignment <= 16)
        return model_alloc(model, request);
    size_t index = take(model, need_of(request + alignment + 32));
    uint64_t payload = model->blocks[index].at + 8;
    uint64_t front = round_to(payload, alignment) - payload;
    if (front && front < 32)
        front += alignment;
    if (front) {
        cut(model, index, front, 32);
        uint64_t at = model->blocks[index + 1].at;
        release(model, index, false);
        index = index_of(model, at + 8);
    }
    uint64_t at = model->blocks[index].at;
    if (cut(model, index, need_of(request), model->split))
        release(model, index + 1, false);
    return at + 8;
}

static bool resize(struct model *model, size_t index, uint64_t need) {
    struct model_block *block = &model->blocks[index];
    if (need <= block->bytes) {
        if (cut(model, index, need, model->split))
            release(model, index + 1, true);
        return true;
    }
    struct model_block *next = index + 1 < model->count ? block + 1 : NULL;
    if (!next || !next->is_free || model->coalesce == MODEL_NONE ||
        block->bytes + next->bytes < need)
        return false;
    block->bytes += next->bytes;
    remove_at(model, index + 1);
    carve(model, index, need);
    return true;
}

uint64_t model_realloc(struct model *model, uint64_t payload, uint64_t old_request,
                       uint64_t request, bool *moved) {
    bool was_span = payload == MODEL_SPAN, is_span = request >= model->threshold;
    *moved = true;
    if (was_span && is_span) {
        model->span_bytes += span_of_request(request) - span_of_request(old_request);
        return MODEL_SPAN;
    }
    if (!was_span && !is_span && resize(model, index_of(model, payload), need_of(request))) {
        *moved = false;
        return payload;
    }
    uint64_t fresh = model_alloc(model, request);
    model_free(model, payload, old_request);
    return fresh;
}
