/* bestfit_catastrophe.c -- best fit can need m times what is live. See README.md. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/passes/adversary.h"
#include "papers/allocators.h"
#include "papers/figure.h"

enum { COUNT = 120, WIDTHS = 4 };
static const uint64_t widths[WIDTHS] = {8, 16, 32, 64};

struct attack {
    struct hb_paper_run *run;
    struct hb_paper_allocators *ours, *foreign;
    struct hb_figure *figure, *foreign_figure;
    FILE *data;
    size_t plays, exact;                /* against best fit */
    double best[WIDTHS], first[WIDTHS]; /* footprint / live */
    char far_spread[128];
};

static bool adversary_make(struct attack *attack, uint64_t width, const char *settings,
                           struct hb_adversary *adversary) {
    char text[96], error[HB_ADVERSARY_ERROR_MAX];
    snprintf(text, sizeof text, "bestfit:m=%llu:K=%d%s", (unsigned long long)width, COUNT,
             settings);
    return hb_adversary_parse(text, adversary, error) || hb_paper_fail(attack->run, "%s", error);
}

static void row_write(struct attack *attack, const char *how, const struct hb_spec *spec,
                      uint64_t width, const struct hb_adversary_result *result) {
    fprintf(attack->data, "%s,%s,%llu,%d,%llu,%llu,%.6f,%llu\n", how, spec->canonical,
            (unsigned long long)width, COUNT, (unsigned long long)result->live_units,
            (unsigned long long)result->span_units,
            (double)result->span_units / (double)result->live_units,
            (unsigned long long)result->resident_peak_bytes);
}

/* Against best fit itself; program is what was done. */
static bool play(struct attack *attack, const struct hb_adversary *adversary, struct hb_spec *spec,
                 struct hb_program *program, struct hb_adversary_result *result) {
    char error[HB_ADVERSARY_ERROR_MAX];
    uint64_t m = adversary->job.width;
    if (!hb_adversary_prepare(spec, error) ||
        !hb_adversary_run(adversary, spec, program, result, error))
        return hb_paper_fail(attack->run, "%s: %s", spec->canonical, error);
    row_write(attack, "attacked", spec, m, result);
    attack->plays++;
    attack->exact +=
        result->live_units == COUNT + 4 * m - 10 && result->span_units == (COUNT + 2) * (m - 2);
    return true;
}

static bool replay(struct attack *attack, const struct hb_adversary *adversary,
                   struct hb_spec *spec, const struct hb_program *program,
                   struct hb_adversary_result *result) {
    char error[HB_ADVERSARY_ERROR_MAX];
    if (!hb_adversary_prepare(spec, error) ||
        !hb_adversary_replay(adversary, spec, program, result, error))
        return hb_paper_fail(attack->run, "%s: %s", spec->canonical, error);
    row_write(attack, "replayed", spec, adversary->job.width, result);
    return true;
}

static void ours_note(struct attack *attack, size_t at, size_t number, double ratio) {
    const struct hb_spec *spec = &attack->ours->specs[number];
    if (strcmp(spec->family->name, "firstfit") == 0 && spec->config.order == HB_ORDER_ADDRESS)
        attack->first[at] = ratio;
    if (spec->config.order == HB_ORDER_ADDRESS && spec->config.classes == HB_CLASSES_POW2)
        hb_figure_add(attack->figure, 0, attack->ours->names[number], HB_FIGURE_LINES,
                      (double)widths[at], ratio);
}

static void foreign_note(struct attack *attack, size_t at, const char *name,
                         const struct hb_adversary_result *result) {
    enum { RATIO_MOST = 1000 };
    double live = (double)result->live_units, ratio = (double)result->span_units / live;
    size_t used = strlen(attack->far_spread);
    if (ratio < RATIO_MOST)
        hb_figure_add(attack->foreign_figure, 0, name, HB_FIGURE_LINES, (double)widths[at], ratio);
    else if (!strstr(attack->far_spread, name))
        snprintf(attack->far_spread + used, sizeof attack->far_spread - used, "%s%s",
                 used ? ", " : "", name);
    hb_figure_add(attack->foreign_figure, 1, name, HB_FIGURE_LINES, (double)widths[at],
                  (double)result->resident_peak_bytes / (live * (double)result->unit));
}

static bool replays_measure(struct attack *attack, size_t at, const struct hb_adversary *adversary,
                            const struct hb_program *program) {
    struct hb_adversary_result result;
    size_t ours = attack->ours->count, steps = ours + attack->foreign->count;
    for (size_t i = 0; i < steps; i++) {
        struct hb_paper_allocators *list = i < ours ? attack->ours : attack->foreign;
        size_t number = i < ours ? i : i - ours;
        if (!hb_paper_step(attack->run, list->names[number], at * steps + i, WIDTHS * steps) ||
            !replay(attack, adversary, &list->specs[number], program, &result))
            return false;
        if (i < ours)
            ours_note(attack, at, number, (double)result.span_units / (double)result.live_units);
        else
            foreign_note(attack, at, list->names[number], &result);
    }
    return true;
}

static bool width_measure(struct attack *attack, size_t at) {
    static const char *const orders[] = {"bestfit:order=fifo", "bestfit:order=lifo", "bestfit"};
    struct hb_program program = {.file = -1};
    struct hb_adversary_result result;
    struct hb_adversary adversary;
    struct hb_spec spec;
    bool ok = adversary_make(attack, widths[at], "", &adversary);
    for (size_t i = 0; ok && i < sizeof orders / sizeof *orders; i++) {
        hb_program_free(&program);
        hb_paper_spec(orders[i], &spec);
        ok = play(attack, &adversary, &spec, &program, &result);
    }
    if (!ok)
        return false;
    attack->best[at] = (double)result.span_units / (double)result.live_units;
    hb_figure_add(attack->foreign_figure, 0, "best fit, attacked", HB_FIGURE_REFERENCE,
                  (double)widths[at], attack->best[at]);
    hb_figure_add(attack->foreign_figure, 1, "best fit, attacked", HB_FIGURE_REFERENCE,
                  (double)widths[at],
                  (double)result.resident_peak_bytes / (double)(result.live_units * result.unit));
    ok = replays_measure(attack, at, &adversary, &program);
    hb_program_free(&program);
    return ok;
}

