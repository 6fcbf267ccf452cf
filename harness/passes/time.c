/* time.c -- the time pass: blocks of one worker for each allocator, in an order shuffled anew for
 * each block, all of a block with the same layout of stack and break. Ratios are formed within a
 * block, so that what drifts between blocks cancels.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/measure/statistics.h"
#include "harness/passes/layout.h"

/* Two clock reads take some 60 ns: a shorter replay would show the clock. */
#define REPLAY_NS_MIN 10000

enum { FLOOR_BLOCKS = 3 };

struct block {
    struct hb_plan *plan;
    size_t number;
    struct hb_reals *floor_ns;
    struct hb_layout layout;
    bool is_bad;
    uint64_t khz_least, khz_most; /* of its workers */
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
    hb_layout_job(&block->layout, block->plan, &job, JOB_TIME, spec);
    job.warm_ns = block->plan->warm_ns;
    job.is_pinned = !program->header->thread_count;
    if (!hb_job_run(&job, program, report, error))
        return false;
    if (report->ops)
        return true;
    snprintf(error, 512, "every request failed");
    return false;
}

/* The frequencies of a block's workers are compared with each other: its ratios are formed of them.
 */
static void block_note(struct block *block, const struct hb_noise *noise) {
    block->is_bad |= hb_noise_is_bad(noise);
    if (noise->khz == HB_NOISE_UNKNOWN)
        return;
    if (block->khz_least == HB_NOISE_UNKNOWN || noise->khz < block->khz_least)
        block->khz_least = noise->khz;
    if (block->khz_most == HB_NOISE_UNKNOWN || noise->khz > block->khz_most)
        block->khz_most = noise->khz;
}

static void timed_threads(struct hb_timed *timed, const struct program_header *program,
                          const struct report *report) {
    timed->wait_ratio = timed->overlap_ratio = NAN;
    timed->idle_ratio = timed->late_mean_ns = timed->late_max_ns = NAN;
    if (!report->wall_ns)
        return;
    double wall_ns = (double)report->wall_ns, all_ns = wall_ns * (double)program->thread_count;
    timed->wait_ratio = (double)report->waited_ns / all_ns;
    timed->overlap_ratio = (double)report->busy_ns / wall_ns;
    if (!program->pace_ns)
        return;
    timed->idle_ratio = (double)report->idle_ns / all_ns;
    timed->late_max_ns = (double)report->late_most_ns;
    if (report->late_marks)
        timed->late_mean_ns = (double)report->late_ns / (double)report->late_marks;
}

/* A failed cell takes part in no further block. */
static void time_cell(struct block *block, struct hb_cell *cell) {
    static struct report report;
    struct hb_timed *timed = &cell->timed[block->number];
    char error[512];
    if (cell->result.error[0])
        return;
    if (!run_timed(block, &cell->spec, cell->program, &report, error)) {
        hb_cell_fail(cell, "time", error);
        return;
    }
    bool has_warm = report.replay_count && report.replay_ns[0] >= REPLAY_NS_MIN;
    timed->ran = true;
    timed->noise = report.noise;
    timed->warm_ns = has_warm ? block_warm_ns(&report) : NAN;
    timed->cold_ns =
        report.cold_ns >= REPLAY_NS_MIN ? (double)report.cold_ns / (double)report.ops : NAN;
    timed_threads(timed, cell->program->header, &report);
    if (!report.wall_ns) /* threads in each other's way are what is measured */
        block_note(block, &report.noise);
    if (has_warm)
        cell->result.warm_minor_faults = report.warm_faults;
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
static bool has_floor(const struct hb_plan *plan, size_t block) {
    return block < FLOOR_BLOCKS && plan->touch <= TOUCH_FIRST;
}

/* Returns whether it was disturbed. */
static bool run_block(struct hb_plan *plan, size_t number, struct hb_reals *floor_ns, size_t *order,
                      uint64_t *random) {
    struct block block = {.plan = plan,
                          .number = number,
                          .floor_ns = floor_ns,
                          .khz_least = HB_NOISE_UNKNOWN,
                          .khz_most = HB_NOISE_UNKNOWN};
    size_t count = plan->cell_count + has_floor(plan, number);
    block.layout = hb_layout_draw(order, count, random);
    for (size_t i = 0; i < count && !hb_interrupted(); i++) {
        size_t steps = plan->repeats > number ? plan->repeats : number + 1;
        hb_plan_progress(plan, "time", number * plan->cell_count + i,
                         steps * plan->cell_count + FLOOR_BLOCKS);
        if (order[i] == plan->cell_count)
            time_floor(&block);
        else
            time_cell(&block, &plan->cells[order[i]]);
    }
    return block.is_bad || hb_noise_pace_changed(block.khz_least, block.khz_most);
}

static void run_blocks(struct hb_plan *plan, struct hb_time_blocks *blocks, size_t *order) {
    struct hb_reals floor_ns = {0};
    uint64_t random = plan->seed;
    while (hb_time_blocks_go_on(blocks) && !hb_interrupted())
        hb_time_blocks_add(blocks, run_block(plan, blocks->count, &floor_ns, order, &random));
    double floor = hb_median(floor_ns.values, floor_ns.count).median;
    for (size_t i = 0; i < plan->cell_count; i++) {
        const struct hb_cell *baseline = plan->baseline;
        struct hb_cell *cell = &plan->cells[i];
        cell->result.floor_ns_per_op = floor;
        for (size_t j = 0; j < floor_ns.count; j++)
            hb_reals_append(&cell->result.floor_replay_ns, floor_ns.values[j]);
        hb_time_fill(&cell->result, blocks, cell->timed,
                     baseline && cell != baseline ? baseline->timed : NULL);
    }
    free(floor_ns.values);
}

bool hb_pass_time(struct hb_plan *plan) {
    static struct hb_time_blocks blocks;
    size_t *order = malloc((plan->cell_count + 1) * sizeof *order);
    bool has_room = order != NULL;
    hb_time_blocks_init(&blocks, plan->repeats);
    for (size_t i = 0; i < plan->cell_count; i++) {
        struct hb_cell *cell = &plan->cells[i];
        cell->timed = calloc(blocks.most, sizeof *cell->timed);
        has_room = has_room && cell->timed;
    }
    if (has_room)
        run_blocks(plan, &blocks, order);
    for (size_t i = 0; i < plan->cell_count && !has_room; i++)
        hb_cell_fail(&plan->cells[i], "time", "not enough memory");
    free(order);
    return !hb_interrupted();
}
