/* histogram.h -- counts of values in buckets that widen with the value (log-linear, after Tene's
 * HdrHistogram): a fixed size, a few instructions a value, a bounded relative error.
 *
 * A value below 2^7 has a bucket of its own. Above, each octave from 2^e is cut into 64 buckets of
 * width 2^(e - 6), so that none is wider than 1/64 of its values: quantiles are right to 1.6%.
 *   index(v) = (s << 6) + (v >> s)   with s = max(floor(log2 v) - 6, 0)
 * Values of 2^32 and more are counted in the last bucket; the largest is kept as it is.
 *
 * A value is a whole number of steps of a clock, so that v stands for the times from v - 1/2 to
 * v + 1/2: these are the edges of its bucket. Within a bucket its values are taken as spread evenly
 * (the quantile of grouped data), so that a coarse clock does not tie what differs.
 */
#ifndef HB_HISTOGRAM_H
#define HB_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum { HB_HISTOGRAM_BITS = 6, HB_HISTOGRAM_TOP = 32 };
enum { HB_HISTOGRAM_BUCKETS = (HB_HISTOGRAM_TOP - HB_HISTOGRAM_BITS + 1) << HB_HISTOGRAM_BITS };

/* A quantile is given where at least so many values lie beyond it. */
enum { HB_QUANTILE_BEYOND_MIN = 10 };

struct hb_histogram {
    uint64_t count, sum, most; /* of all values */
    uint32_t counts[HB_HISTOGRAM_BUCKETS];
};

static inline size_t hb_histogram_index(uint64_t value) {
    if (value >> HB_HISTOGRAM_TOP)
        return HB_HISTOGRAM_BUCKETS - 1;
    unsigned top = 63 - (unsigned)__builtin_clzll(value | 1);
    unsigned shift = top > HB_HISTOGRAM_BITS ? top - HB_HISTOGRAM_BITS : 0;
    return ((size_t)shift << HB_HISTOGRAM_BITS) + (value >> shift);
}

static inline void hb_histogram_add(struct hb_histogram *histogram, uint64_t value) {
    histogram->counts[hb_histogram_index(value)]++;
    histogram->count++;
    histogram->sum += value;
    if (value > histogram->most)
        histogram->most = value;
}

/* Edges of a bucket, in steps: all of [low, high) counts there, and high is the next one's low. */
double hb_histogram_low(size_t bucket);
double hb_histogram_high(size_t bucket);

/* Add the values of more. */
void hb_histogram_merge(struct hb_histogram *histogram, const struct hb_histogram *more);

/* What ten_thousandths / 10000 of the values are below, in steps; never above the largest value.
 * NaN if fewer than HB_QUANTILE_BEYOND_MIN values are beyond. */
double hb_histogram_quantile(const struct hb_histogram *histogram, unsigned ten_thousandths);

/* NaN if empty. */
double hb_histogram_mean(const struct hb_histogram *histogram);

#endif
