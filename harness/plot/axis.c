/* axis.c -- a logarithmic axis of ratios. */
#include "harness/plot/axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void hb_plot_axis_init(struct hb_plot_axis *axis) {
    *axis = (struct hb_plot_axis){INFINITY, 0};
}

void hb_plot_axis_include(struct hb_plot_axis *axis, double value) {
    if (!(value > 0) || !isfinite(value))
        return;
    axis->least = fmin(axis->least, value);
    axis->most = fmax(axis->most, value);
}

void hb_plot_axis_pad(struct hb_plot_axis *axis, double part) {
    double length = fmax(log(axis->most / axis->least), 0.1);
    axis->least /= exp(length * part);
    axis->most *= exp(length * part);
}

double hb_plot_axis_place(const struct hb_plot_axis *axis, double value) {
    return log(value / axis->least) / log(axis->most / axis->least);
}

double hb_plot_axis_value(const struct hb_plot_axis *axis, double place) {
    return axis->least * exp(place * log(axis->most / axis->least));
}

static void tic_add(double tic, char *text, size_t size) {
    size_t used = strlen(text);
    if (used < size - 1)
        snprintf(text + used, size - used, "%s%.6g", used > 0 ? ", " : "", tic);
}

double hb_plot_axis_step(double most, double parts) {
    static const double steps[] = {1, 2, 5};
    double power = pow(10, floor(log10(most / parts)));

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i] * power >= most / parts)
            return steps[i] * power;
    }
    return 10 * power;
}

/* A short axis has even steps. */
static void tics_even(const struct hb_plot_axis *axis, char *text, size_t size) {
    double step = hb_plot_axis_step(axis->most - axis->least, 7);
    for (double i = ceil(axis->least / step); i * step <= axis->most; i++)
        tic_add(i * step, text, size);
}

void hb_plot_axis_tics(const struct hb_plot_axis *axis, char *text, size_t size) {
    static const double fine[] = {1, 1.5, 2, 3, 5, 7}, rough[] = {1, 2, 5};
    double span = axis->most / axis->least;
    const double *steps = span < 15 ? fine : rough;
    size_t count = span < 15 ? 6 : span < 500 ? 3 : 1;

    text[0] = '\0';
    if (span < 4) {
        tics_even(axis, text, size);
        return;
    }
    for (double power = pow(10, floor(log10(axis->least))); power <= axis->most; power *= 10) {
        for (size_t i = 0; i < count; i++) {
            if (steps[i] * power >= axis->least && steps[i] * power <= axis->most)
                tic_add(steps[i] * power, text, size);
        }
    }
}

double hb_plot_sizes_tics(double first, double last, double most, char *text, size_t size) {
    static const char *const units[] = {"", "K", "M", "G", "T"};
    int step = (int)ceil((last - first + 1) / most);
    size_t used = 0;

    text[0] = '\0';
    for (int power = (int)first; power <= (int)last && used < size; power += step)
        used += (size_t)snprintf(text + used, size - used, "%s\"%d%s\" %d", used > 0 ? ", " : "",
                                 1 << power % 10, units[power / 10 % 5], power);
    return step;
}
