/* machine.h -- what a run was measured on, kept with its results as machine.json. */
#ifndef HB_MACHINE_H
#define HB_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct hb_core;

/* What is told of a run. */
struct hb_run_record {
    int argc; /* its command line */
    char **argv;
    const struct hb_core *core; /* where workers ran; NULL: none did */
    const char *interruption;   /* why it ended before its end; NULL: it did not */
};

/* Write one JSON object: topology, CPU, kernel, libc, transparent huge pages, governor, where
 * workers ran, the git revision of the build, compiler, command line and the date. What is not
 * known is null. */
bool hb_machine_write_json(FILE *file, const struct hb_run_record *record);

/* The git revision of the build. */
const char *hb_machine_revision(void);

/* Write the topology as hwloc's XML, which lstopo -i reads. */
bool hb_machine_write_topology(FILE *file);

/* The first line of a file of /proc or /sys, "" if it cannot be read. */
void hb_machine_line(const char *path, char *text, size_t size);

/* The choice in brackets of such a line, as of "always [madvise] never". */
void hb_machine_choice(const char *path, char *text, size_t size);

/* Name of the CPU as /proc/cpuinfo gives it, "" if unknown. */
void hb_machine_cpu_model(char *text, size_t size);

#endif
