/* cmd_run.c -- heapbench run: each trace on each allocator, measured, kept and printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd.h"
#include "harness/passes/passes.h"
#include "harness/progress.h"
#include "harness/run_core.h"
#include "harness/run_counters.h"
#include "harness/run_options.h"
#include "harness/rundir.h"

enum { ERROR_BYTES = 512, SIGNAL_STATUS = 128 };
#define WARM_NS UINT64_C(50000000)

struct run {
    struct hb_run_options options;
    struct hb_rundir *dir;
    struct hb_result *results;
    size_t result_count;
    const char *trace; /* the current one's name */
    const struct hb_thp_choice *thp;
    struct hb_cache_setup cache;
    struct hb_core core;
    bool has_begun;             /* a trace could be read */
    char not_kept[ERROR_BYTES]; /* why results are not on disk, or "" */
};

static void show_progress(void *context, const char *pass, size_t step, size_t steps) {
    hb_progress_draw(((struct run *)context)->trace, pass, step, steps);
}

/* Programs of one trace, one for each scale asked for. */
struct programs {
    struct hb_program list[HB_LIST_MAX + 2];
    size_t count;
};

static const struct hb_program *program_for(struct programs *programs, const char *path,
                                            uint64_t scale, uint64_t stream_above, char *error) {
    for (size_t i = 0; i < programs->count; i++)
        if (programs->list[i].header->scale == scale)
            return &programs->list[i];
    if (!hb_program_compile(&programs->list[programs->count], path, scale, stream_above, error))
        return NULL;
    return &programs->list[programs->count++];
}

static void programs_free(struct programs *programs) {
    for (size_t i = 0; i < programs->count; i++)
        hb_program_free(&programs->list[i]);
}

/* What is known of a cell before anything is measured. */
static void cell_begin(const struct run *run, struct hb_cell *cell) {
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
    snprintf(result->mode, sizeof result->mode, "serial");
    if (options->passes & (HB_PASS_TIME | HB_PASS_LATENCY))
        snprintf(result->touch, sizeof result->touch, "%s",
                 touches[options->touch >= 0 ? options->touch : TOUCH_FIRST]);
    snprintf(result->thp, sizeof result->thp, "%s", run->thp->in_force);
    result->threads = 1;
    result->repeats =
        options->passes & (HB_PASS_TIME | HB_PASS_LATENCY) ? options->repeats : HB_COUNT_NULL;
    result->seed = options->seed;
}

