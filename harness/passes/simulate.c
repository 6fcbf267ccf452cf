/* simulate.c -- the cache pass without counters: a prefix of the trace under callgrind, whose
 * caches are set to a geometry. What a worker sees of its surroundings has the same length each
 * time, and so every run counts the same. Counts do not depend on time: as many workers run at once
 * as there are CPUs.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/passes/passes.h"

enum { PREFIX_OPS = 200000, ERROR_BYTES = 512, JOBS_MAX = 16 };

/* One allocator to simulate, and what came of it. */
struct simulation {
    const struct hb_spec *spec; /* NULL: nothing to do */
    const struct hb_program *program;
    struct hb_callgrind_counts counts;
    uint64_t ops;
    char error[ERROR_BYTES]; /* "" if it succeeded */
};

/* A cell is simulated twice where a second run may differ: libraries of others may draw numbers or
 * look at the clock. */
enum { RUNS_MAX = 2 };

struct batch {
    const struct hb_plan *plan;
    struct simulation *simulations;
    size_t count;
    atomic_size_t next, done;
};

/* The words of the first operations of a program, all of them if it is short. */
static void prefix_set(struct job *job, const struct hb_program *program) {
    const uint64_t *first = program_words(program->header), *word = first;
    const uint64_t *end = first + program->header->word_count;
    while (word < end && job->prefix_ops < PREFIX_OPS) {
        program_next(&word);
        job->prefix_ops++;
    }
    job->prefix_words = (uint64_t)(word - first);
}

