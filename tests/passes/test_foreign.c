/* Allocators of others: those that are installed are measured as glibc is; one that fails is a row
 * with a reason, and the rest of the run goes on. The fakes come from fake_malloc.c.
 */
#include <math.h>
#include <time.h>

#include "allocators/foreign.h"
#include "tests/passes/bench.h"
#include "tests/passes/fake_malloc.h"

#define FAKE(way) HB_BUILD_DIR "/tests/fake_" way ".so"
#define BESTFIT   HB_BUILD_DIR "/libheapbench-bestfit.so"

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

static void skip_sanitized(void) {
#ifdef HB_SANITIZED
    skip();
#endif
}

static void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* In the folder. */
static void shell(const char *format, ...) {
    char words[BENCH_COMMAND_MAX], command[BENCH_COMMAND_MAX + 128];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    snprintf(command, sizeof command, "cd '%s' && %s", folder.path, words);
    if (system(command) != 0)
        fail_msg("failed: %s", words);
}

/* Results of a run that ends with status 1. */
static struct hb_result *failed_results(const char *words, size_t *count) {
    char line[BENCH_COMMAND_MAX + 32], path[128], error[512];
    snprintf(line, sizeof line, "%s --format=jsonl", words);
    assert_int_equal(bench_run(&folder, line), 1);
    snprintf(path, sizeof path, "%s/out.txt", folder.path);
    struct hb_result *results = hb_results_read(path, count, error);
    assert_non_null(results);
    return results;
}

static void expect_measured(const struct hb_result *result) {
    assert_string_equal(result->error, "");
    assert_string_equal(result->check, "ok");
    assert_int_equal(result->failed_allocs, 0);
    assert_true(result->ns_per_op > 0 && result->cold_ns_per_op > 0);
    assert_true(result->resident_peak_ratio > 0.9 && result->resident_peak_ratio < 10);
    assert_int_equal(result->peak_footprint_bytes, HB_COUNT_NULL);
    assert_string_equal(result->placement_hash, "");
    assert_true(result->series_resident_bytes.count > 500);
    assert_int_equal(result->series_footprint_bytes.count, 0);
}

/* False if it is not installed; that is said in one line, with the package. */
static bool peer_is_measured(const struct hb_foreign *foreign) {
    char words[256], text[BENCH_TEXT_MAX];
    size_t count;
    snprintf(words, sizeof words,
             "--alloc=%s --trace=perl --passes=check,space,time --repeats=1 --baseline=none",
             foreign->family.name);
    if (bench_run(&folder, words) == 2) {
        bench_text(&folder, "err.txt", text);
        assert_non_null(strstr(text, "not installed"));
        assert_non_null(strstr(text, foreign->package));
        return false;
    }
    struct hb_result *results = bench_results(&folder, words, &count);
    assert_int_equal(count, 1);
    assert_string_equal(results->allocator, foreign->family.name);
    assert_int_equal(results->library[0], '/');
    expect_measured(results);
    hb_results_free(results, count);
    return true;
}

static void the_installed_ones_are_measured(void **state) {
    (void)state;
    int measured = 0;
    skip_sanitized();
    for (const struct hb_foreign *foreign = hb_foreigns; foreign->package; foreign++)
        measured += peer_is_measured(foreign);
    if (!measured)
        skip();
}

static void one_that_is_not_installed_names_its_package(void **state) {
    (void)state;
    char words[128], text[BENCH_TEXT_MAX];
    setenv("HEAPBENCH_LIBRARIES", folder.path, 1);
    for (const struct hb_foreign *foreign = hb_foreigns; foreign->package; foreign++) {
        snprintf(words, sizeof words, "--alloc=%s --trace=gcc", foreign->family.name);
        assert_int_equal(bench_run(&folder, words), 2);
        bench_text(&folder, "err.txt", text);
        char *package = strstr(text, "apt-get install ");
        assert_non_null(package);
        assert_memory_equal(package + 16, foreign->package, strlen(foreign->package));
        assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    }
    assert_int_equal(bench_run(&folder, "list allocators"), 0);
    shell("grep -q 'not installed: apt-get install libjemalloc2' out.txt");
    assert_int_equal(bench_run(&folder, "--alloc=jemaloc --trace=gcc"), 2);
    bench_text(&folder, "err.txt", text);
    assert_non_null(strstr(text, "nearest: jemalloc"));
    unsetenv("HEAPBENCH_LIBRARIES");
}

