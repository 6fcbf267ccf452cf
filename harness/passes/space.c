/* space.c -- the space pass: memory over time, fragmentation, placement. */
#include <math.h>
#include <stdio.h>

#include "harness/passes/passes.h"

#define RATIO_LIVE_MIN (64 << 10) /* bytes of peak live below which ratios say nothing */

static double wide(struct report_wide value) {
    return ldexp((double)value.high, 64) + (double)value.low;
}

static double ratio(double over, double under) {
    return under > 0 ? over / under : NAN;
}

static void fill_counts(struct hb_result *result, const struct report *report, uint64_t scale) {
    result->ops = report->ops;
    result->failed_allocs = report->failed_allocs;
    result->peak_live_bytes = report->peak_live_bytes / scale;
    result->peak_resident_bytes = report->peak_resident_bytes / scale;
    hb_resident_source(result, report);
    if (report->has_stats) {
        result->search_steps_per_op = ratio((double)report->search_steps, (double)report->ops);
        result->splits = report->splits;
        result->merges = report->merges;
    }
    if (!report->sees_footprint)
        return;
    result->peak_footprint_bytes = report->peak_footprint_bytes / scale;
    result->brk_calls = report->brk_calls;
    result->mmap_calls = report->mmap_calls;
    result->munmap_calls = report->munmap_calls;
    if (report->has_placement_hash)
        snprintf(result->placement_hash, sizeof result->placement_hash, "%016llx",
                 (unsigned long long)report->placement_hash);
}

/* Johnstone and Wilson's four measures (ISMM 1998, section 4.1), and resident memory alike. */
static void fill_ratios(struct hb_result *result, const struct report *report, bool is_paced) {
    if (result->peak_live_bytes < RATIO_LIVE_MIN)
        return;
    double peak_live = (double)report->peak_live_bytes;
    result->resident_peak_ratio = ratio((double)report->peak_resident_bytes, peak_live);
    if (!report->sees_footprint)
        return;
    result->frag_peak_ratio = ratio((double)report->peak_footprint_bytes, peak_live);
    if (is_paced)
        return;
    result->frag_mean_ratio = ratio(wide(report->footprint_sum), wide(report->live_sum));
    result->frag_at_peak_live_ratio = ratio((double)report->footprint_at_peak_live, peak_live);
    result->frag_at_peak_footprint_ratio =
        ratio((double)report->peak_footprint_bytes, (double)report->live_at_peak_footprint);
}

/* On threads no operation can be told apart: time runs instead. */
static void fill_paced(struct hb_result *result, const struct report *report, uint64_t scale) {
    result->mean_resident_bytes = report->resident_mean_bytes / scale;
    for (uint32_t i = 0; i < report->series_count; i++) {
        hb_counts_append(&result->series_time_ns, report->series_time_ns[i]);
        hb_counts_append(&result->series_resident_bytes, report->series_resident[i] / scale);
        if (report->sees_footprint)
            hb_counts_append(&result->series_footprint_bytes, report->series_footprint[i] / scale);
    }
}

static void fill_series(struct hb_result *result, const struct report *report, uint64_t scale) {
    for (uint32_t i = 0; i < report->series_count; i++) {
        hb_counts_append(&result->series_op, report->series_op[i]);
        hb_counts_append(&result->series_allocated_bytes, report->series_allocated[i] / scale);
        hb_counts_append(&result->series_live_bytes, report->series_live[i] / scale);
        hb_counts_append(&result->series_resident_bytes, report->series_resident[i] / scale);
        if (report->sees_footprint)
            hb_counts_append(&result->series_footprint_bytes, report->series_footprint[i] / scale);
    }
}

/* From the smallest class that has a block to the largest. */
static void fill_free_sizes(struct hb_result *result, const struct free_sizes *sizes,
                            uint64_t scale) {
    unsigned first = 0, end = FREE_SIZE_CLASSES;
    while (first < end && !sizes->count[first])
        first++;
    while (end > first && !sizes->count[end - 1])
        end--;
    for (unsigned k = first; k < end; k++) {
        hb_counts_append(&result->free_size_bytes, UINT64_C(1) << k);
        hb_counts_append(&result->free_size_count, sizes->count[k]);
        hb_counts_append(&result->free_size_sum_bytes, sizes->bytes[k] / scale);
    }
}

/* A second replay stops at the first peak of the footprint and looks at every block. */
static void measure_peak(struct hb_plan *plan, struct hb_cell *cell, const struct report *space) {
    struct hb_result *result = &cell->result;
    struct report report;
    struct job job;
    char error[512];
    if (!space->sees_footprint || result->peak_live_bytes < RATIO_LIVE_MIN ||
        !cell->spec.allocator->walk)
        return;
    hb_plan_job(plan, &job, JOB_PEAK, &cell->spec, TOUCH_NONE);
    job.touch = TOUCH_NONE;
    job.stop_op = space->peak_footprint_op;
    if (!hb_job_run(&job, cell->program, &report, error)) {
        hb_cell_fail(cell, "space", error);
        return;
    }
    if (report.footprint_bytes != space->peak_footprint_bytes) {
        hb_cell_fail(cell, "space", "a second replay did not reach the same footprint");
        return;
    }
    result->internal_frag_ratio =
        1 - ratio((double)report.live_bytes, (double)report.live_block_bytes);
    result->external_frag_ratio = ratio((double)report.free_bytes, (double)report.footprint_bytes);
    result->largest_free_bytes = report.largest_free_bytes / cell->spec.config.scale;
    fill_free_sizes(result, &report.free_sizes, cell->spec.config.scale);
}

static void measure_space(struct hb_plan *plan, struct hb_cell *cell) {
    static struct report report; /* 32 KiB of series */
    struct job job;
    char error[512];
    hb_plan_job(plan, &job, JOB_SPACE, &cell->spec, TOUCH_PAGE);
    job.is_pinned = !cell->program->header->thread_count;
    if (!hb_job_run(&job, cell->program, &report, error)) {
        hb_cell_fail(cell, "space", error);
        return;
    }
    uint64_t scale = cell->spec.config.scale;
    fill_counts(&cell->result, &report, scale);
    bool is_paced = cell->program->header->pace_ns > 0;
    fill_ratios(&cell->result, &report, is_paced);
    if (is_paced) {
        fill_paced(&cell->result, &report, scale);
        return;
    }
    fill_series(&cell->result, &report, scale);
    measure_peak(plan, cell, &report);
}

bool hb_pass_space(struct hb_plan *plan) {
    for (size_t i = 0; i < plan->cell_count && !hb_interrupted(); i++) {
        hb_plan_progress(plan, "space", i, plan->cell_count);
        measure_space(plan, &plan->cells[i]);
    }
    return !hb_interrupted();
}
