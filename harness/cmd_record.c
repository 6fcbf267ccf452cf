/* cmd_record.c -- heapbench record: run a command with the recorder in it. */
#include "harness/cmd.h"
#include "harness/cmd_options.h"
#include "harness/record.h"
#include "harness/installed.h"
#include "workloads/recorder/recordable.h"
#include "workloads/recorder/settings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECORD_LIBRARY       "libheapbench-record.so"
#define RECORD_LIBRARY_SITES "libheapbench-record-callsite.so"

static const char help[] =
    "usage: heapbench record [-o FILE] [--children] [--times] [--callsite] -- COMMAND [ARGUMENT "
    "…]\n"
    "\n"
    "Run COMMAND and record its allocation calls as a trace.\n"
    "\n"
    "  -o, --output=FILE  write the trace to FILE (default: the command's name with .hbt)\n"
    "      --children     record its child processes too, each to FILE's stem.PID.hbt\n"
    "      --times        keep the time of each operation, not only of each 1024th\n"
    "      --callsite     keep where each object is asked for: the call's module and offset\n"
    "  -h, --help         show this\n"
    "\n"
    "A file that exists is never overwritten. Without --children only the process that is started\n"
    "is recorded; if it replaces itself (exec), its last program is. Raw data is kept in $TMPDIR, "
    "or\n"
    "beside FILE, until the command has ended: 8 bytes a call, 8 more where its site changes.\n";

