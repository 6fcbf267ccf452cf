/* filter.c -- the objects born by some threads, or with some sizes, and all that happens to them.
 *
 * An object is chosen by its birth. Its reallocs and its free come along, whichever thread makes
 * them and whatever size it gets; so a thread that only frees what others bore is still there. The
 * marks of threads that are not chosen go.
 */
#include <inttypes.h>

#include "workloads/trace_format.h"
#include "workloads/transform/job.h"
#include "workloads/transform/note.h"

static bool thread_is_chosen(const struct hb_transform *transform, uint32_t thread) {
    const uint8_t *threads = transform->filter.threads;

    return threads == NULL || (threads[thread / 8] >> thread % 8 & 1) != 0;
}

static bool op_is_chosen(const struct hb_job *job, const struct hb_op *op) {
    const struct hb_transform *transform = job->transform;

    if (trace_kind_has_age[op->kind])
        return hb_rewrite_is_live(&job->rewrite, op->object);
    if (!thread_is_chosen(transform, op->thread))
        return false;
    return !trace_kind_is_birth[op->kind] ||
           (op->size >= transform->filter.least_bytes && op->size <= transform->filter.most_bytes);
}

static void note_make(struct hb_job *job) {
    const struct hb_transform *transform = job->transform;

    hb_note_add(job->note, HB_JOB_NOTE_MAX, "filter: objects");
    if (transform->filter.threads != NULL)
        hb_note_add(job->note, HB_JOB_NOTE_MAX, " born by threads %.200s",
                    transform->filter.threads_text);
    if (transform->filter.least_bytes > 0 || transform->filter.most_bytes < UINT64_MAX)
        hb_note_add(job->note, HB_JOB_NOTE_MAX, " of %" PRIu64 " bytes",
                    transform->filter.least_bytes);
    if (transform->filter.most_bytes == UINT64_MAX && transform->filter.least_bytes > 0)
        hb_note_add(job->note, HB_JOB_NOTE_MAX, " or more");
    else if (transform->filter.most_bytes < UINT64_MAX)
        hb_note_add(job->note, HB_JOB_NOTE_MAX, " to %" PRIu64, transform->filter.most_bytes);
    hb_note_add(job->note, HB_JOB_NOTE_MAX, ", %" PRIu64 " of %" PRIu64 " operations",
                job->rewrite.written_count, job->source.op_count);
}

bool hb_transform_filter(const struct hb_transform *transform, struct hb_transform_result *result,
                         char *error) {
    struct hb_job job;
    const struct hb_op *op;
    bool good = true;

    if (!hb_job_begin(&job, transform, result, error))
        return false;
    while (good && (op = hb_source_next(&job.source)) != NULL)
        if (op_is_chosen(&job, op))
            good = hb_rewrite_op(&job.rewrite, op);
    note_make(&job);
    return hb_job_end(&job, good, result);
}
