/* heapbench run, as a user runs it: figures, refusals, interruption. */
#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <time.h>

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

static void every_figure_that_is_measured_is_there(void **state) {
    (void)state;
    size_t count;
    struct hb_result *results =
        bench_results(&folder, "--alloc=bestfit --trace=" BENCH_TRACE " --repeats=6", &count);
    assert_int_equal(count, 2);
    const struct hb_result *glibc = &results[0], *best = &results[1];
    assert_string_equal(glibc->allocator, "glibc");
    assert_string_equal(best->allocator, "bestfit");
    assert_string_equal(best->baseline, "glibc");
    assert_string_equal(best->passes, "space,time,cache");
    assert_true(isnan(glibc->time_ratio));
    assert_true(best->time_ratio > 0 && best->time_ratio_ci95_low <= best->time_ratio &&
                best->time_ratio <= best->time_ratio_ci95_high);
    assert_true(best->floor_ns_per_op > 0 && best->floor_ns_per_op < best->ns_per_op);
    assert_true(best->cold_ns_per_op > 0);
    assert_int_equal(best->replay_ns.count, 6);
    assert_int_equal(best->baseline_replay_ns.count, 6);
    assert_true(best->minor_faults > 0 && best->minor_faults != HB_COUNT_NULL);
    assert_true(best->frag_peak_ratio >= 1 && best->frag_mean_ratio >= 1 &&
                best->frag_at_peak_live_ratio >= 1 && best->frag_at_peak_footprint_ratio >= 1);
    assert_true(best->resident_peak_ratio > 0.9 && glibc->resident_peak_ratio > 0.9);
    assert_true(best->internal_frag_ratio > 0 && best->internal_frag_ratio < 0.5);
    assert_true(best->external_frag_ratio > 0 && best->external_frag_ratio < 0.5);
    assert_true(best->largest_free_bytes > 0 && best->largest_free_bytes != HB_COUNT_NULL);
    assert_true(best->splits != HB_COUNT_NULL && best->merges != HB_COUNT_NULL);
    assert_int_equal(best->failed_allocs, 0);
    assert_true(best->series_op.count > 500 && best->series_op.count <= HB_SERIES_MAX);
    assert_int_equal(best->series_footprint_bytes.count, best->series_op.count);
    assert_int_equal(glibc->series_footprint_bytes.count, 0);
    assert_int_equal(glibc->peak_footprint_bytes, HB_COUNT_NULL);
    assert_string_equal(best->error, "");
    assert_int_equal(best->ops, glibc->ops);
    hb_results_free(results, count);
}

static void space_figures_repeat_exactly(void **state) {
    (void)state;
    static const char words[] = "--alloc=segregated,buddy --trace=git --passes=space";
    size_t count, again_count;
    struct hb_result *results = bench_results(&folder, words, &count);
    struct hb_result *again = bench_results(&folder, words, &again_count);
    assert_int_equal(count, 3);
    for (size_t i = 1; i < count; i++) {
        assert_string_equal(results[i].placement_hash, again[i].placement_hash);
        assert_int_equal(results[i].peak_footprint_bytes, again[i].peak_footprint_bytes);
        assert_true(results[i].frag_mean_ratio == again[i].frag_mean_ratio);
        assert_true(results[i].frag_at_peak_live_ratio == again[i].frag_at_peak_live_ratio);
        assert_true(results[i].internal_frag_ratio == again[i].internal_frag_ratio);
        assert_true(results[i].external_frag_ratio == again[i].external_frag_ratio);
        assert_true(strcmp(results[i].run_id, again[i].run_id) != 0);
    }
    hb_results_free(results, count);
    hb_results_free(again, again_count);
}

/* Scaling by 16 leaves headers and alignment 16 times smaller, seen from the trace. */
static void scale_divides_sizes(void **state) {
    (void)state;
    size_t count;
    struct hb_result *results =
        bench_results(&folder,
                      "--alloc=bestfit:preset=paper,bestfit:preset=paper:scale=16 --trace=git "
                      "--passes=space --baseline=none",
                      &count);
    assert_int_equal(count, 2);
    assert_int_equal(results[0].peak_live_bytes, results[1].peak_live_bytes);
    assert_true(results[1].frag_peak_ratio < results[0].frag_peak_ratio);
    assert_true(results[1].internal_frag_ratio < results[0].internal_frag_ratio / 4);
    assert_true(results[1].peak_footprint_bytes < results[0].peak_footprint_bytes);
    hb_results_free(results, count);
}

