/* shore_bays.c -- first fit against best fit in a saturated store. See README.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "papers/figure.h"
#include "papers/queue.h"

enum { STORE = 32768, POLICIES = 6, MEANS = 4 };
enum { FIRST, BEST, NEXT, WORST, BEST_LIFO, BEST_FIFO };
static const struct {
    const char *spec, *name;
} policies[POLICIES] = {{"firstfit", "first fit"},
                        {"bestfit", "best fit"},
                        {"nextfit", "next fit"},
                        {"worstfit", "worst fit"},
                        {"bestfit:order=lifo", "best fit, ties lifo"},
                        {"bestfit:order=fifo", "best fit, ties fifo"}};
static const uint64_t parts[MEANS] = {128, 64, 32, 16}; /* mean size = store / part */

/* An independent simulation's: first, best, next, worst fit, at M/128 and M/16. */
static const double model[HB_PAPER_DISTRIBUTIONS][2][4] = {
    {{.889, .902, .885, .869}, {.836, .841, .837, .832}},
    {{.874, .888, .869, .833}, {.814, .820, .819, .803}},
    {{.830, .823, .805, .755}, {.774, .776, .779, .756}},
    {{.766, .728, .727, .664}, {.725, .726, .725, .714}}};

struct shore {
    struct hb_paper_run *run;
    FILE *data;
    struct hb_figure *figure;
    uint64_t seeds;
    double time;
    double useful[HB_PAPER_DISTRIBUTIONS][MEANS][POLICIES];
};

static bool cell_measure(struct shore *shore, int distribution, int mean, int policy) {
    double sum = 0;
    for (uint64_t seed = 1; seed <= shore->seeds; seed++) {
        struct hb_queue queue = {
            .spec = policies[policy].spec,
            .store_units = STORE,
            .sizes = {hb_paper_distributions[distribution].kind, STORE / parts[mean]},
            .quantum = 1,
            .seed = seed,
            .warm_time = 100,
            .time = shore->time};
        struct hb_queue_result result;
        if (!hb_queue_run(&queue, &result))
            return hb_paper_fail(shore->run, "not enough memory for the store");
        fprintf(shore->data, "%s,%s,%llu,%llu,%.6f,%llu\n", policies[policy].spec,
                hb_paper_distributions[distribution].name, (unsigned long long)parts[mean],
                (unsigned long long)seed, result.useful, (unsigned long long)result.served);
        sum += result.useful;
    }
    shore->useful[distribution][mean][policy] = sum / (double)shore->seeds;
    hb_figure_add(shore->figure, (size_t)distribution, policies[policy].name, HB_FIGURE_LINES,
                  (double)parts[mean], shore->useful[distribution][mean][policy]);
    return true;
}

static bool all_measure(struct shore *shore) {
    enum { CELLS = HB_PAPER_DISTRIBUTIONS * MEANS * POLICIES };
    for (int i = 0; i < CELLS; i++) {
        int distribution = i / (MEANS * POLICIES), mean = i / POLICIES % MEANS;
        if (!hb_paper_step(shore->run, hb_paper_distributions[distribution].name, (size_t)i,
                           CELLS) ||
            !cell_measure(shore, distribution, mean, i % POLICIES))
            return false;
    }
    return true;
}

/* The largest difference between best fit's orders of ties. */
static double floor_of(const double *useful) {
    return fmax(fabs(useful[BEST] - useful[BEST_LIFO]), fabs(useful[BEST] - useful[BEST_FIFO]));
}

/* At M/32 and smaller: is first fit the better where the papers say so, and best fit elsewhere? A
 * gap that is not larger than the noise floor is neither for it nor against it. */
