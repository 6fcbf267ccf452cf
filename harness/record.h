/* record.h -- what the parts of heapbench record share: running the command (cmd_record.c), and
 * merging what the recorder left (record_merge.c). */
#ifndef HB_RECORD_H
#define HB_RECORD_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "workloads/recorder/raw.h"
#include "workloads/trace.h"

enum { HB_RECORD_LOG_BYTES = RAW_HEADER_BYTES + RAW_RING_BYTES }; /* of one thread, at its start */

struct hb_record {
    char output[PATH_MAX];
    bool has_children, has_times, has_sites;
    char **command;
    char library[PATH_MAX];
    char folder[PATH_MAX]; /* of the raw files */
    pid_t pid;
    int status; /* the command's, as waitpid gives it */
};

/* One line on stderr, after the program's name. */
void hb_record_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* There is no space for the raw files in folder, which is one made for them or the one that it
 * stands in. Returns the exit status. */
int hb_record_say_no_room(const char *folder);

/* Merge the raw files of a command that has ended into traces, and tell. Returns the exit status.
 */
int hb_record_merge(const struct hb_record *record);

#endif
