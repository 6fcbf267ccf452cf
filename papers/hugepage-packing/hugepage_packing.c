/* hugepage_packing.c -- which huge page should take a span, so that others become empty. See
 * README.md.
 */
#include <math.h>
#include <stdio.h>

#include "papers/figure.h"
#include "papers/hugepage-packing/packing.h"
#include "workloads/synth/distribution.h"

enum { HUGE_PAGES = 100, SEEDS_MAX = 20, PIN_SIZES = 2 };

/* Small spans, of which the verdict is, and larger ones, for the note. */
enum load { LOAD_SMALL, LOAD_LARGE, LOADS };
static const uint32_t span_most[LOADS] = {8, 32};
#define DROP_TIME    6.0
#define SETTLED_TIME 10.0 /* the overhead after the drop is a mean from here on */
#define END_TIME     18.0
#define SAMPLE_TIME  0.1

static const struct {
    const char *name;
    enum packing_policy policy;
} policies[PACKING_POLICIES] = {{"best fit", PACKING_BEST_FIT},
                                {"best fit, ties high", PACKING_BEST_FIT_HIGH},
                                {"best fit, ties last freed", PACKING_BEST_FIT_LAST},
                                {"fullness first", PACKING_FULLNESS},
                                {"longest free range first", PACKING_LONGEST_RANGE}};

struct study {
    struct hb_paper_run *run;
    FILE *data, *pins;
    struct hb_figure *figure;
    uint64_t seeds, live_pages;
    double overhead[LOADS][PACKING_POLICIES]; /* after the drop, mean over time and seeds */
    double before[PACKING_POLICIES];          /* in the lifetime before it */
    double curve[PACKING_POLICIES][PACKING_SAMPLES_MAX];
};

static double overhead_at(const struct packing_sample *sample) {
    double held = (double)sample->huge_pages * PACKING_PAGES, live = (double)sample->live_pages;
    return live > 0 ? (held - live) / live : 0;
}

static bool policy_run(struct study *study, enum load load, int policy, uint64_t seed) {
    struct packing packing = {.policy = policies[policy].policy,
                              .seed = seed,
                              .live_pages = study->live_pages,
                              .span_most = span_most[load],
                              .kept = 0.5,
                              .drop_time = DROP_TIME,
                              .end_time = END_TIME,
                              .sample_time = SAMPLE_TIME};
    struct packing_result result;
    double after = 0, before = 0;
    size_t after_count = 0, before_count = 0;
    if (!packing_run(&packing, &result))
        return hb_paper_fail(study->run, "not enough memory for the huge pages");
    for (uint64_t i = 0; i < result.sample_count; i++) {
        double time = (double)i * SAMPLE_TIME, overhead = overhead_at(&result.samples[i]);
        if (load == LOAD_SMALL)
            study->curve[policy][i] += overhead / (double)study->seeds;
        if (time > SETTLED_TIME) {
            after += overhead;
            after_count++;
        } else if (time > DROP_TIME - 1 && time <= DROP_TIME) {
            before += overhead;
            before_count++;
        }
    }
    after /= (double)after_count;
    before /= (double)before_count;
    fprintf(study->data, "%u,%s,%llu,%.6f,%.6f\n", (unsigned)span_most[load], policies[policy].name,
            (unsigned long long)seed, before, after);
    study->overhead[load][policy] += after / (double)study->seeds;
    if (load == LOAD_SMALL)
        study->before[policy] += before / (double)study->seeds;
    return true;
}

static bool packing_measure(struct study *study) {
    size_t steps = LOADS * PACKING_POLICIES * study->seeds;
    for (size_t step = 0; step < steps; step++) {
        size_t cell = step / study->seeds;
        int policy = (int)(cell % PACKING_POLICIES);
        if (!hb_paper_step(study->run, policies[policy].name, step, steps) ||
            !policy_run(study, (enum load)(cell / PACKING_POLICIES), policy,
                        step % study->seeds + 1))
            return false;
    }
    for (int policy = 0; policy < PACKING_POLICIES; policy++)
        for (int i = 0; i * SAMPLE_TIME < END_TIME && i < PACKING_SAMPLES_MAX; i++)
            if (i * SAMPLE_TIME > 1) /* the store has filled */
                hb_figure_add(study->figure, 0, policies[policy].name, HB_FIGURE_LINES,
                              i * SAMPLE_TIME, 100 * study->curve[policy][i]);
    return true;
}

/* A page is pinned if any of the objects in it lives on, each with probability q. */
static double pinned_part(uint64_t page, uint64_t size, double q) {
    return 1 - pow(1 - q, (double)page / (double)size);
}

/* Objects one by one: how many of so many pages keep one that lives. */
static uint64_t pinned_count(struct synth_prng *prng, uint64_t pages, uint64_t objects, double q) {
    uint64_t pinned = 0;
    for (uint64_t page = 0; page < pages; page++) {
        bool is_pinned = false;
        for (uint64_t i = 0; i < objects && !is_pinned; i++)
            is_pinned = synth_random_unit(prng) < q;
        pinned += is_pinned;
    }
    return pinned;
}