static void order_judge(const struct shore *shore) {
    size_t cells = 0, reversed = 0, clear = 0;
    for (int distribution = 0; distribution < HB_PAPER_DISTRIBUTIONS; distribution++)
        for (int mean = 0; mean < MEANS - 1; mean++) {
            const double *useful = shore->useful[distribution][mean];
            bool first_wins =
                hb_paper_distributions[distribution].kind == SYNTH_SIZES_EXPONENTIAL ||
                hb_paper_distributions[distribution].kind == SYNTH_SIZES_HYPEREXPONENTIAL;
            double gap = (useful[FIRST] - useful[BEST]) * (first_wins ? 1 : -1);
            double floor = floor_of(useful);
            cells++;
            clear += gap > floor;
            reversed += gap < -floor;
            if (gap <= floor)
                hb_paper_note(shore->run,
                              "No result: %s, M/%llu: first fit %.4f, best fit %.4f, noise floor "
                              "%.4f.",
                              hb_paper_distributions[distribution].name,
                              (unsigned long long)parts[mean], useful[FIRST], useful[BEST], floor);
        }
    hb_paper_require(shore->run, reversed == 0,
                     "nowhere at mean <= M/32 is first fit against best fit beyond the noise the "
                     "other way round: in %zu of %zu cells",
                     reversed, cells);
    hb_paper_expect(shore->run, clear == cells,
                    "at mean <= M/32 first fit beats best fit for exponential and "
                    "hyperexponential sizes and loses for uniform and normal, by more than best "
                    "fit's ties: in %zu of %zu cells",
                    clear, cells);
}

static double model_off(const struct shore *shore) {
    double off = 0;
    for (int i = 0; i < HB_PAPER_DISTRIBUTIONS; i++)
        for (int policy = 0; policy < 4; policy++) {
            off = fmax(off, fabs(shore->useful[i][0][policy] - model[i][0][policy]));
            off = fmax(off, fabs(shore->useful[i][MEANS - 1][policy] - model[i][1][policy]));
        }
    return off;
}

static void conditions_state(const struct shore *shore) {
    bool next_is_below = true;
    double spread = 0, floor = 0;
    order_judge(shore);
    for (int i = 0; i < HB_PAPER_DISTRIBUTIONS; i++) {
        const double *small = shore->useful[i][0], *large = shore->useful[i][MEANS - 1];
        next_is_below &= small[NEXT] < small[FIRST] && small[NEXT] < small[BEST];
        spread = fmax(spread, fmax(large[FIRST], fmax(large[BEST], large[NEXT])) -
                                  fmin(large[FIRST], fmin(large[BEST], large[NEXT])));
        for (int mean = 0; mean < MEANS; mean++)
            floor = fmax(floor, floor_of(shore->useful[i][mean]));
    }
    hb_paper_require(shore->run, next_is_below,
                     "at M/128 next fit is below both in each "
                     "distribution");
    hb_paper_require(shore->run, spread <= 0.01,
                     "at M/16 first, best and next fit lie within 1 point: %.2f at most",
                     100 * spread);
    hb_paper_note(shore->run, "Noise floor: best fit's orders of ties differ by up to %.4f.",
                  floor);
    hb_paper_note(shore->run,
                  "An independent simulation's means at M/128 and M/16 are at most %.4f away.",
                  model_off(shore));
    hb_paper_note(shore->run,
                  "Units, so that policy and real mode are one; means over %llu seeds, "
                  "the same line of requests for each policy.",
                  (unsigned long long)shore->seeds);
}

static bool shore_measure(struct hb_paper_run *run) {
    struct shore shore = {
        .run = run, .seeds = run->is_quick ? 3 : 10, .time = run->is_quick ? 4000 : 10000};
    shore.figure = hb_figure_create("shore-bays", "Part of the store in use, requests in line");
    shore.data =
        hb_paper_data(run, "shore-bays.csv", "policy,sizes,store_per_mean,seed,useful,served");
    bool ok = shore.figure && shore.data && all_measure(&shore);
    if (ok) {
        conditions_state(&shore);
        shore.figure->subtitle = "The mean over time; higher is better. Left: large requests.";
        shore.figure->caption = "32768 units, stays U(5,15); Shore 1975, Bays 1977";
        shore.figure->x_title = "store ÷ mean size";
        shore.figure->y_title = "useful part of the store";
        shore.figure->x_is_log2 = true;
        shore.figure->panel_count = HB_PAPER_DISTRIBUTIONS;
        for (int i = 0; i < HB_PAPER_DISTRIBUTIONS; i++)
            shore.figure->panel_names[i] = hb_paper_distributions[i].name;
        ok = hb_figure_draw(shore.figure, run);
    }
    hb_figure_free(shore.figure);
    return ok;
}

const struct hb_paper hb_paper_shore_bays = {
    .name = "shore-bays",
    .question = "First fit or best fit: which fills a store better?",
    .source = "Shore, CACM 1975; Bays, CACM 1977",
    .measure = shore_measure,
};
