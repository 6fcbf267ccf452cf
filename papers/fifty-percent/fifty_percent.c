/* fifty_percent.c -- Knuth's fifty-percent rule, and what breaks it. See README.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "papers/distributions.h"
#include "papers/figure.h"
#include "papers/heap.h"

enum { LIVE = 2000, MEAN = 1024, POLICIES = 6, RELEASES = 2 };

static const struct {
    const char *spec, *name;
} policies[POLICIES] = {{"firstfit", "first fit"},
                        {"nextfit", "next fit"},
                        {"worstfit", "worst fit"},
                        {"bestfit", "best fit"},
                        {"bestfit:order=lifo", "best fit, ties lifo"},
                        {"bestfit:order=fifo", "best fit, ties fifo"}};
enum { FIRST, NEXT, WORST, BEST, BEST_LIFO, BEST_FIFO };
enum { RANDOM, FIFO };
static const char *const release_names[RELEASES] = {"random release", "first in, first out"};

struct fifty {
    struct hb_paper_run *run;
    FILE *data;
    struct hb_figure *figure;
    uint64_t seeds, warm_ops, ops, sample_every;
    double ratio[RELEASES][POLICIES][HB_PAPER_DISTRIBUTIONS]; /* means over seeds */
};

/* One is freed, at random or the oldest, and one requested. */
static void replace(struct hb_paper_heap *heap, void **live, uint64_t op, int release,
                    const struct synth_sizes *sizes, struct synth_prng *prng) {
    uint64_t slot = release == FIFO ? op % LIVE : synth_random_below(prng, LIVE);
    hb_paper_heap_free(heap, live[slot]);
    live[slot] = hb_paper_heap_alloc(heap, synth_size_draw(sizes, prng));
}

/* Free blocks / live ones, the mean of samples. */
static bool simulate(const struct fifty *fifty, int policy, int release, int distribution,
                     uint64_t seed, double *ratio) {
    char spec[HB_SPEC_MAX];
    struct synth_sizes sizes = {hb_paper_distributions[distribution].kind, MEAN};
    struct synth_prng prng;
    struct hb_paper_heap heap;
    void *live[LIVE];
    uint64_t samples = 0;
    snprintf(spec, sizeof spec, "%s" HB_PAPER_UNITS, policies[policy].spec);
    if (!hb_paper_heap_open(&heap, spec, 0))
        return hb_paper_fail(fifty->run, "not enough memory for the heap");
    synth_prng_seed(&prng, seed);
    for (int i = 0; i < LIVE; i++)
        live[i] = hb_paper_heap_alloc(&heap, synth_size_draw(&sizes, &prng));
    *ratio = 0;
    for (uint64_t op = 0; op < fifty->warm_ops + fifty->ops; op++) {
        replace(&heap, live, op, release, &sizes, &prng);
        if (op < fifty->warm_ops || op % fifty->sample_every)
            continue;
        struct hb_paper_blocks blocks;
        hb_paper_heap_count(&heap, &blocks);
        *ratio += (double)blocks.free / (double)blocks.live;
        samples++;
    }
    *ratio /= (double)samples;
    hb_paper_heap_close(&heap);
    return true;
}

static bool cell_measure(struct fifty *fifty, int policy, int release, int distribution) {
    double sum = 0, ratio;
    for (uint64_t seed = 1; seed <= fifty->seeds; seed++) {
        if (!simulate(fifty, policy, release, distribution, seed, &ratio))
            return false;
        fprintf(fifty->data, "%s,%s,%s,%llu,%.6f\n", policies[policy].spec, release_names[release],
                hb_paper_distributions[distribution].name, (unsigned long long)seed, ratio);
        sum += ratio;
    }
    fifty->ratio[release][policy][distribution] = sum / (double)fifty->seeds;
    hb_figure_add(fifty->figure, (size_t)release, policies[policy].name, HB_FIGURE_POINTS,
                  distribution + (policy - 2.5) * 0.06,
                  fifty->ratio[release][policy][distribution]);
    return true;
}