/* A known name is only a place to look in: here stands another allocator. */
static void known_ones_are_found_listed_and_in_all(void **state) {
    (void)state;
    size_t count;
    bool found = false;
    skip_sanitized();
    setenv("HEAPBENCH_LIBRARIES", folder.path, 1);
    shell("ln -sf '%s' libjemalloc.so.2", BESTFIT);
    assert_int_equal(bench_run(&folder, "list allocators"), 0);
    shell("grep -q 'installed: %s/libjemalloc.so.2' out.txt", folder.path);
    struct hb_result *results = bench_results(
        &folder, "--alloc=all --trace=gcc --passes=space --baseline=jemalloc", &count);
    assert_string_equal(results[0].allocator, "jemalloc");
    assert_string_equal(results[0].baseline, "jemalloc");
    for (size_t i = 1; i < count; i++)
        found = found || strcmp(results[i].allocator, "jemalloc") == 0;
    assert_true(found);
    hb_results_free(results, count);
    unsetenv("HEAPBENCH_LIBRARIES");
}

enum { PAGE = 4096, TABLES_MAX = 128 << 10 };

static void any_library_is_measured_by_its_path(void **state) {
    (void)state;
    size_t count;
    skip_sanitized();
    shell("cp '%s' 'odd: na,me.so' && cp '%s' plain.so", BESTFIT, BESTFIT);
    struct hb_result *results =
        bench_results(&folder,
                      "'--alloc=./plain.so,./odd\\: na\\,me.so,bestfit' --trace=gcc "
                      "--passes=check,space,time --repeats=1 --baseline=" BESTFIT,
                      &count);
    assert_int_equal(count, 4);
    assert_string_equal(results[0].allocator, BESTFIT);
    assert_string_equal(results[1].allocator, "./plain.so");
    assert_string_equal(results[2].allocator, "./odd\\: na\\,me.so");
    for (size_t i = 0; i < 3; i++) {
        expect_measured(&results[i]);
        /* The library's memory holds the strategy's tables too; the worker keeps them apart. */
        assert_true(results[i].peak_resident_bytes + PAGE >= results[3].peak_resident_bytes);
        assert_true(results[i].peak_resident_bytes <= results[3].peak_resident_bytes + TABLES_MAX);
    }
    hb_results_free(results, count);
}

struct failure {
    const char *library;
    const char *pass;
    const char *says[2];
};

static const struct failure failures[] = {
    {FAKE("crashes"), "space", {"space: ", "Segmentation fault"}},
    {FAKE("crashes"), "time", {"time: ", "Segmentation fault"}},
    {FAKE("refuses"), "space", {"space: every request failed", ""}},
    {FAKE("refuses"), "time", {"time: every request failed", ""}},
    {FAKE("refuses"), "check", {"check: every request failed", ""}},
    {FAKE("overlaps"), "check", {"check: a payload overlaps a live one", ""}},
    {FAKE("partial"), "space", {"memalign is that of ", "fake_partial.so"}},
    {FAKE("nothing"), "space", {"malloc is that of ", "libc.so"}},
    {FAKE("needy"), "space", {"fake_lost.so", "No such file"}},
    {"./text.so", "space", {"malloc is that of ", "invalid ELF header"}},
    {"./empty.so", "space", {"malloc is that of ", "file too short"}},
    {"./machine.so", "space", {"malloc is that of ", "it printed: "}},
    {"./folder.so", "space", {"malloc is that of ", "cannot"}},
};

