/* scatter.h -- panels of named points on two logarithmic axes of ratios: memory against time. */
#ifndef HB_PLOT_SCATTER_H
#define HB_PLOT_SCATTER_H

#include "harness/plot/sheet.h"

/* An allocator's time ratio, with its interval (NaN: none), and its memory ratio. */
struct hb_plot_point {
    const char *allocator;
    double x, x_low, x_high, y;
};

/* The points of one panel. */
struct hb_plot_cloud {
    char name[2 * HB_RESULT_TEXT_MAX];
    struct hb_plot_point *points;
    size_t count;
};

struct hb_plot_scatter {
    const char *name; /* of the picture */
    const char *title, *subtitle, *caption;
    const char *x_title, *y_title;
    struct hb_plot_cloud *clouds;
    size_t count;
    bool has_front; /* join the points that no other beats in both */
};

/* Draw it. Panels are made as high as it takes for no label to cover another. */
enum hb_plot_status hb_plot_scatter_draw(const struct hb_plots *plots,
                                         const struct hb_plot_scatter *scatter, char *error);

/* Is the point on the front: is there no other that is less in one and no more in the other? */
bool hb_plot_is_on_front(const struct hb_plot_cloud *cloud, size_t point);

/* Room for clouds with so many points each, for hb_plot_clouds_free. NULL out of memory. */
struct hb_plot_cloud *hb_plot_clouds_make(size_t clouds, size_t points);
void hb_plot_clouds_free(struct hb_plot_cloud *clouds, size_t count);

#endif
