/* buddy_internal.c -- what buddy systems lose within their blocks. See README.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "papers/figure.h"
#include "papers/heap.h"
#include "workloads/synth/distribution.h"

enum { SYSTEMS = 4, DISTRIBUTIONS = 3, MODES = 3 };
enum { BINARY, FIBONACCI, WEIGHTED, DOUBLE };
enum { UNIFORM_4096, UNIFORM_5000, RECIPROCAL };
enum { ABSTRACT, POLICY, REAL };
enum { GRAIN = 16, HEADER = 8 }; /* bytes, of all systems */

static const char *const system_names[SYSTEMS] = {"binary", "fibonacci", "weighted", "double"};
static const struct {
    const char *name;
    uint64_t least, most;
} distributions[DISTRIBUTIONS] = {
    {"U[1,4096]", 1, 4096}, {"U[1,5000]", 1, 5000}, {"1/size on 65...65536", 65, 65536}};

/* How a size becomes a request, and what options go with it. Abstract: a block of 16 k bytes holds
 * a request of 16 k - 8. */
static const struct {
    const char *name, *settings;
    uint64_t scale, less;
} modes[MODES] = {{"abstract", ":trim=off:mmap_threshold=off", GRAIN, HEADER},
                  {"policy", ":preset=paper", GRAIN, 0},
                  {"real", "", 1, 0}};

struct buddy {
    struct hb_paper_run *run;
    FILE *data;
    struct hb_figure *figure;
    uint64_t seeds, live, draws;
    double exact[SYSTEMS][DISTRIBUTIONS];
    double measured[MODES][SYSTEMS][DISTRIBUTIONS];
    double external[MODES][SYSTEMS][DISTRIBUTIONS];
};

/* The next size of the system above one of its sizes: as the literature has them, not as our code
 * computes them. */
static uint64_t size_after(int system, uint64_t size) {
    if (system == BINARY)
        return 2 * size;
    if (system == FIBONACCI) {
        uint64_t a = 1, b = 2;
        while (b <= size) {
            uint64_t sum = a + b;
            a = b;
            b = sum;
        }
        return b;
    }
    if (size < 2)
        return 2;
    return size & (size - 1) ? size / 3 * 4 : size / 2 * 3; /* 2^k, 3 * 2^(k-1), 2^(k+1) */
}

static double weight_of(int distribution, uint64_t size) {
    return distribution == RECIPROCAL ? 1 / (double)size : 1;
}

/* Allocated / requested by counting every size. */
static double ratio_exact(int system, int distribution) {
    double allocated = 0, requested = 0;
    uint64_t block = 1;
    for (uint64_t size = 1; size <= distributions[distribution].most; size++) {
        while (block < size)
            block = size_after(system, block);
        if (size < distributions[distribution].least)
            continue;
        double weight = weight_of(distribution, size);
        allocated += weight * (double)block;
        requested += weight * (double)size;
    }
    return allocated / requested;
}

/* 1/size: the cumulative sum of 1/k is turned around by bisection. */
static uint64_t size_draw(int distribution, const double *sums, struct synth_prng *prng) {
    uint64_t least = distributions[distribution].least, most = distributions[distribution].most;
    if (distribution != RECIPROCAL)
        return least + synth_random_below(prng, most - least + 1);
    double at = synth_random_unit(prng) * sums[most];
    while (least < most) {
        uint64_t middle = (least + most) / 2;
        if (sums[middle] < at)
            least = middle + 1;
        else
            most = middle;
    }
    return least;
}

static double *sums_make(void) {
    uint64_t most = distributions[RECIPROCAL].most;
    double *sums = calloc(most + 1, sizeof *sums);
    for (uint64_t size = distributions[RECIPROCAL].least; sums && size <= most; size++)
        sums[size] = sums[size - 1] + 1 / (double)size;
    return sums;
}

struct traffic {
    void *payload;
    uint64_t size;
};

/* live objects, of which one at random is replaced, again and again: a sample when all have been
 * once, in the mean. */
