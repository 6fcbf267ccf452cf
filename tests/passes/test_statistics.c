/* Medians and intervals on values whose answers are known. */
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "harness/measure/statistics.h"

static void median_of_one_to(size_t count, double median, double low, double high) {
    double values[64];
    for (size_t i = 0; i < count; i++)
        values[i] =
            (double)((i * 7) % count + 1); /* 1 … count, shuffled: 7 divides no count here */
    struct hb_interval interval = hb_median(values, count);
    assert_float_equal(interval.median, median, 0);
    if (isnan(low)) {
        assert_true(isnan(interval.low) && isnan(interval.high));
    } else {
        assert_float_equal(interval.low, low, 0);
        assert_float_equal(interval.high, high, 0);
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

/* The interval covers the true median in 95% of samples or more, but not in all. */
static void intervals_cover_as_they_claim(void **state) {
    (void)state;
    enum { SAMPLES = 20000, VALUES = 12 };
    uint64_t random = 1;
    int covered = 0;
    for (int sample = 0; sample < SAMPLES; sample++) {
        double values[VALUES];
        for (int i = 0; i < VALUES; i++)
            values[i] = ldexp((double)(hb_random(&random) >> 11), -53);
        struct hb_interval interval = hb_median(values, VALUES);
        covered += interval.low <= 0.5 && interval.high >= 0.5;
    }
    assert_true(covered > 0.95 * SAMPLES && covered < 0.975 * SAMPLES); /* 0.9614 expected */
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
        cmocka_unit_test(shuffles_are_permutations_and_fair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
