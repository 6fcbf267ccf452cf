/* randell.c -- rounding sizes up costs more than it saves. See README.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "papers/figure.h"
#include "papers/queue.h"

enum { STORE = 32768, MEAN = 256, QUANTA = 4, POLICIES = 4 };
static const uint64_t quanta[QUANTA] = {1, 16, 64, 256};
static const struct {
    const char *spec, *name;
} policies[POLICIES] = {{"firstfit", "first fit"},
                        {"bestfit", "best fit"},
                        {"bestfit:order=lifo", "best fit, ties lifo"},
                        {"bestfit:order=fifo", "best fit, ties fifo"}};

struct randell {
    struct hb_paper_run *run;
    FILE *data;
    struct hb_figure *figure;
    uint64_t seeds;
    double time;
    double useful[POLICIES][HB_PAPER_DISTRIBUTIONS][QUANTA];
    double external[POLICIES][HB_PAPER_DISTRIBUTIONS][QUANTA];
};

static bool cell_measure(struct randell *randell, int policy, int distribution, int quantum) {
    double useful = 0, external = 0;
    for (uint64_t seed = 1; seed <= randell->seeds; seed++) {
        struct hb_queue queue = {.spec = policies[policy].spec,
                                 .store_units = STORE,
                                 .sizes = {hb_paper_distributions[distribution].kind, MEAN},
                                 .quantum = quanta[quantum],
                                 .seed = seed,
                                 .warm_time = 100,
                                 .time = randell->time};
        struct hb_queue_result result;
        if (!hb_queue_run(&queue, &result))
            return hb_paper_fail(randell->run, "not enough memory for the store");
        fprintf(randell->data, "%s,%s,%llu,%llu,%.6f,%.6f,%.6f\n", policies[policy].spec,
                hb_paper_distributions[distribution].name, (unsigned long long)quanta[quantum],
                (unsigned long long)seed, result.useful, result.allocated - result.useful,
                1 - result.allocated);
        useful += result.useful / (double)randell->seeds;
        external += (1 - result.allocated) / (double)randell->seeds;
    }
    randell->useful[policy][distribution][quantum] = useful;
    randell->external[policy][distribution][quantum] = external;
    if (policy <= 1) {
        char name[64];
        snprintf(name, sizeof name, "useful, %s", policies[policy].name);
        hb_figure_add(randell->figure, (size_t)distribution, name, HB_FIGURE_LINES,
                      (double)quanta[quantum], useful);
        snprintf(name, sizeof name, "external, %s", policies[policy].name);
        hb_figure_add(randell->figure, (size_t)distribution, name, HB_FIGURE_LINES,
                      (double)quanta[quantum], external);
    }
    return true;
}

static bool all_measure(struct randell *randell) {
    enum { CELLS = POLICIES * HB_PAPER_DISTRIBUTIONS * QUANTA };
    for (int i = 0; i < CELLS; i++) {
        int policy = i / (HB_PAPER_DISTRIBUTIONS * QUANTA);
        if (!hb_paper_step(randell->run, policies[policy].name, (size_t)i, CELLS) ||
            !cell_measure(randell, policy, i / QUANTA % HB_PAPER_DISTRIBUTIONS, i % QUANTA))
            return false;
    }
    return true;
}

/* What best fit's orders of ties differ by. */
static double floor_of(const struct randell *randell, int distribution, int quantum) {
    double best = randell->useful[1][distribution][quantum], floor = 0;
    for (int policy = 2; policy < POLICIES; policy++)
        floor = fmax(floor, fabs(randell->useful[policy][distribution][quantum] - best));
    return floor;
}

static void conditions_state(const struct randell *randell) {
    double least = INFINITY;
    size_t falls = 0, clear = 0;
    for (int i = 0; i < HB_PAPER_DISTRIBUTIONS; i++)
        for (int quantum = 1; quantum < QUANTA; quantum++)
            for (int policy = 0; policy < 2; policy++) {
                double fall =
                    randell->useful[policy][i][quantum - 1] - randell->useful[policy][i][quantum];
                double floor =
                    fmax(floor_of(randell, i, quantum - 1), floor_of(randell, i, quantum));
                least = fmin(least, fall);
                falls++;
                clear += fall > floor;
            }
    hb_paper_require(randell->run, least > 0,
                     "the useful part falls with each larger quantum, in every distribution, for "
                     "first and best fit: by %.4f at least",
                     least);
    hb_paper_expect(randell->run, clear == falls,
                    "each fall is larger than what best fit's orders of ties differ by there: %zu "
                    "of %zu",
                    clear, falls);
    const double *useful = randell->useful[0][1], *external = randell->external[0][1];
    hb_paper_note(randell->run,
                  "Uniform sizes, mean 256, first fit, quantum 1, 16, 64, 256: useful %.3f %.3f "
                  "%.3f %.3f, external %.3f %.3f %.3f %.3f (an independent simulation: .874 .859 "
                  ".809 .650; .126 .116 .092 .028).",
                  useful[0], useful[1], useful[2], useful[3], external[0], external[1], external[2],
                  external[3]);
    hb_paper_note(randell->run,
                  "Units, so that policy and real mode are one; means over %llu "
                  "seeds.",
                  (unsigned long long)randell->seeds);
}

static bool randell_measure(struct hb_paper_run *run) {
    struct randell randell = {
        .run = run, .seeds = run->is_quick ? 3 : 10, .time = run->is_quick ? 4000 : 5000};
    randell.figure = hb_figure_create("randell", "Rounding sizes up");
    randell.data =
        hb_paper_data(run, "randell.csv", "policy,sizes,quantum,seed,useful,internal,external");
    bool ok = randell.figure && randell.data && all_measure(&randell);
    if (ok) {
        conditions_state(&randell);
        randell.figure->subtitle =
            "What rounding takes from external fragmentation it loses within.";
        randell.figure->caption = "32768 units, mean size 256; a saturated queue; Randell 1969";
        randell.figure->x_title = "quantum, units";
        randell.figure->y_title = "part of the store";
        randell.figure->x_is_log2 = true;
        randell.figure->x_tics = "1, 16, 64, 256";
        randell.figure->panel_count = HB_PAPER_DISTRIBUTIONS;
        for (int i = 0; i < HB_PAPER_DISTRIBUTIONS; i++)
            randell.figure->panel_names[i] = hb_paper_distributions[i].name;
        ok = hb_figure_draw(randell.figure, run);
    }
    hb_figure_free(randell.figure);
    return ok;
}

const struct hb_paper hb_paper_randell = {
    .name = "randell",
    .question = "Does rounding sizes up save more outside blocks than it loses within?",
    .source = "Randell, CACM 1969",
    .measure = randell_measure,
};
