/* plan.c -- what all passes share. */
#include <stdio.h>

#include "harness/passes/passes.h"

const struct hb_pass hb_pass_list[] = {
    {HB_PASS_CHECK, "check", false, hb_pass_check, false},
    {HB_PASS_SPACE, "space", true, hb_pass_space, false},
    {HB_PASS_RELEASE, "release", false, hb_pass_release, false},
    {HB_PASS_BLOCKS, "blocks", false, hb_pass_blocks, false},
    {HB_PASS_PAGES, "pages", false, hb_pass_pages, false},
    {HB_PASS_TIME, "time", true, hb_pass_time, true},
    {HB_PASS_LATENCY, "latency", false, hb_pass_latency, true},
    {HB_PASS_CACHE, "cache", true, hb_pass_cache, false},
};
const size_t hb_pass_count = sizeof hb_pass_list / sizeof *hb_pass_list;

unsigned hb_passes_default(void) {
    unsigned passes = 0;
    for (size_t i = 0; i < hb_pass_count; i++)
        passes |= hb_pass_list[i].is_default ? hb_pass_list[i].bit : 0;
    return passes;
}

void hb_passes_text(unsigned passes, const char *separator, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < hb_pass_count && used < size; i++)
        if (passes & hb_pass_list[i].bit)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? separator : "",
                                     hb_pass_list[i].name);
}

static uint64_t timeout_of(const struct hb_plan *plan, const struct hb_spec *spec) {
    enum { LEAST_S = 60, OPS_PER_S = 50000 };
    if (plan->timeout_s)
        return plan->timeout_s == HB_NO_TIMEOUT ? 0 : plan->timeout_s;
    const struct program_header *program = plan->program->header;
    uint64_t paced_s = program->pace_ns / 1000000000u;
    return spec->library[0] ? LEAST_S + paced_s + program->op_count / OPS_PER_S : 0;
}

void hb_plan_job(const struct hb_plan *plan, struct job *job, enum job_pass pass,
                 const struct hb_spec *spec, enum job_touch touch) {
    hb_job_init(job, pass, spec->canonical);
    snprintf(job->library, sizeof job->library, "%s", spec->library);
    job->touch = plan->touch >= 0 ? (enum job_touch)plan->touch : touch;
    if (spec->family->is_floor && job->touch > TOUCH_FIRST)
        job->touch = TOUCH_FIRST;
    if (spec->config.guard == HB_GUARD_ON && job->touch == TOUCH_FIRST)
        job->touch = TOUCH_WITHIN;
    job->core = *plan->core;
    job->is_pinned = true;
    job->thp = *plan->thp;
    job->memory_limit = plan->memory_limit;
    job->timeout_s = timeout_of(plan, spec);
}

bool hb_report_is_sound(const struct report *report, char *error) {
    if (report->ops || !report->failed_allocs)
        return true;
    snprintf(error, 512, "every request failed");
    return false;
}

void hb_resident_source(struct hb_result *result, const struct report *report) {
    snprintf(result->resident_source, sizeof result->resident_source, "%s",
             report->used_smaps ? "smaps_rollup" : "statm");
}

bool hb_job_run(const struct job *job, const struct hb_program *program, struct report *report,
                char *error) {
    return hb_worker_run(job, program, report, error) &&
           (job->pass == JOB_PEAK || hb_report_is_sound(report, error));
}

void hb_plan_progress(const struct hb_plan *plan, const char *pass, size_t step, size_t steps) {
    if (plan->progress)
        plan->progress(plan->context, pass, step, steps);
}

void hb_cell_fail(struct hb_cell *cell, const char *pass, const char *error) {
    if (!cell->result.error[0])
        snprintf(cell->result.error, sizeof cell->result.error, "%s: %s", pass, error);
}
