/* time.c -- the time pass: blocks of one worker for each allocator, in an order shuffled anew for
 * each block, all of a block with the same layout of stack and break. Ratios are formed within a
 * block, so that what drifts between blocks cancels.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/measure/statistics.h"
#include "harness/passes/passes.h"

/* Two clock reads take some 60 ns: a shorter replay would show the clock. */
#define REPLAY_NS_MIN 10000

enum { FLOOR_BLOCKS = 3, LAYOUT_MAX = 65536, STACK_MAX = 4096, LAYOUT_STEP = 64, INTERVAL_MIN = 6 };

struct block {
    struct hb_plan *plan;
    struct hb_reals *floor_ns;
    uint64_t break_offset, stack_offset;
};

/* Warm time of a block: the median of its replays. NaN if it had none. */
static double block_warm_ns(const struct report *report) {
    double values[JOB_REPLAYS_MAX];
    for (uint32_t i = 0; i < report->replay_count; i++)
        values[i] = (double)report->replay_ns[i] / (double)report->ops;
    return hb_median(values, report->replay_count).median;
}

static bool run_timed(const struct block *block, const struct hb_spec *spec,
                      const struct hb_program *program, struct report *report, char *error) {
    struct job job;
    hb_plan_job(block->plan, &job, JOB_TIME, spec, TOUCH_FIRST);
    job.break_offset = block->break_offset;
    job.stack_offset = block->stack_offset;
    job.warm_ns = block->plan->warm_ns;
    if (!hb_job_run(&job, program, report, error))
        return false;
    if (report->ops)
        return true;
    snprintf(error, 512, "every request failed");
    return false;
}

/* A failed cell takes part in no further block. */
static void time_cell(const struct block *block, struct hb_cell *cell) {
    static struct report report;
    char error[512];
    if (cell->result.error[0])
        return;
    if (!run_timed(block, &cell->spec, cell->program, &report, error)) {
        hb_cell_fail(cell, "time", error);
        return;
    }
    if (report.cold_ns >= REPLAY_NS_MIN)
        hb_reals_append(&cell->cold_ns, (double)report.cold_ns / (double)report.ops);
    if (report.replay_count && report.replay_ns[0] >= REPLAY_NS_MIN) {
        hb_reals_append(&cell->result.replay_ns, block_warm_ns(&report));
        cell->result.warm_minor_faults = report.warm_faults;
    }
    cell->result.minor_faults = report.minor_faults;
    cell->result.failed_allocs = report.failed_allocs;
    if (cell->result.ops == HB_COUNT_NULL)
        cell->result.ops = report.ops;
}

static void time_floor(const struct block *block) {
    static struct report report;
    char error[512];
    if (run_timed(block, &block->plan->floor, block->plan->program, &report, error) &&
        report.replay_ns[0] >= REPLAY_NS_MIN)
        hb_reals_append(block->floor_ns, block_warm_ns(&report));
}

/* The floor's worker stores at most at a payload's start: it is no floor for more. */
static bool has_floor(const struct hb_plan *plan, uint64_t block) {
    return block < FLOOR_BLOCKS && plan->touch <= TOUCH_FIRST;
}

static void run_block(struct hb_plan *plan, uint64_t number, struct hb_reals *floor_ns,
                      size_t *order, uint64_t *random) {
    struct block block = {plan, floor_ns, 0, 0};
    size_t count = plan->cell_count + has_floor(plan, number);
    block.break_offset = hb_random(random) % LAYOUT_MAX / LAYOUT_STEP * LAYOUT_STEP;
    block.stack_offset = hb_random(random) % STACK_MAX / LAYOUT_STEP * LAYOUT_STEP;
    hb_shuffle(order, count, random);
    for (size_t i = 0; i < count && !hb_interrupted(); i++) {
        hb_plan_progress(plan, "time", number * plan->cell_count + i,
                         plan->repeats * plan->cell_count + FLOOR_BLOCKS);
        if (order[i] == plan->cell_count)
            time_floor(&block);
        else
            time_cell(&block, &plan->cells[order[i]]);
    }
}

static void fill_ratio(struct hb_result *result, const struct hb_result *baseline) {
    size_t count = result->replay_ns.count;
    double ratios[HB_SERIES_MAX];
    if (!count || count != baseline->replay_ns.count || count > HB_SERIES_MAX)
        return;
    for (size_t i = 0; i < count; i++) {
        hb_reals_append(&result->baseline_replay_ns, baseline->replay_ns.values[i]);
        ratios[i] = result->replay_ns.values[i] / baseline->replay_ns.values[i];
    }
    if (count < INTERVAL_MIN)
        return;
    struct hb_interval interval = hb_median(ratios, count);
    result->time_ratio = interval.median;
    result->time_ratio_ci95_low = interval.low;
    result->time_ratio_ci95_high = interval.high;
}

static void fill_cell(struct hb_cell *cell, const struct hb_cell *baseline, double floor_ns) {
    struct hb_result *result = &cell->result;
    struct hb_interval warm = hb_median(result->replay_ns.values, result->replay_ns.count);
    result->cold_ns_per_op = hb_median(cell->cold_ns.values, cell->cold_ns.count).median;
    result->ns_per_op = warm.median;
    result->ns_per_op_ci95_low = warm.low;
    result->ns_per_op_ci95_high = warm.high;
    result->floor_ns_per_op = floor_ns;
    if (baseline && cell != baseline)
        fill_ratio(result, &baseline->result);
}

bool hb_pass_time(struct hb_plan *plan) {
    struct hb_reals floor_ns = {0};
    uint64_t random = plan->seed;
    size_t *order = malloc((plan->cell_count + 1) * sizeof *order);
    for (uint64_t block = 0; order && block < plan->repeats && !hb_interrupted(); block++)
        run_block(plan, block, &floor_ns, order, &random);
    double floor = hb_median(floor_ns.values, floor_ns.count).median;
    for (size_t i = 0; i < plan->cell_count; i++)
        fill_cell(&plan->cells[i], plan->baseline, floor);
    free(floor_ns.values);
    free(order);
    return !hb_interrupted();
}
