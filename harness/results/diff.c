#include "harness/results/diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/blocks.h"

enum { BOOTSTRAP_SEED = 1 };

/* Fewer misses than this per operation are no difference: a handful in the whole trace would be
 * many per cent of them. */
#define MISSES_LEAST 0.005

#define AT(field) offsetof(struct hb_result, field)

const struct hb_diff_figure hb_diff_figures[] = {
    {"time_ratio", HB_DIFF_TIME, HB_DIFF_PAIRS, true, false, AT(replay_ns), "warm", "time"},
    {"cold_ratio", HB_DIFF_TIME, HB_DIFF_PAIRS, false, false, AT(cold_replay_ns), "cold", "time"},
    {"peak_resident_bytes", HB_DIFF_SPACE, HB_DIFF_SAMPLED, true, true, AT(peak_resident_bytes),
     "peak", "resident"},
    {"peak_footprint_bytes", HB_DIFF_SPACE, HB_DIFF_EXACT, true, true, AT(peak_footprint_bytes),
     "peak", "footprint"},
    {"frag_mean_ratio", HB_DIFF_SPACE, HB_DIFF_EXACT, true, false, AT(frag_mean_ratio), "frag",
     "mean"},
    {"frag_at_peak_live_ratio", HB_DIFF_SPACE, HB_DIFF_EXACT, true, false,
     AT(frag_at_peak_live_ratio), "frag", "at live"},
    {"search_steps_per_op", HB_DIFF_SPACE, HB_DIFF_EXACT, false, false, AT(search_steps_per_op),
     "search", "steps"},
    {"instructions_per_op", HB_DIFF_CACHE, HB_DIFF_MISSES, false, false, AT(instructions_per_op),
     "instr.", "/op"},
    {"l1d_misses_per_op", HB_DIFF_CACHE, HB_DIFF_MISSES, true, false, AT(l1d_misses_per_op), "L1d",
     "misses"},
    {"llc_misses_per_op", HB_DIFF_CACHE, HB_DIFF_MISSES, true, false, AT(llc_misses_per_op), "LLC",
     "misses"},
    {"dtlb_misses_per_op", HB_DIFF_CACHE, HB_DIFF_MISSES, true, false, AT(dtlb_misses_per_op),
     "dTLB", "misses"},
    {"sim_l1d_misses_per_op", HB_DIFF_CACHE, HB_DIFF_MISSES, true, false, AT(sim_l1d_misses_per_op),
     "L1d", "simulated"},
    {"sim_llc_misses_per_op", HB_DIFF_CACHE, HB_DIFF_MISSES, true, false, AT(sim_llc_misses_per_op),
     "LLC", "simulated"},
};
const size_t hb_diff_figure_count = sizeof hb_diff_figures / sizeof *hb_diff_figures;

/* One cell on both sides; NULL where a side lacks it. */
struct pair {
    const struct hb_diff_side *sides;
    const struct hb_diff_limits *limits;
    const struct hb_result *first[HB_DIFF_SIDES];
};

/* Results of before huge pages were noted agree with any. */
static bool cells_agree(const struct hb_result *a, const struct hb_result *b) {
    bool same_pages = strcmp(a->thp, b->thp) == 0 || a->thp[0] == '\0' || b->thp[0] == '\0';
    return strcmp(a->allocator, b->allocator) == 0 && strcmp(a->trace, b->trace) == 0 &&
           strcmp(a->baseline, b->baseline) == 0 && strcmp(a->mode, b->mode) == 0 &&
           strcmp(a->touch, b->touch) == 0 && a->threads == b->threads && same_pages &&
           hb_result_speeds_agree(a, b) && hb_result_is_baseline(a) == hb_result_is_baseline(b);
}

static const struct hb_result *side_find(const struct hb_diff_side *side,
                                         const struct hb_result *cell) {
    for (size_t i = 0; i < side->count; i++)
        if (cells_agree(&side->results[i], cell))
            return &side->results[i];
    return NULL;
}

