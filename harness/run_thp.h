/* run_thp.h -- the transparent huge pages that `heapbench run` is asked to measure with. */
#ifndef HB_RUN_THP_H
#define HB_RUN_THP_H

#include "harness/run_options.h"

/* The value of --thp: a list. What the machine refuses is said in one line each and left out.
 * Returns HB_EXIT_OK, or HB_EXIT_USAGE after one line on stderr: a word that is none, or all
 * refused. */
int hb_run_thp_parse(struct hb_run_options *options, const char *text);

/* Without --thp: as the system has it. */
void hb_run_thp_default(struct hb_run_options *options);

#endif
