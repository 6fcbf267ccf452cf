/* check.c -- the check pass. */
#include <stdio.h>

#include "harness/passes/passes.h"

/* All laws after every op of a short trace in a debug build; else now and then. */
static uint64_t check_every(uint64_t ops) {
#ifdef HB_DEBUG
    enum { SHORT = 20000 };
    if (ops <= SHORT)
        return 1;
#endif
    (void)ops;
    return 4096;
}

static void check_cell(struct hb_plan *plan, struct hb_cell *cell) {
    struct report report;
    struct job job;
    char error[512];
    hb_plan_job(plan, &job, JOB_CHECK, &cell->spec, TOUCH_NONE);
    job.check_every = check_every(cell->program->header->op_count);
    if (cell->spec.family->is_floor) {
        cell->result.check[0] = '\0'; /* no allocator, nothing to check */
    } else if (hb_job_run(&job, cell->program, &report, error)) {
        snprintf(cell->result.check, sizeof cell->result.check, "ok");
        cell->result.failed_allocs = report.failed_allocs;
        if (cell->result.ops == HB_COUNT_NULL)
            cell->result.ops = report.ops;
    } else {
        snprintf(cell->result.check, sizeof cell->result.check, "%s", error);
        hb_cell_fail(cell, "check", error);
    }
}

bool hb_pass_check(struct hb_plan *plan) {
    for (size_t i = 0; i < plan->cell_count && !hb_interrupted(); i++) {
        hb_plan_progress(plan, "check", i, plan->cell_count);
        check_cell(plan, &plan->cells[i]);
    }
    return !hb_interrupted();
}