static const struct option option_table[] = {
    {"output", required_argument, NULL, 'o'}, {"children", no_argument, NULL, 'c'},
    {"times", no_argument, NULL, 't'},        {"callsite", no_argument, NULL, 's'},
    {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
};

static int help_print(void) {
    fputs(help, stdout);
    return HB_EXIT_OK;
}

static int option_take(void *context, int option) {
    struct hb_record *record = context;
    if (option == 'o' && !optarg[0])
        return hb_usage_error("record: -o needs the name of a file");
    if (option == 'o')
        snprintf(record->output, sizeof record->output, "%s", optarg);
    record->has_children |= option == 'c';
    record->has_times |= option == 't';
    record->has_sites |= option == 's';
    return HB_EXIT_OK;
}

/* HB_GO_ON, or the exit status of the whole command. */
static int record_parse(struct hb_record *record, int argc, char **argv) {
    static const struct hb_cmd_options options = {"record", "+:o:h", option_table, help_print,
                                                  option_take};
    int status = hb_cmd_options_read(&options, record, argc, argv);
    if (status != HB_GO_ON)
        return status;
    record->command = argv + optind;
    if (!argv[optind])
        return hb_usage_error("record what? e.g. heapbench record -- ls -l");
    return HB_GO_ON;
}

static void record_name_output(struct hb_record *record) {
    if (record->output[0])
        return;
    const char *slash = strrchr(record->command[0], '/');
    snprintf(record->output, sizeof record->output, "%s.hbt",
             slash ? slash + 1 : record->command[0]);
}

/* With call sites it is a library of its own: without, there is nothing of them in the way. */
static const char *record_library(const struct hb_record *record) {
    return record->has_sites ? RECORD_LIBRARY_SITES : RECORD_LIBRARY;
}

static bool record_find_library(struct hb_record *record) {
    char path[PATH_MAX];
    const char *name = record_library(record);
    int length = snprintf(path, sizeof path, "%s/%s", hb_program_folder(), name);
    if (length < PATH_MAX && realpath(path, record->library))
        return true;
    return hb_installed_path(HB_INSTALLED_LIBS, name, record->library, sizeof record->library);
}

/* The folder for raw files has an absolute name: the command may change to another folder. */
static bool record_make_folder(struct hb_record *record) {
    char parent[PATH_MAX] = ".", found[PATH_MAX];
    const char *wanted = getenv("TMPDIR");
    const char *slash = strrchr(record->output, '/');
    if (wanted && *wanted)
        snprintf(parent, sizeof parent, "%s", wanted);
    else if (slash)
        snprintf(parent, sizeof parent, "%.*s", (int)(slash - record->output) + 1, record->output);
    if (!realpath(parent, found))
        return hb_failure("no folder %s to record in: %s", parent, strerror(errno)), false;
    if (snprintf(record->folder, HB_RECORD_FOLDER_BYTES, "%s/.heapbench-record-XXXXXX", found) >=
        HB_RECORD_FOLDER_BYTES)
        return hb_failure("the name of the folder %s is too long to record in; set TMPDIR", found),
               false;
    if (mkdtemp(record->folder))
        return true;
    if (errno == ENOSPC || errno == EDQUOT)
        hb_record_say_no_room(found);
    else
        hb_failure("cannot make a folder in %s: %s", found, strerror(errno));
    return false;
}

static void record_remove_folder(const struct hb_record *record) {
    DIR *directory = opendir(record->folder);
    if (!directory)
        return;
    for (const struct dirent *entry; (entry = readdir(directory));)
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    rmdir(record->folder);
}

/* Everything that can be refused is refused before the command runs. */
static int record_check(struct hb_record *record) {
    char error[HB_TRACE_ERROR_MAX];
    if (!hb_recordable(record->command[0], error))
        return hb_usage_error("%s", error);
    record_name_output(record);
    if (access(record->output, F_OK) == 0)
        return hb_usage_error("%s exists already; name another with -o, or remove it",
                              record->output);
    if (!record_find_library(record))
        return hb_failure("cannot find %s beside heapbench; build it, or install heapbench again",
                          record_library(record));
    if (strpbrk(record->library, " :"))
        return hb_failure("LD_PRELOAD cannot name %s: move it to a path without spaces and colons",
                          record->library);
    return HB_GO_ON;
}

static void record_set_environment(const struct hb_record *record) {
    const char *preloaded = getenv("LD_PRELOAD");
    size_t size = strlen(record->library) + (preloaded ? strlen(preloaded) : 0) + 2;
    char *preload = malloc(size), pid[24];
    if (!preload)
        return;
    bool has_more = preloaded && *preloaded;
    snprintf(preload, size, "%s%s%s", record->library, has_more ? ":" : "",
             has_more ? preloaded : "");
    setenv("LD_PRELOAD", preload, 1);
    setenv(HB_RECORD_ENV_FOLDER, record->folder, 1);
    /* Of one length, so that runs of the same command have environments of one size. */
    snprintf(pid, sizeof pid, "%010ld", record->has_children ? 0 : (long)getpid());
    setenv(HB_RECORD_ENV_PID, pid, 1);
    if (record->has_times)
        setenv(HB_RECORD_ENV_TIMES, "1", 1);
    free(preload);
}

static volatile sig_atomic_t running_pid;

/* What someone sent to us is meant for the command; what a terminal sends, it got itself. */
static void signal_forward(int number, siginfo_t *info, void *context) {
    (void)context;
    if (running_pid && info->si_code <= 0)
        kill((pid_t)running_pid, number);
}

static const int forwarded_signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
enum { FORWARDED_COUNT = sizeof forwarded_signals / sizeof *forwarded_signals };

/* Handlers become the default again at exec; a signal that was ignored stays ignored. */
static void signals_catch(void) {
    struct sigaction action = {.sa_sigaction = signal_forward, .sa_flags = SA_SIGINFO | SA_RESTART};
    for (size_t i = 0; i < FORWARDED_COUNT; i++) {
        struct sigaction before;
        sigaction(forwarded_signals[i], NULL, &before);
        if (before.sa_handler != SIG_IGN)
            sigaction(forwarded_signals[i], &action, NULL);
    }
}

static void record_exec(const struct hb_record *record, int report) {
    record_set_environment(record);
    execvp(record->command[0], record->command);
    int error = errno;
    ssize_t ignored = write(report, &error, sizeof error);
    (void)ignored;
    _exit(127);
}

/* Returns 0, or the errno of what failed. */
static int record_start(struct hb_record *record) {
    int report[2], error = 0;
    if (pipe2(report, O_CLOEXEC))
        return errno;
    signals_catch();
    record->pid = fork();
    if (record->pid < 0)
        error = errno;
    if (record->pid == 0)
        record_exec(record, report[1]);
    running_pid = record->pid > 0 ? record->pid : 0;
    close(report[1]);
    if (!error && read(report[0], &error, sizeof error) < 0)
        error = errno;
    close(report[0]);
    return error;
}

static void record_wait(struct hb_record *record) {
    while (waitpid(record->pid, &record->status, 0) < 0 && errno == EINTR)
        continue;
    running_pid = 0;
}

static void say_status(const struct hb_record *record) {
    if (WIFSIGNALED(record->status))
        hb_record_say("the command was ended by signal %d (%s)", WTERMSIG(record->status),
                      strsignal(WTERMSIG(record->status)));
    else if (WEXITSTATUS(record->status))
        hb_record_say("the command ended with status %d", WEXITSTATUS(record->status));
}

static int record_run(struct hb_record *record) {
    int error = record_start(record);
    if (record->pid > 0)
        record_wait(record);
    if (error)
        return hb_usage_error("cannot run %s: %s", record->command[0], strerror(error));
    say_status(record);
    return hb_record_merge(record);
}

int hb_cmd_record(int argc, char **argv) {
    static struct hb_record record;
    int status = record_parse(&record, argc, argv);
    if (status == HB_GO_ON)
        status = record_check(&record);
    if (status != HB_GO_ON)
        return status;
    if (!record_make_folder(&record))
        return HB_EXIT_FAILED;
    status = hb_has_room(record.folder, HB_RECORD_LOG_BYTES) ? record_run(&record)
                                                             : hb_record_say_no_room(record.folder);
    record_remove_folder(&record);
    return status;
}
