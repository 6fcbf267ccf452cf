/* trace_plots.h -- the pictures of `heapbench trace info --plot`. */
#ifndef HB_TRACE_PLOTS_H
#define HB_TRACE_PLOTS_H

#include "workloads/trace_report.h"

/* Draw all pictures of a trace into folder, which is made if it is not there. Returns HB_EXIT_OK,
 * or the exit status after one line on stderr. */
int hb_trace_plots_draw(const struct hb_trace_report *report, const char *folder);

#endif
