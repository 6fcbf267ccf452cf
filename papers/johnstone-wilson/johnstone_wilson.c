/* johnstone_wilson.c -- policies without headers on real traces. See README.md. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd.h"
#include "papers/allocators.h"
#include "papers/figure.h"
#include "papers/suite.h"
#include "papers/traces.h"

enum { POLICIES = 12, MODES = 2, BEST = 0, BEST_LIFO = 1, NEXT = 4 };
enum { GOOD_POLICIES = 4, MIDDLE_END = 6 };
#define LITTLE 1.05 /* peak footprint / peak live */

/* In the paper's order: the good, the middling, the bad. */
static const struct {
    const char *spec, *name;
} policies[POLICIES] = {{"bestfit", "best fit, address"},
                        {"bestfit:order=lifo", "best fit, lifo"},
                        {"bestfit:order=fifo", "best fit, fifo"},
                        {"firstfit", "first fit, address"},
                        {"nextfit", "next fit"},
                        {"firstfit:order=lifo", "first fit, lifo"},
                        {"firstfit:order=fifo", "first fit, fifo"},
                        {"buddy:system=binary", "buddy binary"},
                        {"buddy:system=fibonacci", "buddy fibonacci"},
                        {"buddy:system=weighted", "buddy weighted"},
                        {"buddy:system=double", "buddy double"},
                        {"segstorage", "simple segregated"}};
static const char *const mode_names[MODES] = {"policy", "real"};
static const char *const mode_settings[MODES] = {":preset=paper:scale=16", ""};

struct study {
    struct hb_paper_run *run;
    FILE *data;
    struct hb_figure *figure;
    struct hb_paper_suite suite;
    struct hb_paper_allocators *foreigns;
    double peak[MODES][POLICIES][HB_PAPER_TRACES_MAX];
    double resident[HB_PAPER_ALLOCATORS_MAX][HB_PAPER_TRACES_MAX]; /* of others */
};

static void value_write(FILE *file, double value) {
    if (isnan(value))
        fputc(',', file);
    else
        fprintf(file, ",%.6f", value);
}

static void row_write(const struct study *study, size_t trace, const char *mode, const char *name,
                      const struct hb_result *result) {
    const double values[] = {result->frag_mean_ratio,
                             result->frag_at_peak_live_ratio,
                             result->frag_at_peak_footprint_ratio,
                             result->frag_peak_ratio,
                             result->resident_peak_ratio,
                             result->internal_frag_ratio,
                             result->external_frag_ratio};
    fprintf(study->data, "%s,%s,%s", study->suite.names[trace], mode, name);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        value_write(study->data, values[i]);
    fputc('\n', study->data);
}

static bool policy_measure(struct study *study, size_t trace, const char *path, int mode, int i) {
    char text[HB_SPEC_MAX], error[512];
    struct hb_spec spec;
    struct hb_result result;
    snprintf(text, sizeof text, "%s%s", policies[i].spec, mode_settings[mode]);
    hb_paper_spec(text, &spec);
    if (!hb_paper_space(&spec, path, mode == 1, &result, error))
        return hb_paper_fail(study->run, "%s: %s", study->suite.names[trace], error);
    double peak = study->peak[mode][i][trace] = result.frag_peak_ratio;
    bool ok = !result.error[0] && !isnan(peak);
    if (!ok)
        hb_paper_fail(study->run, "%s on %s: %.300s", text, study->suite.names[trace],
                      result.error);
    if (mode == 0) /* nothing was touched */
        result.resident_peak_ratio = NAN;
    row_write(study, trace, mode_names[mode], policies[i].spec, &result);
    hb_figure_add(study->figure, (size_t)mode, policies[i].name, HB_FIGURE_POINTS, (double)trace,
                  peak);
    hb_result_clear(&result);
    return ok;
}

/* One that cannot run a trace has no figure there. */
static bool foreigns_measure(struct study *study, size_t trace, const char *path) {
    for (size_t i = 0; i < study->foreigns->count; i++) {
        char error[512];
        struct hb_result result;
        if (!hb_paper_space(&study->foreigns->specs[i], path, true, &result, error))
            return hb_paper_fail(study->run, "%s: %s", study->suite.names[trace], error);
        study->resident[i][trace] = result.error[0] ? NAN : result.resident_peak_ratio;
        row_write(study, trace, "real", study->foreigns->names[i], &result);
        hb_result_clear(&result);
    }
    return true;
}

static bool trace_measure(struct study *study, size_t trace) {
    char path[PATH_MAX];
    if (!hb_find_trace(study->suite.names[trace], path, sizeof path))
        return hb_paper_fail(study->run, "the trace %s is gone", study->suite.names[trace]);
    for (int i = 0; i < MODES * POLICIES; i++)
        if (!hb_paper_step(study->run, study->suite.names[trace], trace, study->suite.count) ||
            !policy_measure(study, trace, path, i / POLICIES, i % POLICIES))
            return false;
    return foreigns_measure(study, trace, path);
}

struct range {
    double least, most;
};

static struct range medians_range(const struct study *study, int mode, int from, int to) {
    struct range range = {INFINITY, -INFINITY};
    for (int i = from; i < to; i++) {
        double value = hb_paper_median(study->peak[mode][i], study->suite.count);
        range.least = fmin(range.least, value);
        range.most = fmax(range.most, value);
    }
    return range;
}

static double worst_of_good(const struct study *study, size_t trace) {
    double worst = 0;
    for (int i = 0; i < GOOD_POLICIES; i++)
        worst = fmax(worst, study->peak[0][i][trace]);
    return worst;
}

