/* slice.c -- a stretch of a trace, by operations or by phase.
 *
 * Objects that are live where the stretch begins are born first, in the order of their births and
 * with the sizes that they have by then: the prologue. Without it they are left out, with all that
 * happens to them.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "workloads/trace_format.h"
#include "workloads/trace_phases.h"
#include "workloads/transform/job.h"
#include "workloads/transform/note.h"

struct slice {
    struct hb_job job;
    uint64_t from, to;
    struct hb_objects before; /* live where the stretch begins */
    uint64_t prologue_count;
    uint64_t left_out_count; /* operations of objects from before the stretch */
    uint64_t start_ns;       /* times count from the stretch's first operation */
    size_t phase_count;      /* 0: not by phase */
    bool is_begun;
};

/* Before the stretch: follow which objects live. */
static bool before_follow(struct slice *slice, const struct hb_op *op) {
    struct hb_object object = {op->object, op->object,         op->size, op->thread,
                               op->kind,   op->alignment_log2, op->site};

    if (!slice->job.transform->slice.has_prologue)
        return true;
    if (trace_kind_is_birth[op->kind] && !hb_objects_add(&slice->before, &object))
        return trace_fail(slice->job.error, "out of memory for the live objects");
    if (op->kind == HB_OP_REALLOC)
        hb_objects_find(&slice->before, op->object)->size = op->size;
    if (op->kind == HB_OP_FREE)
        hb_objects_remove(&slice->before, op->object);
    return true;
}

static bool prologue_write(struct slice *slice) {
    struct hb_object *sorted = hb_objects_sorted(&slice->before);
    bool good = true;

    slice->is_begun = true;
    if (sorted == NULL && slice->before.slot_count > 0)
        return trace_fail(slice->job.error, "out of memory for the live objects");
    for (size_t i = 0; i < slice->before.slot_count && good; i++) {
        const struct hb_object *object = &sorted[i];
        struct hb_op op = {.object = object->key,
                           .size = object->size,
                           .thread = object->thread,
                           .kind = object->kind,
                           .alignment_log2 = object->alignment_log2,
                           .site = object->site};

        good = hb_rewrite_op(&slice->job.rewrite, &op);
    }
    slice->prologue_count = slice->before.slot_count;
    free(sorted);
    hb_objects_clear(&slice->before);
    return good;
}

static bool within_write(struct slice *slice, const struct hb_op *op) {
    struct hb_rewrite *rewrite = &slice->job.rewrite;
    struct hb_op copy = *op;

    if (!slice->is_begun) {
        slice->start_ns = slice->from > 0 ? op->time_ns : 0;
        if (!prologue_write(slice))
            return false;
    }
    copy.time_ns -= op->time_ns < slice->start_ns ? op->time_ns : slice->start_ns;
    if (!trace_kind_has_age[op->kind] || hb_rewrite_is_live(rewrite, op->object))
        return hb_rewrite_op(rewrite, &copy);
    slice->left_out_count++;
    rewrite->said.unmatched_frees += op->kind == HB_OP_FREE;
    return true;
}

/* A mark belongs to the operation that follows it. */
static bool slice_copy(struct slice *slice) {
    const struct hb_op *op;

    while (slice->job.source.op_count < slice->to &&
           (op = hb_source_next(&slice->job.source)) != NULL) {
        uint64_t number = slice->job.source.op_count - (op->kind <= HB_OP_FREE);

        if (number < slice->from ? !before_follow(slice, op) : !within_write(slice, op))
            return false;
    }
    return true;
}

static bool range_find(struct slice *slice) {
    const struct hb_transform *transform = slice->job.transform;
    struct hb_trace_phases phases;

    slice->from = transform->slice.from;
    slice->to = transform->slice.to;
    if (transform->slice.phase == 0)
        return true;
    if (!hb_trace_phases_read(&phases, transform->paths[0], transform->slice.phases,
                              slice->job.error))
        return false;
    if (transform->slice.phase > phases.count)
        return trace_fail(slice->job.error, "%s has %zu phases, not %zu", transform->paths[0],
                          phases.count, transform->slice.phase);
    slice->from = phases.start[transform->slice.phase - 1];
    slice->to = phases.start[transform->slice.phase];
    if (transform->slice.phase == phases.count)
        slice->to = UINT64_MAX;
    slice->phase_count = phases.count;
    return true;
}

/* After the last operation: has the slice begun? */
static bool range_check(const struct slice *slice) {
    if (slice->from == 0 || slice->is_begun)
        return true;
    return trace_fail(slice->job.error,
                      "%s has %" PRIu64 " operations: a slice cannot begin at operation %" PRIu64,
                      slice->job.transform->paths[0], slice->job.source.op_count, slice->from);
}

static void note_make(struct slice *slice) {
    char *note = slice->job.note;

    if (slice->from == 0 && slice->to == UINT64_MAX) {
        hb_note_add(note, HB_JOB_NOTE_MAX, "slice: the whole");
        return;
    }
    hb_note_add(note, HB_JOB_NOTE_MAX, "slice: ");
    if (slice->phase_count > 0)
        hb_note_add(note, HB_JOB_NOTE_MAX, "phase %zu of %zu, ", slice->job.transform->slice.phase,
                    slice->phase_count);
    hb_note_add(note, HB_JOB_NOTE_MAX, "operations from %" PRIu64, slice->from);
    if (slice->to != UINT64_MAX)
        hb_note_add(note, HB_JOB_NOTE_MAX, " to before %" PRIu64, slice->to);
    if (slice->prologue_count > 0)
        hb_note_add(note, HB_JOB_NOTE_MAX, " after a prologue of %" PRIu64 " births",
                    slice->prologue_count);
    if (slice->left_out_count > 0)
        hb_note_add(note, HB_JOB_NOTE_MAX,
                    ", less %" PRIu64 " operations of objects born before it",
                    slice->left_out_count);
}

bool hb_transform_slice(const struct hb_transform *transform, struct hb_transform_result *result,
                        char *error) {
    struct slice slice = {.from = 0};
    bool good;

    if (!hb_job_begin(&slice.job, transform, result, error))
        return false;
    good = range_find(&slice) && slice_copy(&slice) && range_check(&slice);
    note_make(&slice);
    hb_objects_clear(&slice.before);
    return hb_job_end(&slice.job, good, result);
}
