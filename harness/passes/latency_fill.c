/* latency_fill.c -- the fields of a result from what the latency pass counted. */
#include <math.h>
#include <stdlib.h>

#include "harness/measure/statistics.h"
#include "harness/passes/latency.h"

enum { P50 = 5000, P90 = 9000, P99 = 9900, P999 = 9990, P9999 = 9999 };
enum { ROWS = 9 };

/* Histograms that share the columns of a result's table of buckets. */
struct sums {
    struct hb_histogram all, malloc, cold_malloc, floor_malloc;
};

struct quantile_fields {
    uint64_t *samples;
    double *mean, *p50, *p90, *p99, *p999, *p9999, *most;
};

#define KIND_FIELDS(result, kind)                                                                  \
    {                                                                                              \
        &(result)->latency_##kind##_samples, &(result)->latency_##kind##_mean_ns,                  \
            &(result)->latency_##kind##_p50_ns, &(result)->latency_##kind##_p90_ns,                \
            &(result)->latency_##kind##_p99_ns, &(result)->latency_##kind##_p999_ns,               \
            &(result)->latency_##kind##_p9999_ns, &(result)->latency_##kind##_max_ns               \
    }
#define OTHER_FIELDS(result, kind)                                                                 \
    {                                                                                              \
        &(result)->latency_##kind##_samples, NULL, &(result)->latency_##kind##_p50_ns, NULL,       \
            &(result)->latency_##kind##_p99_ns, &(result)->latency_##kind##_p999_ns, NULL,         \
            &(result)->latency_##kind##_max_ns                                                     \
    }

void hb_latency_mallocs(const struct hb_latencies *latencies, struct hb_histogram *sum) {
    *sum = (struct hb_histogram){0};
    for (size_t i = 0; i < HB_LATENCY_CLASSES; i++)
        hb_histogram_merge(sum, &latencies->mallocs[i]);
}

static void sum_all(const struct hb_latencies *latencies, struct hb_histogram *sum) {
    hb_latency_mallocs(latencies, sum);
    for (size_t i = 0; i < HB_LATENCY_KINDS; i++)
        hb_histogram_merge(sum, &latencies->kinds[i]);
}

static double most_ns(const struct hb_histogram *histogram, double step_ns) {
    return histogram->count ? (double)histogram->most * step_ns : NAN;
}

static void fill_quantiles(const struct quantile_fields *fields,
                           const struct hb_histogram *histogram, double step_ns) {
    const struct {
        double *field;
        unsigned ten_thousandths;
    } quantiles[] = {{fields->p50, P50},
                     {fields->p90, P90},
                     {fields->p99, P99},
                     {fields->p999, P999},
                     {fields->p9999, P9999}};
    *fields->samples = histogram->count;
    *fields->most = most_ns(histogram, step_ns);
    if (fields->mean)
        *fields->mean = hb_histogram_mean(histogram) * step_ns;
    for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++)
        if (quantiles[i].field)
            *quantiles[i].field =
                hb_histogram_quantile(histogram, quantiles[i].ten_thousandths) * step_ns;
}

static void fill_interval(double *low, double *high, const struct hb_reals *blocks,
                          double step_ns) {
    for (size_t i = 0; i < blocks->count; i++)
        if (isnan(blocks->values[i]))
            return;
    struct hb_interval interval = hb_median(blocks->values, blocks->count);
    *low = interval.low * step_ns;
    *high = interval.high * step_ns;
}

static void fill_intervals(struct hb_result *result, const struct hb_latency_blocks *blocks,
                           double step_ns) {
    fill_interval(&result->latency_malloc_p50_ns_ci95_low, &result->latency_malloc_p50_ns_ci95_high,
                  &blocks->malloc_p50, step_ns);
    fill_interval(&result->latency_malloc_p99_ns_ci95_low, &result->latency_malloc_p99_ns_ci95_high,
                  &blocks->malloc_p99, step_ns);
    fill_interval(&result->latency_free_p50_ns_ci95_low, &result->latency_free_p50_ns_ci95_high,
                  &blocks->free_p50, step_ns);
    fill_interval(&result->latency_free_p99_ns_ci95_low, &result->latency_free_p99_ns_ci95_high,
                  &blocks->free_p99, step_ns);
}