/* How far best fit's opposite orders of ties lie from each other: the median over traces. */
static double noise_floor(const struct study *study, int mode) {
    double gaps[HB_PAPER_TRACES_MAX];
    for (size_t i = 0; i < study->suite.count; i++)
        gaps[i] = fabs(study->peak[mode][BEST][i] - study->peak[mode][BEST_LIFO][i]);
    return hb_paper_median(gaps, study->suite.count);
}

static void conditions_state(const struct study *study) {
    char broken[256] = "";
    size_t little = 0;
    for (size_t i = 0; i < study->suite.count; i++) {
        double worst = worst_of_good(study, i);
        size_t used = strlen(broken);
        little += worst <= LITTLE;
        if (worst > LITTLE)
            snprintf(broken + used, sizeof broken - used, "%s%s %.3f", used ? ", " : "",
                     study->suite.names[i], worst);
    }
    struct range good = medians_range(study, 0, 0, GOOD_POLICIES);
    struct range middle = medians_range(study, 0, NEXT, MIDDLE_END);
    struct range bad = medians_range(study, 0, MIDDLE_END + 1, POLICIES);
    hb_paper_expect(study->run, 4 * little >= 3 * study->suite.count,
                    "policy mode: best fit (all ties) and address-ordered first fit hold at most "
                    "5%% more than the peak of live, on %zu of %zu traces (three quarters asked "
                    "for); not on: %s",
                    little, study->suite.count, broken[0] ? broken : "none");
    hb_paper_require(study->run, good.most < middle.least && middle.most < bad.least,
                     "policy mode, medians: best fit and first fit by address %.4f-%.4f < next "
                     "fit and first fit lifo %.4f-%.4f < buddies and simple segregated %.4f-%.4f",
                     good.least, good.most, middle.least, middle.most, bad.least, bad.most);
    hb_paper_expect(study->run, middle.least - good.most > noise_floor(study, 0),
                    "policy mode: the gap between the first two, %.4f, is larger than the noise "
                    "floor, best fit with opposite ties: %.4f (median)",
                    middle.least - good.most, noise_floor(study, 0));
}

static void notes_state(const struct study *study) {
    struct range good = medians_range(study, 1, 0, GOOD_POLICIES);
    struct range middle = medians_range(study, 1, NEXT, MIDDLE_END);
    struct range bad = medians_range(study, 1, MIDDLE_END + 1, POLICIES);
    char text[HB_PAPER_TEXT_MAX] = "";
    hb_paper_note(study->run,
                  "Real mode, medians: %.4f-%.4f, %.4f-%.4f, %.4f-%.4f; noise floor %.4f. First "
                  "fit fifo: %.4f in policy mode, %.4f in real mode.",
                  good.least, good.most, middle.least, middle.most, bad.least, bad.most,
                  noise_floor(study, 1),
                  hb_paper_median(study->peak[0][MIDDLE_END], study->suite.count),
                  hb_paper_median(study->peak[1][MIDDLE_END], study->suite.count));
    for (size_t i = 0; i < study->foreigns->count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s %.3f", i ? ", " : "",
                 study->foreigns->names[i],
                 hb_paper_median(study->resident[i], study->suite.count));
    }
    hb_paper_note(study->run,
                  "Beyond the paper: peak resident / peak live of others, medians: %.300s. "
                  "Resident memory is the one figure here that may differ between runs.",
                  text);
    hb_paper_note(study->run,
                  "The paper's programs of 1998 are not at hand: these are %zu recorded traces, "
                  "with 64-bit pointers; those of several threads are replayed as recorded, in "
                  "one order.",
                  study->suite.count);
}

static bool study_draw(struct study *study) {
    study->figure->subtitle =
        "Each mark is a policy on a trace; at 1 nothing is held but what is live.";
    study->figure->caption = "preset=paper:scale=16, and defaults; Johnstone & Wilson 1998";
    study->figure->y_title = "peak footprint / peak live";
    study->figure->x_title = "";
    study->figure->x_tics = study->suite.tics;
    study->figure->x_tics_turned = true;
    study->figure->panel_count = MODES;
    study->figure->panel_names[0] = "policy mode";
    study->figure->panel_names[1] = "real mode";
    return hb_figure_draw(study->figure, study->run);
}

static bool johnstone_wilson_measure(struct hb_paper_run *run) {
    static const char *const quick[] = {"git", "ffmpeg", NULL};
    struct study *study = calloc(1, sizeof *study);
    if (!study)
        return hb_paper_fail(run, "not enough memory");
    study->run = run;
    study->foreigns = hb_paper_foreigns();
    study->figure = hb_figure_create("johnstone-wilson", "Fragmentation of real programs");
    study->data = hb_paper_data(run, "johnstone-wilson.csv",
                                "trace,mode,allocator,frag_mean_ratio,frag_at_peak_live_ratio,"
                                "frag_at_peak_footprint_ratio,frag_peak_ratio,resident_peak_ratio,"
                                "internal_frag_ratio,external_frag_ratio");
    bool ok = study->foreigns && study->figure && study->data &&
              (hb_paper_suite_open(&study->suite, run->is_quick ? quick : NULL) ||
               hb_paper_fail(run, "there are no bundled traces"));
    for (size_t i = 0; ok && i < study->suite.count; i++)
        ok = trace_measure(study, i);
    if (ok) {
        conditions_state(study);
        notes_state(study);
        ok = study_draw(study);
    }
    hb_figure_free(study->figure);
    hb_paper_suite_close(&study->suite);
    free(study->foreigns);
    free(study);
    return ok;
}

const struct hb_paper hb_paper_johnstone_wilson = {
    .name = "johnstone-wilson",
    .question = "Do the good policies waste next to nothing on real programs?",
    .source = "Johnstone & Wilson, ISMM 1998",
    .measure = johnstone_wilson_measure,
};
