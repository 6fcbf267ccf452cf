/* The cache pass: what callgrind writes is read or refused, caches are named and rounded, and two
 * simulations agree to the last miss.
 */
#include <math.h>

#include "harness/measure/callgrind.h"
#include "harness/measure/geometry.h"
#include "tests/passes/bench.h"

#define HEAD   "# callgrind format\nversion: 1\ncmd:  worker\n"
#define EVENTS "events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw\n"

static bool read_counts(const char *text, struct hb_callgrind_counts *counts, char *error) {
    FILE *file = fmemopen((void *)text, strlen(text), "r");
    assert_non_null(file);
    bool read = hb_callgrind_read(file, counts, error);
    fclose(file);
    return read;
}

static void totals_are_read_in_the_order_of_the_events(void **state) {
    (void)state;
    struct hb_callgrind_counts counts;
    char error[HB_CALLGRIND_ERROR_MAX];
    assert_true(read_counts(HEAD EVENTS "summary: 9 9 9 9 9 9 9 9 9\nfn=(1) f\n5 1 2\n"
                                        "totals: 100 20 30 1 5 6 1 3 4\n",
                            &counts, error));
    assert_int_equal(counts.instructions, 100);
    assert_int_equal(counts.l1d_misses, 11);
    assert_int_equal(counts.llc_misses, 7);
    assert_true(read_counts(
        "events: DLmw DLmr D1mw D1mr Ir\ntotals: 1 2 3 4 18446744073709551615\n", &counts, error));
    assert_true(counts.instructions == UINT64_MAX);
    assert_int_equal(counts.l1d_misses, 7);
    assert_int_equal(counts.llc_misses, 3);
    assert_true(read_counts(HEAD EVENTS "totals: 100 20\n", &counts, error)); /* zeros left out */
    assert_int_equal(counts.l1d_misses, 0);
}

static void damaged_output_is_refused(void **state) {
    static const char *const damaged[] = {
        "x",
        HEAD,
        HEAD EVENTS,
        HEAD EVENTS "totals: 1 2 3 4 5 6 7 8 9",
        HEAD EVENTS "totals: 1 2 3 4 5 6 7 8 9 10\n",
        HEAD EVENTS "totals:\n",
        HEAD EVENTS "totals: 1 -2\n",
        HEAD EVENTS "totals: 1 2x\n",
        HEAD EVENTS "totals: 18446744073709551616\n",
        HEAD "totals: 1 2\n" EVENTS,
        HEAD "events: Ir Dr Dw\ntotals: 1 2 3\n",
        HEAD "events: Ir D1mr D1mw DLmr\ntotals: 1 2 3 4\n",
        HEAD "events: ANameFarLongerThanAnyOfTheirs\ntotals: 1\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        struct hb_callgrind_counts counts;
        char error[HB_CALLGRIND_ERROR_MAX] = "";
        if (read_counts(damaged[i], &counts, error) || !error[0])
            fail_msg("not refused: %s", damaged[i]);
    }
}

static void caches_are_named_and_rounded(void **state) {
    struct hb_geometry geometry;
    char text[HB_GEOMETRY_TEXT_MAX], error[HB_GEOMETRY_ERROR_MAX];
    (void)state;
    hb_geometry_of_machine(&geometry);
    hb_geometry_text(&geometry, text);
    struct hb_geometry again = geometry;
    assert_true(hb_geometry_parse(&again, text, error));
    assert_memory_equal(&again, &geometry, sizeof geometry);
    assert_true(hb_geometry_parse(&geometry, "LL=36M,12,64:L1=48K,12,64:I1=32768,8,32", error));
    hb_geometry_text(&geometry, text);
    assert_string_equal(text, "I1=32K,8,32:L1=48K,12,64:LL=24M,12,64");
}

static void caches_that_cannot_be_are_refused(void **state) {
    static const char *const refused[] = {
        "",           "L1",          "L1=",          "L1=32K",        "L1=32K,8",
        "L2=1M,8,64", "L1=32K,8,48", "L1=32K,0,64",  "L1=32K,8,8",    "L1=256,8,64",
        "L1=x,8,64",  "L1=-1,8,64",  "L1=32K,8,64:", "L1=32K,8,64,1", "L1=99999999G,8,64",
        "l1=32K,8,64"};
    struct hb_geometry geometry;
    char error[HB_GEOMETRY_ERROR_MAX];
    (void)state;
    hb_geometry_of_machine(&geometry);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (hb_geometry_parse(&geometry, refused[i], error))
            fail_msg("not refused: '%s'", refused[i]);
}

#ifndef HB_SANITIZED

static struct hb_result *simulate(const char *more, size_t *count, char *said) {
    char words[512];
    struct bench_folder folder;
    bench_folder_make(&folder);
    snprintf(words, sizeof words, "--trace=gcc --passes=cache --counters=sim %s", more);
    struct hb_result *results = bench_results(&folder, words, count);
    bench_text(&folder, "err.txt", said);
    bench_folder_remove(&folder);
    return results;
}

/* A build without valgrind has nothing to simulate with. */
static bool has_valgrind(void) {
    struct hb_callgrind callgrind;
    return hb_callgrind_find(&callgrind);
}