static void fill_kinds(struct hb_result *result, const struct hb_latency_tally *tally,
                       const struct sums *sums, double step_ns) {
    const struct {
        struct quantile_fields fields;
        const struct hb_histogram *histogram;
    } kinds[] = {
        {KIND_FIELDS(result, all), &sums->all},
        {KIND_FIELDS(result, malloc), &sums->malloc},
        {KIND_FIELDS(result, calloc), &tally->all.warm.kinds[HB_LATENCY_CALLOC]},
        {KIND_FIELDS(result, realloc), &tally->all.warm.kinds[HB_LATENCY_REALLOC]},
        {KIND_FIELDS(result, aligned), &tally->all.warm.kinds[HB_LATENCY_ALIGNED]},
        {KIND_FIELDS(result, free), &tally->all.warm.kinds[HB_LATENCY_FREE]},
        {OTHER_FIELDS(result, cold_malloc), &sums->cold_malloc},
        {OTHER_FIELDS(result, cold_free), &tally->all.cold.kinds[HB_LATENCY_FREE]},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        fill_quantiles(&kinds[i].fields, kinds[i].histogram, step_ns);
}

static void fill_floor(struct hb_result *result, const struct hb_latency_tally *floor,
                       const struct sums *sums, double step_ns) {
    const struct quantile_fields mallocs = OTHER_FIELDS(result, floor_malloc),
                                 frees = OTHER_FIELDS(result, floor_free);
    fill_quantiles(&mallocs, &sums->floor_malloc, step_ns);
    fill_quantiles(&frees, &floor->all.warm.kinds[HB_LATENCY_FREE], step_ns);
}

/* Buckets that any row has samples in, in order; numbers[bucket] is its place. A row without
 * samples stays null. */
static void fill_buckets(struct hb_result *result, const struct hb_latency_tally *tally,
                         const struct hb_latency_tally *floor, const struct sums *sums,
                         double step_ns, uint64_t *numbers) {
    const struct {
        const struct hb_histogram *histogram;
        struct hb_counts *counts;
    } rows[ROWS] = {
        {&sums->malloc, &result->latency_malloc_counts},
        {&tally->all.warm.kinds[HB_LATENCY_CALLOC], &result->latency_calloc_counts},
        {&tally->all.warm.kinds[HB_LATENCY_REALLOC], &result->latency_realloc_counts},
        {&tally->all.warm.kinds[HB_LATENCY_ALIGNED], &result->latency_aligned_counts},
        {&tally->all.warm.kinds[HB_LATENCY_FREE], &result->latency_free_counts},
        {&sums->cold_malloc, &result->latency_cold_malloc_counts},
        {&tally->all.cold.kinds[HB_LATENCY_FREE], &result->latency_cold_free_counts},
        {&sums->floor_malloc, &result->latency_floor_malloc_counts},
        {floor ? &floor->all.warm.kinds[HB_LATENCY_FREE] : &sums->floor_malloc,
         &result->latency_floor_free_counts},
    };
    for (size_t bucket = 0; bucket < HB_HISTOGRAM_BUCKETS; bucket++) {
        uint32_t samples = 0;
        numbers[bucket] = result->latency_bucket_low_ns.count;
        for (size_t i = 0; i < ROWS; i++)
            samples |= rows[i].histogram->counts[bucket];
        if (!samples)
            continue;
        hb_reals_append(&result->latency_bucket_low_ns, hb_histogram_low(bucket) * step_ns);
        hb_reals_append(&result->latency_bucket_high_ns, hb_histogram_high(bucket) * step_ns);
        for (size_t i = 0; i < ROWS; i++)
            if (rows[i].histogram->count)
                hb_counts_append(rows[i].counts, rows[i].histogram->counts[bucket]);
    }
}

static void fill_classes(struct hb_result *result, const struct hb_latencies *warm, double step_ns,
                         const uint64_t *numbers) {
    for (size_t class = 0; class < HB_LATENCY_CLASSES; class ++) {
        const struct hb_histogram *histogram = &warm->mallocs[class];
        uint64_t number = result->latency_size_bytes.count;
        if (!histogram->count)
            continue;
        hb_counts_append(&result->latency_size_bytes, class ? UINT64_C(1) << class : 0);
        hb_counts_append(&result->latency_size_samples, histogram->count);
        hb_reals_append(&result->latency_size_p50_ns,
                        hb_histogram_quantile(histogram, P50) * step_ns);
        hb_reals_append(&result->latency_size_p99_ns,
                        hb_histogram_quantile(histogram, P99) * step_ns);
        hb_reals_append(&result->latency_size_p999_ns,
                        hb_histogram_quantile(histogram, P999) * step_ns);
        hb_reals_append(&result->latency_size_max_ns, most_ns(histogram, step_ns));
        for (size_t bucket = 0; bucket < HB_HISTOGRAM_BUCKETS; bucket++) {
            if (!histogram->counts[bucket])
                continue;
            hb_counts_append(&result->latency_cell_size, number);
            hb_counts_append(&result->latency_cell_bucket, numbers[bucket]);
            hb_counts_append(&result->latency_cell_count, histogram->counts[bucket]);
        }
    }
}

void hb_latency_fill(struct hb_result *result, const struct hb_latency_tally *tally,
                     const struct hb_latency_tally *floor, const struct hb_clock_facts *clock) {
    static struct sums sums;
    static uint64_t numbers[HB_HISTOGRAM_BUCKETS];
    double step_ns = (double)clock->step_ticks * clock->tick_ns;
    sum_all(&tally->all.warm, &sums.all);
    hb_latency_mallocs(&tally->all.warm, &sums.malloc);
    hb_latency_mallocs(&tally->all.cold, &sums.cold_malloc);
    sums.floor_malloc = (struct hb_histogram){0};
    if (floor)
        hb_latency_mallocs(&floor->all.warm, &sums.floor_malloc);
    snprintf(result->latency_clock, sizeof result->latency_clock, "%s", clock->name);
    result->latency_clock_step_ns = step_ns;
    result->latency_clock_pair_ns = clock->pair_ns;
    result->latency_replays = tally->all.replays;
    result->latency_minor_faults = tally->all.faults;
    result->latency_context_switches = tally->all.switches;
    fill_kinds(result, tally, &sums, step_ns);
    fill_intervals(result, &tally->blocks, step_ns);
    if (floor)
        fill_floor(result, floor, &sums, step_ns);
    fill_buckets(result, tally, floor, &sums, step_ns, numbers);
    fill_classes(result, &tally->all.warm, step_ns, numbers);
}
