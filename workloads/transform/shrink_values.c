/* shrink_values.c -- steps that make the values of operations simpler. */
#include <stdlib.h>

#include "workloads/trace_format.h"
#include "workloads/transform/shrink_steps.h"

bool shrink_times(struct shrinking *shrinking) {
    const struct hb_candidate *best = &shrinking->shrink->best;
    bool has_any = best->has_times;

    shrink_copy(shrinking);
    for (size_t i = 0; i < best->count; i++) {
        has_any |= best->ops[i].time_ns != 0;
        shrinking->candidate.ops[i].time_ns = 0;
    }
    shrinking->candidate.has_times = false;
    if (has_any)
        shrink_try(shrinking);
    return true;
}

static bool kind_is_special(uint8_t kind) {
    return kind == HB_OP_CALLOC || kind == HB_OP_ALIGNED;
}

static void kind_simplify(struct hb_op *op) {
    if (!kind_is_special(op->kind))
        return;
    op->kind = HB_OP_MALLOC;
    op->alignment_log2 = 0;
}

bool shrink_kinds(struct shrinking *shrinking) {
    const struct hb_candidate *best = &shrinking->shrink->best;
    size_t special = 0;

    shrink_copy(shrinking);
    for (size_t i = 0; i < best->count; i++) {
        special += kind_is_special(best->ops[i].kind);
        kind_simplify(&shrinking->candidate.ops[i]);
    }
    if (special == 0 || shrink_try(shrinking))
        return true;
    for (size_t i = 0; special > 1 && i < best->count && !shrinking->shrink->is_stopped; i++) {
        if (!kind_is_special(best->ops[i].kind))
            continue;
        shrink_copy(shrinking);
        kind_simplify(&shrinking->candidate.ops[i]);
        shrink_try(shrinking);
    }
    return true;
}

/* Some requests of best: all of one size, or the one at a place. */
struct group {
    uint64_t size;
    size_t place; /* SIZE_MAX: all of that size */
};

/* Let the requests of the group ask for less. */
static bool group_try(struct shrinking *shrinking, struct group *group, uint64_t size) {
    const struct hb_candidate *best = &shrinking->shrink->best;

    if (size >= group->size)
        return false;
    shrink_copy(shrinking);
    for (size_t i = 0; i < best->count; i++)
        if (trace_kind_has_size[best->ops[i].kind] && best->ops[i].size == group->size &&
            (group->place == SIZE_MAX || group->place == i))
            shrinking->candidate.ops[i].size = size;
    if (!shrink_try(shrinking))
        return false;
    group->size = size;
    return true;
}

/* The size with its highest so many binary digits only. */
static uint64_t size_round(uint64_t size, int digits) {
    int width = 64 - __builtin_clzll(size | 1);

    return width <= digits ? size : size >> (width - digits) << (width - digits);
}

/* Towards 1, by halves of a power of two; else with 2 to 4 digits that are not 0. */
static void group_reduce(struct shrinking *shrinking, struct group *group) {
    if (group->size <= 1 || group_try(shrinking, group, 1))
        return;
    if (group_try(shrinking, group, size_round(group->size, 1)) ||
        group->size == size_round(group->size, 1)) {
        while (group_try(shrinking, group, group->size / 2))
            continue;
        return;
    }
    for (int digits = 2; digits <= 4; digits++)
        if (group_try(shrinking, group, size_round(group->size, digits)))
            return;
}

static int sizes_compare(const void *a, const void *b) {
    const uint64_t *one = a, *other = b;

    return (*one < *other) - (*one > *other);
}

/* Those of one size together, the largest first; then, where several share one, each by itself. */
bool shrink_sizes(struct shrinking *shrinking) {
    const struct hb_candidate *best = &shrinking->shrink->best;
    size_t count = best->count;
    uint64_t *sizes = malloc((count + 1) * sizeof *sizes);

    if (sizes == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        sizes[i] = best->ops[i].size;
    qsort(sizes, count, sizeof *sizes, sizes_compare);
    for (size_t i = 0; i < count && !shrinking->shrink->is_stopped; i++) {
        struct group group = {sizes[i], SIZE_MAX};

        if (i == 0 || sizes[i] != sizes[i - 1])
            group_reduce(shrinking, &group);
    }
    free(sizes);
    for (size_t i = 0; i < best->count && !shrinking->shrink->is_stopped; i++) {
        struct group group = {best->ops[i].size, i};

        if (trace_kind_has_size[best->ops[i].kind])
            group_reduce(shrinking, &group);
    }
    return true;
}
