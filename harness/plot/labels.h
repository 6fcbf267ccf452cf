/* labels.h -- where labels stand beside their points so that none covers another. */
#ifndef HB_PLOT_LABELS_H
#define HB_PLOT_LABELS_H

#include <stdbool.h>
#include <stddef.h>

/* Pixels: labels farther from their points need a line that leads to them. */
enum { HB_PLOT_LABEL_NEAR = 16 };

/* A point of a panel and its label; lengths in pixels, y upwards, from the panel's lower left. */
struct hb_plot_label {
    double x, y;          /* the point */
    double x_low, x_high; /* its error bar */
    double width, height; /* of the label's text */
    double left, bottom;  /* where the label stands: the answer */
};

struct hb_plot_panel {
    double width, height;
    double rule_x; /* an upright line that labels should not stand on */
};

/* Place the labels of a panel. */
void hb_plot_labels_place(struct hb_plot_label *labels, size_t count,
                          const struct hb_plot_panel *panel);

/* Does no label cover another, or a point, or reach out of the panel? */
bool hb_plot_labels_are_clear(const struct hb_plot_label *labels, size_t count,
                              const struct hb_plot_panel *panel);

#endif