/* The baseline first, then the allocators as asked for. False with error set if a program fails. */
static bool plan_open(struct run *run, struct hb_plan *plan, struct programs *programs,
                      const char *path, char *error) {
    const struct hb_run_options *options = &run->options;
    *plan = (struct hb_plan){.touch = options->touch,
                             .repeats = options->repeats,
                             .seed = options->seed,
                             .warm_ns = WARM_NS,
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
    plan->program = program_for(programs, path, 1, options->stream_above, error);
    for (size_t i = 0; i < plan->cell_count && plan->program; i++) {
        struct hb_cell *cell = &plan->cells[i];
        cell->program =
            program_for(programs, path, cell->spec.config.scale, options->stream_above, error);
        if (!cell->program)
            return false;
        cell_begin(run, cell);
    }
    return plan->program != NULL;
}

/* The results move to the run; the rest of the plan goes. */
static void plan_close(struct run *run, struct hb_plan *plan, bool keeps) {
    for (size_t i = 0; i < plan->cell_count; i++) {
        if (keeps)
            run->results[run->result_count++] = plan->cells[i].result;
        else
            hb_result_clear(&plan->cells[i].result);
        free(plan->cells[i].timed);
    }
    free(plan->cells);
}

static bool plan_measure(struct hb_plan *plan, unsigned passes) {
    bool measured = true;
    for (size_t i = 0; i < hb_pass_count && measured; i++)
        if (passes & hb_pass_list[i].bit)
            measured = hb_pass_list[i].run(plan);
    return measured;
}

/* Once a trace could be read: what is wrong with the command line is said alone. */
static void begin(struct run *run) {
    if (run->has_begun)
        return;
    hb_progress_clear();
    hb_run_core_warn(&run->core);
    hb_run_counters_choose(&run->options, &run->cache);
    run->has_begun = true;
}

/* The results from first on are on disk before the next trace is begun. */
static void keep_trace(struct run *run, size_t first) {
    if (!run->not_kept[0])
        hb_rundir_add(run->dir, run->results + first, run->result_count - first, run->not_kept);
}

/* The trace under the current huge pages. */
static int run_plan(struct run *run, struct programs *programs, const struct hb_run_trace *trace) {
    struct hb_plan plan = {0};
    size_t first = run->result_count;
    char error[ERROR_BYTES] = "not enough memory";
    hb_progress_draw(trace->name, "loading", 0, 1);
    bool opened = programs && plan_open(run, &plan, programs, trace->path, error);
    if (opened)
        begin(run);
    bool measured = opened && plan_measure(&plan, run->options.passes);
    hb_progress_clear();
    plan_close(run, &plan, measured);
    if (!opened)
        return hb_usage_error("%s", error);
    if (measured)
        keep_trace(run, first);
    return measured ? HB_EXIT_OK : SIGNAL_STATUS + hb_interrupted();
}

static int run_trace(struct run *run, const struct hb_run_trace *trace) {
    struct programs *programs = calloc(1, sizeof *programs);
    int status = HB_EXIT_OK;
    run->trace = trace->name;
    for (size_t i = 0; i < run->options.thp_count && status == HB_EXIT_OK; i++) {
        run->thp = &run->options.thps[i];
        status = run_plan(run, programs, trace);
    }
    if (programs)
        programs_free(programs);
    free(programs);
    return status;
}

static bool print_results(const struct run *run) {
    const struct hb_result *results = run->results;
    bool written = true;
    if (run->options.format == HB_FORMAT_TABLE)
        hb_results_print_table(results, run->result_count, stdout);
    if (run->options.format == HB_FORMAT_CSV)
        written = hb_result_write_csv_heading(stdout);
    for (size_t i = 0; i < run->result_count && written; i++) {
        if (run->options.format == HB_FORMAT_JSONL)
            written = hb_result_write_json(&results[i], stdout);
        if (run->options.format == HB_FORMAT_CSV)
            written = hb_result_write_csv(&results[i], stdout);
    }
    return written && fflush(stdout) == 0 && !ferror(stdout);
}

static bool any_failed(const struct run *run) {
    for (size_t i = 0; i < run->result_count; i++)
        if (run->results[i].error[0])
            return true;
    return false;
}

/* Make the run's folder final, and print; the folder goes where that fails. */
static int keep_and_print(struct run *run, const struct hb_run_record *record) {
    char path[HB_TRACE_PATH_MAX];
    snprintf(path, sizeof path, "%s", hb_rundir_path(run->dir));
    bool kept = !run->not_kept[0];
    if (kept) {
        kept = hb_rundir_keep(run->dir, record, run->not_kept);
        run->dir = NULL;
    }
    bool printed = print_results(run);
    if (!kept)
        return hb_failure("%s", run->not_kept);
    if (!printed)
        return hb_failure("standard output could not be written; the results are in %s", path);
    fprintf(stderr, "results: %s\n", path);
    return any_failed(run) ? HB_EXIT_FAILED : HB_EXIT_OK;
}

/* What was measured of whole traces is kept, and is marked as a part. */
static int interrupted(struct run *run, struct hb_run_record *record, int status, size_t done) {
    char text[ERROR_BYTES];
    size_t count = run->options.trace_count;
    if (!done) {
        hb_failure("interrupted; nothing was kept, as no trace was done");
        return status;
    }
    snprintf(text, sizeof text, "%s during %s; %zu of %zu traces are whole",
             strsignal(status - SIGNAL_STATUS), run->trace, done, count);
    record->interruption = text;
    hb_failure("%s", text);
    keep_and_print(run, record);
    return status;
}

/* Read the traces to come once, so that a damaged one is refused before an hour's work, not after.
 */
static int check_later_traces(const struct hb_run_options *options) {
    char error[ERROR_BYTES];
    for (size_t i = 1; i < options->trace_count; i++) {
        struct hb_program program;
        if (!hb_program_compile(&program, options->traces[i].path, 1, options->stream_above, error))
            return hb_usage_error("%s", error);
        hb_program_free(&program);
    }
    return HB_EXIT_OK;
}

static int run_all(struct run *run, int argc, char **argv) {
    char error[ERROR_BYTES];
    const struct hb_run_options *options = &run->options;
    int status = check_later_traces(options);
    if (status != HB_EXIT_OK)
        return status;
    size_t cells = options->trace_count * (options->allocator_count + 1) * options->thp_count;
    run->results = calloc(cells, sizeof *run->results);
    if (!run->results)
        return hb_failure("not enough memory");
    run->dir = hb_rundir_begin(options->out, error);
    if (!run->dir)
        return hb_usage_error("%s", error);
    hb_interrupt_catch();
    hb_run_core_choose(options, &run->core);
    struct hb_run_record record = {.argc = argc, .argv = argv, .core = &run->core};
    size_t done = 0;
    for (; done < options->trace_count && status == HB_EXIT_OK; done += status == HB_EXIT_OK)
        status = run_trace(run, &options->traces[done]);
    if (status > SIGNAL_STATUS)
        return interrupted(run, &record, status, done);
    return status == HB_EXIT_OK ? keep_and_print(run, &record) : status;
}

int hb_cmd_run(int argc, char **argv) {
    struct run run = {0};
    int status = hb_run_options_parse(&run.options, argc, argv);
    if (status == HB_EXIT_OK && run.options.wants_help)
        hb_run_options_help();
    else if (status == HB_EXIT_OK)
        status = run_all(&run, argc, argv);
    if (run.dir)
        hb_rundir_discard(run.dir);
    for (size_t i = 0; i < run.result_count; i++)
        hb_result_clear(&run.results[i]);
    free(run.results);
    hb_run_options_free(&run.options);
    return status;
}
