/* bars.h -- panels of horizontal bars: a panel per trace, a row per allocator. */
#ifndef HB_PLOT_BARS_H
#define HB_PLOT_BARS_H

#include "harness/plot/sheet.h"

/* Do all panels have the same rows, so that the names need stand at the left only? */
bool hb_plot_names_are_shared(const struct hb_results_blocks *blocks);

/* Two panels a line, rows of row_pixels, room for the names. */
void hb_plot_bars_grid(struct hb_plot_grid *grid, const struct hb_plots *plots, double row_pixels);

/* Tell the script each panel's name and how many rows it has. */
void hb_plot_bars_panels(struct hb_plot_sheet *sheet, const struct hb_results_blocks *blocks);

#endif
