/* bohra_gabber.c -- two programs' loads, and what is left of the heap at their end. See README.md.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plot/sheet.h"
#include "papers/allocators.h"
#include "papers/figure.h"
#include "papers/traces.h"

enum { LOADS = 2, MOST = HB_PAPER_SPACES_MAX, SEEDS = 10, BEST = 0, BEST_LIFO = 1, OURS = 13 };
enum { FIRST_BUDDY = 8, LAST_BUDDY = 11 };

static const struct {
    const char *name, *spec, *quick_spec;
} loads[LOADS] = {
    {"hummingbird", "synth:hummingbird:ops=600000:live=16M", "synth:hummingbird:ops=40000:live=2M"},
    {"emacs", "synth:emacs:ops=600000:live=4M", "synth:emacs:ops=40000:live=1M"}};
static const char *const ours[OURS] = {"bestfit",
                                       "bestfit:order=lifo",
                                       "firstfit",
                                       "nextfit",
                                       "segregated",
                                       "quickfit",
                                       "tlsf",
                                       "halffit",
                                       "buddy",
                                       "buddy:system=fibonacci",
                                       "buddy:system=weighted",
                                       "buddy:system=double",
                                       "segstorage"};

struct study {
    struct hb_paper_run *run;
    FILE *data;
    struct hb_figure *figure;
    struct hb_spec specs[MOST];
    char names[MOST][64];
    size_t count;
    uint64_t seeds;
    double frag[LOADS][MOST]; /* heap / live at the end, mean over seeds */
    double ns[LOADS][MOST];
};

static double last(const struct hb_counts *counts) {
    return counts->count ? (double)counts->values[counts->count - 1] : NAN;
}

/* Ours by their footprint, others by what is resident. */
static double end_ratio(const struct hb_result *result) {
    double heap = last(&result->series_footprint_bytes);
    return (isnan(heap) ? last(&result->series_resident_bytes) : heap) /
           last(&result->series_live_bytes);
}

static void curve_add(struct study *study, int load, const char *name, enum hb_figure_style style,
                      const struct hb_counts *bytes, const struct hb_result *result) {
    for (size_t i = 0; i < bytes->count; i += 1 + bytes->count / 50)
        hb_figure_add(study->figure, (size_t)load, name, style,
                      (double)result->series_op.values[i] / 1e3,
                      (double)bytes->values[i] / (1 << 20));
}

static bool seed_measure(struct study *study, int load, uint64_t seed) {
    struct hb_result results[MOST];
    char spec[256], error[512];
    bool ok = true;
    snprintf(spec, sizeof spec, "%s:seed=%llu",
             study->run->is_quick ? loads[load].quick_spec : loads[load].spec,
             (unsigned long long)seed);
    if (!hb_paper_spaces(study->specs, study->count, spec, true, results, error))
        return hb_paper_fail(study->run, "%s: %s", spec, error);
    for (size_t i = 0; i < study->count; i++) {
        double ratio = end_ratio(&results[i]);
        if (results[i].error[0] || isnan(ratio))
            ok = hb_paper_fail(study->run, "%s on %s: %.300s", study->names[i], spec,
                               results[i].error);
        study->frag[load][i] += ratio / (double)study->seeds;
        fprintf(study->data, "%s,%llu,%s,%.6f,%.6f,%.6f,%.6f,%.6f,%.6f\n", loads[load].name,
                (unsigned long long)seed, study->names[i], 100 * (ratio - 1),
                results[i].frag_mean_ratio, results[i].frag_at_peak_live_ratio,
                results[i].frag_at_peak_footprint_ratio, results[i].frag_peak_ratio,
                results[i].resident_peak_ratio);
        if (seed == 1)
            curve_add(study, load, study->names[i], HB_FIGURE_LINES,
                      results[i].series_footprint_bytes.count ? &results[i].series_footprint_bytes
                                                              : &results[i].series_resident_bytes,
                      &results[i]);
    }
    if (ok && seed == 1)
        curve_add(study, load, "live", HB_FIGURE_REFERENCE, &results[0].series_live_bytes,
                  &results[0]);
    for (size_t i = 0; i < study->count; i++)
        hb_result_clear(&results[i]);
    return ok;
}

