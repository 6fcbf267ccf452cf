/* trace.h -- pictures of a trace by itself: no allocator has a part in them. */
#ifndef HB_PLOT_TRACE_H
#define HB_PLOT_TRACE_H

#include "harness/plot/sheet.h"
#include "workloads/trace_profile.h"

struct hb_plot_trace {
    const char *name; /* of the trace, in titles and names of files */
    const struct hb_trace_info *info;
    const struct hb_trace_profile *profile;
};

/* Requests, and the bytes they ask for, by size: two panels of bars. */
enum hb_plot_status hb_plot_trace_sizes(const struct hb_plots *plots,
                                        const struct hb_plot_trace *trace, char *error);

/* Freed objects by lifetime in births, operations, bytes: three panels of bars. */
enum hb_plot_status hb_plot_trace_lifetimes(const struct hb_plots *plots,
                                            const struct hb_plot_trace *trace, char *error);

/* Live bytes over the operations, and of each of several threads: a panel each. */
enum hb_plot_status hb_plot_trace_live(const struct hb_plots *plots,
                                       const struct hb_plot_trace *trace, char *error);

/* KIND-NAME, safe as a file's name. */
void hb_plot_trace_file_name(const struct hb_plot_trace *trace, const char *kind, char *text,
                             size_t size);

/* The line under the picture: what of which trace. */
void hb_plot_trace_caption(struct hb_plot_sheet *sheet, const struct hb_plot_trace *trace,
                           const char *what);

#endif
