/* shuffle.c -- a trace with its order, its deaths or its sizes drawn anew by a seed.
 *
 * ORDER shuffles the operations of each window, those of one object staying in their order: a free
 * never comes before its birth, and where windows meet the same objects live as in the source. To
 * draw alike among all such orders, the owners of the operations are shuffled (Fisher & Yates),
 * then each takes its next one. A thread mark ends a window, as operations must stay on their side
 * of it. SIZES shuffles the sizes of the births of each window among them, those of the reallocs
 * likewise.
 */
#include "workloads/transform/shuffle.h"

#include <inttypes.h>
#include <stdlib.h>

#include "workloads/trace_format.h"
#include "workloads/transform/note.h"
#include "workloads/transform/random.h"

enum { OPS_AT_FIRST = 4096 };

struct window {
    struct hb_op *ops;
    size_t count, capacity;
    struct trace_sizes chains; /* object: its chain */
    size_t *owner;             /* of each operation: a chain; shuffled */
    size_t *next;              /* of each operation: the next one of its chain */
    size_t *first, *last;      /* of each chain: an operation */
    uint64_t random;
};

static bool window_reserve(struct window *window) {
    size_t capacity = window->capacity == 0 ? OPS_AT_FIRST : 2 * window->capacity;
    size_t **arrays[] = {&window->owner, &window->next, &window->first, &window->last};
    struct hb_op *ops;

    if (window->count < window->capacity)
        return true;
    ops = realloc(window->ops, capacity * sizeof *ops);
    if (ops == NULL)
        return false;
    window->ops = ops;
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        size_t *larger = realloc(*arrays[i], capacity * sizeof *larger);

        if (larger == NULL)
            return false;
        *arrays[i] = larger;
    }
    window->capacity = capacity;
    return true;
}

static void window_clear(struct window *window) {
    trace_sizes_clear(&window->chains);
    free(window->ops);
    free(window->owner);
    free(window->next);
    free(window->first);
    free(window->last);
}

/* Hang each operation on the chain of its object. */
static bool chains_make(struct window *window) {
    size_t chain_count = 0;

    trace_sizes_clear(&window->chains);
    for (size_t i = 0; i < window->count; i++) {
        const uint64_t *found = trace_sizes_find(&window->chains, window->ops[i].object);
        size_t chain = found != NULL ? (size_t)*found : chain_count++;

        if (found == NULL) {
            if (!trace_sizes_add(&window->chains, window->ops[i].object, chain))
                return false;
            window->first[chain] = i;
        } else
            window->next[window->last[chain]] = i;
        window->last[chain] = i;
        window->owner[i] = chain;
    }
    return true;
}

/* Times stay where they are. */
static bool window_write_order(struct window *window, struct hb_job *job) {
    if (!chains_make(window))
        return trace_fail(job->error, "out of memory for a window of %zu operations",
                          window->count);
    for (size_t i = window->count; i > 1; i--) {
        size_t other = (size_t)hb_random_below(&window->random, i);
        size_t owner = window->owner[other];

        window->owner[other] = window->owner[i - 1];
        window->owner[i - 1] = owner;
    }
    for (size_t i = 0; i < window->count; i++) {
        size_t *first = &window->first[window->owner[i]];
        struct hb_op op = window->ops[*first];

        *first = window->next[*first];
        op.time_ns = window->ops[i].time_ns;
        if (!hb_rewrite_op(&job->rewrite, &op))
            return false;
    }
    return true;
}

/* Shuffle the sizes of births, or of reallocs. */
static void sizes_shuffle(struct window *window, bool of_births) {
    size_t *chosen = window->owner, count = 0;

    for (size_t i = 0; i < window->count; i++)
        if (trace_kind_has_size[window->ops[i].kind] &&
            (trace_kind_is_birth[window->ops[i].kind] != 0) == of_births)
            chosen[count++] = i;
    for (; count > 1; count--) {
        uint64_t *one = &window->ops[chosen[hb_random_below(&window->random, count)]].size;
        uint64_t *last = &window->ops[chosen[count - 1]].size, size = *one;

        *one = *last;
        *last = size;
    }
}

static bool window_write_sizes(struct window *window, struct hb_job *job) {
    sizes_shuffle(window, true);
    sizes_shuffle(window, false);
    for (size_t i = 0; i < window->count; i++)
        if (!hb_rewrite_op(&job->rewrite, &window->ops[i]))
            return false;
    return true;
}

static bool window_write(struct window *window, struct hb_job *job) {
    bool good = job->transform->shuffle.what == HB_SHUFFLE_ORDER ? window_write_order(window, job)
                                                                 : window_write_sizes(window, job);

    window->count = 0;
    return good;
}

static bool window_add(struct window *window, struct hb_job *job, const struct hb_op *op) {
    bool is_mark = op->kind > HB_OP_FREE;

    if (is_mark && job->transform->shuffle.what == HB_SHUFFLE_ORDER)
        return window_write(window, job) && hb_rewrite_op(&job->rewrite, op);
    if (!window_reserve(window))
        return trace_fail(job->error, "out of memory for a window of %zu operations; try a smaller",
                          window->count);
    window->ops[window->count++] = *op;
    return window->count < job->transform->shuffle.window || window_write(window, job);
}

static bool windows_write(struct hb_job *job) {
    struct window window = {.random = job->transform->shuffle.seed};
    const struct hb_op *op;
    bool good = true;

    while (good && (op = hb_source_next(&job->source)) != NULL)
        good = window_add(&window, job, op);
    good = good && window_write(&window, job);
    window_clear(&window);
    return good;
}

static void note_make(struct hb_job *job) {
    static const char *const whats[] = {"order", "deaths", "sizes"};
    const struct hb_transform *transform = job->transform;

    hb_note_add(job->note, HB_JOB_NOTE_MAX, "shuffle: %s", whats[transform->shuffle.what]);
    if (transform->shuffle.what != HB_SHUFFLE_DEATHS && transform->shuffle.window != UINT64_MAX)
        hb_note_add(job->note, HB_JOB_NOTE_MAX, " in windows of %" PRIu64 " operations",
                    transform->shuffle.window);
    hb_note_add(job->note, HB_JOB_NOTE_MAX, ", seed %" PRIu64, transform->shuffle.seed);
}

bool hb_transform_shuffle(const struct hb_transform *transform, struct hb_transform_result *result,
                          char *error) {
    struct hb_job job;
    bool good;

    if (!hb_job_begin(&job, transform, result, error))
        return false;
    good = transform->shuffle.what == HB_SHUFFLE_DEATHS ? hb_shuffle_deaths(&job)
                                                        : windows_write(&job);
    note_make(&job);
    return hb_job_end(&job, good, result);
}