static bool load_time(struct study *study, int load) {
    struct hb_result results[MOST];
    char error[512];
    const char *spec = study->run->is_quick ? loads[load].quick_spec : loads[load].spec;
    if (!hb_paper_times(study->specs, study->count, spec, study->run->is_quick ? 1 : 5, results,
                        error))
        return hb_paper_fail(study->run, "%s: %s", spec, error);
    for (size_t i = 0; i < study->count; i++) {
        study->ns[load][i] = results[i].ns_per_op;
        hb_result_clear(&results[i]);
    }
    return true;
}

/* Ranks from 0, ties by the mean. */
static void ranks_of(const double *values, size_t count, double *ranks) {
    for (size_t i = 0; i < count; i++) {
        ranks[i] = 0;
        for (size_t j = 0; j < count; j++)
            ranks[i] += (values[j] < values[i]) + (j != i && values[j] == values[i]) * 0.5;
    }
}

/* Spearman's rank correlation. */
static double spearman(const double *a, const double *b, size_t count) {
    double x[MOST], y[MOST], xy = 0, xx = 0, yy = 0, middle = ((double)count - 1) / 2;
    ranks_of(a, count, x);
    ranks_of(b, count, y);
    for (size_t i = 0; i < count; i++) {
        xy += (x[i] - middle) * (y[i] - middle);
        xx += (x[i] - middle) * (x[i] - middle);
        yy += (y[i] - middle) * (y[i] - middle);
    }
    return xy / sqrt(xx * yy);
}

struct ends {
    size_t best, worst;
    double ratio; /* of heap / live */
};

static struct ends ends_of(const struct study *study, int load) {
    struct ends ends = {0};
    for (size_t i = 1; i < study->count; i++) {
        ends.best = study->frag[load][i] < study->frag[load][ends.best] ? i : ends.best;
        ends.worst = study->frag[load][i] > study->frag[load][ends.worst] ? i : ends.worst;
    }
    ends.ratio = study->frag[load][ends.worst] / study->frag[load][ends.best];
    return ends;
}

static double floor_of(const struct study *study, int load) {
    return fabs(study->frag[load][BEST_LIFO] - study->frag[load][BEST]);
}

/* Pairs, clearly apart in both loads, whose order differs. */
static size_t turned_pairs(const struct study *study) {
    size_t turned = 0;
    for (size_t i = 0; i < study->count; i++)
        for (size_t j = 0; j < i; j++) {
            double first = study->frag[0][i] - study->frag[0][j];
            double second = study->frag[1][i] - study->frag[1][j];
            turned += first * second < 0 && fabs(first) > floor_of(study, 0) &&
                      fabs(second) > floor_of(study, 1);
        }
    return turned;
}

static bool is_buddy(size_t i) {
    return i >= FIRST_BUDDY && i <= LAST_BUDDY;
}

static void conditions_state(const struct study *study) {
    struct ends first = ends_of(study, 0), second = ends_of(study, 1);
    double critical = 1.96 / sqrt((double)study->count - 1);
    hb_paper_require(
        study->run, first.ratio - 1 >= 2 * (second.ratio - 1),
        "the worst's heap over the best's, at the end, is far larger on hummingbird "
        "than on emacs: %.2f (%s ÷ %s) against %.2f (%s ÷ %s), in excess of 1 twice at "
        "least",
        first.ratio, study->names[first.worst], study->names[first.best], second.ratio,
        study->names[second.worst], study->names[second.best]);
    hb_paper_require(study->run, turned_pairs(study) > 0,
                     "the ranking differs between the two, beyond the noise floor (best fit with "
                     "opposite ties, %.4f and %.4f): %zu pairs are turned round; Spearman %.2f",
                     floor_of(study, 0), floor_of(study, 1), turned_pairs(study),
                     spearman(study->frag[0], study->frag[1], study->count));
    for (int load = 0; load < LOADS; load++) {
        double rho = spearman(study->ns[load], study->frag[load], study->count);
        hb_paper_expect(study->run, fabs(rho) < critical,
                        "%s: time and fragmentation are not correlated: Spearman %.2f, significant "
                        "from %.2f on (n = %zu)",
                        loads[load].name, rho, critical, study->count);
    }
    hb_paper_require(study->run, !is_buddy(first.best) && !is_buddy(second.best),
                     "no buddy system is best on either: %s and %s are", study->names[first.best],
                     study->names[second.best]);
}

