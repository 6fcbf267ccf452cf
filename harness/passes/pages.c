/* pages.c -- the pages pass: huge pages over the replay, page frames at the peak of live. */
#include <math.h>
#include <stdio.h>

#include "harness/passes/passes.h"
#include "harness/worker/frames.h"

enum { PAGE = FRAMES_PAGE };

static const char *source_text(uint32_t status) {
    switch (status) {
    case FRAMES_OK:
        return "pagemap";
    case FRAMES_HIDDEN:
        return "hidden: the kernel shows page frames to processes with CAP_SYS_ADMIN only (root)";
    case FRAMES_UNREADABLE:
        return "unreadable: /proc/self/pagemap (a kernel without it, or a container's rules)";
    default:
        return "unreadable: the process has too many mappings";
    }
}

static void fill_frames(struct hb_result *result, const struct report *report, uint64_t scale) {
    snprintf(result->frames_source, sizeof result->frames_source, "%s",
             source_text(report->frames_status));
    if (report->frames_status != FRAMES_OK)
        return;
    result->frame_bytes = report->frames_pages * PAGE / scale;
    result->frame_runs = report->frames_runs;
    result->frame_run_max_bytes = report->frames_longest * PAGE / scale;
    if (report->frames_runs)
        result->frame_run_mean_bytes =
            (double)(report->frames_pages * PAGE) / (double)report->frames_runs / (double)scale;
}

static void fill_huge(struct hb_result *result, const struct report *report, uint64_t scale) {
    for (uint32_t i = 0; i < report->huge_count; i++) {
        hb_counts_append(&result->series_huge_op, report->huge_op[i]);
        hb_counts_append(&result->series_huge_bytes, report->huge_bytes[i] / scale);
    }
    if (report->peak_resident_bytes)
        result->huge_ratio = (double)report->peak_huge_bytes / (double)report->peak_resident_bytes;
}

static void measure_pages(struct hb_plan *plan, struct hb_cell *cell) {
    static struct report report;
    struct hb_result *result = &cell->result;
    struct job job;
    char error[512];
    hb_plan_job(plan, &job, JOB_PAGES, &cell->spec, TOUCH_PAGE);
    if (!hb_job_run(&job, cell->program, &report, error)) {
        hb_cell_fail(cell, "pages", error);
        return;
    }
    fill_huge(result, &report, cell->spec.config.scale);
    fill_frames(result, &report, cell->spec.config.scale);
    if (result->ops == HB_COUNT_NULL)
        result->ops = report.ops;
    if (result->failed_allocs == HB_COUNT_NULL)
        result->failed_allocs = report.failed_allocs;
    if (!result->resident_source[0])
        hb_resident_source(result, &report);
}

bool hb_pass_pages(struct hb_plan *plan) {
    for (size_t i = 0; i < plan->cell_count && !hb_interrupted(); i++) {
        hb_plan_progress(plan, "pages", i, plan->cell_count);
        measure_pages(plan, &plan->cells[i]);
    }
    return !hb_interrupted();
}
