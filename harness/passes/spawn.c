#include "harness/measure/clock.h"
#include "harness/passes/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/installed.h"
#include "harness/passes/feed.h"
#include "harness/worker/map.h"

enum { TICK_MS = 500, ERROR_BYTES = 512, HIGH_FD = 16 };

static volatile sig_atomic_t caught_signal;

static void catch_signal(int number) {
    caught_signal = number;
}

void hb_interrupt_catch(void) {
    struct sigaction action = {.sa_handler = catch_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

int hb_interrupted(void) {
    return caught_signal;
}

void hb_job_init(struct job *job, enum job_pass pass, const char *spec) {
    *job = (struct job){.version = JOB_VERSION, .pass = pass, .core = {.cpu = -1, .node = -1}};
    snprintf(job->spec, sizeof job->spec, "%s", spec);
}

/* The build folder's worker, or the installed one's. */
static bool worker_path(char *path, size_t size) {
    int length = snprintf(path, size, "%s/heapbench-worker", hb_program_folder());
    if (length >= 0 && (size_t)length < size && access(path, X_OK) == 0)
        return true;
    return hb_installed_path(HB_INSTALLED_TOOLS, "heapbench-worker", path, size);
}

/* Put the files in their places, by places that none of them has. Closes all others. */
static bool child_place_files(const struct hb_launch *launch) {
    int high[HB_LAUNCH_FILES];
    for (int i = 0; i < launch->file_count; i++)
        high[i] = fcntl(launch->files[i], F_DUPFD, HIGH_FD);
    for (int i = 0; i < launch->file_count; i++)
        if (dup2(high[i], JOB_FD + i) < 0)
            return false;
    return close_range((unsigned)(JOB_FD + launch->file_count), ~0U, 0) == 0;
}

/* In the child, between fork and exec: only async-signal-safe calls. */
__attribute__((noreturn)) static void child_exec(struct hb_launch *launch, struct job_page *page,
                                                 pid_t parent) {
    char name[] = "heapbench-worker";
    char *const plain[] = {name, NULL};
    struct hb_preload *preload = &launch->preload;
    char *const environment[] = {preload->variable[0] ? preload->variable : NULL, NULL};
    char *const *arguments = launch->wrapper ? launch->wrapper->arguments : plain;
    signal(SIGINT, SIG_DFL);
    personality(ADDR_NO_RANDOMIZE);
    if (!hb_core_enter(&page->job.core, page->job.is_pinned)) {
        static const char refused[] = "the worker could not be bound to its CPU or its memory";
        memcpy(page->report.message, refused, sizeof refused);
        _exit(127);
    }
    if (!hb_thp_enter(&page->job.thp)) {
        static const char refused[] = "the worker's huge pages could not be set";
        memcpy(page->report.message, refused, sizeof refused);
        _exit(127);
    }
    if (preload->said >= 0)
        dup2(preload->said, STDERR_FILENO);
    if (getppid() == parent && child_place_files(launch))
        execve(launch->wrapper ? arguments[0] : launch->path, arguments, environment);
    _exit(127);
}

bool hb_worker_is_overdue(const struct hb_worker *worker) {
    return hb_monotonic_ns() >= worker->deadline_ns;
}

/* Wait for the worker, awake at most twice a second; kill it when interrupted or overdue. Returns
 * its wait status. */
static int worker_wait(const struct hb_worker *worker) {
    pid_t pid = worker->pid;
    struct pollfd poll_fd = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
    int status = 0;
    if (caught_signal)
        kill(pid, SIGKILL);
    while (poll_fd.fd >= 0 && poll(&poll_fd, 1, TICK_MS) <= 0) {
        if (caught_signal || hb_worker_is_overdue(worker))
            kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        if (caught_signal)
            kill(pid, SIGKILL);
    if (poll_fd.fd >= 0)
        close(poll_fd.fd);
    return status;
}

static bool judge(const struct hb_worker *worker, int status, char *error) {
    const struct job_page *page = worker->page;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && page->report.is_whole)
        return true;
    if (caught_signal)
        snprintf(error, ERROR_BYTES, "interrupted");
    else if (hb_worker_is_overdue(worker))
        snprintf(error, ERROR_BYTES,
                 "no end after %llu s: it hangs, or wants a longer --timeout=SECONDS",
                 (unsigned long long)page->job.timeout_s);
    else if (page->report.message[0])
        snprintf(error, ERROR_BYTES, "%s", page->report.message);
    else if (WIFSIGNALED(status))
        snprintf(error, ERROR_BYTES, "the worker was ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(error, ERROR_BYTES, "the worker ended with status %d", WEXITSTATUS(status));
    return false;
}

/* Of the raster, its head is given. */
static struct job_page *job_open(const struct job *job, const struct map_raster *raster,
                                 int *file) {
    *file = memfd_create("heapbench-job", MFD_CLOEXEC);
    size_t bytes = sizeof(struct job_page) + job->raster_bytes;
    if (*file < 0 || ftruncate(*file, (off_t)bytes) != 0)
        return NULL;
    struct job_page *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0);
    if (page == MAP_FAILED)
        return NULL;
    page->job = *job;
    if (job->raster_bytes)
        *(struct map_raster *)job_raster(page) = *raster;
    return page;
}

static bool launch_open(struct hb_launch *launch, const struct hb_wrapper *wrapper, int program,
                        char *error) {
    *launch = (struct hb_launch){.wrapper = wrapper, .files = {-1, program}, .file_count = 2};
    if (!worker_path(launch->path, sizeof launch->path)) {
        snprintf(error, ERROR_BYTES,
                 "heapbench-worker is neither beside heapbench nor in "
                 "libexec/heapbench: build or install heapbench again");
        return false;
    }
    for (int i = 0; wrapper && i < HB_WRAPPER_FILES; i++)
        launch->files[launch->file_count++] = wrapper->files[i];
    if (wrapper)
        launch->files[launch->file_count++] = open(launch->path, O_RDONLY | O_CLOEXEC);
    return true;
}

static void worker_close(struct hb_worker *worker) {
    if (worker->page)
        munmap(worker->page, worker->page_bytes);
    if (worker->launch.files[0] >= 0)
        close(worker->launch.files[0]);
    hb_preload_close(&worker->launch.preload);
}

static bool worker_fork(struct hb_worker *worker, const struct job *job, char *error) {
    struct hb_launch *launch = &worker->launch;
    if (caught_signal) {
        snprintf(error, ERROR_BYTES, "interrupted");
        return false;
    }
    if (!hb_preload_open(&launch->preload, job->library, error, ERROR_BYTES))
        return false;
    worker->page_bytes = sizeof *worker->page + job->raster_bytes;
    worker->page = job_open(job, worker->raster, &launch->files[0]);
    worker->deadline_ns =
        job->timeout_s ? hb_monotonic_ns() + job->timeout_s * 1000000000u : UINT64_MAX;
    pid_t parent = getpid();
    worker->pid = worker->page ? fork() : -1;
    if (worker->pid == 0)
        child_exec(launch, worker->page, parent);
    if (worker->pid > 0 && worker->feed && !hb_feed_start(worker->feed, worker->page))
        kill(worker->pid, SIGKILL);
    if (worker->pid > 0)
        return true;
    snprintf(error, ERROR_BYTES, "a worker could not be started: %s", strerror(errno));
    worker_close(worker);
    return false;
}

static bool worker_start(struct hb_worker *worker, const struct job *job,
                         const struct hb_program *program, struct map_raster *raster, char *error) {
    int file = program->file;
    worker->feed = NULL;
    worker->raster = raster;
    if (program->is_streamed) {
        worker->feed = hb_feed_open(program, error);
        if (!worker->feed)
            return false;
        file = hb_feed_file(worker->feed);
    }
    if (launch_open(&worker->launch, NULL, file, error) && worker_fork(worker, job, error))
        return true;
    if (worker->feed)
        hb_feed_close(worker->feed);
    return false;
}

bool hb_worker_start(struct hb_worker *worker, const struct job *job,
                     const struct hb_program *program, char *error) {
    return worker_start(worker, job, program, NULL, error);
}

bool hb_worker_has_ended(const struct hb_worker *worker) {
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)worker->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           info.si_pid == worker->pid;
}

bool hb_worker_finish(struct hb_worker *worker, struct report *report, char *error) {
    bool succeeded = judge(worker, worker_wait(worker), error);
    if (!succeeded && !caught_signal)
        hb_preload_explain(&worker->launch.preload, error, ERROR_BYTES);
    *report = worker->page->report;
    if (worker->raster)
        memcpy(worker->raster, job_raster(worker->page), worker->page_bytes - sizeof *worker->page);
    if (worker->feed)
        hb_feed_stop(worker->feed);
    worker_close(worker);
    if (worker->feed)
        hb_feed_close(worker->feed);
    return succeeded;
}

bool hb_worker_run(const struct job *job, const struct hb_program *program, struct report *report,
                   char *error) {
    struct hb_worker worker;
    return hb_worker_start(&worker, job, program, error) &&
           hb_worker_finish(&worker, report, error);
}

bool hb_worker_run_raster(const struct job *job, const struct hb_program *program,
                          struct report *report, struct map_raster *raster, char *error) {
    struct hb_worker worker;
    return worker_start(&worker, job, program, raster, error) &&
           hb_worker_finish(&worker, report, error);
}

bool hb_worker_run_wrapped(const struct job *job, const struct hb_program *program,
                           struct report *report, const struct hb_wrapper *wrapper, char *error) {
    struct hb_worker worker = {0};
    if (!launch_open(&worker.launch, wrapper, program->file, error))
        return false;
    int executable = worker.launch.files[worker.launch.file_count - 1];
    bool succeeded = worker_fork(&worker, job, error) && hb_worker_finish(&worker, report, error);
    close(executable);
    return succeeded;
}
