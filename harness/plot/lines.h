/* lines.h -- panels of lines on logarithmic axes, a line per allocator, under a common key. */
#ifndef HB_PLOT_LINES_H
#define HB_PLOT_LINES_H

#include "harness/plot/key.h"

/* A value with its interval (NaN: none). */
struct hb_plot_value {
    double x, y, low, high;
};

struct hb_plot_line {
    const char *allocator;
    struct hb_plot_value *values; /* rising in x */
    size_t count;
};

struct hb_plot_lines_panel {
    char name[2 * HB_RESULT_TEXT_MAX];
    const char *y_title;
    struct hb_plot_line *lines;
    size_t count;
};

struct hb_plot_lines {
    const char *name; /* of the picture */
    const char *title, *subtitle, *caption;
    const char *x_title;
    bool x_is_bytes;
    struct hb_plot_lines_panel *panels;
    size_t count;
    struct hb_plot_key key;
};

enum hb_plot_status hb_plot_lines_draw(const struct hb_plots *plots,
                                       const struct hb_plot_lines *lines, char *error);

/* A panel without lines, added to lines->panels; NULL out of memory. */
struct hb_plot_lines_panel *hb_plot_lines_add_panel(struct hb_plot_lines *lines);

/* Add a value to the allocator's line in the panel, in its place by x. False out of memory. */
bool hb_plot_lines_add(struct hb_plot_lines_panel *panel, const char *allocator,
                       const struct hb_plot_value *value);

/* Has any line of the panel values at two places or more? */
bool hb_plot_lines_are_lines(const struct hb_plot_lines_panel *panel);

/* Drop the last panel. */
void hb_plot_lines_drop_panel(struct hb_plot_lines *lines);
void hb_plot_lines_free(struct hb_plot_lines *lines);

#endif
