/* growth.c -- vectors that grow by realloc until they have their length, and die.
 *
 * Source: Cormen, Leiserson, Rivest & Stein, Introduction to algorithms, "Dynamic tables" (a
 * geometric factor makes appending cheap; a constant step does not); the factors are those of
 * common libraries: 2, 1.5, or so many bytes at a time.
 *
 * A vector is born with FIRST bytes, is to become FIRST + an exponential draw of mean `mean`, and
 * grows to the next capacity until that holds it; then it is freed and another takes its place.
 *
 * Laws: vectors live at once are `objects`, but for the one between two lives; each realloc grows
 * by exactly the factor, rounded down, or step.
 */
#include "workloads/synth/distribution.h"
#include "workloads/synth/generator.h"

#include <stdlib.h>

enum { FIRST = 16 };
enum growth_by { GROWTH_1_5, GROWTH_2, GROWTH_ADD };

struct growth {
    struct synth_prng prng;
    uint64_t objects, mean, by, step;
    struct vector {
        uint64_t object, capacity, length; /* capacity 0: not born yet */
    } * vectors;
};

static bool growth_open(void *state, const struct synth_config *config, char *error) {
    struct growth *growth = state;
    (void)error;
    synth_prng_seed(&growth->prng, config->seed);
    growth->objects = config->objects;
    growth->mean = config->mean;
    growth->by = config->growth;
    growth->step = config->step;
    growth->vectors = calloc(config->objects, sizeof *growth->vectors);
    return growth->vectors != NULL;
}

static uint64_t capacity_next(const struct growth *growth, uint64_t capacity) {
    if (growth->by == GROWTH_ADD)
        return capacity + growth->step;
    return growth->by == GROWTH_2 ? capacity * 2 : capacity + capacity / 2;
}

static bool growth_step(void *state, struct synth_out *out) {
    struct growth *growth = state;
    struct vector *vector = &growth->vectors[synth_random_below(&growth->prng, growth->objects)];
    if (!vector->capacity) {
        vector->length =
            FIRST + (uint64_t)synth_draw_exponential(&growth->prng, (double)growth->mean);
        vector->capacity = FIRST;
        vector->object = synth_born(out, HB_OP_MALLOC, 0, FIRST);
    } else if (vector->capacity < vector->length) {
        vector->capacity = capacity_next(growth, vector->capacity);
        synth_emit(out, HB_OP_REALLOC, 0, vector->object, vector->capacity);
    } else {
        synth_free(out, 0, vector->object);
        vector->capacity = 0;
    }
    return true;
}

static void growth_close(void *state) {
    free(((struct growth *)state)->vectors);
}

static const struct synth_use uses[] = {{&synth_ops, 1000000},
                                        {&synth_seed, 1},
                                        {&synth_objects, 1000},
                                        {&synth_mean, 4096},
                                        {&synth_growth, 1},
                                        {&synth_step, 1 << 10},
                                        {NULL, 0}};

const struct hb_generator synth_growing = {
    .name = "growth",
    .summary = "vectors grow by realloc, by a factor or a step, and die",
    .source = "Cormen, Leiserson, Rivest & Stein, Introduction to algorithms: dynamic tables",
    .uses = uses,
    .state_bytes = sizeof(struct growth),
    .open = growth_open,
    .step = growth_step,
    .close = growth_close};
