/* release.c -- the release pass: memory that is still resident after all was freed. A worker sleeps
 * for most of its second: the next one replays meanwhile, which disturbs nothing that is measured.
 */
#include <poll.h>
#include <stdio.h>

#include "harness/passes/passes.h"

enum { ASLEEP_MAX = 16, LOOK_MS = 2 };

struct release {
    struct hb_cell *cell;
    struct hb_worker worker;
};

/* So many may hold their memory at once: all of them may hold as much as one may. */
static size_t asleep_max(const struct hb_plan *plan) {
    const struct program_header *program = plan->program->header;
    uint64_t one = 4 * program->peak_live_bytes + 2 * program->bytes;
    uint64_t most = plan->memory_limit / (one + 1);
    return most < 1 ? 1 : most < ASLEEP_MAX ? (size_t)most : ASLEEP_MAX;
}

static void release_start(struct release *release, const struct hb_plan *plan,
                          struct hb_cell *cell) {
    struct job job;
    char error[512];
    release->cell = NULL;
    if (cell->result.error[0])
        return;
    hb_plan_job(plan, &job, JOB_RELEASE, &cell->spec, TOUCH_PAGE);
    if (hb_worker_start(&release->worker, &job, cell->program, error))
        release->cell = cell;
    else
        hb_cell_fail(cell, "release", error);
}

/* Until the worker has freed all, or is no more. */
static void release_watch(const struct release *release) {
    if (!release->cell)
        return;
    const struct report *report = &release->worker.page->report;
    while (!__atomic_load_n(&report->is_idle, __ATOMIC_ACQUIRE) &&
           !hb_worker_has_ended(&release->worker) && !hb_worker_is_overdue(&release->worker) &&
           !hb_interrupted())
        poll(NULL, 0, LOOK_MS);
}

static void release_finish(struct release *release) {
    static struct report report;
    struct hb_cell *cell = release->cell;
    char error[512];
    if (!cell)
        return;
    release->cell = NULL;
    if (!hb_worker_finish(&release->worker, &report, error) ||
        !hb_report_is_sound(&report, error)) {
        hb_cell_fail(cell, "release", error);
        return;
    }
    struct hb_result *result = &cell->result;
    uint64_t scale = cell->spec.config.scale;
    result->end_resident_bytes = report.resident_after[0] / scale;
    result->end_resident_100ms_bytes = report.resident_after[1] / scale;
    result->end_resident_1s_bytes = report.resident_after[2] / scale;
    if (report.sees_footprint)
        result->end_footprint_bytes = report.footprint_bytes / scale;
    if (result->ops == HB_COUNT_NULL)
        result->ops = report.ops;
    if (result->failed_allocs == HB_COUNT_NULL)
        result->failed_allocs = report.failed_allocs;
    if (!result->resident_source[0])
        hb_resident_source(result, &report);
}

bool hb_pass_release(struct hb_plan *plan) {
    struct release releases[ASLEEP_MAX] = {0};
    size_t most = asleep_max(plan);
    for (size_t i = 0; i < plan->cell_count && !hb_interrupted(); i++) {
        struct release *release = &releases[i % most];
        hb_plan_progress(plan, "release", i, plan->cell_count);
        release_finish(release);
        release_start(release, plan, &plan->cells[i]);
        release_watch(release);
    }
    for (size_t i = 0; i < most; i++)
        release_finish(&releases[i]);
    return !hb_interrupted();
}
