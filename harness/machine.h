/* machine.h -- what a run was measured on, kept with its results as machine.json. */
#ifndef HB_MACHINE_H
#define HB_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Write one JSON object: topology, CPU, kernel, libc, transparent huge pages, governor, the git
 * revision of the build, compiler, command line and the date. What is not known is null. */
bool hb_machine_write_json(FILE *file, int argc, char **argv);

/* The first line of a file of /proc or /sys, "" if it cannot be read. */
void hb_machine_line(const char *path, char *text, size_t size);

/* The choice in brackets of such a line, as of "always [madvise] never". */
void hb_machine_choice(const char *path, char *text, size_t size);

/* Name of the CPU as /proc/cpuinfo gives it, "" if unknown. */
void hb_machine_cpu_model(char *text, size_t size);

#endif