static struct hb_diff_row *row_add(struct hb_diff *diff, const struct pair *pair,
                                   const struct hb_diff_figure *figure, const char *what) {
    static struct hb_diff_row scrap;
    if (diff->count == diff->capacity) {
        size_t capacity = 2 * diff->capacity + 64;
        struct hb_diff_row *rows = realloc(diff->rows, capacity * sizeof *rows);
        diff->is_short |= !rows;
        if (!rows)
            return &scrap;
        diff->rows = rows;
        diff->capacity = capacity;
    }
    struct hb_diff_row *row = &diff->rows[diff->count++];
    *row = (struct hb_diff_row){.cell = pair->first[HB_DIFF_OLD] ? pair->first[HB_DIFF_OLD]
                                                                 : pair->first[HB_DIFF_NEW],
                                .figure = figure,
                                .what = what,
                                .values = {NAN, NAN},
                                .ratio = {NAN, NAN, NAN},
                                .threshold = NAN};
    return row;
}

static double field_value(const struct hb_diff_figure *figure, const struct hb_result *result) {
    const char *place = (const char *)result + figure->offset;
    if (!figure->is_count)
        return *(const double *)place;
    uint64_t count = *(const uint64_t *)place;
    return count == HB_COUNT_NULL ? NAN : (double)count;
}

/* Paired ratios, or values, of all results of the cell on one side. NULL out of memory. */
static double *side_values(const struct pair *pair, int side, const struct hb_diff_figure *figure,
                           size_t *count) {
    const struct hb_diff_side *results = &pair->sides[side];
    bool is_pairs = figure->manner == HB_DIFF_PAIRS, is_warm = figure->offset == AT(replay_ns);
    size_t rows = 0;
    for (size_t i = 0; i < results->count; i++)
        rows += cells_agree(&results->results[i], pair->first[side]);
    double *values = malloc(rows * HB_SERIES_MAX * sizeof *values);
    *count = 0;
    for (size_t i = 0; values && i < results->count; i++) {
        const struct hb_result *result = &results->results[i];
        if (!cells_agree(result, pair->first[side]))
            continue;
        if (!is_pairs && !isnan(field_value(figure, result)))
            values[(*count)++] = field_value(figure, result);
        const struct hb_reals *times = is_warm ? &result->replay_ns : &result->cold_replay_ns;
        const struct hb_reals *baseline =
            is_warm ? &result->baseline_replay_ns : &result->baseline_cold_replay_ns;
        bool are_paired = is_pairs && times->count == baseline->count;
        for (size_t j = 0; are_paired && j < times->count; j++)
            values[(*count)++] = times->values[j] / baseline->values[j];
    }
    return values;
}

/* Both sides' values into the row, and their ratio with what interval there is. */
static void row_measure(struct hb_diff *diff, struct hb_diff_row *row, const struct pair *pair) {
    size_t counts[HB_DIFF_SIDES];
    double *values[HB_DIFF_SIDES];
    for (int side = 0; side < HB_DIFF_SIDES; side++) {
        values[side] = side_values(pair, side, row->figure, &counts[side]);
        diff->is_short |= !values[side];
        if (values[side])
            row->values[side] = hb_median(values[side], counts[side]).median;
    }
    double ratio = row->values[HB_DIFF_NEW] / row->values[HB_DIFF_OLD];
    if (row->figure->manner == HB_DIFF_PAIRS && values[0] && values[1]) {
        struct hb_sample samples[] = {{values[HB_DIFF_NEW], counts[HB_DIFF_NEW], false},
                                      {values[HB_DIFF_OLD], counts[HB_DIFF_OLD], true}};
        row->ratio = hb_bootstrap(samples, HB_DIFF_SIDES, 1, BOOTSTRAP_SEED);
    } else {
        row->ratio.median = isfinite(ratio) ? ratio : NAN;
    }
    free(values[HB_DIFF_OLD]);
    free(values[HB_DIFF_NEW]);
}

/* Simulated beside what the processor counts. */
static bool is_beside(const struct hb_diff_figure *figure) {
    return strncmp(figure->name, "sim_", 4) == 0;
}

static bool misses_are_comparable(const struct pair *pair, const struct hb_diff_figure *figure) {
    const struct hb_result *a = pair->first[HB_DIFF_OLD], *b = pair->first[HB_DIFF_NEW];
    bool same_caches = strcmp(a->cache_geometry, b->cache_geometry) == 0;
    if (is_beside(figure))
        return same_caches && a->sim_ops == b->sim_ops;
    return same_caches && strcmp(a->cache_source, b->cache_source) == 0 &&
           a->cache_ops == b->cache_ops;
}

