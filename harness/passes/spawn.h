/* spawn.h -- run one worker: a fresh process for one pass of one cell. */
#ifndef HB_SPAWN_H
#define HB_SPAWN_H

#include <stdbool.h>

#include "harness/passes/program.h"
#include "harness/worker/job.h"

/* Fill in job's defaults: no touching, any CPU, no limit. */
void hb_job_init(struct job *job, enum job_pass pass, const char *spec);

/* A program that runs the worker: its path and arguments, NULL-terminated, the same for every
 * worker. It finds the worker as HB_WRAPPED_WORKER and the files, by their places, as
 * /proc/self/fd/5, 6, so that no name's length differs. */
#define HB_WRAPPED_WORKER "/proc/self/fd/7"
enum { HB_WRAPPER_FILES = 2 };

struct hb_wrapper {
    char *const *arguments;
    int files[HB_WRAPPER_FILES];
};

/* Run the job on the program and copy the report. False, with one line in error (512 bytes), if the
 * worker failed, crashed or was interrupted; report->message is then in error. */
bool hb_worker_run(const struct job *job, const struct hb_program *program, struct report *report,
                   char *error);

/* The same, run by a wrapper. */
bool hb_worker_run_wrapped(const struct job *job, const struct hb_program *program,
                           struct report *report, const struct hb_wrapper *wrapper, char *error);

/* Make Ctrl-C, SIGTERM and SIGHUP end the running worker and every later hb_worker_run. */
void hb_interrupt_catch(void);

/* The signal that was caught, or 0. */
int hb_interrupted(void);

#endif
