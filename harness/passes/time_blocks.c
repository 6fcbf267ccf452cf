#include "harness/passes/time_blocks.h"

#include <math.h>
#include <stdlib.h>

#include "harness/measure/statistics.h"

enum { INTERVAL_MIN = 6 };

void hb_time_blocks_init(struct hb_time_blocks *blocks, size_t wanted) {
    size_t most = wanted + wanted / 2;
    *blocks = (struct hb_time_blocks){.wanted = wanted,
                                      .most = most < HB_SERIES_MAX ? most : HB_SERIES_MAX};
}

bool hb_time_blocks_go_on(const struct hb_time_blocks *blocks) {
    return blocks->count - blocks->bad_count < blocks->wanted && blocks->count < blocks->most;
}

void hb_time_blocks_add(struct hb_time_blocks *blocks, bool is_bad) {
    blocks->is_bad[blocks->count++] = is_bad;
    blocks->bad_count += is_bad;
}

void hb_time_blocks_choose(const struct hb_time_blocks *blocks, bool *counts) {
    size_t good = blocks->count - blocks->bad_count;
    size_t spare = good < blocks->wanted ? blocks->wanted - good : 0;
    for (size_t i = 0; i < blocks->count; i++) {
        counts[i] = !blocks->is_bad[i] || spare > 0;
        spare -= blocks->is_bad[i] && spare > 0;
    }
}

/* The raw times of the blocks that count, or of those that do not. */
static void reals_fill(struct hb_reals *reals, const struct hb_time_blocks *blocks,
                       const struct hb_timed *timed, size_t offset, const bool *counts,
                       bool which) {
    for (size_t i = 0; i < blocks->count; i++) {
        double value = *(const double *)((const char *)&timed[i] + offset);
        if (counts[i] == which && timed[i].ran && !isnan(value))
            hb_reals_append(reals, value);
    }
}

struct ratio {
    double *median, *low, *high;
};

/* Only where both have a time in each block: else they would not be pairs. */
static void ratio_fill(const struct hb_reals *times, const struct hb_reals *baseline,
                       struct ratio ratio) {
    double ratios[HB_SERIES_MAX];
    if (times->count < INTERVAL_MIN || times->count != baseline->count)
        return;
    for (size_t i = 0; i < times->count; i++)
        ratios[i] = times->values[i] / baseline->values[i];
    struct hb_interval interval = hb_median(ratios, times->count);
    *ratio.median = interval.median;
    *ratio.low = interval.low;
    *ratio.high = interval.high;
}

static void reals_drop(struct hb_reals *reals) {
    free(reals->values);
    *reals = (struct hb_reals){0, NULL};
}

/* Times of the baseline are given only beside as many of the allocator's. */
static void baseline_fill(struct hb_result *result, const struct hb_time_blocks *blocks,
                          const struct hb_timed *baseline, const bool *counts) {
    const struct {
        struct hb_reals *reals;
        const struct hb_reals *beside;
        size_t offset;
        bool which;
    } arrays[] = {
        {&result->baseline_replay_ns, &result->replay_ns, offsetof(struct hb_timed, warm_ns), true},
        {&result->baseline_cold_replay_ns, &result->cold_replay_ns,
         offsetof(struct hb_timed, cold_ns), true},
        {&result->bad_baseline_replay_ns, &result->bad_replay_ns,
         offsetof(struct hb_timed, warm_ns), false},
        {&result->bad_baseline_cold_replay_ns, &result->bad_cold_replay_ns,
         offsetof(struct hb_timed, cold_ns), false},
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        reals_fill(arrays[i].reals, blocks, baseline, arrays[i].offset, counts, arrays[i].which);
        if (arrays[i].reals->count != arrays[i].beside->count)
            reals_drop(arrays[i].reals);
    }
    ratio_fill(&result->replay_ns, &result->baseline_replay_ns,
               (struct ratio){&result->time_ratio, &result->time_ratio_ci95_low,
                              &result->time_ratio_ci95_high});
    ratio_fill(&result->cold_replay_ns, &result->baseline_cold_replay_ns,
               (struct ratio){&result->cold_ratio, &result->cold_ratio_ci95_low,
                              &result->cold_ratio_ci95_high});
}

