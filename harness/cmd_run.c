/* cmd_run.c -- heapbench run: each trace on each allocator, measured, kept and printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd.h"
#include "harness/progress.h"
#include "harness/run_core.h"
#include "harness/run_counters.h"
#include "harness/run_plan.h"

enum { ERROR_BYTES = 512, SIGNAL_STATUS = 128 };

/* Once a trace could be read: what is wrong with the command line is said alone. */
static void begin(struct hb_run *run) {
    if (run->has_begun)
        return;
    hb_progress_clear();
    hb_run_core_warn(&run->core);
    hb_run_counters_choose(&run->options, &run->cache);
    run->has_begun = true;
}

/* The results from first on are on disk before the next trace is begun. */
static void keep_trace(struct hb_run *run, size_t first) {
    if (!run->not_kept[0])
        hb_rundir_add(run->dir, run->results + first, run->result_count - first, run->not_kept);
}

/* Only time is measured concurrently, and space at the recorded pace. */
static unsigned run_passes(const struct hb_run *run) {
    static const unsigned passes[HB_MODES] = {[HB_MODE_SERIAL] = ~0u,
                                              [HB_MODE_CONCURRENT] = HB_PASS_TIME,
                                              [HB_MODE_PACED] = HB_PASS_TIME | HB_PASS_SPACE};
    return run->options.passes & passes[run->mode];
}

/* The trace in the current mode under the current huge pages. */
static int run_plan(struct hb_run *run, struct hb_run_programs *programs,
                    const struct hb_run_trace *trace) {
    struct hb_plan plan = {0};
    char error[ERROR_BYTES] = "not enough memory";
    hb_progress_draw(trace->name, "loading", 0, 1);
    bool opened = programs && hb_run_plan_open(run, &plan, programs, trace->path, error);
    if (opened)
        begin(run);
    bool measured = opened && hb_run_plan_measure(&plan, run_passes(run));
    hb_progress_clear();
    hb_run_plan_close(run, &plan, measured);
    if (!opened)
        return hb_usage_error("%s", error);
    return measured ? HB_EXIT_OK : SIGNAL_STATUS + hb_interrupted();
}

static int run_pages(struct hb_run *run, const struct hb_run_trace *trace) {
    struct hb_run_programs *programs = calloc(1, sizeof *programs);
    int status = HB_EXIT_OK;
    for (size_t i = 0; i < run->options.thp_count && status == HB_EXIT_OK; i++) {
        run->thp = &run->options.thps[i];
        status = run_plan(run, programs, trace);
    }
    if (programs)
        hb_run_programs_free(programs);
    free(programs);
    return status;
}

/* Numbers of threads that the trace does not have would be measured as those it has, once more. */
static int run_mode(struct hb_run *run, const struct hb_run_trace *trace) {
    const struct hb_run_options *options = &run->options;
    size_t count = run->mode == HB_MODE_SERIAL ? 1 : options->thread_count;
    bool has_all = false;
    int status = HB_EXIT_OK;
    for (size_t i = 0; i < count && status == HB_EXIT_OK; i++) {
        run->threads = options->threads[i];
        if (has_all && run->threads >= run->trace_threads) {
            fprintf(stderr, "heapbench: %s has %llu of threads: --threads=%llu would be the same\n",
                    run->trace, (unsigned long long)run->trace_threads,
                    (unsigned long long)run->threads);
            continue;
        }
        status = run_pages(run, trace);
        has_all |= !run->threads || run->threads >= run->trace_threads;
    }
    return status;
}

static bool print_results(const struct hb_run *run) {
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

static bool any_failed(const struct hb_run *run) {
    for (size_t i = 0; i < run->result_count; i++)
        if (run->results[i].error[0])
            return true;
    return false;
}

/* Make the run's folder final, and print; the folder goes where that fails. */
static int keep_and_print(struct hb_run *run, const struct hb_run_record *record) {
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

static int run_trace(struct hb_run *run, const struct hb_run_trace *trace) {
    int status = HB_EXIT_OK;
    run->trace = trace->name;
    size_t first = run->result_count;
    for (run->mode = HB_MODE_SERIAL; run->mode < HB_MODES && status == HB_EXIT_OK; run->mode++)
        if (run->options.modes & 1u << run->mode)
            status = run_mode(run, trace);
    if (status == HB_EXIT_OK)
        keep_trace(run, first);
    return status;
}

/* What was measured of whole traces is kept, and is marked as a part. */
static int interrupted(struct hb_run *run, struct hb_run_record *record, int status, size_t done) {
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
 * Their words are not kept. */
static int check_later_traces(const struct hb_run_options *options) {
    char error[ERROR_BYTES];
    for (size_t i = 1; i < options->trace_count; i++) {
        struct hb_program program;
        if (!hb_program_compile(&program, options->traces[i].path, 1, 0, error))
            return hb_usage_error("%s", error);
        hb_program_free(&program);
    }
    return HB_EXIT_OK;
}

static int run_all(struct hb_run *run, int argc, char **argv) {
    char error[ERROR_BYTES];
    const struct hb_run_options *options = &run->options;
    int status = check_later_traces(options);
    if (status != HB_EXIT_OK)
        return status;
    size_t cells = options->trace_count * (options->allocator_count + 1) * options->thp_count *
                   options->thread_count * HB_MODES;
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
    struct hb_run run = {0};
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
