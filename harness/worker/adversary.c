/* adversary.c -- plays an adversary's operations, keeps them, and watches over the span of its
 * objects.
 */
#include "harness/worker/adversary.h"

#include <string.h>

#include "harness/worker/execute.h"
#include "harness/worker/resident.h"

enum { RESIDENT_SAMPLES = 256 };

struct adversary {
    struct worker *worker;
    const struct adversary_job *job;
    struct program_header *program;
    uint64_t *words; /* of the program */
    int64_t *places; /* of each word's object; of a free's, what was freed */
    uint64_t *units; /* of the object in each slot, 0: none */
    uint32_t *spare; /* slots that are free again, */
    uint32_t spare_count, slot_count;
    uint64_t live_units, peak_units;
    char *first;                 /* object ever */
    char *low, *high;            /* bounds of all objects so far, */
    int64_t low_unit, high_unit; /* and in units, places rounded down */
    struct resident resident;
};

uint32_t adversary_slots(const struct adversary *adversary) {
    return adversary->slot_count;
}

uint64_t adversary_units(const struct adversary *adversary, uint32_t slot) {
    return adversary->units[slot];
}

/* Rounded down. */
static int64_t unit_of(const struct adversary *adversary, int64_t bytes) {
    int64_t unit = (int64_t)adversary->job->unit;
    return bytes / unit - (bytes % unit < 0);
}

int64_t adversary_place(const struct adversary *adversary, uint32_t slot) {
    return unit_of(adversary, (char *)adversary->worker->slots[slot] - adversary->first);
}

uint64_t adversary_live_units(const struct adversary *adversary) {
    return adversary->live_units;
}

struct worker *adversary_worker(const struct adversary *adversary) {
    return adversary->worker;
}

static void resident_sample(struct adversary *adversary) {
    uint64_t bytes = resident_bytes(&adversary->resident);
    struct report *report = adversary->worker->report;
    if (bytes > report->peak_resident_bytes)
        report->peak_resident_bytes = bytes;
}

static void op_keep(struct adversary *adversary, uint64_t word, uint32_t slot) {
    struct report *report = adversary->worker->report;
    uint64_t op = report->ops++;
    if (report->ops % (adversary->job->words_max / RESIDENT_SAMPLES + 1) == 0)
        resident_sample(adversary);
    if (adversary->job->kind == ADVERSARY_REPLAY)
        return;
    if (op == adversary->job->words_max)
        worker_fail(adversary->worker, "the adversary's program is longer than was planned", "");
    adversary->words[op] = word;
    adversary->places[op] = (char *)adversary->worker->slots[slot] - adversary->first;
}

static uint64_t object_request(const struct adversary *adversary, uint64_t units) {
    return units * adversary->job->unit - adversary->job->header;
}

/* What an object covers counts into the span. */
static void object_cover(struct adversary *adversary, char *payload, uint64_t units) {
    char *start = payload - adversary->job->header;
    char *end = start + units * adversary->job->unit;
    if (!adversary->first) {
        adversary->first = payload;
        adversary->low = start;
        adversary->high = end;
    }
    adversary->low = start < adversary->low ? start : adversary->low;
    adversary->high = end > adversary->high ? end : adversary->high;
    int64_t unit = unit_of(adversary, payload - adversary->first);
    int64_t unit_end = unit + (int64_t)units;
    adversary->low_unit = unit < adversary->low_unit ? unit : adversary->low_unit;
    adversary->high_unit = unit_end > adversary->high_unit ? unit_end : adversary->high_unit;
}

static void object_alloc(struct adversary *adversary, uint32_t slot, uint64_t units) {
    struct worker *worker = adversary->worker;
    struct program_op op = {.kind = PROGRAM_MALLOC, .request = object_request(adversary, units)};
    char *payload =
        execute_alloc(worker->allocator, worker->state, &op, (enum job_touch)worker->job->touch);
    if (!payload)
        worker_fail(worker, "the allocator has no memory for the adversary", "");
    worker->slots[slot] = payload;
    adversary->units[slot] = units;
    object_cover(adversary, payload, units);
    adversary->live_units += units;
    if (adversary->live_units > adversary->peak_units) {
        adversary->peak_units = adversary->live_units;
        worker->report->peak_live_op = worker->report->ops;
    }
    if (worker->backend.held_bytes > worker->report->peak_footprint_bytes)
        worker->report->peak_footprint_bytes = worker->backend.held_bytes;
    op_keep(adversary, PROGRAM_MALLOC | (uint64_t)slot << 3 | op.request << 32, slot);
}

