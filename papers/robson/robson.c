/* robson.c -- no allocator that cannot move objects does with less than Robson's bound.
 * See README.md.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/passes/adversary.h"
#include "papers/allocators.h"
#include "papers/figure.h"

struct robson {
    struct hb_paper_run *run;
    struct hb_paper_allocators *ours, *foreign;
    struct hb_figure *bound_figure, *foreign_figure;
    FILE *data;
    size_t plays, below;        /* all; those under the bound, which cannot be */
    size_t exact, exact_wanted; /* of the sequential fits */
    double worst_first;         /* first fit's footprint against its own upper bound, at most */
    char offender[128];
    char far_spread[128]; /* allocators whose span is no measure */
};

static bool is_sequential(const struct hb_spec *spec) {
    static const char *const fits[] = {"firstfit", "bestfit", "nextfit", "worstfit"};
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++)
        if (strcmp(spec->family->name, fits[i]) == 0)
            return spec->config.order == HB_ORDER_ADDRESS || i == 1;
    return false;
}

/* Robson 1974: first fit needs at most M H_n / ln 2, H_n = 1 + 1/2 + ... + 1/n. */
static double first_fit_most(uint64_t live, uint64_t sizes) {
    double harmonic = 0;
    for (uint64_t i = 1; i <= sizes; i++)
        harmonic += 1 / (double)i;
    return (double)live * harmonic / log(2);
}

static void result_judge(struct robson *robson, const struct hb_spec *spec, uint64_t live,
                         uint64_t sizes, const struct hb_adversary_result *result) {
    uint64_t bound = hb_robson_bound(live, sizes);
    robson->plays++;
    if (result->span_units < bound) {
        robson->below++;
        snprintf(robson->offender, sizeof robson->offender, ": %.60s at M=%llu, n=%llu",
                 spec->canonical, (unsigned long long)live, (unsigned long long)sizes);
    }
    if (is_sequential(spec)) {
        robson->exact_wanted++;
        robson->exact += result->span_units == bound;
    }
    if (strcmp(spec->family->name, "firstfit") == 0 && spec->config.order == HB_ORDER_ADDRESS)
        robson->worst_first =
            fmax(robson->worst_first, (double)result->span_units / first_fit_most(live, sizes));
}

static bool play(struct robson *robson, struct hb_spec *spec, uint64_t live, uint64_t sizes,
                 struct hb_adversary_result *result) {
    char text[64], error[HB_ADVERSARY_ERROR_MAX];
    struct hb_adversary adversary;
    snprintf(text, sizeof text, "robson:M=%llu:n=%llu", (unsigned long long)live,
             (unsigned long long)sizes);
    if (!hb_adversary_parse(text, &adversary, error) || !hb_adversary_prepare(spec, error) ||
        !hb_adversary_run(&adversary, spec, NULL, result, error))
        return hb_paper_fail(robson->run, "%s: %s", spec->canonical, error);
    fprintf(robson->data, "%s,%llu,%llu,%llu,%llu,%llu,%llu,%llu\n", spec->canonical,
            (unsigned long long)live, (unsigned long long)sizes,
            (unsigned long long)hb_robson_bound(live, sizes),
            (unsigned long long)result->span_units, (unsigned long long)result->live_units,
            (unsigned long long)result->span_bytes,
            (unsigned long long)result->resident_peak_bytes);
    result_judge(robson, spec, live, sizes, result);
    return true;
}

/* Some keep each size class in a region of its own, gigabytes from the next. */
static bool is_far_spread(struct robson *robson, const char *name, double ratio) {
    enum { RATIO_MOST = 25 };
    if (ratio < RATIO_MOST)
        return false;
    size_t used = strlen(robson->far_spread);
    if (!strstr(robson->far_spread, name))
        snprintf(robson->far_spread + used, sizeof robson->far_spread - used, "%s%s",
                 used ? ", " : "", name);
    return true;
}

/* Allocators whose lines would cover others are in the data only. */
static bool is_drawn(const struct hb_spec *spec) {
    return spec->config.order == HB_ORDER_ADDRESS &&
           (strcmp(spec->family->name, "segstorage") != 0 ||
            spec->config.classes == HB_CLASSES_POW2);
}

static bool curve_of(struct robson *robson, struct hb_spec *spec, const char *name, uint64_t live,
                     uint64_t sizes_most, bool is_foreign) {
    struct hb_adversary_result result;
    for (uint64_t sizes = 2; sizes <= sizes_most; sizes *= 2) {
        if (!play(robson, spec, live, sizes, &result))
            return false;
        double ratio = (double)result.span_units / (double)live;
        double resident = (double)result.resident_peak_bytes / (double)(live * result.unit);
        bool is_shown = is_foreign ? !is_far_spread(robson, name, ratio) : is_sequential(spec);
        if (is_shown)
            hb_figure_add(robson->foreign_figure, 0, is_foreign ? name : "sequential fits",
                          HB_FIGURE_LINES, (double)sizes, ratio);
        if (is_foreign)
            hb_figure_add(robson->foreign_figure, 1, name, HB_FIGURE_LINES, (double)sizes,
                          resident);
        else if (is_drawn(spec))
            hb_figure_add(robson->bound_figure, 0, name, HB_FIGURE_LINES, (double)sizes, ratio);
    }
    return true;
}

