/* series.h -- at which operations the series over a replay have their points. */
#ifndef HB_SERIES_H
#define HB_SERIES_H

#include "harness/worker/job.h"

enum { SAMPLE_EVERY = 64 }; /* ops from one look at resident memory to the next */

/* Points 64 operations apart, or more, so that all fit and each has a sample of its own. */
static inline uint64_t series_step(uint64_t ops) {
    uint64_t step = ops / (JOB_SERIES_MAX - 2) + 1;
    return step < SAMPLE_EVERY ? step : (step + SAMPLE_EVERY - 1) / SAMPLE_EVERY * SAMPLE_EVERY;
}

#endif
