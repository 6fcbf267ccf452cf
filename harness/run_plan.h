/* run_plan.h -- a run in progress, and the plan of one trace in it. */
#ifndef HB_RUN_PLAN_H
#define HB_RUN_PLAN_H

#include "harness/passes/passes.h"
#include "harness/run_options.h"
#include "harness/rundir.h"

enum { HB_RUN_ERROR_MAX = 512 };

struct hb_run {
    struct hb_run_options options;
    struct hb_rundir *dir;
    struct hb_result *results;
    size_t result_count;
    const char *trace;               /* the current one's name */
    const struct hb_thp_choice *thp; /* the current one */
    struct hb_cache_setup cache;
    struct hb_core core;
    enum hb_mode mode;               /* the current one */
    uint64_t threads;                /* the current number, at most; 0: as recorded */
    uint64_t trace_threads;          /* of the current trace, once replayed on threads */
    bool has_begun;                  /* a trace could be read */
    char not_kept[HB_RUN_ERROR_MAX]; /* why results are not on disk, or "" */
};

/* Programs of one trace, one for each scale asked for. */
struct hb_run_programs {
    struct hb_program list[HB_LIST_MAX + 2];
    size_t count;
};

/* Plan the trace at path: the baseline first, then the allocators as asked for. False with one line
 * in error (HB_RUN_ERROR_MAX bytes) if it cannot be read; plan and programs are to be closed all
 * the same. */
bool hb_run_plan_open(struct hb_run *run, struct hb_plan *plan, struct hb_run_programs *programs,
                      const char *path, char *error);

/* Run the passes. False when interrupted. */
bool hb_run_plan_measure(struct hb_plan *plan, unsigned passes);

/* The results move to the run if it keeps them; the rest of the plan goes. */
void hb_run_plan_close(struct hb_run *run, struct hb_plan *plan, bool keeps);

void hb_run_programs_free(struct hb_run_programs *programs);

#endif
