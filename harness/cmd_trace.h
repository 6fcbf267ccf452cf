/* cmd_trace.h -- what the subcommands of `heapbench trace` share. */
#ifndef HB_CMD_TRACE_H
#define HB_CMD_TRACE_H

#include <stdbool.h>
#include <stddef.h>

/* Find a trace: a path (with a '/', or a file that ends in .hbt), the name of a bundled one, or a
 * generator's spec. Writes what hb_op_source_open takes; returns HB_EXIT_OK, or HB_EXIT_USAGE after
 * one line on stderr. */
int hb_trace_resolve(const char *name, char *path, size_t size);

/* Those that make new traces from old ones: print a line of the overview for each. */
void hb_trace_transforms_print(void);

/* Run the one that argv[0] names. Returns its exit status, -1 if there is none of that name. */
int hb_trace_transform_run(int argc, char **argv);

#endif
