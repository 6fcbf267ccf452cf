/* space.c -- the space pass: live, footprint and resident memory over the replay, and where every
 * block was placed. The peak pass repeats the replay up to the first peak of the footprint and
 * looks at the heap as it is there.
 */
#include "harness/worker/execute.h"
#include "harness/worker/resident.h"

enum { SAMPLE_EVERY = 64 };
#define SAMPLED_WHOLE (UINT64_C(1) << 24) /* ops; above, resident memory is sampled 2^18 times */

struct space {
    struct worker *worker;
    struct resident resident;
    uint64_t *requests; /* of each slot */
    uint64_t op;        /* number of the current one */
    uint64_t sample_every, series_every;
    uint64_t live, footprint, last_resident;
    uint64_t hash;
    unsigned __int128 live_sum, footprint_sum;
};

/* 64-bit FNV-1a (Fowler, Noll, Vo) over the little-endian bytes of value. */
static uint64_t fnv_add(uint64_t hash, uint64_t value) {
    for (int byte = 0; byte < 8; byte++) {
        hash ^= value >> 8 * byte & 0xFF;
        hash *= UINT64_C(0x100000001b3);
    }
    return hash;
}

/* A payload's offset in the heap; a span has none that would be the same everywhere. */
static void space_place(struct space *space, const void *payload) {
    const struct hb_backend *backend = &space->worker->backend;
    uint64_t offset = UINT64_MAX;
    if (hb_backend_in_heap(backend, payload))
        offset = (uint64_t)((const char *)payload - backend->heap_base);
    space->hash = fnv_add(space->hash, offset);
}

static bool space_alloc(struct space *space, const struct program_op *op) {
    struct worker *worker = space->worker;
    void *payload = execute_alloc(worker->allocator, worker->state, op, worker->job->touch);
    worker->slots[op->slot] = payload;
    space->requests[op->slot] = payload ? op->request : 0;
    if (!payload)
        return false;
    space->live += op->request;
    space_place(space, payload);
    return true;
}

static bool space_realloc(struct space *space, const struct program_op *op) {
    struct worker *worker = space->worker;
    void *old = worker->slots[op->slot];
    void *payload =
        execute_realloc(worker->allocator, worker->state, old, op->request, worker->job->touch);
    if (!payload)
        return false;
    worker->slots[op->slot] = payload;
    space->live += op->request - space->requests[op->slot];
    space->requests[op->slot] = op->request;
    if (payload != old || !hb_backend_in_heap(&worker->backend, payload))
        space_place(space, payload);
    return true;
}

static bool space_free(struct space *space, const struct program_op *op) {
    struct worker *worker = space->worker;
    void *payload = worker->slots[op->slot];
    if (!payload)
        return false;
    worker->allocator->free(worker->state, payload);
    worker->slots[op->slot] = NULL;
    space->live -= space->requests[op->slot];
    return true;
}

/* Returns whether the operation counts: failures, and frees of what failed, do not. */
static bool space_execute(struct space *space, const struct program_op *op) {
    if (op->kind == PROGRAM_FREE)
        return space_free(space, op);
    bool resizes = op->kind == PROGRAM_REALLOC && space->worker->slots[op->slot];
    bool succeeded = resizes ? space_realloc(space, op) : space_alloc(space, op);
    space->worker->report->failed_allocs += !succeeded;
    return succeeded;
}

static void space_open(struct space *space, struct worker *worker) {
    *space = (struct space){.worker = worker, .hash = UINT64_C(0xcbf29ce484222325)};
    space->requests = worker_map(worker, worker->program->slot_count * sizeof *space->requests);
}

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
    report->series_live[point] = space->live;
    report->series_footprint[point] = space->footprint;
    report->series_resident[point] = space->last_resident;
}

static void space_account(struct space *space) {
    struct worker *worker = space->worker;
    struct report *report = worker->report;
    report->ops++;
    space->footprint = worker->backend.held_bytes;
    space->live_sum += space->live;
    space->footprint_sum += space->footprint;
    if (space->live > report->peak_live_bytes) {
        report->peak_live_bytes = space->live;
        report->peak_live_op = space->op;
        report->footprint_at_peak_live = space->footprint;
    }
    if (space->footprint > report->peak_footprint_bytes) {
        report->peak_footprint_bytes = space->footprint;
        report->peak_footprint_op = space->op;
        report->live_at_peak_footprint = space->live;
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
    report->placement_hash = space->hash;
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

/* Points 64 operations apart, or more, so that all fit and each has a sample of its own. */
static uint64_t series_step(uint64_t ops) {
    uint64_t step = ops / (JOB_SERIES_MAX - 2) + 1;
    return step < SAMPLE_EVERY ? step : (step + SAMPLE_EVERY - 1) / SAMPLE_EVERY * SAMPLE_EVERY;
}

void worker_space(struct worker *worker) {
    const struct program_header *program = worker->program;
    const uint64_t *word = program_words(program);
    struct space space;
    space_open(&space, worker);
    if (!resident_open(&space.resident))
        worker_fail(worker, "/proc/self/statm and smaps_rollup cannot be read", "");
    space.sample_every = program->op_count > SAMPLED_WHOLE ? program->op_count >> 18 : SAMPLE_EVERY;
    space.series_every = series_step(program->op_count);
    resident_start(&space.resident);
    for (; space.op < program->op_count; space.op++) {
        struct program_op op = program_next(&word);
        if (space_execute(&space, &op))
            space_account(&space);
        space_observe(&space, space.op + 1 == program->op_count);
    }
    space_finish(&space);
}

static bool peak_visit(void *context, const struct hb_block *block) {
    struct report *report = context;
    if (block->kind == HB_BLOCK_LIVE || block->kind == HB_BLOCK_SPAN)
        report->live_block_bytes += block->bytes;
    if (block->kind == HB_BLOCK_FREE) {
        report->free_bytes += block->bytes;
        if (block->bytes > report->largest_free_bytes)
            report->largest_free_bytes = block->bytes;
    }
    return true;
}

void worker_peak(struct worker *worker) {
    const uint64_t *word = program_words(worker->program);
    struct space space;
    space_open(&space, worker);
    for (; space.op < worker->program->op_count && space.op <= worker->job->stop_op; space.op++) {
        struct program_op op = program_next(&word);
        space_execute(&space, &op);
    }
    worker->report->footprint_bytes = worker->backend.held_bytes;
    worker->report->live_bytes = space.live;
    if (worker->allocator->walk)
        worker->allocator->walk(worker->state, peak_visit, worker->report);
}