static void notes_state(const struct study *study) {
    for (int load = 0; load < LOADS; load++) {
        char text[HB_PAPER_TEXT_MAX] = "";
        for (size_t i = 0; i < study->count; i++) {
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%s%s %.1f", i ? ", " : "", study->names[i],
                     100 * (study->frag[load][i] - 1));
        }
        hb_paper_note(study->run, "%s, %% of live at the end: %.340s.", loads[load].name, text);
    }
    hb_paper_note(study->run,
                  "Stand-ins for the paper's loads, scaled down (live 16 and 4 MiB), means over "
                  "%llu seeds; absolute values are not comparable with the paper's. Of others than "
                  "ours the heap is what is resident. Real mode: the question is of allocators.",
                  (unsigned long long)study->seeds);
}

static bool study_draw(struct study *study) {
    study->figure->subtitle = "Footprint of ours, resident memory of others; one seed.";
    study->figure->caption =
        "touch=page; synth:hummingbird, synth:emacs; after Bohra & Gabber 2001";
    study->figure->x_title = "thousand operations";
    study->figure->y_title = "MiB";
    study->figure->y_differs = true;
    study->figure->panel_count = LOADS;
    for (int load = 0; load < LOADS; load++)
        study->figure->panel_names[load] = loads[load].name;
    return hb_figure_draw(study->figure, study->run);
}

static bool study_open(struct study *study) {
    struct hb_paper_allocators *foreigns = hb_paper_foreigns();
    for (size_t i = 0; i < OURS; i++) {
        hb_paper_spec(ours[i], &study->specs[study->count]);
        hb_plot_allocator_name(ours[i], study->names[study->count++], sizeof study->names[0]);
    }
    for (size_t i = 0; foreigns && i < foreigns->count && study->count < MOST; i++) {
        study->specs[study->count] = foreigns->specs[i];
        snprintf(study->names[study->count++], sizeof study->names[0], "%s", foreigns->names[i]);
    }
    free(foreigns);
    study->figure = hb_figure_create("bohra-gabber", "Heaps of two loads");
    study->data = hb_paper_data(study->run, "bohra-gabber.csv",
                                "load,seed,allocator,end_percent,frag_mean_ratio,"
                                "frag_at_peak_live_ratio,frag_at_peak_footprint_ratio,"
                                "frag_peak_ratio,resident_peak_ratio");
    return foreigns && study->figure && study->data;
}

static bool bohra_gabber_measure(struct hb_paper_run *run) {
    struct study *study = calloc(1, sizeof *study);
    if (!study)
        return hb_paper_fail(run, "not enough memory");
    study->run = run;
    study->seeds = run->is_quick ? 2 : SEEDS;
    bool ok = study_open(study);
    for (size_t i = 0; ok && i < LOADS * study->seeds; i++)
        ok = hb_paper_step(run, loads[i / study->seeds].name, i, LOADS * study->seeds) &&
             seed_measure(study, (int)(i / study->seeds), i % study->seeds + 1);
    for (int load = 0; ok && load < LOADS; load++)
        ok = load_time(study, load);
    if (ok) {
        conditions_state(study);
        notes_state(study);
        ok = study_draw(study);
    }
    hb_figure_free(study->figure);
    free(study);
    return ok;
}

const struct hb_paper hb_paper_bohra_gabber = {
    .name = "bohra-gabber",
    .question = "Are mallocs free of fragmentation, and does speed cost memory?",
    .source = "Bohra & Gabber, USENIX 2001 (FREENIX)",
    .measure = bohra_gabber_measure,
};
