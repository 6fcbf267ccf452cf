/* run_lists.h -- the lists that `heapbench run` takes, items separated by commas; `\,` is a comma
 * in an item. Each parses text into its part of options and returns HB_EXIT_OK, or HB_EXIT_USAGE
 * after one line on stderr.
 */
#ifndef HB_RUN_LISTS_H
#define HB_RUN_LISTS_H

#include "harness/run_options.h"

/* Add allocators: specs of ours, names and paths of others; `all` is ours that free and those of
 * others that are installed. */
int hb_run_alloc_parse(struct hb_run_options *options, const char *text);

/* Add traces: names of bundled ones, or paths. */
int hb_run_trace_parse(struct hb_run_options *options, const char *text);

/* Set the baseline: a spec, or none. */
int hb_run_baseline_parse(struct hb_run_options *options, const char *text);

/* Set the modes, by name. */
int hb_run_modes_parse(struct hb_run_options *options, const char *text);

/* Set the numbers of threads. */
int hb_run_threads_parse(struct hb_run_options *options, const char *text);

/* Set the passes, by name. */
int hb_run_passes_parse(struct hb_run_options *options, const char *text);

#endif