static void two_simulations_agree_to_the_last_miss(void **state) {
    (void)state;
    char said[BENCH_TEXT_MAX];
    size_t count, again_count;
    if (!has_valgrind())
        skip();
    static const char ours[] = "--alloc=bestfit,segregated,buddy";
    struct hb_result *results = simulate(ours, &count, said);
    struct hb_result *again = simulate(ours, &again_count, said);
    assert_int_equal(count, 4);
    assert_string_equal(results[0].allocator, "glibc");
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(results[i].cache_source, "sim");
        assert_true(results[i].cache_ops > 100000 && results[i].cache_ops != HB_COUNT_NULL);
        assert_true(results[i].instructions_per_op == again[i].instructions_per_op);
        assert_true(results[i].l1d_misses_per_op == again[i].l1d_misses_per_op);
        assert_true(results[i].llc_misses_per_op == again[i].llc_misses_per_op);
        assert_true(results[i].instructions_per_op > results[i].floor_instructions_per_op);
        assert_true(results[i].l1d_misses_per_op > results[i].llc_misses_per_op);
        assert_true(results[i].floor_instructions_per_op > 1);
        assert_true(results[i].floor_instructions_per_op < 50);
        assert_true(isnan(results[i].dtlb_misses_per_op));
        assert_true(results[i].sim_l1d_misses_per_op == results[i].l1d_misses_per_op);
        assert_true(isnan(results[i].sim_spread_ratio)); /* once is enough */
    }
    hb_results_free(results, count);
    hb_results_free(again, again_count);
}

static void a_smaller_cache_misses_more(void **state) {
    (void)state;
    char said[BENCH_TEXT_MAX];
    size_t count;
    if (!has_valgrind())
        skip();
    struct hb_result *results =
        simulate("--baseline=none --alloc=bestfit --cache=L1=8K,2,64:LL=64K,4,64", &count, said);
    assert_int_equal(count, 1);
    assert_non_null(strstr(results[0].cache_geometry, "L1=8K,2,64:LL=64K,4,64"));
    struct hb_result *larger =
        simulate("--baseline=none --alloc=bestfit --cache=L1=1M,16,64:LL=4M,16,64", &count, said);
    assert_true(results[0].l1d_misses_per_op > 2 * larger[0].l1d_misses_per_op);
    assert_true(results[0].llc_misses_per_op > larger[0].llc_misses_per_op);
    assert_true(results[0].instructions_per_op == larger[0].instructions_per_op);
    hb_results_free(results, 1);
    hb_results_free(larger, 1);
}

/* Libraries of others: the spread of two runs tells whether to trust a miss more or less. */
static void foreign_allocators_are_simulated_twice(void **state) {
    (void)state;
    char said[BENCH_TEXT_MAX];
    size_t count;
    if (!has_valgrind())
        skip();
    struct hb_result *results =
        simulate("--baseline=none --alloc=" HB_BUILD_DIR "/libheapbench-bestfit.so," HB_BUILD_DIR
                 "/tests/fake_varies.so",
                 &count, said);
    assert_int_equal(count, 2);
    assert_true(results[0].sim_spread_ratio == 0);
    assert_true(results[1].sim_spread_ratio > 0 && results[1].sim_spread_ratio < 2);
    hb_results_free(results, count);
}

static void counters_and_a_simulation_stand_side_by_side(void **state) {
    (void)state;
    char said[BENCH_TEXT_MAX];
    size_t count;
    if (!has_valgrind())
        skip();
    struct hb_result *results = simulate(
        "--passes=space,cache --counters=sim,perf::PAGE-FAULTS:u --alloc=bestfit", &count, said);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(results[i].cache_source, "sim"); /* as no event is a miss */
        assert_true(results[i].l1d_misses_per_op == results[i].sim_l1d_misses_per_op);
        assert_int_equal(results[i].cache_ops, results[i].sim_ops);
        assert_true(results[i].floor_sim_l1d_misses_per_op > 0);
        if (results[i].counters[0] == '\0')
            continue; /* refused here */
        assert_string_equal(results[i].counters, "perf::PAGE-FAULTS:u");
        assert_int_equal(results[i].counters_ops, results[i].ops); /* the whole trace */
        assert_true(results[i].sim_ops < results[i].counters_ops);
    }
    hb_results_free(results, count);
}

#endif

static void without_valgrind_the_rest_goes_on(void **state) {
    (void)state;
    char command[BENCH_COMMAND_MAX], said[BENCH_TEXT_MAX];
    struct bench_folder folder;
    bench_folder_make(&folder);
    snprintf(command, sizeof command,
             "cd '%s' && PATH=/nowhere '%s/heapbench' --alloc=bestfit --trace=gcc "
             "--passes=time,cache --counters=sim --repeats=1 >out.txt 2>err.txt",
             folder.path, HB_BUILD_DIR);
    assert_int_equal(system(command), 0);
    bench_text(&folder, "err.txt", said);
    assert_non_null(strstr(said, "the cache pass is left out"));
    bench_text(&folder, "out.txt", said);
    assert_non_null(strstr(said, "no counts of the cache"));
    bench_folder_remove(&folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_are_read_in_the_order_of_the_events),
        cmocka_unit_test(damaged_output_is_refused),
        cmocka_unit_test(caches_are_named_and_rounded),
        cmocka_unit_test(caches_that_cannot_be_are_refused),
#ifndef HB_SANITIZED
        cmocka_unit_test(two_simulations_agree_to_the_last_miss),
        cmocka_unit_test(a_smaller_cache_misses_more),
        cmocka_unit_test(foreign_allocators_are_simulated_twice),
        cmocka_unit_test(counters_and_a_simulation_stand_side_by_side),
#endif
        cmocka_unit_test(without_valgrind_the_rest_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