static void bounds_draw(struct robson *robson, uint64_t live, uint64_t sizes_most) {
    for (uint64_t sizes = 2; sizes <= sizes_most; sizes *= 2) {
        double bound = (double)hb_robson_bound(live, sizes) / (double)live;
        hb_figure_add(robson->bound_figure, 0, "bound N/M", HB_FIGURE_REFERENCE, (double)sizes,
                      bound);
        hb_figure_add(robson->bound_figure, 0, "most of first fit", HB_FIGURE_REFERENCE,
                      (double)sizes, first_fit_most(live, sizes) / (double)live);
        hb_figure_add(robson->foreign_figure, 0, "bound N/M", HB_FIGURE_REFERENCE, (double)sizes,
                      bound);
    }
}

static bool curves_measure(struct robson *robson, uint64_t live, uint64_t sizes_most) {
    size_t steps = robson->ours->count + robson->foreign->count;
    bounds_draw(robson, live, sizes_most);
    for (size_t i = 0; i < steps; i++) {
        bool is_foreign = i >= robson->ours->count;
        struct hb_paper_allocators *list = is_foreign ? robson->foreign : robson->ours;
        size_t at = is_foreign ? i - robson->ours->count : i;
        if (!hb_paper_step(robson->run, list->names[at], i, steps) ||
            !curve_of(robson, &list->specs[at], list->names[at], live, sizes_most, is_foreign))
            return false;
    }
    return true;
}

/* The sizes for which an independent simulation gave the same footprints. */
static bool cases_measure(struct robson *robson) {
    static const struct {
        uint64_t live, sizes;
    } cases[] = {{64, 8}, {256, 16}, {1024, 32}, {1024, 256}, {4096, 64}, {4096, 1024}};
    struct hb_adversary_result result;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t j = 0; j < robson->ours->count; j++)
            if (is_sequential(&robson->ours->specs[j]) &&
                !play(robson, &robson->ours->specs[j], cases[i].live, cases[i].sizes, &result))
                return false;
    return true;
}

static void conditions_state(struct robson *robson) {
    struct hb_paper_run *run = robson->run;
    hb_paper_require(run, hb_robson_bound(16, 2) == 23,
                     "N(16, 2) = %llu, and Knuth's exercise 2.5-38 has 23",
                     (unsigned long long)hb_robson_bound(16, 2));
    hb_paper_require(run, robson->below == 0,
                     "no allocator needs less than N(M, n): %zu of %zu plays do%s", robson->below,
                     robson->plays, robson->offender);
    hb_paper_require(run, robson->exact == robson->exact_wanted,
                     "first, best (all ties), next and worst fit need exactly N(M, n): in %zu of "
                     "%zu plays",
                     robson->exact, robson->exact_wanted);
    hb_paper_require(run, robson->worst_first <= 1,
                     "first fit needs at most M H_n / ln 2: %.3f of it at most",
                     robson->worst_first);
    hb_paper_note(run, "Units of 32 bytes: a request of 32k - 8 bytes, of 32k for libraries of "
                       "others. Policy and real mode are the same here.");
    if (robson->far_spread[0])
        hb_paper_note(run,
                      "Spans beyond 25 M, as of size classes that lie far apart, are not in the "
                      "figure: %s.",
                      robson->far_spread);
    hb_paper_note(run, "Of allocators that we cannot look into, the footprint is the span of "
                       "addresses of all objects ever, so that a strategy with size classes is "
                       "charged for what lies between them.");
}

static bool robson_draw(struct robson *robson, uint64_t live) {
    char title[128], caption[128];
    snprintf(title, sizeof title, "Robson's program, M = %llu units live at most",
             (unsigned long long)live);
    snprintf(caption, sizeof caption, "Units of 32 bytes; Robson 1971, 1974");
    struct hb_figure *figures[] = {robson->bound_figure, robson->foreign_figure};
    for (size_t i = 0; i < 2; i++) {
        figures[i]->title = title;
        figures[i]->caption = caption;
        figures[i]->subtitle = "No allocator that cannot move objects is below the bound.";
        figures[i]->x_title = "n, the largest size ÷ the smallest";
        figures[i]->y_title = "footprint ÷ M";
        figures[i]->x_is_log2 = true;
        if (!hb_figure_draw(figures[i], robson->run))
            return false;
    }
    return true;
}

static bool robson_measure(struct hb_paper_run *run) {
    struct robson robson = {.run = run,
                            .ours = hb_paper_strategies(""),
                            .foreign = hb_paper_foreigns(),
                            .bound_figure = hb_figure_create("robson", ""),
                            .foreign_figure = hb_figure_create("robson-others", "")};
    uint64_t live = run->is_quick ? 1024 : 4096, sizes_most = live / 4;
    robson.data = hb_paper_data(run, "robson.csv",
                                "allocator,M,n,bound_units,footprint_units,live_units,span_bytes,"
                                "peak_resident_bytes");
    bool ok = robson.data && robson.ours && robson.foreign && robson.bound_figure &&
              robson.foreign_figure;
    if (ok) {
        robson.foreign_figure->panel_count = 2;
        robson.foreign_figure->y_differs = true;
        robson.foreign_figure->panel_names[0] = "span of addresses ÷ M";
        robson.foreign_figure->panel_names[1] = "resident ÷ M";
        ok = curves_measure(&robson, live, sizes_most) && cases_measure(&robson) &&
             robson_draw(&robson, live);
    }
    if (ok)
        conditions_state(&robson);
    free(robson.ours);
    free(robson.foreign);
    hb_figure_free(robson.bound_figure);
    hb_figure_free(robson.foreign_figure);
    return ok;
}

const struct hb_paper hb_paper_robson = {
    .name = "robson",
    .question = "How much must any allocator waste that cannot move what it gave?",
    .source = "Robson, JACM 1971 and 1974",
    .measure = robson_measure,
};
