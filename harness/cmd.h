/* cmd.h -- what the subcommands of heapbench share. */
#ifndef HB_CMD_H
#define HB_CMD_H

#include <stdbool.h>
#include <stddef.h>

enum { HB_EXIT_OK = 0, HB_EXIT_FAILED = 1, HB_EXIT_USAGE = 2 };

/* Each subcommand takes the command line from its own name on, prints results on stdout and talk on
 * stderr, and returns the exit status: 0 ok, 1 a measurement or check failed, 2 usage or bad input.
 */
int hb_cmd_run(int argc, char **argv);
int hb_cmd_list(int argc, char **argv);
int hb_cmd_record(int argc, char **argv);
int hb_cmd_import(int argc, char **argv);
int hb_cmd_generate(int argc, char **argv);
int hb_cmd_trace(int argc, char **argv);
int hb_cmd_summary(int argc, char **argv);
int hb_cmd_diff(int argc, char **argv);
int hb_cmd_plot(int argc, char **argv);
int hb_cmd_report(int argc, char **argv);
int hb_cmd_map(int argc, char **argv);
int hb_cmd_doctor(int argc, char **argv);
int hb_cmd_reproduce(int argc, char **argv);
int hb_cmd_adversary(int argc, char **argv);
int hb_cmd_tour(int argc, char **argv);

/* Print "heapbench: " and the message, one line, on stderr. Returns HB_EXIT_USAGE. */
int hb_usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Same, for what was asked rightly and failed. Returns HB_EXIT_FAILED. */
int hb_failure(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Write the names nearest to a mistyped one (by edit distance), at most three, "a, b, c", best
 * first, into text of size bytes; all names if none is near. */
void hb_nearest_names(const char *name, const char *const *known, size_t known_count, char *text,
                      size_t size);

/* Can so many bytes be written in folder? False only if there is no room; whatever else stands in
 * the way shows when it is used. */
bool hb_has_room(const char *folder, size_t bytes);

/* Folder of the running executable, without a trailing slash; "" if unknown. */
const char *hb_program_folder(void);

/* Write the path of rest, seen from the folder so many levels above that of the executable. Returns
 * false if there is no such folder, or size is too small. */
bool hb_program_path(int levels, const char *rest, char *path, size_t size);

/* Find a trace by name: an item with a '/' is a path; else NAME.hbt is looked up in
 * $HEAPBENCH_TRACES, then among those that are installed with the program, or if it is not
 * installed, in the source tree's workloads/traces that it was built from, then, as a tree may have
 * been moved after the build, in ../../workloads/traces. Writes the path; false if there is none.
 */
bool hb_find_trace(const char *name, char *path, size_t size);

/* The folders in which bundled traces are looked for, "A, B, C". */
const char *hb_trace_places(void);

/* The names of all bundled traces, sorted, NULL-terminated; the caller frees each and the array. */
char **hb_trace_names(void);

#endif
