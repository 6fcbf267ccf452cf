/* bootstrap.c -- products of medians, resampled. Values are kept sorted, so that the median of a
 * resample is found by counting how often each rank was drawn. Products are kept with their
 * exponents apart: those of many traces would leave the range of a double. */
#include "harness/measure/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MIN = 6, ROOT_STEPS = 60 };

struct scaled {
    double part; /* from 0.5 to below 1 */
    int64_t power;
};

static struct scaled scaled_times(struct scaled product, double factor) {
    int power;
    product.part = frexp(product.part * factor, &power);
    product.power += power;
    return product;
}

static int scaled_compare(const void *left, const void *right) {
    const struct scaled *a = left, *b = right;
    if (a->power != b->power)
        return a->power < b->power ? -1 : 1;
    return (a->part > b->part) - (a->part < b->part);
}

static double whole_power(double base, size_t exponent) {
    double product = 1;
    for (size_t i = 0; i < exponent; i++)
        product *= base;
    return product;
}

/* The largest double from 0.5 up whose root-th power is not above value, by halving: no function of
 * the C library, whose last bits differ between machines. */
static double scaled_root(struct scaled value, size_t root) {
    if (root == 1)
        return ldexp(value.part, (int)value.power);
    int64_t degree = (int64_t)root, power = value.power / degree;
    if (value.power % degree < 0)
        power--;
    double part = ldexp(value.part, (int)(value.power - power * degree));
    double low = 0.5, high = 2.5;
    for (int i = 0; i < ROOT_STEPS; i++) {
        double middle = (low + high) / 2;
        if (whole_power(middle, root) <= part)
            low = middle;
        else
            high = middle;
    }
    return ldexp(whole_power(high, root) <= part ? high : low, (int)power);
}

static int double_compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The samples' values, sorted, one sample after the other, and the counts of drawn ranks. */
struct pool {
    const struct hb_sample *samples;
    size_t count;
    double *sorted;
    uint32_t *drawn;
};

static bool pool_open(struct pool *pool, const struct hb_sample *samples, size_t count) {
    size_t total = 0, largest = 1;
    for (size_t i = 0; i < count; i++) {
        total += samples[i].count;
        largest = samples[i].count > largest ? samples[i].count : largest;
    }
    *pool = (struct pool){samples, count, malloc((total + 1) * sizeof *pool->sorted),
                          malloc(largest * sizeof *pool->drawn)};
    if (!pool->sorted || !pool->drawn)
        return false;
    double *sorted = pool->sorted;
    for (size_t i = 0; i < count; i++) {
        memcpy(sorted, samples[i].values, samples[i].count * sizeof *sorted);
        qsort(sorted, samples[i].count, sizeof *sorted, double_compare);
        sorted += samples[i].count;
    }
    return true;
}

static void pool_close(struct pool *pool) {
    free(pool->sorted);
    free(pool->drawn);
}

static double median_of_sorted(const double *sorted, size_t count) {
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

/* The value at the rank-th place, counted from 0, of a resample. */
static double drawn_value(const struct pool *pool, const double *sorted, size_t rank) {
    size_t value = 0;
    for (size_t below = pool->drawn[0]; below <= rank; below += pool->drawn[value])
        value++;
    return sorted[value];
}

static double median_of_draw(const struct pool *pool, const double *sorted, size_t count,
                             uint64_t *random) {
    memset(pool->drawn, 0, count * sizeof *pool->drawn);
    for (size_t i = 0; i < count; i++)
        pool->drawn[hb_random(random) % count]++;
    return (drawn_value(pool, sorted, (count - 1) / 2) + drawn_value(pool, sorted, count / 2)) / 2;
}

/* The product of the medians of all samples, drawn anew if random is not NULL. */
static struct scaled pool_product(const struct pool *pool, uint64_t *random) {
    struct scaled product = {0.5, 1};
    const double *sorted = pool->sorted;
    for (size_t i = 0; i < pool->count; i++) {
        size_t count = pool->samples[i].count;
        double median =
            random ? median_of_draw(pool, sorted, count, random) : median_of_sorted(sorted, count);
        product = scaled_times(product, pool->samples[i].divides ? 1 / median : median);
        sorted += count;
    }
    return product;
}

/* How many of HB_RESAMPLES lie below the interval. Student's t by its expansion about the normal
 * quantile (Abramowitz & Stegun 26.7.5), good to three digits from 5 degrees of freedom on. */
static size_t tail_count(size_t values) {
    double z = 1.959963984540054, f = (double)values - 1, s = z * z;
    double t = z + z * (s + 1) / (4 * f) + z * ((5 * s + 16) * s + 3) / (96 * f * f) +
               z * (((3 * s + 19) * s + 17) * s - 15) / (384 * f * f * f);
    double tail = erfc(t * sqrt((double)values / f) / sqrt(2)) / 2;
    return (size_t)(HB_RESAMPLES * tail);
}

static void pool_resample(const struct pool *pool, size_t values, size_t root, uint64_t seed,
                          struct hb_interval *interval) {
    struct scaled *products = malloc(HB_RESAMPLES * sizeof *products);
    if (!products)
        return;
    for (size_t i = 0; i < HB_RESAMPLES; i++)
        products[i] = pool_product(pool, &seed);
    qsort(products, HB_RESAMPLES, sizeof *products, scaled_compare);
    size_t tail = tail_count(values);
    interval->low = scaled_root(products[tail], root);
    interval->high = scaled_root(products[HB_RESAMPLES - 1 - tail], root);
    free(products);
}

static bool sample_is_positive(const struct hb_sample *sample) {
    for (size_t i = 0; i < sample->count; i++)
        if (!(sample->values[i] > 0) || isinf(sample->values[i]))
            return false;
    return sample->count > 0;
}

struct hb_interval hb_bootstrap(const struct hb_sample *samples, size_t count, size_t root,
                                uint64_t seed) {
    struct hb_interval interval = {NAN, NAN, NAN};
    size_t least = SIZE_MAX;
    struct pool pool;
    if (count == 0 || count > HB_SAMPLES_MAX || root == 0 || root > HB_SAMPLES_MAX)
        return interval;
    for (size_t i = 0; i < count; i++) {
        if (!sample_is_positive(&samples[i]))
            return interval;
        least = samples[i].count < least ? samples[i].count : least;
    }
    if (pool_open(&pool, samples, count)) {
        interval.median = scaled_root(pool_product(&pool, NULL), root);
        if (least >= VALUES_MIN)
            pool_resample(&pool, least, root, seed, &interval);
    }
    pool_close(&pool);
    return interval;
}

double hb_geometric_mean(const double *values, size_t count) {
    struct scaled product = {0.5, 1};
    struct hb_sample all = {values, count, false};
    if (!sample_is_positive(&all) || count > HB_SAMPLES_MAX)
        return NAN;
    for (size_t i = 0; i < count; i++)
        product = scaled_times(product, values[i]);
    return scaled_root(product, count);
}
