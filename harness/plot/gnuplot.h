/* gnuplot.h -- the program gnuplot, and the templates of its scripts. */
#ifndef HB_PLOT_GNUPLOT_H
#define HB_PLOT_GNUPLOT_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/plot/plot.h"

/* Run NAME.gp in folder; it must make NAME.FORMAT, and make it whole. */
bool hb_gnuplot_draw(const struct hb_plots *plots, const char *folder, const char *name,
                     const char *format, char *error);

/* Copy the template of that name (share/heapbench/gnuplot/NAME.gp of the installed program, or
 * scripts/gnuplot/NAME.gp of the source tree) to the end of script. */
bool hb_gnuplot_append_template(FILE *script, const char *name, char *error);

#endif
