/* test_adversary.c -- adversaries take from our allocators exactly what theory says, and what they
 * did can be done again.
 */
#include "bench.h"

#include "harness/passes/preload.h"
#include "harness/passes/adversary.h"
#include "workloads/trace.h"

static void spec_make(const char *text, struct hb_spec *spec) {
    char error[512];
    assert_int_equal(hb_spec_parse(text, spec, error), HB_SPEC_OK);
    assert_true(hb_adversary_prepare(spec, error));
}

static struct hb_adversary adversary_make(const char *text) {
    struct hb_adversary adversary;
    char error[HB_ADVERSARY_ERROR_MAX];
    if (!hb_adversary_parse(text, &adversary, error))
        fail_msg("%s", error);
    return adversary;
}

static void play(const char *text, const char *alloc, struct hb_program *program,
                 struct hb_adversary_result *result) {
    char error[HB_ADVERSARY_ERROR_MAX] = "";
    struct hb_adversary adversary = adversary_make(text);
    struct hb_spec spec;
    spec_make(alloc, &spec);
    if (!hb_adversary_run(&adversary, &spec, program, result, error))
        fail_msg("%s on %s: %s", text, alloc, error);
}

/* M, n, and Robson's bound: the four sequential fits need that and not a unit more. */
static void sequential_fits_need_robsons_bound(void **state) {
    static const struct {
        int live, sizes;
        uint64_t units;
    } cases[] = {{64, 8, 153},      {256, 16, 753},    {1024, 32, 3553},
                 {1024, 256, 4865}, {4096, 64, 16321}, {4096, 1024, 23553}};
    static const char *const fits[] = {"firstfit",           "bestfit", "bestfit:order=lifo",
                                       "bestfit:order=fifo", "nextfit", "worstfit"};
    (void)state;
    assert_int_equal(hb_robson_bound(16, 2), 23); /* Knuth, TAOCP 1, exercise 2.5-38 */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t j = 0; j < sizeof fits / sizeof *fits; j++) {
            struct hb_adversary_result result;
            char text[64];
            snprintf(text, sizeof text, "robson:M=%d:n=%d", cases[i].live, cases[i].sizes);
            play(text, fits[j], NULL, &result);
            assert_int_equal(result.span_units, cases[i].units);
            assert_int_equal(result.live_units, cases[i].live);
        }
}

static void no_allocator_of_ours_needs_less(void **state) {
    (void)state;
    for (int i = 0; hb_registry[i]; i++) {
        struct hb_adversary_result result;
        if (hb_registry[i]->is_floor || hb_registry[i]->never_frees)
            continue;
        play("robson:M=1024:n=256", hb_registry[i]->name, NULL, &result);
        assert_true(result.span_units >= hb_robson_bound(1024, 256));
    }
}

/* A library whose malloc is preloaded gives its addresses, too. */
static void libraries_are_read_back(void **state) {
    char error[HB_ADVERSARY_ERROR_MAX] = "";
    struct hb_adversary adversary = adversary_make("robson:M=1024:n=256");
    struct hb_adversary_result result;
    struct hb_spec spec;
    (void)state;
    if (!hb_preload_is_possible())
        skip();
    spec_make(HB_BUILD_DIR "/libheapbench-bestfit.so", &spec);
    assert_true(hb_adversary_run(&adversary, &spec, NULL, &result, error));
    assert_true(result.span_units >= hb_robson_bound(1024, 256));
    assert_int_equal(result.footprint_bytes, UINT64_MAX);
    assert_true(result.resident_peak_bytes >= 1024 * 32);
}

static double replayed_ratio(const struct hb_program *program, const char *text,
                             const char *alloc) {
    char error[HB_ADVERSARY_ERROR_MAX] = "";
    struct hb_adversary adversary = adversary_make(text);
    struct hb_adversary_result result;
    struct hb_spec spec;
    spec_make(alloc, &spec);
    if (!hb_adversary_replay(&adversary, &spec, program, &result, error))
        fail_msg("%s", error);
    return (double)result.span_units / (double)result.live_units;
}