static enum hb_diff_verdict numbers_verdict(const struct hb_diff_row *row) {
    double old_value = row->values[HB_DIFF_OLD], new_value = row->values[HB_DIFF_NEW];
    bool has_interval = !isnan(row->ratio.low);
    bool is_close =
        row->figure->manner == HB_DIFF_MISSES && fabs(new_value - old_value) < MISSES_LEAST;
    if (row->figure->manner == HB_DIFF_PAIRS)
        return !has_interval         ? HB_DIFF_NOT_COMPARABLE
               : row->ratio.high < 1 ? HB_DIFF_LESS
               : row->ratio.low > 1  ? HB_DIFF_MORE
                                     : HB_DIFF_SAME;
    if (is_close || old_value == new_value)
        return HB_DIFF_SAME;
    return new_value > old_value ? HB_DIFF_MORE : HB_DIFF_LESS;
}

/* Counts of the processor have no interval here: they are shown, not judged. */
static bool is_judged(const struct hb_diff_row *row) {
    return row->figure->is_judged &&
           (row->figure->manner != HB_DIFF_MISSES || is_beside(row->figure) ||
            strcmp(row->cell->cache_source, "sim") == 0);
}

static void figure_compare(struct hb_diff *diff, const struct pair *pair,
                           const struct hb_diff_figure *figure) {
    struct hb_diff_row *row = row_add(diff, pair, figure, figure->name);
    row_measure(diff, row, pair);
    bool has_old = !isnan(row->values[HB_DIFF_OLD]), has_new = !isnan(row->values[HB_DIFF_NEW]);
    if (!has_old && !has_new) {
        diff->count -= diff->count > 0;
        return;
    }
    if (!has_old || !has_new)
        row->verdict = has_old ? HB_DIFF_ONLY_OLD : HB_DIFF_ONLY_NEW;
    else if (figure->manner == HB_DIFF_MISSES && !misses_are_comparable(pair, figure))
        row->verdict = HB_DIFF_NOT_COMPARABLE;
    else
        row->verdict = numbers_verdict(row);
    if (!is_judged(row))
        return;
    row->threshold = pair->limits->thresholds[figure->class];
    bool is_beyond = isnan(row->ratio.median) || row->ratio.median > 1 + row->threshold;
    row->is_regression = row->verdict == HB_DIFF_MORE && is_beyond;
}

static void text_compare(struct hb_diff *diff, const struct pair *pair, const char *what,
                         size_t offset, const char *good) {
    const char *old_text = (const char *)pair->first[HB_DIFF_OLD] + offset;
    const char *new_text = (const char *)pair->first[HB_DIFF_NEW] + offset;
    if (old_text[0] == '\0' && new_text[0] == '\0')
        return;
    struct hb_diff_row *row = row_add(diff, pair, NULL, what);
    row->texts[HB_DIFF_OLD] = old_text;
    row->texts[HB_DIFF_NEW] = new_text;
    row->verdict = strcmp(old_text, new_text) == 0 ? HB_DIFF_SAME
                   : old_text[0] == '\0'           ? HB_DIFF_ONLY_NEW
                   : new_text[0] == '\0'           ? HB_DIFF_ONLY_OLD
                                                   : HB_DIFF_CHANGED;
    bool was_good = good && (strcmp(old_text, good) == 0 || old_text[0] == '\0');
    row->is_regression = was_good && new_text[0] != '\0' && strcmp(new_text, good) != 0;
}

