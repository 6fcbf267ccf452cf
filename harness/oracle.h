/* oracle.h -- a command that is asked, again and again, whether it still does what it did. */
#ifndef HB_ORACLE_H
#define HB_ORACLE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hb_oracle {
    const char *command;   /* for sh -c */
    uint64_t timeout_ns;   /* for each run; 0: none */
    uint64_t deadline_ns;  /* of CLOCK_MONOTONIC, for all; 0: none */
    char folder[PATH_MAX]; /* its own, with one file in it: */
    char file[PATH_MAX];   /* what stands for {} in the command, and in $HEAPBENCH_TRACE */
    char *line;            /* the command with the file's name in it */
};

/* What came of a run. */
struct hb_oracle_answer {
    bool is_ended;      /* by itself; else too slow, past the deadline or interrupted */
    bool has_time;      /* false: past the deadline, or interrupted */
    int status, signal; /* how it ended: exit status, or the signal that killed it, or 0 */
};

/* Make its folder and line. Returns false with one line in error, of size bytes. */
bool hb_oracle_open(struct hb_oracle *oracle, char *error, size_t size);

/* Run the command with nothing to read, and its output thrown away unless is_heard, which lets its
 * stderr through. It runs in a process group of its own, all of which is killed if it does not end.
 * False if it could not be started. */
bool hb_oracle_ask(const struct hb_oracle *oracle, bool is_heard, struct hb_oracle_answer *answer);

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t hb_oracle_now(void);

/* Remove the folder and the file. */
void hb_oracle_close(struct hb_oracle *oracle);

#endif