static void the_check_pass_finds_every_strategy_right(void **state) {
    (void)state;
    size_t count;
    struct hb_result *results = bench_results(
        &folder, "--alloc=all,bump,glibc --trace=" BENCH_TRACE " --passes=check --baseline=none",
        &count);
    assert_true(count >= 7);
    for (size_t i = 0; i < count; i++)
        if (strcmp(results[i].check, "ok") != 0)
            fail_msg("%s: %s", results[i].allocator, results[i].check);
    hb_results_free(results, count);
}

static void failed_requests_are_counted_and_not_fatal(void **state) {
    (void)state;
    size_t count;
    struct hb_result *results = bench_results(
        &folder, "--alloc=bestfit:limit=2M --trace=git --passes=space,check --baseline=none",
        &count);
    assert_true(results[0].failed_allocs > 0);
    assert_true(results[0].peak_footprint_bytes <= 2 << 20);
    assert_string_equal(results[0].check, "ok");
    hb_results_free(results, count);
}

static void few_repeats_give_no_interval(void **state) {
    (void)state;
    size_t count;
    struct hb_result *results = bench_results(
        &folder, "--alloc=bestfit --trace=git --passes=time --repeats=2 --touch=all", &count);
    assert_true(results[1].ns_per_op > 0);
    assert_true(isnan(results[1].time_ratio) && isnan(results[1].ns_per_op_ci95_low));
    assert_true(isnan(results[1].floor_ns_per_op)); /* null takes no touch=all */
    assert_int_equal(results[1].peak_live_bytes, HB_COUNT_NULL);
    hb_results_free(results, count);
}

struct refusal {
    const char *words;
    const char *says;
};

static const struct refusal refusals[] = {
    {"--alloc=nosuch --trace=gcc", "no allocator 'nosuch'"},
    {"--alloc=bestfitt --trace=gcc", "nearest: bestfit"},
    {"--alloc=bestfit --trace=nosuch", "no trace 'nosuch'"},
    {"--alloc=bestfit --trace=./nosuch.hbt", "./nosuch.hbt: No such file"},
    {"--alloc=bestfit --trace=./cut.hbt", "cut"},
    {"--alloc=bestfit --trace=gcc,./cut.hbt", "cut"},
    {"--alloc=bestfit --trace=/etc/passwd", "not a heapbench trace"},
    {"--alloc=bestfit --trace=gcc --repeats=0", "--repeats"},
    {"--alloc=bestfit --trace=gcc --repeats=-1", "--repeats"},
    {"--alloc=bestfit:foo=1 --trace=gcc", "it knows order, index"},
    {"--alloc=bestfit --trace=gcc --passes=speed", "no pass 'speed'"},
    {"--alloc=bestfit --trace=gcc --touch=some", "--touch"},
    {"--alloc=bestfit --trace=gcc --counters=some", "--counters: there is no event"},
    {"--alloc=bestfit --trace=gcc --counters=perf::CYCELS:u", "nearest: CYCLES"},
    {"--alloc=bestfit --trace=gcc --counters=perf::CYCLES:zz", "perf::CYCLES:zz"},
    {"--alloc=bestfit --trace=gcc --passes=cache --counters=none", "--counters=none"},
    {"--alloc=bestfit --trace=gcc --cache=L2=1M,8,64", "--cache"},
    {"--alloc=bestfit --trace=gcc --thp=some", "--thp: 'some' is none of system, always"},
    {"--alloc=bestfit --trace=gcc --thp=never,,madvise", "--thp: '' is none of"},
    {"--alloc=bestfit --trace=gcc --thp=", "--thp: name one of"},
    {"--alloc=bestfit --trace=gcc --format=xml", "--format"},
    {"--alloc=bestfit --trace=gcc --mode=fast", "--mode"},
    {"--alloc=bestfit --trace=gcc --cpu=9999", "--cpu"},
    {"--alloc=bestfit --trace=gcc --mem-limit=1K", "--mem-limit"},
    {"--alloc=bestfit --trace=gcc --timeout=0", "--timeout"},
    {"--alloc=bestfit --trace=gcc --counters=sim,none", "none stands alone"},
    {"--alloc=bestfit --trace=gcc --counters=sim,some", "there is no event 'some'"},
    {"--alloc=bestfit --trace=gcc --baseline=nosuch", "no allocator 'nosuch'"},
    {"--alloc=null --trace=gcc --touch=all", "null"},
    {"--alloc=bestfit --trace=gcc more", "'more'"},
    {"--alloc=bestfit --trace=gcc --nosuch", "--nosuch"},
    {"--alloc=bestfit", "--trace is missing"},
    {"--trace=gcc", "--alloc is missing"},
    {"--alloc=bestfit --trace=gcc --out=/proc/nosuch", "/proc/nosuch"},
};

