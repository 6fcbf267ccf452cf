/* run_counters.h -- what the cache pass of `heapbench run` counts with. */
#ifndef HB_RUN_COUNTERS_H
#define HB_RUN_COUNTERS_H

#include "harness/passes/cache.h"
#include "harness/run_options.h"

/* The values of --counters and --cache. HB_EXIT_OK, or HB_EXIT_USAGE after one line on stderr. */
int hb_run_counters_parse(struct hb_run_options *options, const char *text);
int hb_run_caches_parse(struct hb_run_options *options, const char *text);

/* Find out what this machine can do of it; what it cannot is said once on stderr. */
void hb_run_counters_choose(const struct hb_run_options *options, struct hb_cache_setup *setup);

#endif
