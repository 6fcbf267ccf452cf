/* command.h -- the command line that measures again what results tell of. */
#ifndef HB_REPORT_COMMAND_H
#define HB_REPORT_COMMAND_H

#include "harness/results/results.h"

/* Write `heapbench run …` for the results of one run, fit for a shell. */
void hb_report_command(FILE *file, const struct hb_result *results, size_t count,
                       const char *run_id);

#endif