uint32_t adversary_alloc(struct adversary *adversary, uint64_t units) {
    uint32_t slot;
    if (adversary->spare_count)
        slot = adversary->spare[--adversary->spare_count];
    else if (adversary->slot_count == adversary->program->slot_count)
        worker_fail(adversary->worker, "the adversary has more objects than were planned", "");
    else
        slot = adversary->slot_count++;
    object_alloc(adversary, slot, units);
    return slot;
}

static void object_free(struct adversary *adversary, uint32_t slot) {
    struct worker *worker = adversary->worker;
    op_keep(adversary, PROGRAM_FREE | (uint64_t)slot << 3, slot);
    worker->allocator->free(worker->state, worker->slots[slot]);
    worker->slots[slot] = NULL;
    adversary->live_units -= adversary->units[slot];
    adversary->units[slot] = 0;
}

void adversary_free(struct adversary *adversary, uint32_t slot) {
    object_free(adversary, slot);
    adversary->spare[adversary->spare_count++] = slot;
}

static void adversary_open(struct adversary *adversary, struct worker *worker) {
    const struct adversary_job *job = &worker->job->adversary;
    struct program_header *program = (struct program_header *)worker->program;
    uint64_t words = (program->bytes - sizeof *program) / sizeof(uint64_t);
    if (!job->unit || job->header >= job->unit || words < 3 * job->words_max)
        worker_fail(worker, "the adversary's job makes no sense", "");
    *adversary = (struct adversary){.worker = worker, .job = job, .program = program};
    adversary->words = (uint64_t *)program_words(program);
    adversary->places = (int64_t *)adversary->words + 2 * job->words_max;
    adversary->units = worker_map(worker, program->slot_count * sizeof *adversary->units);
    adversary->spare = worker_map(worker, program->slot_count * sizeof *adversary->spare);
    if (!resident_open(&adversary->resident))
        worker_fail(worker, "/proc/self/statm and smaps_rollup cannot be read", "");
    resident_start(&adversary->resident);
}

/* The program is whole: all that replaying it needs. */
static void program_close(struct adversary *adversary) {
    struct program_header *program = adversary->program;
    const struct report *report = adversary->worker->report;
    program->word_count = program->op_count = report->ops;
    program->slot_count = adversary->slot_count;
    program->peak_live_bytes = report->peak_live_bytes;
    program->peak_live_op = report->peak_live_op;
    program->left_count = 0;
    for (uint32_t slot = 0; slot < adversary->slot_count; slot++)
        if (adversary->units[slot])
            adversary->words[program->word_count + program->left_count++] = slot;
}

static void adversary_replay(struct adversary *adversary) {
    const uint64_t *word = adversary->words, *end = word + adversary->program->word_count;
    while (word < end) {
        struct program_op op = program_next(&word);
        if (op.kind == PROGRAM_FREE)
            object_free(adversary, op.slot);
        else
            object_alloc(adversary, op.slot,
                         (op.request + adversary->job->header) / adversary->job->unit);
    }
}

void worker_adversary(struct worker *worker) {
    struct adversary adversary;
    struct report *report = worker->report;
    adversary_open(&adversary, worker);
    if (adversary.job->kind == ADVERSARY_ROBSON)
        adversary_robson(&adversary, adversary.job);
    else if (adversary.job->kind == ADVERSARY_BESTFIT)
        adversary_bestfit(&adversary, adversary.job);
    else
        adversary_replay(&adversary);
    resident_sample(&adversary);
    report->peak_live_bytes = adversary.peak_units * adversary.job->unit;
    report->span_bytes = (uint64_t)(adversary.high - adversary.low);
    report->span_units = (uint64_t)(adversary.high_unit - adversary.low_unit);
    report->used_smaps = adversary.resident.uses_smaps;
    report->sees_footprint = !worker->spec.family->is_foreign;
    if (adversary.job->kind != ADVERSARY_REPLAY)
        program_close(&adversary);
}
