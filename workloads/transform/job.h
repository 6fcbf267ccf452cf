/* job.h -- what all transforms of one trace do alike: open it, begin another, end both. */
#ifndef HB_TRANSFORM_JOB_H
#define HB_TRANSFORM_JOB_H

#include "workloads/transform/rewrite.h"
#include "workloads/transform/source.h"
#include "workloads/transform/transform.h"

enum { HB_JOB_NOTE_MAX = 1024 };

struct hb_job {
    const struct hb_transform *transform;
    struct hb_source source;
    struct hb_rewrite rewrite;
    char note[HB_JOB_NOTE_MAX]; /* what is done, to be appended */
    char *error;
};

/* Open the first path and begin the output, the result at rest. On failure nothing is left to be
 * ended. */
bool hb_job_begin(struct hb_job *job, const struct hb_transform *transform,
                  struct hb_transform_result *result, char *error);

/* Note what is wrong with a source that has been read to its end, if anything is. */
void hb_job_damage(const struct hb_source *source, struct hb_transform_result *result, char *note);

/* End both; good is false to give up. Fills result. */
bool hb_job_end(struct hb_job *job, bool good, struct hb_transform_result *result);

#endif
