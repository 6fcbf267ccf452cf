/* shuffle.h -- the shuffle of deaths, which is a file of its own. */
#ifndef HB_TRANSFORM_SHUFFLE_H
#define HB_TRANSFORM_SHUFFLE_H

#include "workloads/transform/job.h"

/* Write the source with its deaths drawn anew. */
bool hb_shuffle_deaths(struct hb_job *job);

#endif
