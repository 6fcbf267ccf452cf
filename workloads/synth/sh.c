/* sh.c -- after the two benchmarks that MicroQuill published for SmartHeap, sh6bench and sh8bench.
 *
 * Source: their published behaviour (described with mimalloc: Leijen, Zorn & de Moura, Mimalloc:
 * free list sharding in action, APLAS 2019). What is theirs is the pattern; the code is not.
 *
 * A ring of places is filled with objects, small sizes more often than large ones: for bases 1, 2,
 * 4, 7, 11, … below `maximum` each of base, base / 2, base / 4, … many times. When the ring is
 * full, a fifth of it stays, the next fifth each time; what lies below is freed in the order of the
 * births, what lies above in reverse order. With sh8 each of `threads` has a ring of its own, and
 * what is freed in reverse order is freed by the next thread.
 *
 * Laws: a ring never holds more than `objects`; half of all requests and more are below 100 bytes;
 * sh8's crossing frees are those in reverse order, and no other.
 */
#include "workloads/synth/generator.h"
#include "workloads/synth/prng.h"

#include <stdlib.h>

enum ring_phase { RING_FILLS, RING_FREES_BOTTOM, RING_FREES_TOP };

struct ring {
    uint64_t *places;
    uint64_t at, kept_start, kept_end;
    enum ring_phase phase;
    uint64_t base, size, times; /* of the sizes */
};

struct sh {
    struct synth_prng prng;
    uint64_t threads, objects, maximum;
    struct ring *rings;
};

static bool sh_open(void *state, const struct synth_config *config, char *error) {
    struct sh *sh = state;
    (void)error;
    synth_prng_seed(&sh->prng, config->seed);
    sh->threads = config->threads ? config->threads : 1;
    sh->objects = config->objects;
    sh->maximum = config->maximum;
    sh->rings = calloc(sh->threads, sizeof *sh->rings);
    bool opened = sh->rings != NULL;
    for (uint64_t i = 0; i < sh->threads && opened; i++) {
        struct ring *ring = &sh->rings[i];
        ring->places = malloc(sh->objects * sizeof *ring->places);
        ring->kept_start = ring->kept_end = sh->objects;
        opened = ring->places != NULL;
        /* Each thread, and each seed, begins elsewhere in the sizes. */
        ring->base = 1 + synth_random_below(&sh->prng, sh->maximum);
    }
    return opened;
}

static uint64_t size_next(const struct sh *sh, struct ring *ring) {
    if (!ring->times) {
        ring->size /= 2;
        if (!ring->size) {
            ring->base = ring->base * 3 / 2 + 1;
            ring->base = ring->base < sh->maximum ? ring->base : 1;
            ring->size = ring->base;
        }
        ring->times = ring->size < 100 ? 250 : ring->size < 1000 ? 50 : 10;
    }
    ring->times--;
    return ring->size;
}

/* The ring is full: the next fifth of it is to stay. */
static void ring_turn(const struct sh *sh, struct ring *ring) {
    ring->kept_start = ring->kept_end < sh->objects ? ring->kept_end : 0;
    ring->kept_end = ring->kept_start + sh->objects / 5;
    if (ring->kept_end > sh->objects)
        ring->kept_end = sh->objects;
    ring->at = 0;
    ring->phase = RING_FREES_BOTTOM;
}

/* While it is filled, what was kept is skipped. */
static void ring_skip(const struct sh *sh, struct ring *ring) {
    if (ring->at == ring->kept_start)
        ring->at = ring->kept_end;
    if (ring->at >= sh->objects)
        ring_turn(sh, ring);
}

static bool sh_step(void *state, struct synth_out *out) {
    struct sh *sh = state;
    uint32_t thread = sh->threads > 1 ? (uint32_t)synth_random_below(&sh->prng, sh->threads) : 0;
    struct ring *ring = &sh->rings[thread];
    if (ring->phase == RING_FREES_BOTTOM && ring->at == ring->kept_start) {
        ring->phase = RING_FREES_TOP;
        ring->at = sh->objects;
    }
    if (ring->phase == RING_FREES_TOP && ring->at == ring->kept_end) {
        ring->phase = RING_FILLS;
        ring->at = 0;
        if (ring->kept_start == 0)
            ring->at = ring->kept_end;
    }
    if (ring->phase == RING_FREES_BOTTOM) {
        synth_free(out, thread, ring->places[ring->at++]);
    } else if (ring->phase == RING_FREES_TOP) {
        synth_free(out, (uint32_t)((thread + 1) % sh->threads), ring->places[--ring->at]);
    } else {
        ring->places[ring->at++] = synth_born(out, HB_OP_MALLOC, thread, size_next(sh, ring));
        ring_skip(sh, ring);
    }
    return true;
}

static void sh_close(void *state) {
    struct sh *sh = state;
    for (uint64_t i = 0; sh->rings && i < sh->threads; i++)
        free(sh->rings[i].places);
    free(sh->rings);
}

static const struct synth_use sh6_uses[] = {{&synth_ops, 1000000},
                                            {&synth_seed, 1},
                                            {&synth_objects, 5000},
                                            {&synth_maximum, 1000},
                                            {NULL, 0}};
static const struct synth_use sh8_uses[] = {{&synth_ops, 1000000},  {&synth_seed, 1},
                                            {&synth_threads, 4},    {&synth_objects, 5000},
                                            {&synth_maximum, 1000}, {NULL, 0}};

const struct hb_generator synth_sh6 = {
    .name = "sh6",
    .summary = "many small sizes; frees in the order of the births and in reverse order",
    .source = "after MicroQuill's sh6bench; Leijen, Zorn & de Moura, APLAS 2019",
    .uses = sh6_uses,
    .state_bytes = sizeof(struct sh),
    .open = sh_open,
    .step = sh_step,
    .close = sh_close};

const struct hb_generator synth_sh8 = {
    .name = "sh8",
    .summary = "sh6 on threads that free what others allocated",
    .source = "after MicroQuill's sh8bench; Leijen, Zorn & de Moura, APLAS 2019",
    .uses = sh8_uses,
    .state_bytes = sizeof(struct sh),
    .open = sh_open,
    .step = sh_step,
    .close = sh_close};
