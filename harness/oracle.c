/* oracle.c -- a command that is asked, again and again, whether it still does what it did. */
#include "harness/oracle.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/passes/spawn.h"

enum { LOOK_MS = 500 };

static const uint64_t ns_per_ms = 1000000;

uint64_t hb_oracle_now(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The command with the file's name for each {}. NULL if memory ran out. */
static char *line_make(const char *command, const char *file) {
    size_t room = strlen(command) + 1;
    char *line, *end;

    for (const char *at = command; (at = strstr(at, "{}")) != NULL; at += 2)
        room += strlen(file);
    line = end = malloc(room);
    while (line != NULL && *command != '\0')
        if (strncmp(command, "{}", 2) == 0) {
            end = stpcpy(end, file);
            command += 2;
        } else
            *end++ = *command++;
    if (line != NULL)
        *end = '\0';
    return line;
}

bool hb_oracle_open(struct hb_oracle *oracle, char *error, size_t size) {
    const char *place = getenv("TMPDIR");

    oracle->line = NULL;
    if (place == NULL || place[0] == '\0')
        place = "/tmp";
    if (snprintf(oracle->folder, sizeof oracle->folder, "%s/heapbench-shrink-XXXXXX", place) >=
            (int)(sizeof oracle->folder - sizeof "/candidate.hbt") ||
        mkdtemp(oracle->folder) == NULL) {
        snprintf(error, size, "cannot make a folder in %.200s: %s", place, strerror(errno));
        oracle->folder[0] = '\0';
        return false;
    }
    strcpy(stpcpy(oracle->file, oracle->folder), "/candidate.hbt");
    oracle->line = line_make(oracle->command, oracle->file);
    if (oracle->line == NULL) {
        snprintf(error, size, "out of memory");
        hb_oracle_close(oracle);
        return false;
    }
    return true;
}

void hb_oracle_close(struct hb_oracle *oracle) {
    if (oracle->folder[0] == '\0')
        return;
    unlink(oracle->file);
    rmdir(oracle->folder);
    oracle->folder[0] = '\0';
    free(oracle->line);
    oracle->line = NULL;
}

/* In the child: only calls that are safe between fork and exec. */
static void child_run(const struct hb_oracle *oracle, bool is_heard) {
    int nothing = open("/dev/null", O_RDWR);

    setpgid(0, 0);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    if (!is_heard)
        dup2(nothing, STDERR_FILENO);
    close(nothing);
    execl("/bin/sh", "sh", "-c", oracle->line, (char *)NULL);
    _exit(127);
}

/* How long to sleep before the next look; 0: the time is over. */
static int look_ms(const struct hb_oracle *oracle, uint64_t start, bool *has_time) {
    uint64_t now = hb_oracle_now(), left = LOOK_MS * ns_per_ms;

    *has_time = !hb_interrupted() && (oracle->deadline_ns == 0 || now < oracle->deadline_ns);
    if (!*has_time || (oracle->timeout_ns != 0 && now - start >= oracle->timeout_ns))
        return 0;
    if (oracle->deadline_ns != 0 && oracle->deadline_ns - now < left)
        left = oracle->deadline_ns - now;
    if (oracle->timeout_ns != 0 && oracle->timeout_ns - (now - start) < left)
        left = oracle->timeout_ns - (now - start);
    return (int)(left / ns_per_ms) + 1;
}

/* Wait for the child, and end it if it takes too long. */
static void child_await(const struct hb_oracle *oracle, pid_t child,
                        struct hb_oracle_answer *answer) {
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN};
    uint64_t start = hb_oracle_now();
    int wait_ms, status = 0;

    answer->is_ended = false;
    while (!answer->is_ended && (wait_ms = look_ms(oracle, start, &answer->has_time)) > 0)
        answer->is_ended = poll(&end, 1, end.fd < 0 ? 1 : wait_ms) == 1 ||
                           (end.fd < 0 && waitpid(child, &status, WNOHANG | WNOWAIT) == child);
    kill(-child, SIGKILL); /* also what it left behind */
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (end.fd >= 0)
        close(end.fd);
    answer->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    answer->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

bool hb_oracle_ask(const struct hb_oracle *oracle, bool is_heard, struct hb_oracle_answer *answer) {
    pid_t child;

    setenv("HEAPBENCH_TRACE", oracle->file, 1);
    fflush(NULL);
    child = fork();
    if (child == 0)
        child_run(oracle, is_heard);
    if (child < 0)
        return false;
    setpgid(child, child);
    child_await(oracle, child, answer);
    return true;
}
