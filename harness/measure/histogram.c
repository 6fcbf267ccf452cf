#include "harness/measure/histogram.h"

#include <math.h>

enum { WHOLE = 10000 };

/* The least value that counts in a bucket: the inverse of hb_histogram_index. */
static uint64_t bucket_least(size_t bucket) {
    size_t octave = bucket >> HB_HISTOGRAM_BITS;
    if (octave < 2)
        return bucket;
    size_t shift = octave - 1;
    return (uint64_t)(bucket - (shift << HB_HISTOGRAM_BITS)) << shift;
}

double hb_histogram_low(size_t bucket) {
    return bucket ? (double)bucket_least(bucket) - 0.5 : 0;
}

double hb_histogram_high(size_t bucket) {
    return (double)bucket_least(bucket + 1) - 0.5;
}

void hb_histogram_merge(struct hb_histogram *histogram, const struct hb_histogram *more) {
    for (size_t i = 0; i < HB_HISTOGRAM_BUCKETS; i++)
        histogram->counts[i] += more->counts[i];
    histogram->count += more->count;
    histogram->sum += more->sum;
    if (more->most > histogram->most)
        histogram->most = more->most;
}

double hb_histogram_quantile(const struct hb_histogram *histogram, unsigned ten_thousandths) {
    double target = (double)histogram->count * ten_thousandths / WHOLE, before = 0;
    size_t bucket = 0;
    if (histogram->count * (WHOLE - ten_thousandths) < (uint64_t)HB_QUANTILE_BEYOND_MIN * WHOLE)
        return NAN;
    while (before + histogram->counts[bucket] < target)
        before += histogram->counts[bucket++];
    double low = hb_histogram_low(bucket), high = hb_histogram_high(bucket);
    double part = histogram->counts[bucket] ? (target - before) / histogram->counts[bucket] : 0;
    return fmin(low + part * (high - low), (double)histogram->most);
}

double hb_histogram_mean(const struct hb_histogram *histogram) {
    return histogram->count ? (double)histogram->sum / (double)histogram->count : NAN;
}