/* The papers' store goes on without end: what is free at its end is no block. A unit of two pages,
 * and an end that goes back to the system, come to the same. */
static bool endless_measure(struct attack *attack) {
    static const char *const fits[] = {"firstfit", "nextfit", "worstfit"};
    struct hb_program program;
    struct hb_adversary_result result;
    struct hb_adversary adversary;
    struct hb_spec spec;
    double ratios[3];
    hb_paper_spec("bestfit:trim=4096", &spec);
    if (!adversary_make(attack, 32, ":unit=8192", &adversary) ||
        !play(attack, &adversary, &spec, &program, &result))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < 3; i++) {
        char text[64];
        struct hb_adversary_result replayed;
        snprintf(text, sizeof text, "%s:trim=4096", fits[i]);
        hb_paper_spec(text, &spec);
        ok = replay(attack, &adversary, &spec, &program, &replayed);
        ratios[i] = (double)replayed.span_units / (double)replayed.live_units;
    }
    hb_program_free(&program);
    if (ok)
        hb_paper_note(attack->run,
                      "In a store without an end, m = 32: best fit %.2f, replayed first fit %.2f, "
                      "next fit %.2f, worst fit %.2f (an independent simulation: 15.38, 1.38, "
                      "15.4, 1.73; worst fit's depends on its ties).",
                      (double)result.span_units / (double)result.live_units, ratios[0], ratios[1],
                      ratios[2]);
    return ok;
}

static void conditions_state(struct attack *attack) {
    double first = 0;
    bool grows = true;
    for (size_t i = 0; i < WIDTHS; i++) {
        first = fmax(first, attack->first[i]);
        grows &= i == 0 ||
                 attack->best[i] / attack->first[i] > attack->best[i - 1] / attack->first[i - 1];
    }
    hb_paper_require(attack->run, attack->exact == attack->plays,
                     "best fit needs exactly (K + 2)(m - 2) units with K + 4m - 10 live: in %zu of "
                     "%zu plays, all orders of ties",
                     attack->exact, attack->plays);
    hb_paper_require(attack->run, first < 2,
                     "first fit needs less than twice what is live for the same operations: %.2f "
                     "at most",
                     first);
    hb_paper_require(attack->run, grows,
                     "best fit / first fit grows with m = 8, 16, 32, 64: %.2f %.2f %.2f %.2f",
                     attack->best[0] / attack->first[0], attack->best[1] / attack->first[1],
                     attack->best[2] / attack->first[2], attack->best[3] / attack->first[3]);
    hb_paper_note(attack->run,
                  "Units of 32 bytes, so that policy and real mode are one. Best fit's "
                  "orders of ties all give the same: there is no noise.");
    if (attack->far_spread[0])
        hb_paper_note(attack->run,
                      "Spans beyond 1000 times what is live, as of size classes that lie far "
                      "apart, are not in the figure: %s.",
                      attack->far_spread);
}

static bool figures_draw(struct attack *attack) {
    struct hb_figure *figures[] = {attack->figure, attack->foreign_figure};
    for (size_t i = 0; i < 2; i++) {
        figures[i]->subtitle =
            "The operations that best fit was attacked with, on other allocators.";
        figures[i]->caption = "K = 120; units of 32 bytes; Robson 1977";
        figures[i]->x_title = "m, the largest size";
        figures[i]->y_title = "footprint ÷ live";
        figures[i]->x_is_log2 = figures[i]->y_is_log = true;
    }
    attack->foreign_figure->panel_count = 2;
    attack->foreign_figure->panel_names[0] = "span of addresses ÷ live";
    attack->foreign_figure->panel_names[1] = "resident ÷ live";
    return hb_figure_draw(attack->figure, attack->run) &&
           hb_figure_draw(attack->foreign_figure, attack->run);
}

static bool attack_measure(struct hb_paper_run *run) {
    struct attack attack = {
        .run = run, .ours = hb_paper_strategies(""), .foreign = hb_paper_foreigns()};
    attack.figure = hb_figure_create("bestfit-catastrophe", "Best fit's worst case");
    attack.foreign_figure = hb_figure_create("bestfit-catastrophe-others", "Best fit's worst case");
    attack.data = hb_paper_data(run, "bestfit-catastrophe.csv",
                                "how,allocator,m,K,live_units,footprint_units,ratio,"
                                "peak_resident_bytes");
    bool ok =
        attack.ours && attack.foreign && attack.figure && attack.foreign_figure && attack.data;
    for (size_t i = 0; ok && i < WIDTHS; i++)
        ok = width_measure(&attack, i);
    ok = ok && (run->is_quick || endless_measure(&attack));
    if (ok) {
        conditions_state(&attack);
        ok = figures_draw(&attack);
    }
    free(attack.ours);
    free(attack.foreign);
    hb_figure_free(attack.figure);
    hb_figure_free(attack.foreign_figure);
    return ok;
}

const struct hb_paper hb_paper_bestfit_catastrophe = {
    .name = "bestfit-catastrophe",
    .question = "How much can best fit waste?",
    .source = "Robson, Computer Journal 1977",
    .measure = attack_measure,
};
