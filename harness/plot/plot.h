/* plot.h -- results as pictures, drawn by gnuplot.
 *
 * Each picture is three kinds of files: NAME.tsv, what is drawn; NAME.gp, a script that draws it
 * (variables of this picture, then scripts/gnuplot/style.gp, then its template); and NAME.png,
 * NAME.svg. `gnuplot NAME.gp` beside the data draws it again. All are made in a hidden folder and
 * moved into place once whole. */
#ifndef HB_PLOT_H
#define HB_PLOT_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/results/blocks.h"

enum { HB_PLOT_NAME_MAX = 128, HB_PLOT_ERROR_MAX = 512 };

/* What to draw and where. */
struct hb_plots {
    struct hb_results_blocks blocks;
    const char *folder;
    const char *caption; /* the machine and the date */
    bool as_png, as_svg;
    bool over_bytes;          /* memory over the bytes requested so far, not over operations */
    int (*interrupted)(void); /* the signal that is to end the drawing, or 0; NULL: none can */
};

enum hb_plot_status {
    HB_PLOT_DRAWN,
    HB_PLOT_EMPTY,  /* nothing of it was measured; error says what is missing */
    HB_PLOT_FAILED, /* error says why */
    HB_PLOT_STOPPED /* the same, and the next picture would fail of it, too */
};

/* Time: warm ns per op, a bar per allocator with its interval, a panel per trace. */
enum hb_plot_status hb_plot_time(const struct hb_plots *plots, char *error);

/* Memory over one trace: live, footprint, resident, a panel per allocator on shared axes. */
enum hb_plot_status hb_plot_memory(const struct hb_plots *plots, size_t block, char *error);

/* Whether any row has a series of free blocks: an extra that few results have. */
bool hb_plot_has_free_series(const struct hb_results_block *block);

/* Free blocks by size over one trace, a panel per allocator on shared axes. */
enum hb_plot_status hb_plot_free_series(const struct hb_plots *plots, size_t block, char *error);

/* Free blocks by size at the peak of the footprint, a panel per allocator on shared axes. */
enum hb_plot_status hb_plot_free_sizes(const struct hb_plots *plots, size_t block, char *error);

/* Resident memory against time, a point per allocator, a panel per trace. */
enum hb_plot_status hb_plot_frag_time(const struct hb_plots *plots, char *error);

/* Cache misses of both levels, bars per allocator, a panel per trace. */
enum hb_plot_status hb_plot_cache(const struct hb_plots *plots, char *error);

/* The same of simulations beside the processor's counters, where there are any. */
bool hb_plot_has_cache_sim(const struct hb_plots *plots);
enum hb_plot_status hb_plot_cache_sim(const struct hb_plots *plots, char *error);

/* Tails of latency: a line per allocator, panels of malloc and of free. */
enum hb_plot_status hb_plot_latency(const struct hb_plots *plots, char *error);

/* Was any latency measured? The pass is not run unless asked for. */
bool hb_plot_has_latency(const struct hb_plots *plots);

/* Is there a gnuplot to draw with? If not, error says what is wrong. */
bool hb_plot_has_gnuplot(char *error);

#endif