static void what_is_wrong_is_said_in_one_line(void **state) {
    (void)state;
    char text[BENCH_TEXT_MAX], command[BENCH_COMMAND_MAX];
    snprintf(command, sizeof command, "head -c 100000 '%s/workloads/traces/gcc.hbt' > '%s/cut.hbt'",
             HB_SOURCE_DIR, folder.path);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        int status = bench_run(&folder, refusals[i].words);
        bench_text(&folder, "err.txt", text);
        size_t length = strlen(text);
        if (status != 2 || !strstr(text, refusals[i].says) || !length ||
            strchr(text, '\n') != text + length - 1)
            fail_msg("heapbench %s: status %d: %s", refusals[i].words, status, text);
        bench_text(&folder, "out.txt", text);
        assert_string_equal(text, "");
    }
}

static int count_entries(const char *path) {
    DIR *dir = opendir(path);
    int count = 0;
    while (dir && readdir(dir))
        count++;
    if (dir)
        closedir(dir);
    return count - 2;
}

/* A run of some seconds, for signals to end. */
static pid_t start_long_run(const char *traces, const char *out) {
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout))
            _exit(1);
        execl(HB_BUILD_DIR "/heapbench", "heapbench", "--alloc=bestfit", "--baseline=none",
              "--passes=time", "--repeats=30", traces, out, NULL);
        _exit(1);
    }
    return pid;
}

static void stop(pid_t pid, int signal_number) {
    int status;
    kill(pid, signal_number);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + signal_number);
}

static void an_interrupt_leaves_nothing_behind(void **state) {
    (void)state;
    char out[128];
    snprintf(out, sizeof out, "--out=%s/none", folder.path);
    pid_t pid = start_long_run("--trace=perl", out);
    nanosleep(&(struct timespec){0, 700000000}, NULL);
    stop(pid, SIGINT);
    assert_true(count_entries(out + strlen("--out=")) <= 0);
}

/* Each trace's results are on disk, in the hidden folder, before the next one begins. */
static void an_interrupt_keeps_whole_traces(void **state) {
    (void)state;
    char out[128], command[BENCH_COMMAND_MAX];
    snprintf(out, sizeof out, "--out=%s/cut", folder.path);
    pid_t pid = start_long_run("--trace=git,perl,perl,perl,perl", out);
    snprintf(command, sizeof command,
             "grep -qs '\"trace\":\"git\"' %s/cut/.*.partial/results.jsonl", folder.path);
    for (int i = 0; i < 600 && system(command) != 0; i++)
        nanosleep(&(struct timespec){0, 50000000}, NULL);
    stop(pid, SIGTERM);
    snprintf(
        command, sizeof command,
        "cd %s/cut && [ $(ls -A | wc -l) -eq 1 ] && grep -q '\"trace\":\"git\"' */results.jsonl && "
        "grep -q 'Terminated during perl; . of 5 traces are whole' */machine.json",
        folder.path);
    assert_int_equal(system(command), 0);
}

static void runs_are_kept_side_by_side(void **state) {
    (void)state;
    char runs[128];
    static const char words[] = "--alloc=bestfit --trace=git --passes=space --out=runs";
    assert_int_equal(bench_run(&folder, words), 0);
    assert_int_equal(bench_run(&folder, words), 0);
    snprintf(runs, sizeof runs, "%s/runs", folder.path);
    assert_int_equal(count_entries(runs), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_figure_that_is_measured_is_there),
        cmocka_unit_test(space_figures_repeat_exactly),
        cmocka_unit_test(scale_divides_sizes),
        cmocka_unit_test(the_check_pass_finds_every_strategy_right),
        cmocka_unit_test(failed_requests_are_counted_and_not_fatal),
        cmocka_unit_test(few_repeats_give_no_interval),
        cmocka_unit_test(what_is_wrong_is_said_in_one_line),
        cmocka_unit_test(an_interrupt_leaves_nothing_behind),
        cmocka_unit_test(an_interrupt_keeps_whole_traces),
        cmocka_unit_test(runs_are_kept_side_by_side),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
