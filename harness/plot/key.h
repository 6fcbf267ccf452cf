/* key.h -- the key over the panels: how the line of each allocator looks. */
#ifndef HB_PLOT_KEY_H
#define HB_PLOT_KEY_H

#include "harness/plot/sheet.h"

struct hb_plot_key {
    bool (*is_drawn)(const struct hb_result *row); /* has this row a line in the picture? */
    bool has_floor;                                /* a last entry: the floor's broad grey line */
};

/* Tell the script the key. Returns the pixels that it takes under the titles. */
double hb_plot_key_write(struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                         const struct hb_plot_key *key);

/* Arrays WHAT_colour, WHAT_mark, WHAT_dash of so many lines, and the look of one of them. */
void hb_plot_looks_begin(struct hb_plot_sheet *sheet, const char *what, size_t count);
void hb_plot_looks_set(struct hb_plot_sheet *sheet, const char *what, size_t index,
                       const struct hb_results_blocks *blocks, const char *allocator);

#endif
