/* prodcons.c -- producers and consumers: every object is allocated by one thread, waits in a queue,
 * and is freed by another.
 *
 * Source: Berger, McKinley, Blumofe & Wilson, Hoard: a scalable memory allocator for multithreaded
 * applications, ASPLOS 2000: the pattern under which heaps private to a thread grow without bound.
 *
 * Laws: every free crosses threads; the queue never holds more than `objects`, whose number walks
 * at random between 0 and that; threads 0 to threads - 1 produce, as many after them consume.
 */
#include "workloads/synth/generator.h"
#include "workloads/synth/herd.h"
#include "workloads/synth/sizes.h"

struct prodcons {
    struct synth_prng prng;
    struct synth_sizes sizes;
    struct synth_herd queue;
    uint64_t threads, objects;
};

static bool prodcons_open(void *state, const struct synth_config *config, char *error) {
    struct prodcons *prodcons = state;
    (void)error;
    synth_prng_seed(&prodcons->prng, config->seed);
    prodcons->sizes = (struct synth_sizes){(enum synth_sizes_kind)config->sizes, config->mean};
    prodcons->threads = config->threads;
    prodcons->objects = config->objects;
    return true;
}

static bool prodcons_step(void *state, struct synth_out *out) {
    struct prodcons *prodcons = state;
    struct synth_herd *queue = &prodcons->queue;
    bool is_heads = synth_random_bits(&prodcons->prng) >> 63;
    uint32_t who = (uint32_t)synth_random_below(&prodcons->prng, prodcons->threads);
    if (queue->count == prodcons->objects || (queue->count && is_heads)) {
        struct synth_member oldest = synth_herd_release(queue, SYNTH_RELEASE_FIFO, &prodcons->prng);
        synth_free(out, (uint32_t)prodcons->threads + who, oldest.object);
        return true;
    }
    uint64_t size = synth_size_draw(&prodcons->sizes, &prodcons->prng);
    return synth_herd_add(queue, synth_born(out, HB_OP_MALLOC, who, size), size) ||
           synth_fail(out, "not enough memory");
}

static void prodcons_close(void *state) {
    synth_herd_free(&((struct prodcons *)state)->queue);
}

static const struct synth_use uses[] = {{&synth_ops, 1000000},
                                        {&synth_seed, 1},
                                        {&synth_threads, 2},
                                        {&synth_objects, 1000},
                                        {&synth_sizes, 0},
                                        {&synth_mean, 64},
                                        {NULL, 0}};

const struct hb_generator synth_prodcons = {
    .name = "prodcons",
    .summary = "producers allocate, a queue holds, consumers free: every free crosses threads",
    .source = "Berger, McKinley, Blumofe & Wilson, ASPLOS 2000",
    .uses = uses,
    .state_bytes = sizeof(struct prodcons),
    .open = prodcons_open,
    .step = prodcons_step,
    .close = prodcons_close};
