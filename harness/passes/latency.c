/* latency.c -- the latency pass: blocks as in the time pass, one worker for each allocator and one
 * for null, the floor. All workers of a block draw the same operations of the trace.
 */
#include "harness/passes/latency.h"

#include <stdlib.h>

#include "harness/measure/random.h"
#include "harness/measure/statistics.h"
#include "harness/passes/layout.h"

/* One operation in 128 carries the two reads of the clock: 0.8%. OPS operations are replayed warm
 * for each allocator, over all blocks, so that some 300,000 are timed, and 10 of each 100,000 lie
 * beyond p99.99. */
enum { SAMPLE_EVERY = 128, REPLAYS_MAX = 1000, MEDIAN = 5000, P99 = 9900 };
#define OPS     (UINT64_C(300000) * SAMPLE_EVERY)
#define WARM_NS UINT64_C(1000000000)

struct pass {
    struct hb_plan *plan;
    struct hb_clock_facts clock;
    struct hb_latency_tally *tallies; /* of the cells, then of the floor */
    bool has_floor;
    uint64_t warm_replays;
    struct hb_layout layout;
    uint64_t seed; /* of the block's samples */
};

static bool run_sampled(const struct pass *pass, const struct hb_spec *spec,
                        const struct hb_program *program, struct report *report, char *error) {
    struct job job;
    hb_layout_job(&pass->layout, pass->plan, &job, JOB_LATENCY, spec);
    job.seed = pass->seed;
    job.sample_every = SAMPLE_EVERY;
    job.warm_replays = pass->warm_replays;
    job.warm_ns = WARM_NS;
    job.clock = pass->clock.kind;
    job.clock_step_ticks = pass->clock.step_ticks;
    return hb_job_run(&job, program, report, error);
}

static void quantile_append(struct hb_reals *reals, const struct hb_histogram *histogram,
                            unsigned ten_thousandths) {
    hb_reals_append(reals, hb_histogram_quantile(histogram, ten_thousandths));
}

static void tally_add(struct hb_latency_tally *tally, const struct report *report) {
    static struct hb_histogram mallocs;
    const struct hb_latencies *from[] = {&report->cold_latencies, &report->warm_latencies};
    struct hb_latencies *into[] = {&tally->cold, &tally->warm};
    for (int state = 0; state < 2; state++) {
        for (size_t i = 0; i < HB_LATENCY_KINDS; i++)
            hb_histogram_merge(&into[state]->kinds[i], &from[state]->kinds[i]);
        for (size_t i = 0; i < HB_LATENCY_CLASSES; i++)
            hb_histogram_merge(&into[state]->mallocs[i], &from[state]->mallocs[i]);
    }
    hb_latency_mallocs(&report->warm_latencies, &mallocs);
    const struct hb_histogram *frees = &report->warm_latencies.kinds[HB_LATENCY_FREE];
    quantile_append(&tally->blocks.malloc_p50, &mallocs, MEDIAN);
    quantile_append(&tally->blocks.malloc_p99, &mallocs, P99);
    quantile_append(&tally->blocks.free_p50, frees, MEDIAN);
    quantile_append(&tally->blocks.free_p99, frees, P99);
    tally->replays += report->latency_replays;
    tally->faults += report->latency_faults;
    tally->switches += report->latency_switches;
}

/* A failed cell takes part in no further block. */
static void sample_cell(struct pass *pass, size_t number) {
    static struct report report;
    struct hb_cell *cell = &pass->plan->cells[number];
    char error[512];
    if (cell->result.error[0])
        return;
    if (!run_sampled(pass, &cell->spec, cell->program, &report, error)) {
        hb_cell_fail(cell, "latency", error);
        return;
    }
    tally_add(&pass->tallies[number], &report);
    if (cell->result.failed_allocs == HB_COUNT_NULL)
        cell->result.failed_allocs = report.failed_allocs;
    if (cell->result.ops == HB_COUNT_NULL)
        cell->result.ops = report.ops;
}

static void sample_floor(struct pass *pass) {
    static struct report report;
    char error[512];
    if (pass->has_floor &&
        run_sampled(pass, &pass->plan->floor, pass->plan->program, &report, error))
        tally_add(&pass->tallies[pass->plan->cell_count], &report);
    else
        pass->has_floor = false;
}

static void run_block(struct pass *pass, uint64_t number, size_t *order, uint64_t *random) {
    struct hb_plan *plan = pass->plan;
    size_t count = plan->cell_count + pass->has_floor;
    pass->layout = hb_layout_draw(order, count, random);
    pass->seed = hb_random(random);
    for (size_t i = 0; i < count && !hb_interrupted(); i++) {
        hb_plan_progress(plan, "latency", number * count + i, plan->repeats * count);
        if (order[i] == plan->cell_count)
            sample_floor(pass);
        else
            sample_cell(pass, order[i]);
    }
}

/* Warm replays of a worker. */
static uint64_t replays_needed(const struct hb_plan *plan) {
    uint64_t ops = plan->program->header->op_count + 1;
    uint64_t replays = (OPS / plan->repeats + ops - 1) / ops;
    return replays < REPLAYS_MAX ? replays : REPLAYS_MAX;
}

static void tally_clear(struct hb_latency_tally *tally) {
    free(tally->blocks.malloc_p50.values);
    free(tally->blocks.malloc_p99.values);
    free(tally->blocks.free_p50.values);
    free(tally->blocks.free_p99.values);
}

static void fill_cells(const struct pass *pass) {
    const struct hb_plan *plan = pass->plan;
    for (size_t i = 0; i < plan->cell_count; i++) {
        struct hb_result *result = &plan->cells[i].result;
        if (result->error[0])
            continue;
        hb_latency_fill(result, &pass->tallies[i],
                        pass->has_floor ? &pass->tallies[plan->cell_count] : NULL, &pass->clock);
        result->latency_sample_every = SAMPLE_EVERY;
    }
}

bool hb_pass_latency(struct hb_plan *plan) {
    struct pass pass = {.plan = plan,
                        .tallies = calloc(plan->cell_count + 1, sizeof *pass.tallies),
                        .has_floor = plan->touch <= TOUCH_FIRST,
                        .warm_replays = replays_needed(plan)};
    uint64_t random = plan->seed;
    size_t *order = malloc((plan->cell_count + 1) * sizeof *order);
    bool has_memory = order && pass.tallies;
    hb_clock_choose(&pass.clock);
    for (uint64_t block = 0; has_memory && block < plan->repeats && !hb_interrupted(); block++)
        run_block(&pass, block, order, &random);
    for (size_t i = 0; !has_memory && i < plan->cell_count; i++)
        hb_cell_fail(&plan->cells[i], "latency", "not enough memory");
    if (has_memory && !hb_interrupted())
        fill_cells(&pass);
    for (size_t i = 0; pass.tallies && i <= plan->cell_count; i++)
        tally_clear(&pass.tallies[i]);
    free(pass.tallies);
    free(order);
    return !hb_interrupted();
}
