/* bootstrap.h -- intervals of what is computed from several medians, by resampling. */
#ifndef HB_BOOTSTRAP_H
#define HB_BOOTSTRAP_H

#include <stdbool.h>

#include "harness/measure/statistics.h"

enum { HB_RESAMPLES = 10000, HB_SAMPLES_MAX = 1000 };

/* Values of one kind, such as the paired ratios of one trace's blocks. */
struct hb_sample {
    const double *values; /* positive */
    size_t count;
    bool divides; /* its median stands below the line */
};

/* The root-th root of the product of the samples' medians, in interval.median, and its 95%
 * interval: a geometric mean if root is the number of samples, a ratio of two medians if root is 1
 * and the second divides. All NaN where a sample is empty or has a value that is not positive; the
 * interval also where a sample has fewer than 6 values, or out of memory.
 *
 * The interval is the bootstrap's (Efron & Tibshirani 1993, chapter 13): each of HB_RESAMPLES times
 * each sample is drawn anew, with replacement, from its own values; the quantiles of what results
 * are the ends. As the bootstrap of a small sample is too narrow, the quantiles are those of
 * Hesterberg (2015, section 5): Phi(-sqrt(n / (n - 1)) t(0.975, n - 1)) instead of 0.025, n the
 * size of the smallest sample.
 *
 * seed decides the draws. Only additions, multiplications and comparisons lead to the result, so
 * that it is the same to the last bit on every machine. */
struct hb_interval hb_bootstrap(const struct hb_sample *samples, size_t count, size_t root,
                                uint64_t seed);

/* Geometric mean of positive values, at most HB_SAMPLES_MAX; NaN if there is none, or one is not
 * positive. Order does not matter to more than the last bits. */
double hb_geometric_mean(const double *values, size_t count);

#endif