/* The row of the one that fails has the reason, and bestfit's its figures. */
static void one_that_fails_is_a_row_with_a_reason(void **state) {
    (void)state;
    char words[BENCH_COMMAND_MAX], text[BENCH_TEXT_MAX];
    size_t count;
    skip_sanitized();
    shell("seq 1000 >text.so && : >empty.so && mkdir folder.so && cp '%s' machine.so && "
          "printf '\\363' | dd of=machine.so bs=1 seek=18 conv=notrunc 2>dd.txt",
          BESTFIT);
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        const struct failure *failure = &failures[i];
        snprintf(words, sizeof words,
                 "--alloc=%s,bestfit --trace=gcc --baseline=none --repeats=1 --passes=%s",
                 failure->library, failure->pass);
        struct hb_result *results = failed_results(words, &count);
        assert_int_equal(count, 2);
        for (int part = 0; part < 2; part++)
            if (!strstr(results[0].error, failure->says[part]))
                fail_msg("%s: '%s' lacks '%s'", failure->library, results[0].error,
                         failure->says[part]);
        assert_string_equal(results[1].error, "");
        assert_true(results[1].ops != HB_COUNT_NULL);
        hb_results_free(results, count);
        bench_text(&folder, "err.txt", text);
        assert_null(strstr(text, "ld.so"));
    }
    assert_int_equal(bench_run(&folder, "--alloc=./nosuch.so --trace=gcc"), 2);
    assert_int_equal(bench_run(&folder, "--alloc=./text.so:order=lifo --trace=gcc"), 2);
}

/* A worker that does not end is ended, once: later passes leave the cell out. */
static void one_that_hangs_is_ended(void **state) {
    (void)state;
    size_t count;
    skip_sanitized();
    time_t start = time(NULL);
    struct hb_result *results = failed_results(
        "--alloc=" FAKE("hangs") ",bestfit --trace=gcc --baseline=none --repeats=1 --timeout=10 "
                                 "--passes=space,release,time,latency,cache",
        &count);
    assert_int_equal(count, 2);
    assert_string_equal(results[0].error,
                        "space: no end after 10 s: it hangs, or wants a longer --timeout=SECONDS");
    assert_string_equal(results[1].error, "");
    assert_true(results[1].ns_per_op > 0);
    assert_true(time(NULL) - start < 60);
    hb_results_free(results, count);
    results = failed_results("--alloc=" FAKE("hangs") " --trace=gcc --baseline=none --timeout=1 "
                                                      "--passes=release",
                             &count);
    assert_non_null(strstr(results[0].error, "release: no end after 1 s"));
    hb_results_free(results, count);
}

static void a_failed_baseline_leaves_the_others_without_a_ratio(void **state) {
    (void)state;
    size_t count;
    skip_sanitized();
    struct hb_result *results = failed_results(
        "--alloc=bestfit --trace=gcc --passes=time --repeats=6 --baseline=" FAKE("crashes"),
        &count);
    assert_int_equal(count, 2);
    assert_true(results[0].error[0] != '\0' && isnan(results[1].time_ratio));
    assert_true(results[1].ns_per_op > 0);
    hb_results_free(results, count);
}

static void a_sanitized_build_says_that_it_cannot(void **state) {
    (void)state;
#ifdef HB_SANITIZED
    size_t count;
    struct hb_result *results =
        failed_results("--alloc=" BESTFIT " --trace=gcc --passes=space --baseline=none", &count);
    assert_non_null(strstr(results->error, "sanitized"));
    hb_results_free(results, count);
#else
    skip();
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_installed_ones_are_measured),
        cmocka_unit_test(one_that_is_not_installed_names_its_package),
        cmocka_unit_test(known_ones_are_found_listed_and_in_all),
        cmocka_unit_test(any_library_is_measured_by_its_path),
        cmocka_unit_test(one_that_fails_is_a_row_with_a_reason),
        cmocka_unit_test(one_that_hangs_is_ended),
        cmocka_unit_test(a_failed_baseline_leaves_the_others_without_a_ratio),
        cmocka_unit_test(a_sanitized_build_says_that_it_cannot),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
