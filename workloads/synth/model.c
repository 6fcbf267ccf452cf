/* model.c -- a real trace's statistics without its structure: would an experiment with random sizes
 * and lifetimes have told the same?
 *
 * Source: Zorn & Grunwald, Evaluating models of memory allocation, ACM TOMACS 4:1, 1994; the
 * criticism is Wilson, Johnstone, Neely & Boles, IWMM 1995. Each object of the trace is a pair of
 * its size (the largest that it had) and its lifetime (births of others meanwhile; of an object
 * never freed, those to the end).
 *
 *   shuffle  the very same pairs in random order: only the order is lost
 *   cdf      pairs drawn from them with replacement: their joint distribution
 *   markov   the sizes are a first-order Markov chain with the trace's transitions, the lifetime is
 *            that of a random object of the same size
 *   mean     both uniform, from 0 (size: 1) to twice the trace's mean, and independent
 *
 * As random order flattens phases, the peak of live bytes would be lower than the trace's: all
 * lifetimes are therefore multiplied by one factor, found by bisection, that makes the peaks equal.
 * An object that outlives the trace then is not freed.
 *
 * Laws: as many births as the trace, peak live bytes as near to its own as the lifetimes of
 * single large objects let them come (1% on most); with shuffle the sizes are the same multiset.
 * Fewer operations are the first of these; for more, the births are as many as so many of the
 * trace's operations hold.
 */
#include "workloads/synth/generator.h"
#include "workloads/synth/lives.h"
#include "workloads/synth/prng.h"
#include "workloads/trace_format.h"

#include <stdlib.h>

enum model_kind { MODEL_SHUFFLE, MODEL_CDF, MODEL_MARKOV, MODEL_MEAN };

/* Objects of a model, which are all made before the first operation. */
#define OBJECTS_MAX ((size_t)1 << 26)
#define NONE        UINT32_MAX

struct model {
    struct synth_prng prng;
    struct synth_lives real, lives;
    double factor;
    uint32_t *dying;         /* before each birth: the last to die, or NONE */
    uint32_t *also;          /* of each object: the next to die with it, or NONE */
    size_t born;             /* so far */
    uint32_t next;           /* to die now */
    uint32_t *by_size;       /* markov: the trace's objects in the order of their sizes */
    uint32_t *first, *among; /* markov: of each object, its size's first in by_size, and number */
};

static int size_order(const void *a, const void *b, void *context) {
    const struct synth_life *list = context;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    if (list[i].size != list[k].size)
        return list[i].size < list[k].size ? -1 : 1;
    return i < k ? -1 : i > k;
}

/* Group the trace's objects by their sizes. */
static bool markov_prepare(struct model *model) {
    size_t count = model->real.count;
    const struct synth_life *list = model->real.list;
    model->by_size = malloc(count * sizeof *model->by_size);
    model->first = malloc(count * sizeof *model->first);
    model->among = malloc(count * sizeof *model->among);
    if (!model->by_size || !model->first || !model->among)
        return false;
    for (size_t i = 0; i < count; i++)
        model->by_size[i] = (uint32_t)i;
    qsort_r(model->by_size, count, sizeof *model->by_size, size_order, (void *)list);
    for (size_t start = 0, end; start < count; start = end) {
        for (end = start;
             end < count && list[model->by_size[end]].size == list[model->by_size[start]].size;)
            end++;
        for (size_t i = start; i < end; i++) {
            model->first[model->by_size[i]] = (uint32_t)start;
            model->among[model->by_size[i]] = (uint32_t)(end - start);
        }
    }
    return true;
}

/* Any object of the trace that has the size of this one. */
static size_t markov_alike(struct model *model, size_t object) {
    return model
        ->by_size[model->first[object] + synth_random_below(&model->prng, model->among[object])];
}

/* The successor of any object of the same size; behind the trace's last one, any. */
static void markov_fill(struct model *model) {
    size_t count = model->real.count, at = synth_random_below(&model->prng, count);
    for (size_t i = 0; i < model->lives.count; i++) {
        model->lives.list[i] = (struct synth_life){
            model->real.list[at].size, model->real.list[markov_alike(model, at)].births};
        at = markov_alike(model, at) + 1;
        if (at == count)
            at = synth_random_below(&model->prng, count);
    }
}

static void cdf_fill(struct model *model) {
    for (size_t i = 0; i < model->lives.count; i++)
        model->lives.list[i] =
            model->real.list[synth_random_below(&model->prng, model->real.count)];
}

/* Fisher & Yates; a longer model repeats the trace's objects, each shuffled among all. */
static void shuffle_fill(struct model *model) {
    struct synth_life *list = model->lives.list;
    for (size_t i = 0; i < model->lives.count; i++) {
        size_t at = synth_random_below(&model->prng, i + 1);
        list[i] = list[at];
        list[at] = model->real.list[i % model->real.count];
    }
}

