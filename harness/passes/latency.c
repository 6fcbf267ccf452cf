/* latency.c -- the latency pass: blocks as in the time pass, one worker for each allocator and one
 * for null, the floor. All workers of a block draw the same operations of the trace.
 */
#include "harness/passes/latency.h"

#include <stdlib.h>

#include "harness/measure/random.h"
#include "harness/measure/statistics.h"
#include "harness/passes/layout.h"
#include "harness/passes/time_blocks.h"

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
    struct hb_time_blocks blocks;
    size_t bad_kept;
    struct hb_layout layout; /* of this block, */
    uint64_t seed;           /* and of its samples */
    bool is_bad;             /* a worker of it was disturbed */
    struct report report;
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

static void latencies_merge(struct hb_latencies *into, const struct hb_latencies *more) {
    for (size_t i = 0; i < HB_LATENCY_KINDS; i++)
        hb_histogram_merge(&into->kinds[i], &more->kinds[i]);
    for (size_t i = 0; i < HB_LATENCY_CLASSES; i++)
        hb_histogram_merge(&into->mallocs[i], &more->mallocs[i]);
}

/* The block counts: what ran in it is added to the sums. */
static void tally_count(struct hb_latency_tally *tally) {
    static struct hb_histogram mallocs;
    const struct hb_latency_sums *here = &tally->here;
    struct hb_latency_sums *all = &tally->all;
    if (!tally->ran)
        return;
    latencies_merge(&all->cold, &here->cold);
    latencies_merge(&all->warm, &here->warm);
    all->replays += here->replays;
    all->faults += here->faults;
    all->switches += here->switches;
    hb_latency_mallocs(&here->warm, &mallocs);
    const struct hb_histogram *frees = &here->warm.kinds[HB_LATENCY_FREE];
    quantile_append(&tally->blocks.malloc_p50, &mallocs, MEDIAN);
    quantile_append(&tally->blocks.malloc_p99, &mallocs, P99);
    quantile_append(&tally->blocks.free_p50, frees, MEDIAN);
    quantile_append(&tally->blocks.free_p99, frees, P99);
}

static bool sample(struct pass *pass, const struct hb_spec *spec, const struct hb_program *program,
                   struct hb_latency_tally *tally, char *error) {
    struct report *report = &pass->report;
    tally->ran = run_sampled(pass, spec, program, report, error);
    if (!tally->ran)
        return false;
    tally->here = (struct hb_latency_sums){report->cold_latencies, report->warm_latencies,
                                           report->latency_replays, report->latency_faults,
                                           report->latency_switches};
    pass->is_bad |= hb_noise_is_bad(&report->noise);
    return true;
}

/* A failed cell takes part in no further block. */
static void sample_cell(struct pass *pass, size_t number) {
    struct hb_cell *cell = &pass->plan->cells[number];
    char error[512];
    if (cell->result.error[0])
        return;
    if (!sample(pass, &cell->spec, cell->program, &pass->tallies[number], error)) {
        hb_cell_fail(cell, "latency", error);
        return;
    }
    if (cell->result.failed_allocs == HB_COUNT_NULL)
        cell->result.failed_allocs = pass->report.failed_allocs;
    if (cell->result.ops == HB_COUNT_NULL)
        cell->result.ops = pass->report.ops;
}

static void sample_floor(struct pass *pass) {
    char error[512];
    if (pass->has_floor)
        pass->has_floor = sample(pass, &pass->plan->floor, pass->plan->program,
                                 &pass->tallies[pass->plan->cell_count], error);
}

/* A disturbed block is measured again, as long as blocks are left for that. What was measured in it
 * plays no part. */
static void block_judge(struct pass *pass) {
    struct hb_time_blocks *blocks = &pass->blocks;
    hb_time_blocks_add(blocks, pass->is_bad);
    bool counts = !pass->is_bad || blocks->bad_count > blocks->most - blocks->wanted;
    pass->bad_kept += pass->is_bad && counts;
    for (size_t i = 0; i <= pass->plan->cell_count; i++) {
        if (counts)
            tally_count(&pass->tallies[i]);
        pass->tallies[i].ran = false;
    }
}

static void run_block(struct pass *pass, size_t *order, uint64_t *random) {
    struct hb_plan *plan = pass->plan;
    size_t count = plan->cell_count + pass->has_floor, number = pass->blocks.count;
    size_t steps = plan->repeats > number ? plan->repeats : number + 1;
    pass->layout = hb_layout_draw(order, count, random);
    pass->seed = hb_random(random);
    pass->is_bad = false;
    for (size_t i = 0; i < count && !hb_interrupted(); i++) {
        hb_plan_progress(plan, "latency", number * count + i, steps * count);
        if (order[i] == plan->cell_count)
            sample_floor(pass);
        else
            sample_cell(pass, order[i]);
    }
    block_judge(pass);
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
        result->latency_bad_blocks = pass->blocks.bad_count;
        result->latency_bad_blocks_kept = pass->bad_kept;
    }
}

static void run_blocks(struct pass *pass, size_t *order) {
    uint64_t random = pass->plan->seed;
    hb_clock_choose(&pass->clock);
    hb_time_blocks_init(&pass->blocks, pass->plan->repeats);
    while (hb_time_blocks_go_on(&pass->blocks) && !hb_interrupted())
        run_block(pass, order, &random);
    if (!hb_interrupted())
        fill_cells(pass);
}

bool hb_pass_latency(struct hb_plan *plan) {
    struct hb_latency_tally *tallies = calloc(plan->cell_count + 1, sizeof *tallies);
    size_t *order = malloc((plan->cell_count + 1) * sizeof *order);
    static struct pass pass;
    pass = (struct pass){.plan = plan,
                         .tallies = tallies,
                         .has_floor = plan->touch <= TOUCH_FIRST,
                         .warm_replays = replays_needed(plan)};
    if (order && tallies)
        run_blocks(&pass, order);
    else
        for (size_t i = 0; i < plan->cell_count; i++)
            hb_cell_fail(&plan->cells[i], "latency", "not enough memory");
    for (size_t i = 0; tallies && i <= plan->cell_count; i++)
        tally_clear(&tallies[i]);
    free(tallies);
    free(order);
    return !hb_interrupted();
}
