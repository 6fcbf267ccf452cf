/* The latency pass: what the worker's loop records, on a clock that the test moves; then the pass
 * as a user runs it.
 */
#include <math.h>

#include "harness/worker/latency.h"
#include "tests/passes/bench.h"
#include "tests/passes/fake_malloc.h"

#define SLOW HB_BUILD_DIR "/tests/fake_slow.so"

static struct bench_folder folder;

static int set_up(void **state) {
    (void)state;
    bench_folder_make(&folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    bench_folder_remove(&folder);
    return 0;
}

/* An allocator whose calls take known times. A request of FAILING gets nothing. */
enum { FREE_TICKS = 70, REALLOC_TICKS = 80, CALLOC_TICKS = 90, ALIGNED_TICKS = 110, FAILING = 999 };
enum { OUTSIDE_TICKS = 10000 };

static uint64_t ticks;
static char region[4096];

static uint64_t fake_start(void) {
    ticks += OUTSIDE_TICKS; /* what lies outside is not counted */
    return ticks;
}

static uint64_t fake_stop(void) {
    return ticks;
}

static void *fake_take(size_t request, uint64_t took) {
    ticks += took;
    return request == FAILING ? NULL : region;
}

static void *fake_alloc(void *state, size_t request) {
    (void)state;
    return fake_take(request, request);
}

static void *fake_aligned(void *state, size_t alignment, size_t request) {
    (void)state, (void)alignment;
    return fake_take(request, ALIGNED_TICKS);
}

static void fake_free(void *state, void *payload) {
    (void)state;
    assert_ptr_equal(payload, region);
    ticks += FREE_TICKS;
}

static void *fake_calloc(void *state, size_t request) {
    (void)state;
    return fake_take(request, CALLOC_TICKS);
}

static void *fake_realloc(void *state, void *payload, size_t request) {
    (void)state, (void)payload;
    return fake_take(request, REALLOC_TICKS);
}

static const struct hb_allocator fake = {.family = "fake",
                                         .alloc = fake_alloc,
                                         .alloc_aligned = fake_aligned,
                                         .free = fake_free,
                                         .calloc = fake_calloc,
                                         .realloc = fake_realloc};
static const struct hb_clock fake_clock = {fake_start, fake_stop};
static struct hb_latencies samples;

static uint64_t word(enum program_kind kind, uint64_t slot, uint64_t request) {
    return (uint64_t)kind | slot << 3 | request << 32;
}

static uint64_t wide(enum program_kind kind, uint64_t slot, uint64_t alignment_log2) {
    return PROGRAM_WIDE | slot << 3 | (uint64_t)kind << 32 | alignment_log2 << 40;
}

static struct latency replayed(const uint64_t *words, size_t count, uint64_t every,
                               uint64_t step_ticks) {
    static void *slots[8];
    samples = (struct hb_latencies){0};
    memset(slots, 0, sizeof slots);
    struct latency latency = {.replay = {&fake, NULL, slots, 0, 0},
                              .sampler = hb_sampler_start(1, every),
                              .step_ticks = step_ticks,
                              .touch = TOUCH_FIRST,
                              .samples = &samples};
    latency_replay(&latency, words, words + count, &fake_clock);
    return latency;
}

static void each_kind_has_its_times(void **state) {
    (void)state;
    const uint64_t words[] = {word(PROGRAM_MALLOC, 0, 40), word(PROGRAM_MALLOC, 1, 100),
                              word(PROGRAM_CALLOC, 2, 64), word(PROGRAM_REALLOC, 0, 80),
                              wide(PROGRAM_MALLOC, 3, 6),  256,
                              word(PROGRAM_FREE, 0, 0),    word(PROGRAM_FREE, 1, 0),
                              word(PROGRAM_FREE, 2, 0),    word(PROGRAM_FREE, 3, 0)};
    replayed(words, sizeof words / sizeof *words, 1, 1);
    assert_int_equal(samples.mallocs[5].count, 1);
    assert_int_equal(samples.mallocs[5].counts[hb_histogram_index(40)], 1);
    assert_int_equal(samples.mallocs[6].counts[hb_histogram_index(100)], 1);
    const uint64_t expected[HB_LATENCY_KINDS][2] = {
        [HB_LATENCY_FREE] = {4, FREE_TICKS},
        [HB_LATENCY_REALLOC] = {1, REALLOC_TICKS},
        [HB_LATENCY_CALLOC] = {1, CALLOC_TICKS},
        [HB_LATENCY_ALIGNED] = {1, ALIGNED_TICKS},
    };
    for (int kind = 0; kind < HB_LATENCY_KINDS; kind++) {
        assert_int_equal(samples.kinds[kind].count, expected[kind][0]);
        assert_int_equal(samples.kinds[kind].most, expected[kind][1]);
        assert_int_equal(samples.kinds[kind].sum, expected[kind][0] * expected[kind][1]);
    }
}

static void what_fails_is_no_sample(void **state) {
    (void)state;
    const uint64_t words[] = {
        word(PROGRAM_MALLOC, 0, FAILING),  word(PROGRAM_FREE, 0, 0),
        word(PROGRAM_CALLOC, 1, FAILING),  word(PROGRAM_REALLOC, 1, 50), /* a first allocation */
        word(PROGRAM_REALLOC, 1, FAILING),                               /* the old lives on */
        word(PROGRAM_FREE, 1, 0)};
    struct latency latency = replayed(words, sizeof words / sizeof *words, 1, 1);
    assert_int_equal(latency.replay.failed, 3);
    assert_int_equal(latency.replay.skipped, 1);
    for (int i = 0; i < HB_LATENCY_CLASSES; i++)
        assert_int_equal(samples.mallocs[i].count, 0);
    for (int kind = 0; kind < HB_LATENCY_KINDS; kind++)
        assert_int_equal(samples.kinds[kind].count, kind == HB_LATENCY_FREE);
}

/* Of 64,000 operations one in 16, both kinds alike; all of them are executed. */
static void few_operations_are_timed(void **state) {
    (void)state;
    enum { PAIRS = 32000, EVERY = 16 };
    uint64_t *words = malloc(2 * PAIRS * sizeof *words);
    for (int i = 0; i < PAIRS; i++) {
        words[2 * i] = word(PROGRAM_MALLOC, 0, 40);
        words[2 * i + 1] = word(PROGRAM_FREE, 0, 0);
    }
    ticks = 0;
    replayed(words, 2 * PAIRS, EVERY, 1);
    uint64_t mallocs = samples.mallocs[5].count, frees = samples.kinds[HB_LATENCY_FREE].count;
    assert_int_equal(mallocs + frees, 2 * PAIRS / EVERY);
    assert_true(mallocs > PAIRS / EVERY - 200 && mallocs < PAIRS / EVERY + 200);
    uint64_t reads = 2 * PAIRS / EVERY;
    assert_int_equal(ticks, PAIRS * (40 + FREE_TICKS) + reads * OUTSIDE_TICKS);
    free(words);
}

/* Values are whole steps of the clock, rounded. */
static void a_coarse_clock_is_counted_in_steps(void **state) {
    (void)state;
    const uint64_t words[] = {word(PROGRAM_MALLOC, 0, 78), word(PROGRAM_MALLOC, 1, 103)};
    replayed(words, 2, 1, 26);
    assert_int_equal(samples.mallocs[6].counts[3], 1);
    assert_int_equal(samples.mallocs[6].counts[4], 1);
}

static struct hb_result *measured(const char *words, size_t count) {
    size_t found;
    struct hb_result *results = bench_results(&folder, words, &found);
    assert_int_equal(found, count);
    return results;
}

/* The quantile as docs/metrics.md defines it, from what a result holds. */
static double quantile_again(const struct hb_result *result, const struct hb_counts *counts,
                             double part, double most) {
    double total = 0, before = 0;
    assert_int_equal(counts->count, result->latency_bucket_low_ns.count);
    for (size_t i = 0; i < counts->count; i++)
        total += (double)counts->values[i];
    for (size_t i = 0; i < counts->count; i++) {
        double here = (double)counts->values[i], low = result->latency_bucket_low_ns.values[i],
               high = result->latency_bucket_high_ns.values[i];
        if (before + here >= part * total)
            return fmin(low + (part * total - before) / here * (high - low), most);
        before += here;
    }
    return NAN;
}

static void expect_classes(const struct hb_result *result) {
    uint64_t in_classes = 0, in_cells = 0;
    for (size_t i = 0; i < result->latency_size_samples.count; i++)
        in_classes += result->latency_size_samples.values[i];
    for (size_t i = 0; i < result->latency_cell_count.count; i++) {
        in_cells += result->latency_cell_count.values[i];
        assert_true(result->latency_cell_size.values[i] < result->latency_size_bytes.count);
        assert_true(result->latency_cell_bucket.values[i] < result->latency_bucket_low_ns.count);
    }
    assert_int_equal(in_classes, result->latency_malloc_samples);
    assert_int_equal(in_cells, result->latency_malloc_samples);
    assert_int_equal(result->latency_size_p99_ns.count, result->latency_size_bytes.count);
}

static void expect_latency(const struct hb_result *result) {
    assert_string_equal(result->error, "");
    assert_true(result->latency_clock_step_ns > 0 && result->latency_clock_pair_ns > 0);
    assert_int_equal(result->latency_all_samples,
                     result->latency_malloc_samples + result->latency_calloc_samples +
                         result->latency_realloc_samples + result->latency_aligned_samples +
                         result->latency_free_samples);
    assert_true(result->latency_malloc_p50_ns > 0 &&
                result->latency_malloc_p50_ns <= result->latency_malloc_p90_ns &&
                result->latency_malloc_p90_ns <= result->latency_malloc_p99_ns &&
                result->latency_malloc_p99_ns <= result->latency_malloc_p999_ns &&
                result->latency_malloc_p999_ns <= result->latency_malloc_max_ns);
    assert_float_equal(
        quantile_again(result, &result->latency_malloc_counts, 0.99, result->latency_malloc_max_ns),
        result->latency_malloc_p99_ns, 1e-6);
    assert_float_equal(
        quantile_again(result, &result->latency_free_counts, 0.5, result->latency_free_max_ns),
        result->latency_free_p50_ns, 1e-6);
    expect_classes(result);
}

/* One in 128 operations, and enough of them for p99.99; above the floor. */
static void the_tail_of_each_allocator_is_measured(void **state) {
    (void)state;
    struct hb_result *results = measured(
        "--alloc=bestfit,segregated --trace=" BENCH_TRACE " --passes=latency --repeats=6", 3);
    for (size_t i = 0; i < 3; i++) {
        const struct hb_result *result = &results[i];
        expect_latency(result);
        assert_true(result->latency_floor_malloc_p50_ns < result->latency_malloc_p50_ns);
        assert_true(result->latency_floor_free_p50_ns < result->latency_free_p50_ns);
        assert_true(result->latency_floor_malloc_p50_ns > 0.5 * result->latency_clock_pair_ns);
        assert_true(result->latency_malloc_p50_ns_ci95_low <=
                    result->latency_malloc_p50_ns_ci95_high);
        assert_int_equal(result->latency_aligned_samples, 0);
        assert_true(isnan(result->latency_aligned_p50_ns));
        assert_true(isnan(result->ns_per_op) && result->repeats == 6);
        double per_replay = (double)result->latency_all_samples / (double)result->latency_replays;
        assert_float_equal(per_replay * 128, (double)result->ops, 128);
        if (result->latency_replays == results[0].latency_replays) /* none cut after a second */
            assert_int_equal(result->latency_all_samples, results[0].latency_all_samples);
        bool is_enough = result->latency_all_samples >= 100000;
        assert_true(is_enough == !isnan(result->latency_all_p9999_ns));
        assert_true(result->latency_bad_blocks <= 9);
        assert_true(result->latency_bad_blocks - result->latency_bad_blocks_kept <= 3);
    }
    hb_results_free(results, 3);
}

/* Each FAKE_SLOW_EVERY-th malloc takes FAKE_SLOW_NS longer, and no other quantile shows it. */
static void a_rare_delay_is_seen_as_often_as_it_is(void **state) {
    (void)state;
#ifdef HB_SANITIZED
    skip();
#endif
    struct hb_result *results =
        measured("--alloc=" SLOW " --trace=gcc --passes=latency --baseline=none --repeats=4", 1);
    const struct hb_counts *counts = &results->latency_malloc_counts;
    double slow = 0;
    for (size_t i = 0; i < counts->count; i++)
        if (results->latency_bucket_low_ns.values[i] >= 0.9 * FAKE_SLOW_NS)
            slow += (double)counts->values[i];
    double expected = (double)results->latency_malloc_samples / FAKE_SLOW_EVERY;
    assert_true(expected > 80);
    if (fabs(slow - expected) > 6 * sqrt(expected))
        fail_msg("%g slow ones, %g expected", slow, expected);
    assert_true(results->latency_malloc_p99_ns < 0.5 * FAKE_SLOW_NS);
    assert_true(results->latency_malloc_p9999_ns >= 0.98 * FAKE_SLOW_NS);
    hb_results_free(results, 1);
}

static void one_that_never_frees_is_measured_cold(void **state) {
    (void)state;
    struct hb_result *results =
        measured("--alloc=bump --trace=perl --passes=latency --baseline=none --repeats=2", 1);
    assert_true(results->latency_cold_malloc_samples > 1000);
    assert_true(results->latency_cold_malloc_p50_ns > 0);
    assert_int_equal(results->latency_all_samples, 0);
    assert_true(isnan(results->latency_malloc_p50_ns));
    hb_results_free(results, 1);
}

static void it_is_left_out_unless_asked_for(void **state) {
    (void)state;
    struct hb_result *results =
        measured("--alloc=bestfit --trace=git --repeats=1 --counters=none --baseline=none", 1);
    assert_int_equal(results->latency_all_samples, HB_COUNT_NULL);
    assert_string_equal(results->latency_clock, "");
    assert_int_equal(results->latency_bucket_low_ns.count, 0);
    hb_results_free(results, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_its_times),
        cmocka_unit_test(what_fails_is_no_sample),
        cmocka_unit_test(few_operations_are_timed),
        cmocka_unit_test(a_coarse_clock_is_counted_in_steps),
        cmocka_unit_test(the_tail_of_each_allocator_is_measured),
        cmocka_unit_test(a_rare_delay_is_seen_as_often_as_it_is),
        cmocka_unit_test(one_that_never_frees_is_measured_cold),
        cmocka_unit_test(it_is_left_out_unless_asked_for),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
