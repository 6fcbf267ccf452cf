/* run_core.h -- where the workers of `heapbench run` run. */
#ifndef HB_RUN_CORE_H
#define HB_RUN_CORE_H

#include "harness/measure/core.h"
#include "harness/run_options.h"

/* The value of --cpu. HB_EXIT_OK, or HB_EXIT_USAGE after one line on stderr. */
int hb_run_cpu_parse(struct hb_run_options *options, const char *text);

/* Choose the core, watching the load first if anything is timed, and leave it to the workers. */
void hb_run_core_choose(const struct hb_run_options *options, struct hb_core *core);

/* Say once on stderr what disturbs there. */
void hb_run_core_warn(const struct hb_core *core);

/* What a worker may have, in bytes: --mem-limit, or 80% of the memory that it can get. */
uint64_t hb_run_core_memory_limit(const struct hb_run_options *options, const struct hb_core *core);

#endif
