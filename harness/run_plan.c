/* run_plan.c -- what is measured of one trace in one mode: its programs, and a cell for each
 * allocator.
 */
#include "harness/run_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/passes/weave.h"
#include "harness/progress.h"
#include "harness/run_core.h"

const char *const hb_mode_names[] = {"serial", "concurrent", "paced", NULL};

static void show_progress(void *context, const char *pass, size_t step, size_t steps) {
    hb_progress_draw(((struct hb_run *)context)->trace, pass, step, steps);
}

static bool program_make(struct hb_run *run, struct hb_program *program, const char *path,
                         uint64_t scale, char *error) {
    const struct hb_run_options *options = &run->options;
    struct hb_weave weave = {.scale = scale,
                             .threads_max = run->threads,
                             .speed = run->mode == HB_MODE_PACED ? options->speed : 0};
    if (run->mode != HB_MODE_SERIAL) {
        bool woven = hb_program_weave(program, path, &weave, error);
        run->trace_threads = program->trace_threads;
        return woven;
    }
    return hb_program_compile(program, path, scale, options->stream_above, error);
}

static const struct hb_program *program_for(struct hb_run *run, struct hb_run_programs *programs,
                                            const char *path, uint64_t scale, char *error) {
    for (size_t i = 0; i < programs->count; i++)
        if (programs->list[i].header->scale == scale)
            return &programs->list[i];
    if (!program_make(run, &programs->list[programs->count], path, scale, error))
        return NULL;
    return &programs->list[programs->count++];
}

void hb_run_programs_free(struct hb_run_programs *programs) {
    for (size_t i = 0; i < programs->count; i++)
        hb_program_free(&programs->list[i]);
}

/* What is known of a cell before anything is measured. */
static void cell_begin(const struct hb_run *run, struct hb_cell *cell) {
    static const char *const touches[] = {"none", "first", "page", "all"};
    const struct hb_run_options *options = &run->options;
    struct hb_result *result = &cell->result;
    hb_result_init(result);
    snprintf(result->run_id, sizeof result->run_id, "%s", hb_rundir_id(run->dir));
    snprintf(result->allocator, sizeof result->allocator, "%s", cell->spec.canonical);
    snprintf(result->trace, sizeof result->trace, "%s", run->trace);
    snprintf(result->library, sizeof result->library, "%.*s", HB_RESULT_TEXT_MAX - 1,
             cell->spec.library);
    if (options->has_baseline)
        snprintf(result->baseline, sizeof result->baseline, "%s", options->baseline.canonical);
    hb_passes_text(options->passes, ",", result->passes, sizeof result->passes);
    snprintf(result->mode, sizeof result->mode, "%s", hb_mode_names[run->mode]);
    if (options->passes & (HB_PASS_TIME | HB_PASS_LATENCY))
        snprintf(result->touch, sizeof result->touch, "%s",
                 touches[options->touch >= 0 ? options->touch : TOUCH_FIRST]);
    snprintf(result->thp, sizeof result->thp, "%s", run->thp->in_force);
    result->threads = cell->program->header->thread_count ? cell->program->header->thread_count : 1;
    if (run->mode == HB_MODE_PACED)
        result->speed = options->speed;
    result->repeats =
        options->passes & (HB_PASS_TIME | HB_PASS_LATENCY) ? options->repeats : HB_COUNT_NULL;
    result->seed = options->seed;
}

/* The baseline first, then the allocators as asked for. False with error set if a program fails. */
bool hb_run_plan_open(struct hb_run *run, struct hb_plan *plan, struct hb_run_programs *programs,
                      const char *path, char *error) {
    const struct hb_run_options *options = &run->options;
    *plan = (struct hb_plan){.touch = options->touch,
                             .repeats = options->repeats,
                             .seed = options->seed,
                             .warm_ns = HB_WARM_NS,
                             .core = &run->core,
                             .thp = run->thp,
                             .memory_limit = hb_run_core_memory_limit(options, &run->core),
                             .cache = &run->cache,
                             .timeout_s = options->timeout_s,
                             .progress = show_progress,
                             .context = run};
    plan->cells = calloc(options->allocator_count + 1, sizeof *plan->cells);
    if (!plan->cells || hb_spec_parse("null", &plan->floor, error) != HB_SPEC_OK)
        return false;
    if (options->has_baseline) {
        plan->baseline = plan->cells;
        plan->cells[plan->cell_count++].spec = options->baseline;
    }
    for (size_t i = 0; i < options->allocator_count; i++)
        plan->cells[plan->cell_count++].spec = options->allocators[i];
    plan->program = program_for(run, programs, path, 1, error);
    for (size_t i = 0; i < plan->cell_count && plan->program; i++) {
        struct hb_cell *cell = &plan->cells[i];
        cell->program = program_for(run, programs, path, cell->spec.config.scale, error);
        if (!cell->program)
            return false;
        cell_begin(run, cell);
    }
    return plan->program != NULL;
}

/* The results move to the run; the rest of the plan goes. */
void hb_run_plan_close(struct hb_run *run, struct hb_plan *plan, bool keeps) {
    for (size_t i = 0; i < plan->cell_count; i++) {
        if (keeps)
            run->results[run->result_count++] = plan->cells[i].result;
        else
            hb_result_clear(&plan->cells[i].result);
        free(plan->cells[i].timed);
    }
    free(plan->cells);
}

bool hb_run_plan_measure(struct hb_plan *plan, unsigned passes) {
    bool measured = true;
    for (size_t i = 0; i < hb_pass_count && measured; i++)
        if (passes & hb_pass_list[i].bit)
            measured = hb_pass_list[i].run(plan);
    return measured;
}
