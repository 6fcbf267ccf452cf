/* space.c -- the space pass: live, footprint and resident memory over the replay, and where every
 * block was placed.
 */
#include "harness/worker/ledger.h"
#include "harness/worker/resident.h"
#include "harness/worker/series.h"

#define SAMPLED_WHOLE (UINT64_C(1) << 24) /* ops; above, resident memory is sampled 2^18 times */

struct space {
    struct worker *worker;
    struct ledger ledger;
    struct resident resident;
    uint64_t op; /* number of the current one */
    uint64_t sample_every, series_every;
    uint64_t footprint, last_resident;
    unsigned __int128 live_sum, footprint_sum;
};

static void space_sample_resident(struct space *space) {
    struct report *report = space->worker->report;
    space->last_resident = resident_bytes(&space->resident);
    if (space->last_resident > report->peak_resident_bytes)
        report->peak_resident_bytes = space->last_resident;
}

static void space_add_point(struct space *space) {
    struct report *report = space->worker->report;
    uint32_t point = report->series_count;
    if (point == JOB_SERIES_MAX)
        return;
    report->series_count++;
    report->series_op[point] = space->op;
    report->series_allocated[point] = space->ledger.allocated_bytes;
    report->series_live[point] = space->ledger.live_bytes;
    report->series_footprint[point] = space->footprint;
    report->series_resident[point] = space->last_resident;
}

static void space_account(struct space *space) {
    struct worker *worker = space->worker;
    struct report *report = worker->report;
    uint64_t live = space->ledger.live_bytes;
    report->ops++;
    space->footprint = worker->backend.held_bytes;
    space->live_sum += live;
    space->footprint_sum += space->footprint;
    if (live > report->peak_live_bytes) {
        report->peak_live_bytes = live;
        report->peak_live_op = space->op;
        report->footprint_at_peak_live = space->footprint;
    }
    if (space->footprint > report->peak_footprint_bytes) {
        report->peak_footprint_bytes = space->footprint;
        report->peak_footprint_op = space->op;
        report->live_at_peak_footprint = live;
    }
}

static void space_observe(struct space *space, bool is_last) {
    const struct program_header *program = space->worker->program;
    if (space->op % space->sample_every == 0 || space->op == program->peak_live_op || is_last)
        space_sample_resident(space);
    if (space->op % space->series_every == 0 || is_last)
        space_add_point(space);
}

static void space_finish(const struct space *space) {
    const struct worker *worker = space->worker;
    const struct hb_backend *backend = &worker->backend;
    struct report *report = worker->report;
    report->used_smaps = space->resident.uses_smaps;
    report->live_sum =
        (struct report_wide){(uint64_t)space->live_sum, (uint64_t)(space->live_sum >> 64)};
    report->footprint_sum = (struct report_wide){(uint64_t)space->footprint_sum,
                                                 (uint64_t)(space->footprint_sum >> 64)};
    report->sees_footprint = !worker->spec.family->is_foreign;
    report->has_placement_hash =
        report->sees_footprint && !worker->spec.family->is_floor && backend->is_contiguous;
    report->placement_hash = space->ledger.hash;
    report->brk_calls = backend->brk_calls;
    report->mmap_calls = backend->mmap_calls;
    report->munmap_calls = backend->munmap_calls;
    if (worker->allocator->stats) {
        struct hb_stats stats;
        worker->allocator->stats(worker->state, &stats);
        report->has_stats = true;
        report->search_steps = stats.search_steps;
        report->splits = stats.splits;
        report->merges = stats.merges;
    }
}

void worker_space(struct worker *worker) {
    if (worker->program->pace_ns) {
        worker_paced(worker);
        return;
    }
    uint64_t ops = worker->program->op_count;
    struct space space = {.worker = worker};
    ledger_open(&space.ledger, worker);
    if (!resident_open(&space.resident))
        worker_fail(worker, "/proc/self/statm and smaps_rollup cannot be read", "");
    space.sample_every = ops > SAMPLED_WHOLE ? ops >> 18 : SAMPLE_EVERY;
    space.series_every = series_step(ops);
    resident_start(&space.resident);
    for (; space.op < ops; space.op++) {
        if (ledger_step(&space.ledger))
            space_account(&space);
        space_observe(&space, space.op + 1 == ops);
    }
    space_finish(&space);
}