static bool simulate(struct buddy *buddy, int mode, int system, int distribution, uint64_t seed,
                     const double *sums) {
    char spec[HB_SPEC_MAX];
    struct hb_paper_heap heap;
    struct synth_prng prng;
    double allocated = 0, requested = 0, footprint = 0, in_use = 0;
    struct traffic *live = calloc(buddy->live, sizeof *live);
    snprintf(spec, sizeof spec, "buddy:system=%s%s:backend=mmap", system_names[system],
             modes[mode].settings);
    if (!live || !hb_paper_heap_open(&heap, spec, 0)) {
        free(live);
        return hb_paper_fail(buddy->run, "not enough memory for the heap");
    }
    synth_prng_seed(&prng, seed);
    uint64_t sum = 0;
    for (uint64_t op = 0; op < buddy->live + buddy->draws; op++) {
        struct traffic *at = &live[op < buddy->live ? op : synth_random_below(&prng, buddy->live)];
        if (at->payload) {
            hb_paper_heap_free(&heap, at->payload);
            sum -= at->size;
        }
        at->size = size_draw(distribution, sums, &prng);
        at->payload =
            heap.allocator->alloc(heap.state, at->size * modes[mode].scale - modes[mode].less);
        sum += at->size;
        if ((op + 1) % buddy->live)
            continue;
        struct hb_paper_blocks blocks;
        hb_paper_heap_count(&heap, &blocks);
        allocated += (double)blocks.live_bytes / (double)modes[mode].scale;
        requested += (double)sum;
        in_use += (double)blocks.live_bytes;
        footprint += (double)heap.backend.held_bytes;
    }
    hb_paper_heap_close(&heap);
    free(live);
    buddy->measured[mode][system][distribution] += allocated / requested / (double)buddy->seeds;
    buddy->external[mode][system][distribution] += (1 - in_use / footprint) / (double)buddy->seeds;
    fprintf(buddy->data, "%s,%s,%s,%llu,%.6f,%.6f,%.6f\n", system_names[system],
            distributions[distribution].name, modes[mode].name, (unsigned long long)seed,
            buddy->exact[system][distribution], allocated / requested, 1 - in_use / footprint);
    return true;
}

static bool cells_measure(struct buddy *buddy, const double *sums) {
    for (int i = 0; i < MODES * SYSTEMS * DISTRIBUTIONS; i++) {
        int mode = i / (SYSTEMS * DISTRIBUTIONS), system = i / DISTRIBUTIONS % SYSTEMS,
            distribution = i % DISTRIBUTIONS;
        if (!hb_paper_step(buddy->run, system_names[system], (size_t)i,
                           MODES * SYSTEMS * DISTRIBUTIONS))
            return false;
        buddy->exact[system][distribution] = ratio_exact(system, distribution);
        for (uint64_t seed = 1; seed <= buddy->seeds; seed++)
            if (!simulate(buddy, mode, system, distribution, seed, sums))
                return false;
        double x = system + (mode - 1) * 0.12;
        hb_figure_add(buddy->figure, (size_t)distribution, modes[mode].name, HB_FIGURE_POINTS, x,
                      buddy->measured[mode][system][distribution]);
        if (mode == ABSTRACT) {
            hb_figure_add(buddy->figure, (size_t)distribution, "enumeration", HB_FIGURE_REFERENCE,
                          system - 0.3, buddy->exact[system][distribution]);
            hb_figure_add(buddy->figure, (size_t)distribution, "enumeration", HB_FIGURE_REFERENCE,
                          system + 0.3, buddy->exact[system][distribution]);
            hb_figure_add(buddy->figure, (size_t)distribution, "enumeration", HB_FIGURE_REFERENCE,
                          system + 0.3, NAN);
        }
        hb_figure_add(buddy->figure, DISTRIBUTIONS, modes[mode].name, HB_FIGURE_POINTS,
                      system + (mode - 1) * 0.12 + (distribution - 1) * 0.04,
                      buddy->external[mode][system][distribution]);
    }
    return true;
}

static double off_most(const struct buddy *buddy, int mode) {
    double off = 0;
    for (int system = 0; system < SYSTEMS; system++)
        for (int i = 0; i < DISTRIBUTIONS; i++)
            off = fmax(off, fabs(buddy->measured[mode][system][i] / buddy->exact[system][i] - 1));
    return off;
}

/* The enumeration as the literature's sizes give it, to three digits. */
static bool table_agrees(const struct buddy *buddy) {
    static const double table[SYSTEMS][DISTRIBUTIONS] = {
        {1.333, 1.487, 1.386}, {1.245, 1.307, 1.287}, {1.166, 1.227, 1.183}, {1.166, 1.227, 1.183}};
    bool agrees = true;
    for (int system = 0; system < SYSTEMS; system++)
        for (int i = 0; i < DISTRIBUTIONS; i++)
            agrees &= fabs(table[system][i] - buddy->exact[system][i]) < 0.0015;
    return agrees;
}

