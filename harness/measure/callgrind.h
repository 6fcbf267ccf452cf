/* callgrind.h -- a worker under valgrind's callgrind, which counts instructions and simulates two
 * levels of cache: how it is called and what it answers. */
#ifndef HB_CALLGRIND_H
#define HB_CALLGRIND_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/measure/geometry.h"

enum { HB_CALLGRIND_ERROR_MAX = 512, HB_CALLGRIND_ARGUMENTS = 12 };

struct hb_callgrind {
    char program[PATH_MAX]; /* valgrind's path, "" if there is none */
    char caches[3][64];
    const char *arguments[HB_CALLGRIND_ARGUMENTS]; /* NULL-terminated; they point in here */
};

/* The replay's counts; misses are of data, reads and writes together. */
struct hb_callgrind_counts {
    uint64_t instructions, l1d_misses, llc_misses;
};

/* Find valgrind in PATH. */
bool hb_callgrind_find(struct hb_callgrind *callgrind);

/* The arguments that run command with those caches; counts go to file out, talk to file log. */
void hb_callgrind_arrange(struct hb_callgrind *callgrind, const struct hb_geometry *geometry,
                          const char *out, const char *log, const char *command);

/* Read what callgrind wrote. False, with one line in error, if it is damaged or lacks counts. */
bool hb_callgrind_read(FILE *file, struct hb_callgrind_counts *counts, char *error);

#endif