static void milliseconds_add(double *sum_ms, uint64_t ns) {
    if (ns != HB_NOISE_UNKNOWN)
        *sum_ms = (isnan(*sum_ms) ? 0 : *sum_ms) + (double)ns / 1e6;
}

static void noise_add(struct hb_result *result, const struct hb_noise *noise) {
    if (noise->switches != HB_NOISE_UNKNOWN)
        result->involuntary_switches =
            noise->switches +
            (result->involuntary_switches == HB_COUNT_NULL ? 0 : result->involuntary_switches);
    milliseconds_add(&result->wait_ms, noise->wait_ns);
    milliseconds_add(&result->steal_ms, noise->steal_ns);
    if (noise->khz == HB_NOISE_UNKNOWN)
        return;
    if (result->cpu_khz_least == HB_COUNT_NULL || noise->khz < result->cpu_khz_least)
        result->cpu_khz_least = noise->khz;
    if (result->cpu_khz_most == HB_COUNT_NULL || noise->khz > result->cpu_khz_most)
        result->cpu_khz_most = noise->khz;
}

static void noise_fill(struct hb_result *result, const struct hb_time_blocks *blocks,
                       const struct hb_timed *timed, const bool *counts) {
    result->bad_blocks = blocks->bad_count;
    result->bad_blocks_kept = 0;
    for (size_t i = 0; i < blocks->count; i++) {
        if (timed[i].ran)
            noise_add(result, &timed[i].noise);
        if (!counts[i])
            continue;
        result->bad_blocks_kept += blocks->is_bad[i];
        hb_counts_append(&result->replay_is_bad, blocks->is_bad[i]);
    }
}

static double timed_median(const struct hb_time_blocks *blocks, const struct hb_timed *timed,
                           size_t offset, const bool *counts) {
    struct hb_reals values = {0};
    reals_fill(&values, blocks, timed, offset, counts, true);
    double median = hb_median(values.values, values.count).median;
    reals_drop(&values);
    return median;
}

static void threads_fill(struct hb_result *result, const struct hb_time_blocks *blocks,
                         const struct hb_timed *timed, const bool *counts) {
    const struct {
        double *value;
        size_t offset;
    } fields[] = {{&result->wait_ratio, offsetof(struct hb_timed, wait_ratio)},
                  {&result->overlap_ratio, offsetof(struct hb_timed, overlap_ratio)},
                  {&result->idle_ratio, offsetof(struct hb_timed, idle_ratio)},
                  {&result->late_mean_ns, offsetof(struct hb_timed, late_mean_ns)},
                  {&result->late_max_ns, offsetof(struct hb_timed, late_max_ns)}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *fields[i].value = timed_median(blocks, timed, fields[i].offset, counts);
}

void hb_time_fill(struct hb_result *result, const struct hb_time_blocks *blocks,
                  const struct hb_timed *timed, const struct hb_timed *baseline) {
    bool counts[HB_SERIES_MAX];
    size_t warm = offsetof(struct hb_timed, warm_ns), cold = offsetof(struct hb_timed, cold_ns);
    hb_time_blocks_choose(blocks, counts);
    reals_fill(&result->replay_ns, blocks, timed, warm, counts, true);
    reals_fill(&result->cold_replay_ns, blocks, timed, cold, counts, true);
    reals_fill(&result->bad_replay_ns, blocks, timed, warm, counts, false);
    reals_fill(&result->bad_cold_replay_ns, blocks, timed, cold, counts, false);
    struct hb_interval interval = hb_median(result->replay_ns.values, result->replay_ns.count);
    result->ns_per_op = interval.median;
    result->ns_per_op_ci95_low = interval.low;
    result->ns_per_op_ci95_high = interval.high;
    result->cold_ns_per_op =
        hb_median(result->cold_replay_ns.values, result->cold_replay_ns.count).median;
    threads_fill(result, blocks, timed, counts);
    noise_fill(result, blocks, timed, counts);
    if (baseline)
        baseline_fill(result, blocks, baseline, counts);
}
