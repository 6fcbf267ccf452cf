/* Histograms and samples whose answers are known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "harness/measure/clock.h"
#include "harness/measure/histogram.h"
#include "harness/measure/latencies.h"
#include "harness/measure/sampler.h"

static struct hb_histogram histogram, other;

static void fill(struct hb_histogram *into, uint64_t value, int times) {
    for (int i = 0; i < times; i++)
        hb_histogram_add(into, value);
}

/* Edges meet, the values within them and no others count there, none is wider than 1/64. */
static void each_value_has_its_bucket(void **state) {
    (void)state;
    assert_float_equal(hb_histogram_low(0), 0, 0);
    for (size_t bucket = 0; bucket < HB_HISTOGRAM_BUCKETS; bucket++) {
        double low = hb_histogram_low(bucket), high = hb_histogram_high(bucket);
        uint64_t first = (uint64_t)ceil(low), last = (uint64_t)floor(high);
        assert_int_equal(hb_histogram_index(first), bucket);
        assert_int_equal(hb_histogram_index(last), bucket);
        assert_true(last - first + 1 == 1 || (double)(last - first + 1) <= (double)first / 64);
        assert_true(bucket == 0 || low == hb_histogram_high(bucket - 1));
    }
    assert_int_equal(hb_histogram_index(127), 127);
    assert_int_equal(hb_histogram_index(129), hb_histogram_index(128));
    assert_int_equal(hb_histogram_index(130), hb_histogram_index(128) + 1);
    assert_int_equal(hb_histogram_index(UINT32_MAX), HB_HISTOGRAM_BUCKETS - 1);
}

static void what_is_too_large_is_the_last_and_the_largest(void **state) {
    (void)state;
    histogram = (struct hb_histogram){0};
    fill(&histogram, UINT64_C(1) << 40, 3);
    assert_int_equal(histogram.counts[HB_HISTOGRAM_BUCKETS - 1], 3);
    assert_true(histogram.most == UINT64_C(1) << 40);
}

static void quantiles_are_the_known_ones(void **state) {
    (void)state;
    histogram = (struct hb_histogram){0};
    for (uint64_t value = 1; value <= 100; value++)
        fill(&histogram, value, 100);
    assert_float_equal(hb_histogram_quantile(&histogram, 5000), 50.5, 1e-9);
    assert_float_equal(hb_histogram_quantile(&histogram, 5025), 50.75, 1e-9);
    assert_float_equal(hb_histogram_quantile(&histogram, 9900), 99.5, 1e-9);
    assert_float_equal(hb_histogram_quantile(&histogram, 9990), 100, 1e-9); /* the largest */
    assert_float_equal(hb_histogram_mean(&histogram), 50.5, 1e-9);
    histogram = (struct hb_histogram){0};
    fill(&histogram, 7, 1000);
    assert_float_equal(hb_histogram_quantile(&histogram, 5000), 7, 1e-9);
    fill(&histogram, 1000000, 1000);
    assert_float_equal(hb_histogram_quantile(&histogram, 2500), 7, 1e-9);
    assert_float_equal(hb_histogram_quantile(&histogram, 5000), 7.5, 1e-9);
}

/* Ten values lie beyond, or there is no quantile. */
static void quantiles_of_few_values_are_null(void **state) {
    (void)state;
    histogram = (struct hb_histogram){0};
    assert_true(isnan(hb_histogram_quantile(&histogram, 5000)));
    assert_true(isnan(hb_histogram_mean(&histogram)));
    fill(&histogram, 5, 19);
    assert_true(isnan(hb_histogram_quantile(&histogram, 5000)));
    fill(&histogram, 5, 1);
    assert_false(isnan(hb_histogram_quantile(&histogram, 5000)));
    fill(&histogram, 5, 99999 - 20);
    assert_true(isnan(hb_histogram_quantile(&histogram, 9999)));
    fill(&histogram, 5, 1);
    assert_false(isnan(hb_histogram_quantile(&histogram, 9999)));
}

static int value_compare(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* Over six orders of magnitude, within 1/64 of what sorting says, or within a step. */
static void quantiles_are_those_of_sorting(void **state) {
    (void)state;
    enum { VALUES = 200000 };
    static const unsigned parts[] = {100, 1000, 5000, 9000, 9900, 9990, 9999};
    uint64_t *values = malloc(VALUES * sizeof *values), random = 3;
    histogram = (struct hb_histogram){0};
    for (int i = 0; i < VALUES; i++) {
        values[i] = (uint64_t)exp2(ldexp((double)(hb_random(&random) >> 11), -53) * 20);
        hb_histogram_add(&histogram, values[i]);
    }
    qsort(values, VALUES, sizeof *values, value_compare);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        double exact = (double)values[(uint64_t)VALUES * parts[i] / 10000 - 1];
        double found = hb_histogram_quantile(&histogram, parts[i]);
        assert_true(fabs(found - exact) <= fmax(1, exact / 64));
    }
    free(values);
}

static void merging_is_adding_all(void **state) {
    (void)state;
    static struct hb_histogram whole;
    uint64_t random = 5;
    histogram = other = whole = (struct hb_histogram){0};
    for (int i = 0; i < 10000; i++) {
        uint64_t value = hb_random(&random) >> (hb_random(&random) % 60);
        hb_histogram_add(i % 3 ? &histogram : &other, value);
        hb_histogram_add(&whole, value);
    }
    hb_histogram_merge(&histogram, &other);
    assert_memory_equal(&histogram, &whole, sizeof whole);
}

