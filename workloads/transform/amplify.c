/* amplify.c -- several copies of a trace side by side.
 *
 * Each operation is made by each copy, one after another, before the next: so live bytes are as
 * many times the source's wherever all copies have done the same, the peak exactly.
 */
#include <inttypes.h>

#include "workloads/transform/job.h"
#include "workloads/transform/note.h"
#include "workloads/transform/threads.h"

static bool copies_write(struct hb_job *job, struct hb_threads *threads, const struct hb_op *op) {
    uint32_t copies = job->transform->amplify.copies;
    bool has_own_threads = job->transform->amplify.has_own_threads;

    if (op->kind > HB_OP_FREE && !has_own_threads)
        return hb_rewrite_op(&job->rewrite, op);
    for (uint32_t copy = 0; copy < copies; copy++) {
        struct hb_op one = *op;

        if (op->kind <= HB_OP_FREE)
            one.object = op->object * copies + copy;
        if (has_own_threads && !hb_threads_map(threads, copy, &one.thread, job->error))
            return false;
        if (!hb_rewrite_op(&job->rewrite, &one))
            return false;
    }
    return true;
}

bool hb_transform_amplify(const struct hb_transform *transform, struct hb_transform_result *result,
                          char *error) {
    struct hb_threads threads = {.count = 0};
    struct hb_job job;
    const struct hb_op *op;
    bool good = true;

    if (!hb_job_begin(&job, transform, result, error))
        return false;
    while (good && (op = hb_source_next(&job.source)) != NULL)
        good = copies_write(&job, &threads, op);
    hb_threads_clear(&threads);
    hb_note_add(job.note, HB_JOB_NOTE_MAX, "amplify: %" PRIu32 " copies, %s",
                transform->amplify.copies,
                transform->amplify.has_own_threads ? "each with threads of its own"
                                                   : "on the same threads");
    return hb_job_end(&job, good, result);
}
