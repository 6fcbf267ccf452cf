/* larson.c -- a server: each thread owns a table of objects and replaces one at random, again and
 * again; after some rounds it ends, and a new thread goes on with its table.
 *
 * Source: Larson & Krishnan, Memory allocation for long-running server applications, ISMM 1998.
 * As there, the main thread (0) fills the tables, sizes are uniform, and threads inherit objects
 * that others allocated: that is where frees cross threads.
 *
 * Laws: objects live at once are threads * objects once the tables are full; the lifetime of one,
 * in replacements of its own table, is geometric with mean `objects`; of the frees of a thread
 * about objects * (1 - exp(-rounds / objects)) / rounds cross.
 */
#include "workloads/synth/generator.h"
#include "workloads/synth/prng.h"

#include <stdlib.h>

/* Threads after these take the numbers of earlier ones, long ended. */
enum { THREAD_NUMBERS = 1024 };

struct larson {
    struct synth_prng prng;
    uint64_t threads, objects, rounds, minimum, maximum;
    uint64_t *table; /* objects of one thread after the other */
    uint64_t filled;
    struct larson_thread {
        uint32_t number;
        bool has_started;
        uint64_t rounds;
    } * thread;
    uint32_t next_number;
};

static bool larson_open(void *state, const struct synth_config *config, char *error) {
    struct larson *larson = state;
    (void)error;
    synth_prng_seed(&larson->prng, config->seed);
    larson->threads = config->threads;
    larson->objects = config->objects;
    larson->rounds = config->rounds;
    larson->minimum = config->minimum;
    larson->maximum = config->maximum > config->minimum ? config->maximum : config->minimum;
    larson->table = malloc(config->threads * config->objects * sizeof *larson->table);
    larson->thread = calloc(config->threads, sizeof *larson->thread);
    return larson->table && larson->thread;
}

static uint64_t size_draw(struct larson *larson) {
    return larson->minimum +
           synth_random_below(&larson->prng, larson->maximum - larson->minimum + 1);
}

static void thread_start(struct larson *larson, struct larson_thread *thread,
                         struct synth_out *out) {
    thread->number = 1 + larson->next_number++ % (THREAD_NUMBERS - 1);
    thread->has_started = true;
    thread->rounds = 0;
    synth_mark(out, HB_OP_THREAD_START, thread->number);
}

static bool larson_step(void *state, struct synth_out *out) {
    struct larson *larson = state;
    if (larson->filled < larson->threads * larson->objects) {
        larson->table[larson->filled++] = synth_born(out, HB_OP_MALLOC, 0, size_draw(larson));
        return true;
    }
    uint64_t which = synth_random_below(&larson->prng, larson->threads);
    struct larson_thread *thread = &larson->thread[which];
    if (!thread->has_started)
        thread_start(larson, thread, out);
    uint64_t *place =
        &larson
             ->table[which * larson->objects + synth_random_below(&larson->prng, larson->objects)];
    synth_free(out, thread->number, *place);
    *place = synth_born(out, HB_OP_MALLOC, thread->number, size_draw(larson));
    if (++thread->rounds == larson->rounds) {
        synth_mark(out, HB_OP_THREAD_END, thread->number);
        thread->has_started = false;
    }
    return true;
}

static void larson_close(void *state) {
    struct larson *larson = state;
    free(larson->table);
    free(larson->thread);
}

static const struct synth_use uses[] = {
    {&synth_ops, 1000000},  {&synth_seed, 1},     {&synth_threads, 8},   {&synth_objects, 1000},
    {&synth_rounds, 10000}, {&synth_minimum, 10}, {&synth_maximum, 500}, {NULL, 0}};

const struct hb_generator synth_larson = {
    .name = "larson",
    .summary = "a server: threads replace objects of their tables at random, and inherit tables",
    .source = "Larson & Krishnan, ISMM 1998",
    .uses = uses,
    .state_bytes = sizeof(struct larson),
    .open = larson_open,
    .step = larson_step,
    .close = larson_close};
