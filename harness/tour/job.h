/* job.h -- what the parent asks of a tour's worker, and what it answers: a page of shared memory,
 * its file 3. The answer is whole if facts.is_whole says so.
 */
#ifndef HB_TOUR_JOB_H
#define HB_TOUR_JOB_H

#include "harness/tour/facts.h"
#include "allocators/options.h"

enum { TOUR_JOB_FD = 3, TOUR_JOB_VERSION = 1, TOUR_SECONDS_MAX = 20 };

struct tour_job {
    uint32_t version;
    char claim[TOUR_NAME_MAX];
    char spec[HB_SPEC_MAX]; /* "": nobody's heap */
    struct tour_facts facts;
};

#endif
