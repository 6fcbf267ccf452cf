/* blocks.c -- the blocks pass: the sizes of free blocks over the replay, of ours. */
#include <stdio.h>

#include "harness/passes/passes.h"

enum { CLASSES_MAX = HB_SERIES_MAX / JOB_MOMENTS_MAX };

/* The classes that some moment has a block of; at most CLASSES_MAX, the last for all above. */
static void classes_find(const struct report *report, unsigned *first, unsigned *end) {
    *first = FREE_SIZE_CLASSES;
    *end = 0;
    for (uint32_t i = 0; i < report->moment_count; i++)
        for (unsigned k = 0; k < FREE_SIZE_CLASSES; k++) {
            if (!report->moment_sizes[i].count[k])
                continue;
            *first = k < *first ? k : *first;
            *end = k + 1 > *end ? k + 1 : *end;
        }
    if (*end > *first + CLASSES_MAX)
        *end = *first + CLASSES_MAX;
}

/* Sum of what is in class k, and of all above if it is the last. */
static uint64_t class_sum(const uint64_t *values, unsigned k, bool is_last) {
    uint64_t sum = values[k];
    for (unsigned above = k + 1; is_last && above < FREE_SIZE_CLASSES; above++)
        sum += values[above];
    return sum;
}

static void fill_moments(struct hb_result *result, const struct report *report, uint64_t scale) {
    unsigned first, end;
    classes_find(report, &first, &end);
    if (end <= first)
        return;
    for (unsigned k = first; k < end; k++)
        hb_counts_append(&result->series_free_size_bytes, UINT64_C(1) << k);
    for (uint32_t i = 0; i < report->moment_count; i++) {
        const struct free_sizes *sizes = &report->moment_sizes[i];
        hb_counts_append(&result->series_free_op, report->moment_op[i]);
        for (unsigned k = first; k < end; k++) {
            hb_counts_append(&result->series_free_count, class_sum(sizes->count, k, k + 1 == end));
            hb_counts_append(&result->series_free_sum_bytes,
                             class_sum(sizes->bytes, k, k + 1 == end) / scale);
        }
    }
}

static void measure_blocks(struct hb_plan *plan, struct hb_cell *cell) {
    static struct report report;
    struct job job;
    char error[512];
    if (!cell->spec.allocator->walk)
        return;
    hb_plan_job(plan, &job, JOB_BLOCKS, &cell->spec, TOUCH_NONE);
    job.touch = TOUCH_NONE;
    if (!hb_job_run(&job, cell->program, &report, error)) {
        hb_cell_fail(cell, "blocks", error);
        return;
    }
    fill_moments(&cell->result, &report, cell->spec.config.scale);
    if (cell->result.ops == HB_COUNT_NULL)
        cell->result.ops = report.ops;
    if (cell->result.failed_allocs == HB_COUNT_NULL)
        cell->result.failed_allocs = report.failed_allocs;
}

bool hb_pass_blocks(struct hb_plan *plan) {
    for (size_t i = 0; i < plan->cell_count && !hb_interrupted(); i++) {
        hb_plan_progress(plan, "blocks", i, plan->cell_count);
        measure_blocks(plan, &plan->cells[i]);
    }
    return !hb_interrupted();
}