static bool all_measure(struct fifty *fifty) {
    size_t step = 0;
    for (int release = 0; release < RELEASES; release++)
        for (int policy = 0; policy < POLICIES; policy++)
            for (int i = 0; i < HB_PAPER_DISTRIBUTIONS; i++)
                if (!hb_paper_step(fifty->run, policies[policy].name, step++,
                                   (size_t)RELEASES * POLICIES * HB_PAPER_DISTRIBUTIONS) ||
                    !cell_measure(fifty, policy, release, i))
                    return false;
    return true;
}

static void conditions_state(const struct fifty *fifty) {
    const double(*random)[HB_PAPER_DISTRIBUTIONS] = fifty->ratio[RANDOM];
    double least = INFINITY, most = 0, fifo = 0, floor = 0, gap = INFINITY;
    bool is_ordered = true;
    for (int i = 0; i < HB_PAPER_DISTRIBUTIONS; i++) {
        for (int policy = 0; policy < POLICIES; policy++) {
            fifo = fmax(fifo, fifty->ratio[FIFO][policy][i]);
            if (policy > WORST)
                continue;
            least = fmin(least, random[policy][i]);
            most = fmax(most, random[policy][i]);
            gap = fmin(gap, random[policy][i] - random[BEST][i]);
        }
        floor = fmax(floor, fmax(fabs(random[BEST][i] - random[BEST_LIFO][i]),
                                 fabs(random[BEST][i] - random[BEST_FIFO][i])));
        is_ordered &= i == 0 || random[BEST][i] < random[BEST][i - 1];
    }
    hb_paper_require(fifty->run, least >= 0.47 && most <= 0.51,
                     "released at random, free blocks / live ones of first, next and worst fit lie "
                     "in [0.47, 0.51]: %.3f to %.3f",
                     least, most);
    hb_paper_require(fifty->run, gap > 0, "best fit has fewer than each of them: by %.4f at least",
                     gap);
    hb_paper_require(fifty->run, is_ordered,
                     "best fit's fall as sizes vary more (normal, uniform, exponential, "
                     "hyperexponential): %.3f %.3f %.3f %.3f",
                     random[BEST][0], random[BEST][1], random[BEST][2], random[BEST][3]);
    hb_paper_require(fifty->run, fifo < 0.02,
                     "released first in, first out, there are almost none: %.4f at most", fifo);
    hb_paper_note(fifty->run, "Noise floor: best fit's orders of ties differ by up to %.4f.",
                  floor);
    hb_paper_note(fifty->run,
                  "2000 live blocks, mean 1024 units; means over %llu seeds. Units, so "
                  "that policy and real mode are one.",
                  (unsigned long long)fifty->seeds);
}

static bool fifty_measure(struct hb_paper_run *run) {
    struct fifty fifty = {.run = run,
                          .seeds = run->is_quick ? 1 : 10,
                          .warm_ops = run->is_quick ? 40000 : 60000,
                          .ops = run->is_quick ? 20000 : 60000,
                          .sample_every = 500};
    fifty.figure = hb_figure_create("fifty-percent", "Knuth's fifty-percent rule");
    fifty.data = hb_paper_data(run, "fifty-percent.csv", "policy,release,sizes,seed,free_per_live");
    bool ok = fifty.figure && fifty.data && all_measure(&fifty);
    if (ok) {
        conditions_state(&fifty);
        fifty.figure->subtitle = "Free blocks for each live one; the rule says one for two.";
        fifty.figure->caption = "2000 live blocks, mean size 1024 units";
        fifty.figure->x_tics = "'normal' 0, 'uniform' 1, 'exp.' 2, 'hyperexp.' 3";
        fifty.figure->x_title = "distribution of sizes, by its variation";
        fifty.figure->y_title = "free blocks ÷ live blocks";
        fifty.figure->y_differs = true;
        fifty.figure->panel_count = RELEASES;
        fifty.figure->panel_names[RANDOM] = release_names[RANDOM];
        fifty.figure->panel_names[FIFO] = release_names[FIFO];
        ok = hb_figure_draw(fifty.figure, run);
    }
    hb_figure_free(fifty.figure);
    return ok;
}

const struct hb_paper hb_paper_fifty_percent = {
    .name = "fifty-percent",
    .question = "Are there half as many free blocks as live ones, and when not?",
    .source = "Knuth, TAOCP 1, 2.5; Shore, CACM 1977",
    .measure = fifty_measure,
};
