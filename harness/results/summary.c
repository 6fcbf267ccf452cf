#include "harness/results/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/blocks.h"

/* The results of one call. */
struct source {
    const struct hb_result *results;
    size_t count;
    uint64_t seed;
};

/* Pairs or values of one allocator, gathered trace by trace. */
struct gathered {
    double *values;
    size_t count, capacity;
    struct hb_sample samples[HB_SAMPLES_MAX];
    size_t starts[HB_SAMPLES_MAX];
    size_t sample_count;
    bool is_short; /* of memory */
};

static void gathered_add(struct gathered *gathered, double value) {
    if (gathered->count == gathered->capacity) {
        size_t capacity = 2 * gathered->capacity + 64;
        double *values = realloc(gathered->values, capacity * sizeof *values);
        gathered->is_short |= !values;
        if (!values)
            return;
        gathered->values = values;
        gathered->capacity = capacity;
    }
    gathered->values[gathered->count++] = value;
}

static void pairs_add(struct gathered *gathered, const struct hb_reals *times,
                      const struct hb_reals *baseline) {
    for (size_t i = 0; times->count == baseline->count && i < times->count; i++) {
        double ratio = times->values[i] / baseline->values[i];
        if (ratio > 0 && isfinite(ratio))
            gathered_add(gathered, ratio);
    }
}

static void result_add(struct gathered *gathered, const struct hb_result *result,
                       enum hb_mean_kind kind) {
    double ratio = kind == HB_MEAN_RESIDENT ? result->resident_peak_ratio : result->frag_peak_ratio;
    if (kind == HB_MEAN_TIME)
        pairs_add(gathered, &result->replay_ns, &result->baseline_replay_ns);
    else if (kind == HB_MEAN_COLD)
        pairs_add(gathered, &result->cold_replay_ns, &result->baseline_cold_replay_ns);
    else if (ratio > 0)
        gathered_add(gathered, ratio);
}

/* All that one cell gave becomes a sample. */
static void cell_gather(struct gathered *gathered, const struct source *source,
                        const struct hb_summary_group *group, const char *allocator,
                        const char *trace, enum hb_mean_kind kind) {
    size_t start = gathered->count;
    for (size_t i = 0; i < source->count; i++) {
        const struct hb_result *result = &source->results[i];
        if (strcmp(result->allocator, allocator) == 0 && strcmp(result->trace, trace) == 0 &&
            hb_results_conditions_agree(result, group->conditions))
            result_add(gathered, result, kind);
    }
    if (gathered->count == start || gathered->sample_count == HB_SAMPLES_MAX)
        return;
    gathered->starts[gathered->sample_count] = start;
    gathered->samples[gathered->sample_count++].count = gathered->count - start;
}

/* A ratio of time below six pairs is none, as in a result. */
static void samples_drop_short(struct gathered *gathered) {
    size_t kept = 0;
    for (size_t i = 0; i < gathered->sample_count; i++) {
        if (gathered->samples[i].count < 6)
            continue;
        gathered->starts[kept] = gathered->starts[i];
        gathered->samples[kept++].count = gathered->samples[i].count;
    }
    gathered->sample_count = kept;
}

static void mean_compute(struct gathered *gathered, enum hb_mean_kind kind, uint64_t seed,
                         struct hb_mean *mean) {
    bool is_time = kind == HB_MEAN_TIME || kind == HB_MEAN_COLD;
    if (is_time)
        samples_drop_short(gathered);
    for (size_t i = 0; i < gathered->sample_count; i++)
        gathered->samples[i].values = gathered->values + gathered->starts[i];
    mean->trace_count = gathered->sample_count;
    if (gathered->is_short || gathered->sample_count == 0)
        return;
    mean->interval =
        hb_bootstrap(gathered->samples, gathered->sample_count, gathered->sample_count, seed);
    if (!is_time) /* several runs of one cell show no distribution */
        mean->interval.low = mean->interval.high = NAN;
}

