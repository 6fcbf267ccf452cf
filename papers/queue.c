#include "papers/queue.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STAY_LEAST = 5, STAY_MOST = 15 };

struct stay {
    double end;
    void *payload;
    uint64_t asked, allocated; /* units */
};

struct simulation {
    const struct hb_queue *queue;
    struct hb_paper_heap heap;
    struct synth_prng prng;
    struct stay *stays; /* a binary heap, the first to end on top */
    size_t count;
    uint64_t next, next_rounded; /* the first in line */
    uint64_t asked, allocated;   /* in use */
    double now, from;            /* measured from */
    double asked_time, allocated_time;
    uint64_t served;
};

static void stays_add(struct simulation *simulation, struct stay stay) {
    size_t at = simulation->count++;
    struct stay *stays = simulation->stays;
    for (; at && stays[(at - 1) / 2].end > stay.end; at = (at - 1) / 2)
        stays[at] = stays[(at - 1) / 2];
    stays[at] = stay;
}

static struct stay stays_take(struct simulation *simulation) {
    struct stay *stays = simulation->stays, first = stays[0], last = stays[--simulation->count];
    size_t at = 0, child;
    while ((child = 2 * at + 1) < simulation->count) {
        child += child + 1 < simulation->count && stays[child + 1].end < stays[child].end;
        if (stays[child].end >= last.end)
            break;
        stays[at] = stays[child];
        at = child;
    }
    stays[at] = last;
    return first;
}

/* What would never fit is drawn again. */
static void line_next(struct simulation *simulation) {
    const struct hb_queue *queue = simulation->queue;
    do {
        simulation->next = synth_size_draw(&queue->sizes, &simulation->prng);
        simulation->next_rounded =
            (simulation->next + queue->quantum - 1) / queue->quantum * queue->quantum;
    } while (simulation->next_rounded > queue->store_units);
}

static void serve(struct simulation *simulation) {
    void *payload;
    while ((payload = hb_paper_heap_alloc(&simulation->heap, simulation->next_rounded))) {
        double stay = STAY_LEAST + (STAY_MOST - STAY_LEAST) * synth_random_unit(&simulation->prng);
        stays_add(simulation, (struct stay){simulation->now + stay, payload, simulation->next,
                                            simulation->next_rounded});
        simulation->asked += simulation->next;
        simulation->allocated += simulation->next_rounded;
        simulation->served += simulation->now >= simulation->from;
        line_next(simulation);
    }
}

/* To the end of the stay that ends first. */
static void advance(struct simulation *simulation) {
    struct stay stay = stays_take(simulation);
    double since = fmax(simulation->now, simulation->from);
    double passed = fmax(0, stay.end - since);
    simulation->asked_time += passed * (double)simulation->asked;
    simulation->allocated_time += passed * (double)simulation->allocated;
    simulation->now = stay.end;
    simulation->asked -= stay.asked;
    simulation->allocated -= stay.allocated;
    hb_paper_heap_free(&simulation->heap, stay.payload);
}

bool hb_queue_run(const struct hb_queue *queue, struct hb_queue_result *result) {
    char spec[HB_SPEC_MAX];
    struct simulation simulation = {.queue = queue, .from = queue->warm_time};
    snprintf(spec, sizeof spec, "%s" HB_PAPER_UNITS, queue->spec);
    simulation.stays = malloc((queue->store_units + 1) * sizeof *simulation.stays);
    bool opened =
        simulation.stays && hb_paper_heap_open(&simulation.heap, spec, queue->store_units);
    if (opened) {
        synth_prng_seed(&simulation.prng, queue->seed);
        line_next(&simulation);
        serve(&simulation);
        while (simulation.now < queue->warm_time + queue->time) {
            advance(&simulation);
            serve(&simulation);
        }
        double all = (double)queue->store_units * (simulation.now - simulation.from);
        *result = (struct hb_queue_result){simulation.asked_time / all,
                                           simulation.allocated_time / all, simulation.served};
        hb_paper_heap_close(&simulation.heap);
    }
    free(simulation.stays);
    return opened;
}