static void failures_compare(struct hb_diff *diff, const struct pair *pair) {
    const struct hb_result *old_cell = pair->first[HB_DIFF_OLD];
    const struct hb_result *new_cell = pair->first[HB_DIFF_NEW];
    text_compare(diff, pair, "error", AT(error), "");
    text_compare(diff, pair, "check", AT(check), "ok");
    text_compare(diff, pair, "placement_hash", AT(placement_hash), NULL);
    if (old_cell->failed_allocs == HB_COUNT_NULL || new_cell->failed_allocs == HB_COUNT_NULL ||
        old_cell->failed_allocs + new_cell->failed_allocs == 0)
        return;
    struct hb_diff_row *row = row_add(diff, pair, NULL, "failed_allocs");
    row->values[HB_DIFF_OLD] = (double)old_cell->failed_allocs;
    row->values[HB_DIFF_NEW] = (double)new_cell->failed_allocs;
    row->is_regression = new_cell->failed_allocs > old_cell->failed_allocs;
    row->verdict = row->is_regression                                  ? HB_DIFF_MORE
                   : new_cell->failed_allocs < old_cell->failed_allocs ? HB_DIFF_LESS
                                                                       : HB_DIFF_SAME;
}

/* The same name, but other operations? Requests that failed change neither count nor peak. */
static bool traces_differ(const struct pair *pair) {
    const struct hb_result *a = pair->first[HB_DIFF_OLD], *b = pair->first[HB_DIFF_NEW];
    bool both_whole = a->failed_allocs == 0 && b->failed_allocs == 0;
    bool both_ops = a->ops != HB_COUNT_NULL && b->ops != HB_COUNT_NULL;
    bool both_peaks = a->peak_live_bytes != HB_COUNT_NULL && b->peak_live_bytes != HB_COUNT_NULL;
    return both_whole && ((both_ops && a->ops != b->ops) ||
                          (both_peaks && a->peak_live_bytes != b->peak_live_bytes));
}

static void pair_compare(struct hb_diff *diff, const struct pair *pair) {
    if (!pair->first[HB_DIFF_OLD] || !pair->first[HB_DIFF_NEW]) {
        row_add(diff, pair, NULL, "cell")->verdict =
            pair->first[HB_DIFF_OLD] ? HB_DIFF_ONLY_OLD : HB_DIFF_ONLY_NEW;
        diff->missing++;
        return;
    }
    diff->cells++;
    failures_compare(diff, pair);
    if (traces_differ(pair)) {
        row_add(diff, pair, NULL, "trace")->verdict = HB_DIFF_NOT_COMPARABLE;
        return;
    }
    for (size_t i = 0; i < hb_diff_figure_count; i++)
        figure_compare(diff, pair, &hb_diff_figures[i]);
}

static void side_compare(struct hb_diff *diff, struct pair *pair, int side) {
    const struct hb_diff_side *results = &pair->sides[side];
    for (size_t i = 0; i < results->count && !diff->is_short; i++) {
        const struct hb_result *cell = &results->results[i];
        if (side_find(results, cell) != cell)
            continue;
        pair->first[HB_DIFF_OLD] = side_find(&pair->sides[HB_DIFF_OLD], cell);
        pair->first[HB_DIFF_NEW] = side_find(&pair->sides[HB_DIFF_NEW], cell);
        if (side == HB_DIFF_OLD || !pair->first[HB_DIFF_OLD])
            pair_compare(diff, pair);
    }
}

bool hb_diff_make(struct hb_diff *diff, const struct hb_diff_side *sides,
                  const struct hb_diff_limits *limits) {
    struct pair pair = {sides, limits, {NULL, NULL}};
    *diff = (struct hb_diff){.limits = *limits};
    side_compare(diff, &pair, HB_DIFF_OLD);
    side_compare(diff, &pair, HB_DIFF_NEW);
    for (size_t i = 0; i < diff->count; i++)
        diff->regressions += diff->rows[i].is_regression;
    if (diff->is_short)
        hb_diff_free(diff);
    return !diff->is_short;
}

void hb_diff_free(struct hb_diff *diff) {
    free(diff->rows);
    diff->rows = NULL;
    diff->count = diff->capacity = 0;
}

const char *hb_diff_verdict_text(const struct hb_diff_row *row) {
    static const char *const texts[] = {"same",        "less",        "more",          "changed",
                                        "only in old", "only in new", "not comparable"};
    bool is_time = row->figure && row->figure->manner == HB_DIFF_PAIRS;
    if (is_time && row->verdict == HB_DIFF_LESS)
        return "faster";
    return is_time && row->verdict == HB_DIFF_MORE ? "slower" : texts[row->verdict];
}
