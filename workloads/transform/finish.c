/* finish.c -- at the end everything that lives is freed, by the thread of the last operation, in
 * the order of births or against it. */
#include <inttypes.h>
#include <stdlib.h>

#include "workloads/transform/job.h"
#include "workloads/trace_format.h"
#include "workloads/transform/note.h"

static bool rest_free(struct hb_job *job, struct hb_op last) {
    struct hb_object *sorted = hb_objects_sorted(&job->rewrite.objects);
    size_t count = job->rewrite.objects.slot_count;
    bool good = true;

    if (sorted == NULL && count > 0)
        return trace_fail(job->error, "out of memory for the live objects");
    for (size_t i = 0; i < count && good; i++) {
        size_t at = job->transform->finish_backwards ? count - 1 - i : i;
        struct hb_op op = {.object = sorted[at].key,
                           .time_ns = last.time_ns,
                           .thread = last.thread,
                           .kind = HB_OP_FREE};

        good = hb_rewrite_op(&job->rewrite, &op);
    }
    free(sorted);
    hb_note_add(job->note, HB_JOB_NOTE_MAX, "finish: %zu objects freed at the end, the %s first",
                count, job->transform->finish_backwards ? "youngest" : "oldest");
    return good;
}

bool hb_transform_finish(const struct hb_transform *transform, struct hb_transform_result *result,
                         char *error) {
    struct hb_op last = {.thread = 0};
    struct hb_job job;
    const struct hb_op *op;
    bool good = true;

    if (!hb_job_begin(&job, transform, result, error))
        return false;
    while (good && (op = hb_source_next(&job.source)) != NULL) {
        good = hb_rewrite_op(&job.rewrite, op);
        if (op->kind <= HB_OP_FREE)
            last = *op;
    }
    good = good && rest_free(&job, last);
    return hb_job_end(&job, good, result);
}
