#include "harness/measure/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The largest k, counted from 1, as in the header; 0 if even the extremes do not cover enough. */
static size_t interval_rank(size_t count) {
    double tail = 0, term = pow(0.5, (double)count);
    size_t k = 0;
    while (k < count / 2) {
        tail += term;
        if (1 - 2 * tail < 0.95)
            break;
        term *= (double)(count - k) / (double)(k + 1);
        k++;
    }
    return k;
}

struct hb_interval hb_median(const double *values, size_t count) {
    struct hb_interval interval = {NAN, NAN, NAN};
    double *sorted = count ? malloc(count * sizeof *sorted) : NULL;
    if (!sorted)
        return interval;
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    interval.median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
    size_t k = interval_rank(count);
    if (k) {
        interval.low = sorted[k - 1];
        interval.high = sorted[count - k];
    }
    free(sorted);
    return interval;
}

void hb_shuffle(size_t *order, size_t count, uint64_t *state) {
    for (size_t i = 0; i < count; i++) {
        size_t j = hb_random(state) % (i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}
