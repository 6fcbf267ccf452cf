/* trace_unfinished.c -- the few files that are being written, and the handler that removes them. */
#include "workloads/trace_unfinished.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "workloads/trace.h"

/* Files at once of which a signal knows; no command writes more than one. */
enum { FILES_MAX = 8 };

static const char *_Atomic unfinished[FILES_MAX];
static pid_t owner; /* a child that has not yet replaced itself removes nothing */

static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNALS = sizeof ending_signals / sizeof *ending_signals };

/* The signal is back at its default: raised again, it ends the program when this returns. */
static void end_by(int number) {
    for (int i = 0; i < FILES_MAX && owner == getpid(); i++) {
        const char *path = atomic_load(&unfinished[i]);
        if (path != NULL)
            unlink(path);
    }
    raise(number);
}

void hb_trace_catch_signals(void) {
    struct sigaction action = {.sa_handler = end_by, .sa_flags = (int)SA_RESETHAND}, before;

    owner = getpid();
    for (int i = 0; i < SIGNALS; i++)
        sigaddset(&action.sa_mask, ending_signals[i]);
    for (int i = 0; i < SIGNALS; i++)
        if (sigaction(ending_signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(ending_signals[i], &action, NULL);
}

static void unfinished_add(const char *path) {
    for (int i = 0; i < FILES_MAX; i++) {
        const char *none = NULL;
        if (atomic_compare_exchange_strong(&unfinished[i], &none, path))
            return;
    }
}

/* No signal comes between the file and its entry. */
int trace_unfinished_make(const char *path) {
    sigset_t ending, before;
    int fd;

    sigemptyset(&ending);
    for (int i = 0; i < SIGNALS; i++)
        sigaddset(&ending, ending_signals[i]);
    pthread_sigmask(SIG_BLOCK, &ending, &before);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0)
        unfinished_add(path);
    pthread_sigmask(SIG_SETMASK, &before, NULL); /* changes no errno */
    return fd;
}

void trace_unfinished_forget(const char *path) {
    for (int i = 0; i < FILES_MAX; i++) {
        const char *same = path;
        atomic_compare_exchange_strong(&unfinished[i], &same, NULL);
    }
}
