/* scale.c -- all sizes times a factor, rounded to the nearest byte, halves up. A request of some
 * bytes stays one, of 0 stays 0; alignments stay. */
#include <inttypes.h>

#include "workloads/trace_format.h"
#include "workloads/transform/job.h"
#include "workloads/transform/note.h"

static uint64_t size_scale(const struct hb_transform *transform, uint64_t size) {
    uint64_t denominator = transform->scale.denominator;
    unsigned __int128 twice = (unsigned __int128)size * transform->scale.numerator * 2;
    unsigned __int128 scaled = (twice + denominator) / (2 * denominator);

    if (size == 0)
        return 0;
    if (scaled > HB_TRACE_SIZE_MAX)
        return HB_TRACE_SIZE_MAX;
    return scaled == 0 ? 1 : (uint64_t)scaled;
}

bool hb_transform_scale(const struct hb_transform *transform, struct hb_transform_result *result,
                        char *error) {
    struct hb_job job;
    const struct hb_op *op;
    uint64_t cut_count = 0;
    bool good = true;

    if (!hb_job_begin(&job, transform, result, error))
        return false;
    while (good && (op = hb_source_next(&job.source)) != NULL) {
        struct hb_op scaled = *op;

        scaled.size = size_scale(transform, op->size);
        cut_count += scaled.size == HB_TRACE_SIZE_MAX;
        good = hb_rewrite_op(&job.rewrite, &scaled);
    }
    hb_note_add(job.note, HB_JOB_NOTE_MAX, "scale: sizes times %" PRIu64 "/%" PRIu64,
                transform->scale.numerator, transform->scale.denominator);
    if (cut_count > 0)
        hb_note_add(job.note, HB_JOB_NOTE_MAX, ", %" PRIu64 " of them cut to 2^56 - 1", cut_count);
    return hb_job_end(&job, good, result);
}
