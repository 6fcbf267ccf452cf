/* recording.h -- run a program under the recorder, merge what it left, hold the result. */
#ifndef HB_TEST_RECORDING_H
#define HB_TEST_RECORDING_H

#include <sys/types.h>

#include "workloads/recorder/merge.h"

struct recording {
    char folder[64];
    pid_t pid;
    int status; /* as waitpid gives it */
    struct hb_merge_image *images;
    size_t image_count;
    struct hb_trace_info info; /* of the merged image */
    struct hb_op *ops;         /* likewise, marks left out */
    size_t op_count;
    size_t mark_count;
};

/* How to run it; all but program may be NULL or false. */
struct recording_plan {
    const char *program; /* in the build folder's tests/ */
    const char *argument;
    const char *more_preloaded; /* a library there, loaded behind the recorder */
    bool has_children;
    bool has_times;
    unsigned kill_after_ms; /* kill -9 then; 0: wait for the end */
};

/* Runs it, and merges the image that made the first event of the started process. */
void recording_make(struct recording *recording, const struct recording_plan *plan);

/* Merges another of its images instead. */
void recording_merge(struct recording *recording, size_t image);

void recording_free(struct recording *recording);

#endif
