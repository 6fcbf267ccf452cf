/* axis.h -- a logarithmic axis of ratios: its ends and its tics. */
#ifndef HB_PLOT_AXIS_H
#define HB_PLOT_AXIS_H

#include <stddef.h>

struct hb_plot_axis {
    double least, most;
};

/* No values yet. */
void hb_plot_axis_init(struct hb_plot_axis *axis);

/* Let the axis reach a value; NaN, 0 and less are passed over. */
void hb_plot_axis_include(struct hb_plot_axis *axis, double value);

/* Room at both ends: a part of the axis' length. */
void hb_plot_axis_pad(struct hb_plot_axis *axis, double part);

/* Where a value lies: 0 at the least, 1 at the most. */
double hb_plot_axis_place(const struct hb_plot_axis *axis, double value);

/* The value that lies at a place. */
double hb_plot_axis_value(const struct hb_plot_axis *axis, double place);

/* Tics as gnuplot takes them: "0.5, 1, 2". */
void hb_plot_axis_tics(const struct hb_plot_axis *axis, char *text, size_t size);

/* For a linear axis from 0 to most: the least step of 1, 2 or 5 times a power of ten that makes at
 * most so many parts. */
double hb_plot_axis_step(double most, double parts);

/* For an axis of binary logarithms of sizes, from first to last: at most so many tics as gnuplot
 * takes them, such as "64" 6, "1K" 10. Returns their step. */
double hb_plot_sizes_tics(double first, double last, double most, char *text, size_t size);

#endif