static void conditions_state(const struct buddy *buddy) {
    struct hb_paper_run *run = buddy->run;
    bool is_ordered = true, is_equal = true;
    const double(*measured)[DISTRIBUTIONS] = buddy->measured[ABSTRACT];
    for (int i = 0; i < DISTRIBUTIONS; i++) {
        is_ordered &= measured[BINARY][i] > measured[FIBONACCI][i] &&
                      measured[FIBONACCI][i] > measured[WEIGHTED][i];
        is_equal &= fabs(measured[WEIGHTED][i] / measured[DOUBLE][i] - 1) < 1e-9;
    }
    hb_paper_require(run, table_agrees(buddy),
                     "the enumeration gives the table of an independent "
                     "one, to three digits");
    hb_paper_require(run, off_most(buddy, ABSTRACT) < 0.01,
                     "measured within 1%% of the enumeration: %.2f%% off at most",
                     100 * off_most(buddy, ABSTRACT));
    hb_paper_require(run, is_ordered, "binary > fibonacci > weighted: %.3f %.3f %.3f on U[1,4096]",
                     measured[BINARY][0], measured[FIBONACCI][0], measured[WEIGHTED][0]);
    hb_paper_require(run, is_equal, "weighted = double, for the same requests");
    hb_paper_expect(run, off_most(buddy, POLICY) < 0.01,
                    "in policy mode within 1%%, too: %.2f%% off at most",
                    100 * off_most(buddy, POLICY));
    for (int mode = 0; mode < MODES; mode++)
        hb_paper_note(run,
                      "%s: allocated / requested on U[1,4096]: %.3f %.3f %.3f %.3f; external "
                      "fragmentation %.3f %.3f %.3f %.3f (binary, fibonacci, weighted, double).",
                      modes[mode].name, buddy->measured[mode][0][0], buddy->measured[mode][1][0],
                      buddy->measured[mode][2][0], buddy->measured[mode][3][0],
                      buddy->external[mode][0][0], buddy->external[mode][1][0],
                      buddy->external[mode][2][0], buddy->external[mode][3][0]);
    hb_paper_note(run, "Russell: binary within [1.333, 1.50], 1/ln 2 = 1.44 expected over all; "
                       "Fibonacci [1.236, 1.309]. Page & Hagins expect double = binary < weighted "
                       "of external fragmentation.");
}

static bool buddy_measure(struct hb_paper_run *run) {
    struct buddy buddy = {.run = run,
                          .seeds = run->is_quick ? 2 : 10,
                          .live = run->is_quick ? 500 : 2000,
                          .draws = run->is_quick ? 50000 : 200000};
    double *sums = sums_make();
    buddy.figure = hb_figure_create("buddy-internal", "What buddy systems lose within blocks");
    buddy.data = hb_paper_data(run, "buddy-internal.csv",
                               "system,sizes,mode,seed,enumerated,allocated_per_requested,"
                               "external_frag_ratio");
    bool ok = sums && buddy.figure && buddy.data && cells_measure(&buddy, sums);
    if (ok) {
        conditions_state(&buddy);
        buddy.figure->subtitle = "Live objects replaced at random, against counting every size.";
        buddy.figure->caption = "Policy: preset=paper:scale=16. Real: bytes, with the header of 8.";
        buddy.figure->x_tics = "'binary' 0, 'fibonacci' 1, 'weighted' 2, 'double' 3";
        buddy.figure->y_title = "allocated ÷ requested";
        buddy.figure->panel_count = DISTRIBUTIONS + 1;
        buddy.figure->y_differs = true;
        for (int i = 0; i < DISTRIBUTIONS; i++)
            buddy.figure->panel_names[i] = distributions[i].name;
        buddy.figure->panel_names[DISTRIBUTIONS] = "external fragmentation, all three";
        ok = hb_figure_draw(buddy.figure, run);
    }
    hb_figure_free(buddy.figure);
    free(sums);
    return ok;
}

const struct hb_paper hb_paper_buddy_internal = {
    .name = "buddy-internal",
    .question = "What do buddy systems lose by rounding up?",
    .source = "Russell 1977; Peterson & Norman, CACM 1977",
    .measure = buddy_measure,
};
