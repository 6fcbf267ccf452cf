/* A streamed trace is measured as one in memory is. */
#include <math.h>

#include "tests/passes/bench.h"

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

static void streamed_and_kept_give_the_same_figures(void **state) {
    (void)state;
    static const char *const words[] = {
        "--alloc=bestfit --trace=perl --passes=check,space --baseline=none",
        "--alloc=bestfit --trace=perl --passes=check,space --baseline=none --stream-above=0"};
    struct hb_result *results[2];
    size_t count;
    for (int i = 0; i < 2; i++)
        results[i] = bench_results(&folder, words[i], &count);
    assert_int_equal(count, 1);
    assert_string_equal(results[1]->check, "ok");
    assert_int_equal(results[0]->ops, results[1]->ops);
    assert_string_equal(results[0]->placement_hash, results[1]->placement_hash);
    assert_true(results[0]->frag_mean_ratio == results[1]->frag_mean_ratio);
    assert_int_equal(results[0]->peak_live_bytes, results[1]->peak_live_bytes);
    assert_int_equal(results[0]->series_op.count, results[1]->series_op.count);
    assert_true(results[0]->external_frag_ratio == results[1]->external_frag_ratio);
    for (int i = 0; i < 2; i++)
        hb_results_free(results[i], 1);
}

/* Time without words is not counted: nothing hangs on the reader's speed, but for the noise. */
static void a_streamed_replay_is_timed(void **state) {
    (void)state;
    size_t count;
    struct hb_result *results = bench_results(
        &folder,
        "--alloc=bestfit --trace=perl --passes=time,cache --repeats=6 --stream-above=100000",
        &count);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(results[i].error, "");
        assert_true(results[i].ns_per_op > 0 && results[i].cold_ns_per_op > 0);
        assert_int_equal(results[i].ops, results[0].ops);
    }
#ifndef HB_SANITIZED /* whose malloc is slow */
    assert_true(results[1].time_ratio > 0.5);
#endif
    assert_true(results[1].time_ratio > 0 && results[1].time_ratio < 20);
    hb_results_free(results, count);
}

/* A generator streams into each worker from its start, and is named by its canonical spec. */
static void a_generator_streams_as_a_file_does(void **state) {
    (void)state;
    static const char *const words[] = {
        "--alloc=bestfit --trace=synth:random:seed=5:ops=300000 --passes=space --baseline=none",
        "--alloc=bestfit --trace=synth:random:seed=5:ops=300000 --passes=space --baseline=none "
        "--stream-above=0"};
    struct hb_result *results[2];
    size_t count;
    for (int i = 0; i < 2; i++)
        results[i] = bench_results(&folder, words[i], &count);
    assert_string_equal(results[1]->trace, "synth:random:ops=300000:seed=5");
    assert_int_equal(results[1]->ops, 300000);
    assert_string_equal(results[0]->placement_hash, results[1]->placement_hash);
    assert_true(results[0]->external_frag_ratio == results[1]->external_frag_ratio);
    for (int i = 0; i < 2; i++)
        hb_results_free(results[i], 1);
}

static void a_bad_generator_is_refused(void **state) {
    (void)state;
    char text[BENCH_TEXT_MAX];
    assert_int_equal(bench_run(&folder, "--alloc=bestfit --trace=synth:radnom"), 2);
    bench_text(&folder, "err.txt", text);
    assert_non_null(strstr(text, "there is no generator 'radnom'; nearest: random"));
}

static void a_bad_limit_is_refused(void **state) {
    (void)state;
    char text[BENCH_TEXT_MAX];
    assert_int_equal(bench_run(&folder, "--alloc=bestfit --trace=gcc --stream-above=many"), 2);
    bench_text(&folder, "err.txt", text);
    assert_non_null(strstr(text, "--stream-above: 'many'"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streamed_and_kept_give_the_same_figures),
        cmocka_unit_test(a_streamed_replay_is_timed),
        cmocka_unit_test(a_generator_streams_as_a_file_does),
        cmocka_unit_test(a_bad_generator_is_refused),
        cmocka_unit_test(a_bad_limit_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
