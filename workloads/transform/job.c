/* job.c -- what all transforms of one trace do alike. */
#include "workloads/transform/job.h"

#include <stdio.h>
#include <string.h>

#include "workloads/transform/note.h"

bool hb_job_begin(struct hb_job *job, const struct hb_transform *transform,
                  struct hb_transform_result *result, char *error) {
    const struct hb_trace_info *info;

    memset(result, 0, sizeof *result);
    memset(job, 0, sizeof *job);
    job->transform = transform;
    job->error = error;
    if (!hb_source_open(&job->source, transform->paths[0], error))
        return false;
    info = hb_op_source_info(job->source.from);
    if (hb_rewrite_begin(&job->rewrite, transform->out, info->has_times, info, error)) {
        job->rewrite.sites = hb_op_source_sites(job->source.from);
        return true;
    }
    hb_source_close(&job->source);
    return false;
}

void hb_job_damage(const struct hb_source *source, struct hb_transform_result *result, char *note) {
    const char *damage = hb_op_source_damage(source->from);

    if (damage == NULL || source->run_count != 0)
        return;
    result->is_damaged = true;
    snprintf(result->damage, sizeof result->damage, "%s", damage);
    hb_note_add(note, HB_JOB_NOTE_MAX, " (of a damaged trace)");
}

bool hb_job_end(struct hb_job *job, bool good, struct hb_transform_result *result) {
    result->read_count = job->source.op_count;
    result->written_count = job->rewrite.written_count;
    if (good)
        hb_job_damage(&job->source, result, job->note);
    good = hb_rewrite_end(&job->rewrite, good, job->note);
    result->is_unwritten = job->rewrite.is_unwritten;
    hb_source_close(&job->source);
    return good;
}