static void mean_fill(struct model *model) {
    unsigned __int128 bytes = 0, births = 0;
    size_t count = model->real.count;
    for (size_t i = 0; i < count; i++) {
        bytes += model->real.list[i].size;
        births += model->real.list[i].births;
    }
    uint64_t mean = (uint64_t)((bytes + count / 2) / count),
             mean_births = (uint64_t)(births / count);
    mean = mean ? mean : 1;
    for (size_t i = 0; i < model->lives.count; i++)
        model->lives.list[i] =
            (struct synth_life){1 + synth_random_below(&model->prng, 2 * mean - 1),
                                synth_random_below(&model->prng, 2 * mean_births + 1)};
}

/* How far the peak with this factor is off the trace's; the best factor so far is kept. */
static int64_t factor_try(struct model *model, double factor, uint64_t *deltas, uint64_t *least) {
    uint64_t peak = synth_lives_peak(&model->lives, factor, deltas);
    int64_t off = (int64_t)(peak - model->real.peak_bytes);
    uint64_t far = off < 0 ? 0 - (uint64_t)off : (uint64_t)off;
    if (far < *least) {
        *least = far;
        model->factor = factor;
    }
    return off;
}

/* The factor of lifetimes whose peak is the trace's: doubled until it is too large, then by
 * bisection. */
static bool factor_find(struct model *model) {
    uint64_t *deltas = malloc((model->lives.count + 1) * sizeof *deltas);
    uint64_t least = UINT64_MAX;
    double low = 0, high = 1;
    if (!deltas)
        return false;
    while (high < 0x1p40 && factor_try(model, high, deltas, &least) < 0)
        high *= 2;
    for (int i = 0; i < 30 && least; i++) {
        double middle = (low + high) / 2;
        if (factor_try(model, middle, deltas, &least) < 0)
            low = middle;
        else
            high = middle;
    }
    free(deltas);
    return true;
}

static bool deaths_sort(struct model *model) {
    size_t count = model->lives.count;
    model->dying = malloc((count + 1) * sizeof *model->dying);
    model->also = malloc(count * sizeof *model->also);
    if (!model->dying || !model->also)
        return false;
    for (size_t i = 0; i <= count; i++)
        model->dying[i] = NONE;
    for (size_t i = 0; i < count; i++) {
        uint64_t end = synth_life_end(&model->lives.list[i], i, model->factor, count);
        model->also[i] = model->dying[end];
        model->dying[end] = (uint32_t)i;
    }
    model->next = NONE;
    return true;
}

/* Births of the model: the trace's; more if more operations are asked for than it has. */
static size_t births_count(const struct model *model, uint64_t ops) {
    const struct synth_lives *real = &model->real;
    size_t births = (size_t)((unsigned __int128)ops * real->count / (real->count + real->freed));
    return births > real->count ? births : real->count;
}

static bool model_open(void *state, const struct synth_config *config, char *error) {
    struct model *model = state;
    static void (*const fill[])(struct model *) = {shuffle_fill, cdf_fill, markov_fill, mean_fill};
    if (!config->from[0])
        return trace_fail(error, "synth:model: which trace? Say from=NAME, or from=PATH");
    synth_prng_seed(&model->prng, config->seed);
    if (!synth_lives_read(&model->real, config->from, error))
        return false;
    size_t count = births_count(model, config->ops);
    if (count > OBJECTS_MAX || model->real.count > OBJECTS_MAX)
        return trace_fail(error, "synth:model: more than %zu objects", OBJECTS_MAX);
    model->lives.count = count;
    model->lives.list = malloc(count * sizeof *model->lives.list);
    if (!model->lives.list || (config->kind == MODEL_MARKOV && !markov_prepare(model)))
        return false;
    fill[config->kind](model);
    return factor_find(model) && deaths_sort(model);
}

static bool model_step(void *state, struct synth_out *out) {
    struct model *model = state;
    if (model->next == NONE && model->born == model->lives.count)
        return false;
    if (model->next != NONE) {
        synth_free(out, 0, model->next);
        model->next = model->also[model->next];
        return true;
    }
    synth_born(out, HB_OP_MALLOC, 0, model->lives.list[model->born].size);
    model->born++;
    model->next = model->born < model->lives.count ? model->dying[model->born] : NONE;
    return true;
}

static void model_close(void *state) {
    struct model *model = state;
    free(model->real.list);
    free(model->lives.list);
    free(model->dying);
    free(model->also);
    free(model->by_size);
    free(model->first);
    free(model->among);
}

static const struct synth_use uses[] = {
    {&synth_from, 0}, {&synth_kind, MODEL_CDF}, {&synth_model_ops, 0}, {&synth_seed, 1}, {NULL, 0}};

const struct hb_generator synth_model = {
    .name = "model",
    .summary = "a trace's sizes and lifetimes without its order; peak live bytes as there",
    .source = "Zorn & Grunwald, ACM TOMACS 4:1 (1994)",
    .uses = uses,
    .state_bytes = sizeof(struct model),
    .open = model_open,
    .step = model_step,
    .close = model_close};