/* The last line of valgrind's talk, if it has any. */
static void log_read(int file, char *error) {
    char text[4096];
    ssize_t length = pread(file, text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    text[strlen(text) - (length > 0 && text[length - 1] == '\n')] = '\0';
    const char *line = strrchr(text, '\n');
    size_t used = strlen(error);
    if (text[0])
        snprintf(error + used, ERROR_BYTES - used, "; valgrind: %.200s", line ? line + 1 : text);
}

static void counts_read(int file, struct simulation *simulation) {
    FILE *out = fdopen(dup(file), "r");
    if (!out)
        snprintf(simulation->error, ERROR_BYTES, "callgrind's output could not be read");
    else
        hb_callgrind_read(out, &simulation->counts, simulation->error);
    if (out)
        fclose(out);
}

static bool can_simulate(const struct hb_spec *spec) {
    return !spec->foreign || !spec->foreign->outgrows_valgrind;
}

static void simulate(const struct hb_plan *plan, struct simulation *simulation) {
    struct report report;
    struct job job;
    struct hb_wrapper wrapper = {(char *const *)plan->cache->callgrind.arguments,
                                 {memfd_create("heapbench-counts", MFD_CLOEXEC),
                                  memfd_create("heapbench-talk", MFD_CLOEXEC)}};
    hb_plan_job(plan, &job, JOB_CACHE, simulation->spec, TOUCH_FIRST);
    job.is_pinned = false;
    job.memory_limit = 0; /* counts valgrind's own */
    job.reserves_heap = 1;
    prefix_set(&job, simulation->program);
    if (!hb_worker_run_wrapped(&job, simulation->program, &report, &wrapper, simulation->error))
        log_read(wrapper.files[1], simulation->error);
    else if (!report.ops)
        snprintf(simulation->error, ERROR_BYTES, "every request failed");
    else
        counts_read(wrapper.files[0], simulation);
    simulation->ops = report.ops;
    for (int i = 0; i < HB_WRAPPER_FILES; i++)
        if (wrapper.files[i] >= 0)
            close(wrapper.files[i]);
}

static void *batch_work(void *context) {
    struct batch *batch = context;
    size_t i;
    while ((i = atomic_fetch_add(&batch->next, 1)) < batch->count && !hb_interrupted()) {
        if (batch->simulations[i].spec)
            simulate(batch->plan, &batch->simulations[i]);
        atomic_fetch_add(&batch->done, 1);
    }
    return NULL;
}

static size_t jobs_at_once(const struct batch *batch) {
    size_t cpus = (size_t)CPU_COUNT(&batch->plan->core->allowed);
    cpus = cpus < 1 ? 1 : cpus < JOBS_MAX ? cpus : JOBS_MAX;
    return cpus < batch->count ? cpus : batch->count;
}

/* Wait for a thread, showing how many simulations are done. */
static void thread_join(pthread_t thread, const struct batch *batch) {
    struct timespec until;
    do {
        hb_plan_progress(batch->plan, "cache", atomic_load(&batch->done), batch->count);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
    } while (pthread_timedjoin_np(thread, NULL, &until) == ETIMEDOUT);
}

static void batch_run(struct batch *batch) {
    pthread_t threads[JOBS_MAX];
    size_t started = 0, jobs = jobs_at_once(batch);
    while (started < jobs && pthread_create(&threads[started], NULL, batch_work, batch) == 0)
        started++;
    if (!started)
        batch_work(batch);
    for (size_t i = 0; i < started; i++)
        thread_join(threads[i], batch);
}

static double per_op(uint64_t count, uint64_t ops) {
    return (double)count / (double)ops;
}

/* What a simulation, or two of them, count per operation. */
struct simulated {
    double instructions, l1d_misses, llc_misses;
    double spread_ratio; /* NaN of one */
};

static struct simulated simulated_once(const struct simulation *simulation) {
    const struct hb_callgrind_counts *counts = &simulation->counts;
    return (struct simulated){per_op(counts->instructions, simulation->ops),
                              per_op(counts->l1d_misses, simulation->ops),
                              per_op(counts->llc_misses, simulation->ops), NAN};
}

static double spread(double a, double b) {
    return a + b > 0 ? fabs(a - b) / ((a + b) / 2) : 0;
}

static struct simulated simulated_of(const struct simulation *runs) {
    struct simulated a = simulated_once(&runs[0]);
    if (!runs[1].spec)
        return a;
    struct simulated b = simulated_once(&runs[1]);
    double misses = fmax(spread(a.l1d_misses, b.l1d_misses), spread(a.llc_misses, b.llc_misses));
    return (struct simulated){(a.instructions + b.instructions) / 2,
                              (a.l1d_misses + b.l1d_misses) / 2, (a.llc_misses + b.llc_misses) / 2,
                              fmax(spread(a.instructions, b.instructions), misses)};
}

static void fill_simulated(struct hb_result *result, const struct simulated *counts,
                           const struct simulated *floor) {
    result->sim_instructions_per_op = counts->instructions;
    result->sim_l1d_misses_per_op = counts->l1d_misses;
    result->sim_llc_misses_per_op = counts->llc_misses;
    result->sim_spread_ratio = counts->spread_ratio;
    if (!floor)
        return;
    result->floor_sim_instructions_per_op = floor->instructions;
    result->floor_sim_l1d_misses_per_op = floor->l1d_misses;
    result->floor_sim_llc_misses_per_op = floor->llc_misses;
}

/* The simulation is where the figures without a source in their name come from. */
static void fill_source(struct hb_result *result) {
    snprintf(result->cache_source, sizeof result->cache_source, "sim");
    result->cache_ops = result->sim_ops;
    result->instructions_per_op = result->sim_instructions_per_op;
    result->l1d_misses_per_op = result->sim_l1d_misses_per_op;
    result->llc_misses_per_op = result->sim_llc_misses_per_op;
    result->floor_instructions_per_op = result->floor_sim_instructions_per_op;
    result->floor_l1d_misses_per_op = result->floor_sim_l1d_misses_per_op;
    result->floor_llc_misses_per_op = result->floor_sim_llc_misses_per_op;
}

static void fill_cell(const struct hb_plan *plan, struct hb_cell *cell,
                      const struct simulation *runs, const struct simulated *floor) {
    for (int run = 0; run < RUNS_MAX; run++) {
        if (runs[run].error[0]) {
            hb_cell_fail(cell, "cache", runs[run].error);
            return;
        }
    }
    if (!runs[0].spec)
        return;
    struct simulated counts = simulated_of(runs);
    hb_geometry_text(&plan->cache->geometry, cell->result.cache_geometry);
    cell->result.sim_ops = runs[0].ops;
    fill_simulated(&cell->result, &counts, floor);
    if (!hb_cache_is_counted(plan->cache))
        fill_source(&cell->result);
}

/* Two runs for each cell, then one of the floor. What is not run has no spec. */
static void batch_fill(struct batch *batch) {
    const struct hb_plan *plan = batch->plan;
    for (size_t i = 0; i < plan->cell_count; i++) {
        const struct hb_cell *cell = &plan->cells[i];
        struct simulation *runs = &batch->simulations[RUNS_MAX * i];
        runs[0].program = runs[1].program = cell->program;
        bool is_sound = !cell->result.error[0] && can_simulate(&cell->spec);
        runs[0].spec = is_sound ? &cell->spec : NULL;
        runs[1].spec = cell->spec.library[0] ? runs[0].spec : NULL;
    }
    struct simulation *floor = &batch->simulations[RUNS_MAX * plan->cell_count];
    floor->spec = plan->touch <= TOUCH_FIRST ? &plan->floor : NULL;
    floor->program = plan->program;
}

void hb_cache_simulate(struct hb_plan *plan) {
    struct batch batch = {.plan = plan, .count = RUNS_MAX * plan->cell_count + 1};
    batch.simulations = calloc(batch.count, sizeof *batch.simulations);
    if (!batch.simulations)
        return;
    batch_fill(&batch);
    hb_program_folder(); /* kept by the first call, which no two threads may make */
    batch_run(&batch);
    const struct simulation *last = &batch.simulations[RUNS_MAX * plan->cell_count];
    bool has_floor = last->spec && !last->error[0];
    struct simulated floor = has_floor ? simulated_once(last) : (struct simulated){0};
    for (size_t i = 0; i < plan->cell_count && !hb_interrupted(); i++)
        fill_cell(plan, &plan->cells[i], &batch.simulations[RUNS_MAX * i],
                  has_floor ? &floor : NULL);
    free(batch.simulations);
}
