/* shrink_ops.c -- steps that take operations away. */
#include "workloads/trace_format.h"
#include "workloads/trace_sizes.h"
#include "workloads/transform/shrink_steps.h"

enum { BISECT_ABOVE = 64 };

/* A shorter start that still holds; whether shorter ones fail, objects and the rest will find. */
bool shrink_end(struct shrinking *shrinking) {
    const struct hb_candidate *best = &shrinking->shrink->best;
    size_t fails = 0;

    if (shrinking->round > 1 || best->count <= BISECT_ABOVE)
        return true;
    while (best->count - fails > 1 && !shrinking->shrink->is_stopped) {
        size_t middle = fails + (best->count - fails) / 2;

        shrink_copy(shrinking);
        shrinking->candidate.count = middle;
        if (!shrink_try(shrinking))
            fails = middle;
    }
    return true;
}

/* Each object with all its operations is an item. */
bool shrink_objects(struct shrinking *shrinking) {
    const struct hb_candidate *best = &shrinking->shrink->best;
    struct trace_sizes items = {0};
    size_t count = 0;
    bool good = true;

    for (size_t i = 0; i < best->count && good; i++) {
        const struct hb_op *op = &best->ops[i];

        shrinking->label[i] = SHRINK_STAYS;
        if (trace_kind_is_birth[op->kind])
            good = trace_sizes_add(&items, op->object, count++);
        if (op->kind <= HB_OP_FREE && good)
            shrinking->label[i] = (size_t)*trace_sizes_find(&items, op->object);
    }
    trace_sizes_clear(&items);
    return good && shrink_remove(shrinking, count, shrinking->round > 1);
}

static bool kind_remove(struct shrinking *shrinking, uint8_t low, uint8_t high) {
    const struct hb_candidate *best = &shrinking->shrink->best;
    size_t count = 0;

    for (size_t i = 0; i < best->count; i++) {
        bool is_item = best->ops[i].kind >= low && best->ops[i].kind <= high;

        shrinking->label[i] = is_item ? count++ : SHRINK_STAYS;
    }
    return shrink_remove(shrinking, count, shrinking->round > 1);
}

bool shrink_frees(struct shrinking *shrinking) {
    return kind_remove(shrinking, HB_OP_FREE, HB_OP_FREE);
}

/* Where a realloc cannot just go, perhaps the call before it can ask for its size at once. */
static bool realloc_join(struct shrinking *shrinking, size_t at) {
    struct hb_op *ops = shrinking->candidate.ops;
    size_t before = at;

    shrink_copy(shrinking);
    do
        before--;
    while (ops[before].object != ops[at].object || ops[before].kind > HB_OP_FREE);
    ops[before].size = ops[at].size;
    shrinking->candidate.count--;
    for (size_t i = at; i < shrinking->candidate.count; i++)
        ops[i] = ops[i + 1];
    return shrink_try(shrinking);
}

bool shrink_reallocs(struct shrinking *shrinking) {
    const struct hb_candidate *best = &shrinking->shrink->best;
    bool good = kind_remove(shrinking, HB_OP_REALLOC, HB_OP_REALLOC);

    for (size_t i = 0; good && i < best->count && !shrinking->shrink->is_stopped;)
        i += best->ops[i].kind != HB_OP_REALLOC || !realloc_join(shrinking, i);
    return good;
}

/* Let the operations at place low to high - 1 be thread 0's; of those, all or one thread's. */
static bool thread_try(struct shrinking *shrinking, size_t low, size_t high, uint32_t thread) {
    const struct hb_candidate *best = &shrinking->shrink->best;
    bool has_any = false;

    for (size_t i = low; i < high && !has_any; i++)
        has_any = best->ops[i].thread > 0 && (thread == 0 || best->ops[i].thread == thread);
    if (!has_any)
        return false;
    shrink_copy(shrinking);
    for (size_t i = low; i < high; i++)
        if (thread == 0 || best->ops[i].thread == thread)
            shrinking->candidate.ops[i].thread = 0;
    return shrink_try(shrinking);
}

/* Marks go, and every operation is thread 0's; if not all, then thread by thread, one by one. */
bool shrink_threads(struct shrinking *shrinking) {
    const struct hb_candidate *best = &shrinking->shrink->best;
    const bool *is_stopped = &shrinking->shrink->is_stopped;
    uint32_t most = 0;
    bool good = kind_remove(shrinking, HB_OP_THREAD_START, HB_OP_THREAD_END);

    for (size_t i = 0; i < best->count; i++)
        most = best->ops[i].thread > most ? best->ops[i].thread : most;
    if (most == 0 || thread_try(shrinking, 0, best->count, 0))
        return good;
    for (uint32_t thread = 1; thread <= most && !*is_stopped; thread++)
        thread_try(shrinking, 0, best->count, thread);
    for (size_t i = 0; i < best->count && !*is_stopped; i++)
        thread_try(shrinking, i, i + 1, 0);
    return good;
}