/* Times of a clock that moves in steps, begun at any moment within one: a time of 2.2 steps reads
 * as 2 or 3. Medians still tell 2.2 from 2.5. */
static void a_coarse_clock_does_not_tie_what_differs(void **state) {
    (void)state;
    for (double time = 2; time < 4; time += 0.1) {
        uint64_t random = 9;
        histogram = (struct hb_histogram){0};
        for (int i = 0; i < 100000; i++) {
            double begin = ldexp((double)(hb_random(&random) >> 11), -53);
            hb_histogram_add(&histogram, (uint64_t)floor(begin + time));
        }
        assert_float_equal(hb_histogram_quantile(&histogram, 5000), time, 0.1);
        assert_float_equal(hb_histogram_mean(&histogram), time, 0.01);
    }
}

/* One of each stratum, each place as often as any other. */
static void samples_are_one_of_each_stratum_and_fair(void **state) {
    (void)state;
    enum { EVERY = 16, STRATA = 160000 };
    struct hb_sampler sampler = hb_sampler_start(11, EVERY);
    int places[EVERY] = {0};
    uint64_t op = 0;
    for (uint64_t stratum = 0; stratum < STRATA; stratum++, op++) {
        op += hb_sampler_skip(&sampler);
        assert_int_equal(op / EVERY, stratum);
        places[op % EVERY]++;
    }
    for (int i = 0; i < EVERY; i++)
        assert_true(abs(places[i] - STRATA / EVERY) < 580); /* 6 standard deviations */
}

/* A program that repeats itself every 128, 64 or 100 operations. */
static void samples_do_not_fall_into_step_with_loops(void **state) {
    (void)state;
    static const int periods[] = {128, 64, 100};
    enum { SAMPLES = 200000 };
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        struct hb_sampler sampler = hb_sampler_start(i, 128);
        int phases[128] = {0}, period = periods[i];
        uint64_t op = 0;
        for (int sample = 0; sample < SAMPLES; sample++, op++) {
            op += hb_sampler_skip(&sampler);
            phases[op % (unsigned)period]++;
        }
        for (int phase = 0; phase < period; phase++) {
            double expected = (double)SAMPLES / period;
            assert_true(fabs(phases[phase] - expected) < 6 * sqrt(expected));
        }
    }
}

static void size_classes_are_powers_of_two(void **state) {
    (void)state;
    assert_int_equal(hb_latency_class(0), 0);
    assert_int_equal(hb_latency_class(1), 0);
    assert_int_equal(hb_latency_class(2), 1);
    assert_int_equal(hb_latency_class(31), 4);
    assert_int_equal(hb_latency_class(32), 5);
    assert_int_equal(hb_latency_class(UINT64_C(1) << 40), HB_LATENCY_CLASSES - 1);
}

/* A clock that moves 26 ticks at once, two steps between a start and its stop. */
static uint64_t stepped_ticks;

static uint64_t stepped_start(void) {
    return stepped_ticks += 26 * 3;
}

static uint64_t stepped_stop(void) {
    return stepped_ticks += 26 * 2;
}

static void a_clock_shows_its_step_and_its_cost(void **state) {
    (void)state;
    static const struct hb_clock stepped = {stepped_start, stepped_stop};
    struct hb_clock_facts facts = {.tick_ns = 0.5};
    hb_clock_measure(&stepped, &facts);
    assert_int_equal(facts.step_ticks, 26);
    assert_float_equal(facts.pair_ns, 26, 1e-9); /* 52 ticks of half a ns */
}

/* The clock of this machine agrees with the system's. */
static void the_chosen_clock_keeps_time(void **state) {
    (void)state;
    struct hb_clock_facts facts;
    hb_clock_choose(&facts);
    const struct hb_clock *clock =
        facts.kind == HB_CLOCK_COUNTER ? &hb_clock_counter : &hb_clock_system;
    assert_true(facts.step_ticks > 0 && facts.pair_ns > 0 && facts.pair_ns < 100000);
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC_RAW, &begin);
    uint64_t start = clock->start();
    do
        clock_gettime(CLOCK_MONOTONIC_RAW, &end);
    while ((end.tv_sec - begin.tv_sec) * 1000000000L + end.tv_nsec - begin.tv_nsec < 20000000);
    uint64_t stop = clock->stop();
    clock_gettime(CLOCK_MONOTONIC_RAW, &end);
    double whole =
        (double)((end.tv_sec - begin.tv_sec) * 1000000000L + end.tv_nsec - begin.tv_nsec);
    double counted = (double)(stop - start) * facts.tick_ns;
    assert_true(counted <= whole * 1.001 && counted >= 20000000 * 0.999 - 100000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_has_its_bucket),
        cmocka_unit_test(what_is_too_large_is_the_last_and_the_largest),
        cmocka_unit_test(quantiles_are_the_known_ones),
        cmocka_unit_test(quantiles_of_few_values_are_null),
        cmocka_unit_test(quantiles_are_those_of_sorting),
        cmocka_unit_test(merging_is_adding_all),
        cmocka_unit_test(a_coarse_clock_does_not_tie_what_differs),
        cmocka_unit_test(samples_are_one_of_each_stratum_and_fair),
        cmocka_unit_test(samples_do_not_fall_into_step_with_loops),
        cmocka_unit_test(size_classes_are_powers_of_two),
        cmocka_unit_test(a_clock_shows_its_step_and_its_cost),
        cmocka_unit_test(the_chosen_clock_keeps_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
