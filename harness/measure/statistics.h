/* statistics.h -- medians and their intervals, from order statistics alone. */
#ifndef HB_STATISTICS_H
#define HB_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

#include "harness/measure/random.h"

struct hb_interval {
    double median;
    double low, high; /* 95% confidence; NaN where there are too few values (below 6) */
};

/* Median, and the interval between the k-th smallest and the k-th largest value, with the largest k
 * for which the interval covers the true median with probability of at least 0.95:
 *   P = 1 - 2 * sum over i < k of C(n, i) / 2^n      (David & Nagaraja, Order Statistics, 7.1)
 * n = 12: the 3rd and the 10th. count may be 0: all NaN. values is left as it is. */
struct hb_interval hb_median(const double *values, size_t count);

/* Put 0 … count - 1 in random order. */
void hb_shuffle(size_t *order, size_t count, uint64_t *state);

#endif
