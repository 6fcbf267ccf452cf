/* run.c -- the parent's side of a tour's worker. */
#include "harness/tour/run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/installed.h"
#include "harness/passes/preload.h"
#include "harness/tour/job.h"

const char *tour_obstacle(const struct tour_claim *claim, enum tour_kind kind) {
#ifdef HB_SANITIZED
    if (kind == TOUR_LIBC)
        return "this build's sanitizer stands in for the C library's malloc";
#endif
    return claim->suits && !claim->suits(kind) ? claim->only : NULL;
}

static bool worker_find(char *path) {
    int length = snprintf(path, PATH_MAX, "%s/heapbench-tour", hb_program_folder());
    if (length >= 0 && length < PATH_MAX && access(path, X_OK) == 0)
        return true;
    return hb_installed_path(HB_INSTALLED_TOOLS, "heapbench-tour", path, PATH_MAX);
}

/* In the child, between fork and exec. */
__attribute__((noreturn)) static void worker_exec(const char *path, int file,
                                                  struct hb_preload *preload) {
    static char name[] = "heapbench-tour";
    char *const arguments[] = {name, NULL};
    char *const environment[] = {preload->variable[0] ? preload->variable : NULL, NULL};
    signal(SIGINT, SIG_DFL);
    personality(ADDR_NO_RANDOMIZE);
    if (preload->said >= 0)
        dup2(preload->said, STDERR_FILENO);
    int high = fcntl(file, F_DUPFD, TOUR_JOB_FD + 1);
    if (dup2(high, TOUR_JOB_FD) == TOUR_JOB_FD && close_range(TOUR_JOB_FD + 1, ~0U, 0) == 0)
        execve(path, arguments, environment);
    _exit(127);
}

static int worker_wait(pid_t pid) {
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        kill(pid, SIGKILL); /* only a caught Ctrl-C interrupts */
    return status;
}

static bool judge(const struct tour_job *job, int status, char *error) {
    const char *what = job->facts.message;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && job->facts.is_whole)
        return true;
    if (what[0])
        snprintf(error, TOUR_ERROR_MAX, "%s", what);
    else if (WIFSIGNALED(status))
        snprintf(error, TOUR_ERROR_MAX, "the tour's worker was ended by signal %d (%s)",
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(error, TOUR_ERROR_MAX, "the tour's worker ended with status %d",
                 WEXITSTATUS(status));
    return false;
}

static struct tour_job *job_open(int *file) {
    *file = memfd_create("heapbench-tour", MFD_CLOEXEC);
    if (*file < 0 || ftruncate(*file, sizeof(struct tour_job)) != 0)
        return NULL;
    struct tour_job *job = mmap(NULL, sizeof *job, PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0);
    return job == MAP_FAILED ? NULL : job;
}

static pid_t worker_start(const char *path, int file, struct hb_preload *preload) {
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        worker_exec(path, file, preload);
    return pid;
}

bool tour_run(const struct tour_claim *claim, const struct hb_spec *spec, struct tour_facts *facts,
              char *error) {
    char path[PATH_MAX];
    struct hb_preload preload;
    int file = -1;
    bool succeeded = false;
    if (!worker_find(path)) {
        snprintf(error, TOUR_ERROR_MAX,
                 "heapbench-tour is neither beside heapbench nor in libexec/heapbench: build or "
                 "install heapbench again");
        return false;
    }
    if (!hb_preload_open(&preload, spec ? spec->library : "", error, TOUR_ERROR_MAX))
        return false;
    struct tour_job *job = job_open(&file);
    if (job) {
        job->version = TOUR_JOB_VERSION;
        snprintf(job->claim, sizeof job->claim, "%s", claim->name);
        snprintf(job->spec, sizeof job->spec, "%s", spec ? spec->canonical : "");
    }
    pid_t pid = job ? worker_start(path, file, &preload) : -1;
    if (pid > 0)
        succeeded = judge(job, worker_wait(pid), error);
    else
        snprintf(error, TOUR_ERROR_MAX, "a worker could not be started: %s", strerror(errno));
    if (succeeded)
        *facts = job->facts;
    else
        hb_preload_explain(&preload, error, TOUR_ERROR_MAX);
    if (job)
        munmap(job, sizeof *job);
    if (file >= 0)
        close(file);
    hb_preload_close(&preload);
    return succeeded;
}
