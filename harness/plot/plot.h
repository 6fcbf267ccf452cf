/* plot.h -- results as pictures, drawn by gnuplot.
 *
 * Each picture is three kinds of files: NAME.tsv, what is drawn; NAME.gp, a script that draws it
 * (variables of this picture, then scripts/gnuplot/style.gp, then its template); and NAME.png,
 * NAME.svg, NAME.pdf. `gnuplot NAME.gp` beside the data draws it again. All are made in a hidden
 * folder and moved into place once whole. */
#ifndef HB_PLOT_H
#define HB_PLOT_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/results/blocks.h"

enum { HB_PLOT_NAME_MAX = 128, HB_PLOT_ERROR_MAX = 512, HB_PLOT_MISSING_MAX = 2048 };

/* The first three are of a still picture, the last of one that moves. */
enum hb_plot_format {
    HB_PLOT_PNG,
    HB_PLOT_SVG,
    HB_PLOT_PDF,
    HB_PLOT_STILLS,
    HB_PLOT_GIF = HB_PLOT_STILLS,
    HB_PLOT_FORMATS
};
extern const char *const hb_plot_formats[HB_PLOT_FORMATS]; /* "png" and so on */

/* Set exactly the formats of still pictures that the list names, "png,svg". False if one is none of
 * them. */
bool hb_plot_formats_parse(const char *list, bool formats[HB_PLOT_FORMATS]);

/* What to draw and where. */
struct hb_plots {
    const struct hb_result *results;
    size_t result_count;
    struct hb_results_blocks blocks; /* of these results */
    const char *folder;
    const char *only;    /* the only picture to draw, by its name; NULL: all */
    const char *caption; /* the machine and the date */
    bool formats[HB_PLOT_FORMATS];
    bool is_half;    /* to be read at half a page's width: panels below each other */
    bool over_bytes; /* memory over the bytes requested so far, not over operations */
    /* Told of each picture that was drawn; NULL: nobody is. */
    void (*on_drawn)(void *context, const char *name, const char *title, const char *caption);
    void *context;
    int (*interrupted)(void); /* the signal that is to end the drawing, or 0; NULL: none can */
};

enum hb_plot_status {
    HB_PLOT_DRAWN,
    HB_PLOT_EMPTY,  /* nothing of it was measured */
    HB_PLOT_FAILED, /* error says why */
    HB_PLOT_STOPPED /* the same, and the next picture would fail of it, too */
};

/* What became of all pictures. */
struct hb_plot_tally {
    int drawn, failed;
    bool is_stopped;
    char missing[HB_PLOT_MISSING_MAX]; /* what was not measured, "a; b"; "" if nothing is missing */
};

/* Draw all pictures that the results allow. say is told each failure, a line each, but for what an
 * interruption ends. */
void hb_plots_draw(const struct hb_plots *plots, struct hb_plot_tally *tally,
                   void (*say)(const char *line));

/* Names of all pictures, of those for each trace "memory-TRACE", joined by ", ". */
void hb_plot_names(char *text, size_t size);

/* Time: warm ns per op, a bar per allocator with its interval, a panel per trace. */
enum hb_plot_status hb_plot_time(const struct hb_plots *plots, char *error);

/* Memory over one trace: live, footprint, resident, a panel per allocator on shared axes. */
enum hb_plot_status hb_plot_memory(const struct hb_plots *plots, size_t block, char *error);

/* Free blocks by size over one trace, a panel per allocator on shared axes. */
enum hb_plot_status hb_plot_free_series(const struct hb_plots *plots, size_t block, char *error);

/* Free blocks by size at the peak of the footprint, a panel per allocator on shared axes. */
enum hb_plot_status hb_plot_free_sizes(const struct hb_plots *plots, size_t block, char *error);

/* Resident memory against time, a point per allocator, a panel per trace. */
enum hb_plot_status hb_plot_frag_time(const struct hb_plots *plots, char *error);

/* The same in geometric means over the traces, a panel for each set of conditions. */
enum hb_plot_status hb_plot_pareto(const struct hb_plots *plots, char *error);

/* Peak resident memory over peak live, a bar per allocator with the interval of several runs, a
 * panel per trace. */
enum hb_plot_status hb_plot_resident(const struct hb_plots *plots, char *error);

/* Fragmentation of each policy on each trace, as a table whose cells are shaded. */
enum hb_plot_status hb_plot_frag_table(const struct hb_plots *plots, char *error);

/* Time and memory against the size of the heap: traces that differ in live= alone. */
enum hb_plot_status hb_plot_heap_scaling(const struct hb_plots *plots, char *error);

/* Operations per second against threads, of a trace that was replayed with several numbers. */
enum hb_plot_status hb_plot_thread_scaling(const struct hb_plots *plots, char *error);

/* Cache misses of both levels, bars per allocator, a panel per trace. */
enum hb_plot_status hb_plot_cache(const struct hb_plots *plots, char *error);

/* The same of simulations beside the processor's counters, where there are any. */
enum hb_plot_status hb_plot_cache_sim(const struct hb_plots *plots, char *error);

/* Tails of latency: a line per allocator, panels of malloc and of free. */
enum hb_plot_status hb_plot_latency(const struct hb_plots *plots, char *error);

/* Is there a gnuplot to draw with? If not, error says what is wrong. */
bool hb_plot_has_gnuplot(char *error);

#endif