static bool summary_fill(struct hb_summary *summary, const struct hb_summary_group *group,
                         const struct source *source, struct gathered *gathered) {
    for (int kind = 0; kind < HB_MEAN_KINDS; kind++) {
        struct hb_mean *mean = &summary->means[kind];
        *mean = (struct hb_mean){0, {NAN, NAN, NAN}};
        gathered->count = gathered->sample_count = 0;
        for (size_t i = 0; i < group->trace_count; i++)
            cell_gather(gathered, source, group, summary->allocator, group->traces[i],
                        (enum hb_mean_kind)kind);
        mean_compute(gathered, (enum hb_mean_kind)kind, source->seed, mean);
    }
    return !gathered->is_short;
}

static int name_compare(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void trace_add(struct hb_summary_group *group, const char *trace) {
    for (size_t i = 0; i < group->trace_count; i++)
        if (strcmp(group->traces[i], trace) == 0)
            return;
    group->traces[group->trace_count++] = trace;
}

static void row_add(struct hb_summary_group *group, const struct hb_result *result) {
    for (size_t i = 0; i < group->count; i++) {
        if (strcmp(group->rows[i].allocator, result->allocator) != 0)
            continue;
        group->rows[i].is_baseline &= hb_result_is_baseline(result);
        return;
    }
    group->rows[group->count++] = (struct hb_summary){.allocator = result->allocator,
                                                      .is_baseline = hb_result_is_baseline(result)};
}

static bool group_open(struct hb_summary_group *group, const struct source *source, size_t first) {
    *group = (struct hb_summary_group){.conditions = &source->results[first],
                                       .traces = calloc(source->count, sizeof *group->traces),
                                       .rows = calloc(source->count, sizeof *group->rows)};
    if (!group->traces || !group->rows)
        return false;
    for (int others = 0; others <= 1; others++) {
        for (size_t i = first; i < source->count; i++) {
            const struct hb_result *result = &source->results[i];
            if (!hb_results_conditions_agree(result, group->conditions))
                continue;
            trace_add(group, result->trace);
            if (hb_result_is_baseline(result) == (others == 0))
                row_add(group, result);
        }
    }
    qsort(group->traces, group->trace_count, sizeof *group->traces, name_compare);
    return true;
}

static void group_close(struct hb_summary_group *group) {
    free(group->traces);
    free(group->rows);
}

static bool group_is_new(const struct source *source, size_t first) {
    for (size_t i = 0; i < first; i++)
        if (hb_results_conditions_agree(&source->results[i], &source->results[first]))
            return false;
    return true;
}

static bool group_fill(struct hb_summary_group *group, const struct source *source) {
    struct gathered *gathered = calloc(1, sizeof *gathered);
    bool ok = gathered != NULL;
    for (size_t i = 0; ok && i < group->count; i++)
        ok = summary_fill(&group->rows[i], group, source, gathered);
    if (gathered)
        free(gathered->values);
    free(gathered);
    return ok;
}

bool hb_summaries_make(struct hb_summaries *summaries, const struct hb_result *results,
                       size_t count, uint64_t seed) {
    struct source source = {results, count, seed};
    *summaries = (struct hb_summaries){calloc(count + 1, sizeof *summaries->groups), 0};
    bool ok = summaries->groups != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        struct hb_summary_group *group = &summaries->groups[summaries->count];
        if (!group_is_new(&source, i))
            continue;
        ok = group_open(group, &source, i);
        bool is_several = ok && group->trace_count >= 2;
        if (is_several)
            ok = group_fill(group, &source);
        if (is_several && ok)
            summaries->count++;
        else
            group_close(group);
    }
    if (!ok)
        hb_summaries_free(summaries);
    return ok;
}

void hb_summaries_free(struct hb_summaries *summaries) {
    for (size_t i = 0; i < summaries->count; i++)
        group_close(&summaries->groups[i]);
    free(summaries->groups);
    *summaries = (struct hb_summaries){NULL, 0};
}
