/* spawn.h -- run one worker: a fresh process for one pass of one cell. */
#ifndef HB_SPAWN_H
#define HB_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "harness/passes/preload.h"
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

enum { HB_LAUNCH_FILES = 3 + HB_WRAPPER_FILES, HB_WORKER_PATH_MAX = 4096 };

/* A worker that runs. */
struct hb_feed;
struct map_raster;

struct hb_worker {
    struct map_raster *raster; /* of a map, else NULL */
    size_t page_bytes;         /* with it */
    struct hb_feed *feed;      /* of a streamed program, else NULL */
    struct job_page *page;     /* its report, as far as it is */
    pid_t pid;
    uint64_t deadline_ns; /* of CLOCK_MONOTONIC, when it is ended; UINT64_MAX: never */
    struct hb_launch {
        char path[HB_WORKER_PATH_MAX]; /* of the worker */
        const struct hb_wrapper *wrapper;
        int files[HB_LAUNCH_FILES]; /* open in it from JOB_FD on */
        int file_count;
        struct hb_preload preload;
    } launch;
};

/* Start a worker for the job on the program. False with one line in error (512 bytes). */
bool hb_worker_start(struct hb_worker *worker, const struct job *job,
                     const struct hb_program *program, char *error);

/* Whether there is nothing to wait for. */
bool hb_worker_has_ended(const struct hb_worker *worker);

/* Whether its time is over: hb_worker_finish will end it. */
bool hb_worker_is_overdue(const struct hb_worker *worker);

/* Wait for a worker that was started, copy its report, free what it took. False, with one line in
 * error (512 bytes), if it failed, crashed, took longer than the job allows or was interrupted;
 * report->message is then in error. */
bool hb_worker_finish(struct hb_worker *worker, struct report *report, char *error);

/* Both at once. */
bool hb_worker_run(const struct job *job, const struct hb_program *program, struct report *report,
                   char *error);

/* The same, of a job with a raster (harness/worker/map.h), job->raster_bytes long: its head is
 * read, all of it filled. */
bool hb_worker_run_raster(const struct job *job, const struct hb_program *program,
                          struct report *report, struct map_raster *raster, char *error);

/* The same, run by a wrapper. */
bool hb_worker_run_wrapped(const struct job *job, const struct hb_program *program,
                           struct report *report, const struct hb_wrapper *wrapper, char *error);

/* Make Ctrl-C, SIGTERM and SIGHUP end the running worker and every later hb_worker_run. */
void hb_interrupt_catch(void);

/* The signal that was caught, or 0. */
int hb_interrupted(void);

#endif