static void best_fit_is_ruined_and_first_fit_is_not(void **state) {
    static const int widths[] = {8, 16, 32, 64};
    double last = 0;
    (void)state;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        uint64_t m = (uint64_t)widths[i], count = 120;
        struct hb_adversary_result result;
        struct hb_program program;
        char text[64];
        snprintf(text, sizeof text, "bestfit:m=%d:K=120", widths[i]);
        play(text, "bestfit", &program, &result);
        assert_int_equal(result.live_units, count + 4 * m - 10);
        assert_int_equal(result.span_units, (count + 2) * (m - 2));
        assert_int_equal(result.ops, program.header->op_count);
        double ratio = (double)result.span_units / (double)result.live_units;
        double first = replayed_ratio(&program, text, "firstfit");
        assert_true(first < 2);
        assert_true(ratio / first > last);
        last = ratio / first;
        hb_program_free(&program);
    }
}

/* Where the free end of the heap goes back to the system, as in the papers' unlimited store: a unit
 * of two pages, so that what trimming leaves is less than a unit. */
static void replays_are_those_of_the_papers_store(void **state) {
    static const char text[] = "bestfit:m=32:K=120:unit=8192";
    struct hb_adversary_result result;
    struct hb_program program;
    (void)state;
    play(text, "bestfit:trim=4096", &program, &result);
    assert_int_equal(result.live_units, 238);
    assert_int_equal(result.span_units, 3660);
    assert_float_equal(replayed_ratio(&program, text, "firstfit:trim=4096"), 328 / 238.0, 1e-9);
    assert_float_equal(replayed_ratio(&program, text, "nextfit:trim=4096"), 3660 / 238.0, 1e-9);
    assert_true(replayed_ratio(&program, text, "worstfit:trim=4096") < 2.5);
    hb_program_free(&program);
}

/* The order of ties does not matter to the attack; another policy does. */
static void attack_tells_who_is_no_best_fit(void **state) {
    char error[HB_ADVERSARY_ERROR_MAX] = "";
    struct hb_adversary adversary = adversary_make("bestfit:m=32:K=120");
    struct hb_adversary_result result;
    struct hb_spec spec;
    (void)state;
    play("bestfit:m=32:K=120", "bestfit:order=lifo", NULL, &result);
    assert_int_equal(result.span_units, 3660);
    spec_make("firstfit", &spec);
    assert_false(hb_adversary_run(&adversary, &spec, NULL, &result, error));
    assert_non_null(strstr(error, "does not place as best fit does"));
}

static void kept_traces_are_what_was_done(void **state) {
    struct bench_folder folder;
    char path[128], error[512];
    struct hb_trace_info info;
    (void)state;
    bench_folder_make(&folder);
    assert_int_equal(
        bench_run(&folder, "adversary robson:M=64:n=8 --alloc=firstfit -o ./robson.hbt"), 0);
    snprintf(path, sizeof path, "%s/robson.hbt", folder.path);
    assert_true(hb_trace_check(path, &info, NULL, error));
    assert_int_equal(info.op_count, 164);
    bench_folder_remove(&folder);
}

static void bad_requests_are_told(void **state) {
    static const char *const wrong[] = {"adversary robson:M=64:n=7 --alloc=bestfit",
                                        "adversary robson:m=64 --alloc=bestfit",
                                        "adversary bestfit:m=7 --alloc=bestfit",
                                        "adversary knuth --alloc=bestfit",
                                        "adversary robson",
                                        "adversary robson --alloc=bump",
                                        "adversary robson --alloc=bestfit:scale=16",
                                        "adversary robson --alloc=bestfit,firstfit -o x.hbt",
                                        "adversary --alloc=bestfit"};
    struct bench_folder folder;
    char text[BENCH_TEXT_MAX];
    (void)state;
    bench_folder_make(&folder);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(bench_run(&folder, wrong[i]), 2);
        bench_text(&folder, "err.txt", text);
        char *end = strchr(text, '\n');
        assert_non_null(end);
        assert_int_equal(end[1], '\0');
    }
    bench_folder_remove(&folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sequential_fits_need_robsons_bound),
                                       cmocka_unit_test(no_allocator_of_ours_needs_less),
                                       cmocka_unit_test(libraries_are_read_back),
                                       cmocka_unit_test(best_fit_is_ruined_and_first_fit_is_not),
                                       cmocka_unit_test(replays_are_those_of_the_papers_store),
                                       cmocka_unit_test(attack_tells_who_is_no_best_fit),
                                       cmocka_unit_test(kept_traces_are_what_was_done),
                                       cmocka_unit_test(bad_requests_are_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
