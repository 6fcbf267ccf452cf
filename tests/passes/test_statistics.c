/* Medians, geometric means and their intervals on values whose answers are known. */
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "harness/measure/bootstrap.h"

/* As doubles: cmocka compares floats. */
static void assert_near(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void median_of_one_to(size_t count, double median, double low, double high) {
    double values[64];
    for (size_t i = 0; i < count; i++)
        values[i] =
            (double)((i * 7) % count + 1); /* 1 … count, shuffled: 7 divides no count here */
    struct hb_interval interval = hb_median(values, count);
    assert_near(interval.median, median, 0);
    if (isnan(low)) {
        assert_true(isnan(interval.low) && isnan(interval.high));
    } else {
        assert_near(interval.low, low, 0);
        assert_near(interval.high, high, 0);
    }
}

/* Ranks from the binomial distribution's tables (Conover, Practical Nonparametric Statistics). */
static void intervals_are_the_tables_ranks(void **state) {
    (void)state;
    median_of_one_to(1, 1, NAN, NAN);
    median_of_one_to(5, 3, NAN, NAN);
    median_of_one_to(6, 3.5, 1, 6);
    median_of_one_to(8, 4.5, 1, 8);
    median_of_one_to(9, 5, 2, 8);
    median_of_one_to(12, 6.5, 3, 10);
    median_of_one_to(15, 8, 4, 12);
    median_of_one_to(20, 10.5, 6, 15);
    median_of_one_to(25, 13, 8, 18);
    median_of_one_to(40, 20.5, 14, 27);
}

static void nothing_has_no_median(void **state) {
    (void)state;
    assert_true(isnan(hb_median(NULL, 0).median));
}

static double uniform(uint64_t *random) {
    return ldexp((double)(hb_random(random) >> 11), -53);
}

/* Box & Muller 1958. */
static double normal(uint64_t *random) {
    double radius = sqrt(-2 * log(1 - uniform(random)));
    return radius * cos(2 * 3.14159265358979323846 * uniform(random));
}

static double flat(uint64_t *random) {
    return 0.5 + uniform(random);
}

static double lognormal(uint64_t *random) {
    return exp(normal(random) / 10);
}

/* 1 plus spikes: what a busy machine does to times. */
static double spiked(uint64_t *random) {
    return 1 - log(1 - uniform(random)) / 10;
}

/* No mean, no variance. */
static double cauchy(uint64_t *random) {
    return 1e6 + tan(3.14159265358979323846 * (uniform(random) - 0.5));
}

/* Ratios of two spiked times: 1 in the median by symmetry. */
static double spiked_ratio(uint64_t *random) {
    double above = spiked(random);
    return above / spiked(random);
}

/* Two modes, as with a layout that suits or does not. */
static double two_modes(uint64_t *random) {
    double width = uniform(random) / 50;
    return uniform(random) < 0.5 ? 0.95 - width : 1.05 + width;
}

static const struct {
    const char *name;
    double (*draw)(uint64_t *random);
    double median;
} distributions[] = {
    {"uniform", flat, 1},
    {"lognormal", lognormal, 1},
    {"spiked", spiked, 1.0693147180559945}, /* 1 + ln 2 / 10 */
    {"Cauchy", cauchy, 1e6},
    {"ratio of spiked", spiked_ratio, 1},
    {"two modes", two_modes, 1}, /* as is any value between them */
};
enum { DISTRIBUTIONS = sizeof distributions / sizeof *distributions };

/* The interval covers the true median in 95% of samples or more, whatever the distribution; but not
 * in all: of 12 values in 96.14%, which 10000 samples tell to 0.2% (one standard deviation). */
static void intervals_cover_as_they_claim(void **state) {
    (void)state;
    enum { SAMPLES = 10000, VALUES = 12 };
    for (size_t i = 0; i < DISTRIBUTIONS; i++) {
        uint64_t random = 1;
        int covered = 0;
        for (int sample = 0; sample < SAMPLES; sample++) {
            double values[VALUES];
            for (int j = 0; j < VALUES; j++)
                values[j] = distributions[i].draw(&random);
            struct hb_interval interval = hb_median(values, VALUES);
            covered +=
                interval.low <= distributions[i].median && interval.high >= distributions[i].median;
        }
        if (covered < 0.955 * SAMPLES || covered > 0.968 * SAMPLES)
            fail_msg("%s: %d of %d", distributions[i].name, covered, SAMPLES);
    }
}

/* So does the bootstrap's, of one median and of the geometric mean of two. */
static void bootstrap_intervals_cover_as_they_claim(void **state) {
    (void)state;
    enum { SAMPLES = 300, VALUES = 12, TRACES = 2 };
    for (size_t i = 0; i < 2 * DISTRIBUTIONS; i++) {
        size_t traces = i % 2 + 1, kind = i / 2;
        uint64_t random = 1;
        int covered = 0;
        for (int draw = 0; draw < SAMPLES; draw++) {
            double values[TRACES][VALUES];
            struct hb_sample samples[TRACES] = {{values[0], VALUES, false},
                                                {values[1], VALUES, false}};
            for (size_t j = 0; j < traces * VALUES; j++)
                values[j / VALUES][j % VALUES] = distributions[kind].draw(&random);
            struct hb_interval interval = hb_bootstrap(samples, traces, traces, random);
            assert_true(interval.low <= interval.median && interval.median <= interval.high);
            covered += interval.low <= distributions[kind].median &&
                       interval.high >= distributions[kind].median;
        }
        /* One standard deviation is 1.1% here. */
        if (covered < 0.93 * SAMPLES || (traces == 1 && covered > 0.99 * SAMPLES))
            fail_msg("%s, %zu traces: %d of %d", distributions[kind].name, traces, covered,
                     SAMPLES);
    }
}

/* The median of a resample of n = 13 lies at or below the j-th value if 7 draws or more do:
 * binomial(13, j / 13). Hesterberg's tail of 13 values is 1.167%. */
static void bootstrap_quantiles_are_the_binomials(void **state) {
    (void)state;
    double values[13];
    for (int i = 0; i < 13; i++)
        values[i] = (i * 5) % 13 + 1;
    struct hb_sample sample = {values, 13, false};
    struct hb_interval interval = hb_bootstrap(&sample, 1, 1, 1);
    double below = 0, j = 0;
    while (below < 0.01167) {
        j++;
        below = 0;
        double choose = 1;
        for (int hits = 0; hits <= 13; hits++) {
            below += hits >= 7 ? choose * pow(j / 13, hits) * pow(1 - j / 13, 13 - hits) : 0;
            choose *= (13.0 - hits) / (hits + 1);
        }
    }
    assert_near(interval.median, 7, 0);
    assert_near(interval.low, j, 0);
    assert_near(interval.high, 14 - j, 0);
}

static void geometric_means_are_exact_where_they_can_be(void **state) {
    (void)state;
    static const double pair[] = {2, 8}, equal[] = {1.1, 1.1, 1.1}, bad[] = {1, 0},
                        worse[] = {1, NAN};
    double many[HB_SAMPLES_MAX];
    assert_near(hb_geometric_mean(pair, 2), 4, 0);
    assert_near(hb_geometric_mean(pair, 1), 2, 0);
    assert_near(hb_geometric_mean(equal, 3), 1.1, 1e-15);
    assert_true(isnan(hb_geometric_mean(pair, 0)));
    assert_true(isnan(hb_geometric_mean(bad, 2)) && isnan(hb_geometric_mean(worse, 2)));
    for (int i = 0; i < HB_SAMPLES_MAX; i++)
        many[i] = i % 2 ? 1e300 : 1e290; /* their product has 295000 digits */
    assert_near(hb_geometric_mean(many, HB_SAMPLES_MAX) / 1e295, 1, 1e-12);
    for (int i = 0; i < HB_SAMPLES_MAX; i++)
        many[i] = i % 2 ? 1e-300 : 1e-290;
    assert_near(hb_geometric_mean(many, HB_SAMPLES_MAX) * 1e295, 1, 1e-12);
}

/* Fleming & Wallace 1986: the mean of normalised figures does not depend on what normalises. */
static void the_inverse_ratios_have_the_inverse_mean(void **state) {
    (void)state;
    double ratios[] = {0.5, 1.25, 3, 0.8}, inverse[4];
    for (int i = 0; i < 4; i++)
        inverse[i] = 1 / ratios[i];
    assert_near(hb_geometric_mean(ratios, 4) * hb_geometric_mean(inverse, 4), 1, 1e-14);
}

static void samples_fill(double values[3][12], struct hb_sample *samples) {
    uint64_t random = 5;
    for (int i = 0; i < 36; i++)
        values[i / 12][i % 12] = 1 + (double)(hb_random(&random) % 1000) / 1000;
    for (int i = 0; i < 3; i++)
        samples[i] = (struct hb_sample){values[i], 12, false};
}

/* Written in hexadecimal: to the last bit. */
static void bootstraps_are_the_same_on_every_machine(void **state) {
    (void)state;
    double values[3][12];
    struct hb_sample samples[3];
    samples_fill(values, samples);
    struct hb_interval one = hb_bootstrap(samples, 3, 3, 1);
    struct hb_interval again = hb_bootstrap(samples, 3, 3, 1);
    struct hb_interval other = hb_bootstrap(samples, 3, 3, 2);
    assert_near(one.median, 0x1.8b0cd9575797dp+0, 0);
    assert_near(one.low, 0x1.69d1b18b1a6c6p+0, 0);
    assert_near(one.high, 0x1.a9d3f8ffe035ap+0, 0);
    assert_near(one.low, again.low, 0);
    assert_near(one.high, again.high, 0);
    assert_true(other.low != one.low || other.high != one.high);
    assert_near(other.low, one.low, 0.02);
    assert_near(other.high, one.high, 0.02);
}

static void a_ratio_of_medians_divides(void **state) {
    (void)state;
    double twos[6] = {2, 2, 2, 2, 2, 2}, eights[6] = {8, 8, 8, 8, 8, 8};
    struct hb_sample samples[2] = {{twos, 6, false}, {eights, 6, true}};
    struct hb_interval interval = hb_bootstrap(samples, 2, 1, 1);
    assert_near(interval.median, 0.25, 0);
    assert_near(interval.low, 0.25, 0);
    assert_near(interval.high, 0.25, 0);
}

static void samples_that_are_too_small_have_no_interval(void **state) {
    (void)state;
    double values[3][12];
    struct hb_sample samples[3];
    samples_fill(values, samples);
    samples[1].count = 5;
    struct hb_interval interval = hb_bootstrap(samples, 3, 3, 1);
    assert_true(interval.median > 0 && isnan(interval.low) && isnan(interval.high));
    samples[1].count = 0;
    assert_true(isnan(hb_bootstrap(samples, 3, 3, 1).median));
    samples[1].count = 12;
    values[1][3] = -1;
    assert_true(isnan(hb_bootstrap(samples, 3, 3, 1).median));
    assert_true(isnan(hb_bootstrap(samples, 0, 1, 1).median));
}

static void shuffles_are_permutations_and_fair(void **state) {
    (void)state;
    enum { COUNT = 4, ROUNDS = 40000 };
    uint64_t random = 7;
    int first[COUNT] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        size_t order[COUNT];
        unsigned seen = 0;
        hb_shuffle(order, COUNT, &random);
        for (int i = 0; i < COUNT; i++)
            seen |= 1u << order[i];
        assert_int_equal(seen, (1u << COUNT) - 1);
        first[order[0]]++;
    }
    for (int i = 0; i < COUNT; i++)
        assert_true(abs(first[i] - ROUNDS / COUNT) < 500); /* 5.8 standard deviations */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_the_tables_ranks),
        cmocka_unit_test(nothing_has_no_median),
        cmocka_unit_test(intervals_cover_as_they_claim),
        cmocka_unit_test(bootstrap_intervals_cover_as_they_claim),
        cmocka_unit_test(bootstrap_quantiles_are_the_binomials),
        cmocka_unit_test(geometric_means_are_exact_where_they_can_be),
        cmocka_unit_test(the_inverse_ratios_have_the_inverse_mean),
        cmocka_unit_test(bootstraps_are_the_same_on_every_machine),
        cmocka_unit_test(a_ratio_of_medians_divides),
        cmocka_unit_test(samples_that_are_too_small_have_no_interval),
        cmocka_unit_test(shuffles_are_permutations_and_fair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