static void pins_measure(struct study *study) {
    static const struct {
        uint64_t page, pages, quick_pages;
        const char *name;
    } cases[PIN_SIZES] = {{4096, 400000, 40000, "4 KiB"}, {2 << 20, 20000, 2000, "2 MiB"}};
    const double q = 1e-4;
    const uint64_t size = 64;
    struct synth_prng prng;
    synth_prng_seed(&prng, 1);
    for (int i = 0; i < PIN_SIZES; i++) {
        uint64_t pages = study->run->is_quick ? cases[i].quick_pages : cases[i].pages;
        double part = pinned_part(cases[i].page, size, q);
        double found = (double)pinned_count(&prng, pages, cases[i].page / size, q) / (double)pages;
        double sigma = sqrt(part * (1 - part) / (double)pages);
        fprintf(study->pins, "%llu,%llu,%.6f,%.6f,%.6f\n", (unsigned long long)cases[i].page,
                (unsigned long long)pages, part, found, sigma);
        hb_paper_require(
            study->run, fabs(found - part) <= 3 * sigma,
            "objects of 64 bytes of which one in 10000 lives on pin 1 - (1 - q)^(page / "
            "size) of the pages of %s: %.2f%% by the formula, %.2f%% drawn, within 3 "
            "sigma (%.2f%%)",
            cases[i].name, 100 * part, 100 * found, 300 * sigma);
    }
}

static void conditions_state(const struct study *study) {
    const double *small = study->overhead[LOAD_SMALL], *large = study->overhead[LOAD_LARGE];
    double best = small[PACKING_BEST_FIT], full = small[PACKING_FULLNESS];
    double longest = small[PACKING_LONGEST_RANGE];
    double floor =
        fmax(fabs(small[PACKING_BEST_FIT_HIGH] - best), fabs(small[PACKING_BEST_FIT_LAST] - best));
    hb_paper_require(study->run, best > full && full >= longest,
                     "overhead after the drop: best fit > fullness first >= longest free range "
                     "first: %.1f%%, %.1f%%, %.1f%%",
                     100 * best, 100 * full, 100 * longest);
    hb_paper_require(study->run, best >= 2 * full && best >= 2 * longest,
                     "best fit's is at least twice that of the others: %.2f and %.2f times",
                     best / full, best / longest);
    hb_paper_expect(study->run, best - full > floor,
                    "the gap is larger than the noise floor, best fit with other ties: %.1f%% "
                    "against %.1f%%",
                    100 * (best - full), 100 * floor);
    hb_paper_note(study->run,
                  "Before the drop: best fit %.1f%%, fullness first %.1f%%, longest free range "
                  "first %.1f%%.",
                  100 * study->before[PACKING_BEST_FIT], 100 * study->before[PACKING_FULLNESS],
                  100 * study->before[PACKING_LONGEST_RANGE]);
    hb_paper_note(
        study->run,
        "It takes lifetimes, and small spans: with spans of up to 32 pages best fit has %.1f%%, "
        "fullness first %.1f%%, longest free range first %.1f%%. The published load is not "
        "at hand; ours has spans of 1 to 8 pages, n with weight 1/n^2.",
        100 * large[PACKING_BEST_FIT], 100 * large[PACKING_FULLNESS],
        100 * large[PACKING_LONGEST_RANGE]);
    hb_paper_note(study->run,
                  "Means over %llu seeds of %llu huge pages' load; the part of memory that is held "
                  "in huge pages and in no span, over what is in spans. A simulation of the page "
                  "heap alone, so that policy and real mode are one.",
                  (unsigned long long)study->seeds, (unsigned long long)HUGE_PAGES);
}

static bool study_measure(struct hb_paper_run *run) {
    static struct study study;
    study = (struct study){.run = run,
                           .seeds = run->is_quick ? 3 : SEEDS_MAX,
                           .live_pages = HUGE_PAGES * PACKING_PAGES / (run->is_quick ? 2 : 1)};
    study.figure = hb_figure_create("hugepage-packing", "Huge pages after a mass free");
    study.data = hb_paper_data(run, "hugepage-packing.csv", "span_most,policy,seed,before,after");
    study.pins = hb_paper_data(run, "pinning.csv", "page,pages,formula,drawn,sigma");
    bool ok = study.figure && study.data && study.pins && packing_measure(&study);
    if (ok) {
        conditions_state(&study);
        pins_measure(&study);
        study.figure->subtitle =
            "At time 6 half of all spans are freed at once, and half as many arrive.";
        study.figure->caption = "Pages of 8 KiB in huge pages of 2 MiB; time in mean lifetimes";
        study.figure->x_title = "time, mean lifetimes";
        study.figure->y_title = "held beyond spans, %";
        study.figure->panel_count = 1;
        study.figure->panel_names[0] = "";
        ok = hb_figure_draw(study.figure, run);
    }
    hb_figure_free(study.figure);
    return ok;
}

const struct hb_paper hb_paper_hugepage_packing = {
    .name = "hugepage-packing",
    .question = "Which huge page should take a span, so that others become empty?",
    .source = "Hunter et al., OSDI 2021; Maas et al., ASPLOS 2020",
    .measure = study_measure,
};
