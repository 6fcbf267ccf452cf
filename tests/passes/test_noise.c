/* What disturbed a worker is read from the kernel's files; which blocks count is decided by that,
 * never by the times. */
#include <math.h>
#include <sched.h>
#include <signal.h>

#include "harness/measure/noise.h"
#include "harness/passes/time_blocks.h"
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

/* Write below the folder what the kernel would have at path. */
static void fake(const char *path, const char *text) {
    char command[BENCH_COMMAND_MAX], name[512];
    snprintf(name, sizeof name, "%s%s", folder.path, path);
    snprintf(command, sizeof command, "mkdir -p \"$(dirname '%s')\"", name);
    assert_int_equal(system(command), 0);
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* As doubles: cmocka compares floats. */
static void assert_near(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g is not %.17g", value, expected);
}

static const char stat_text[] = "cpu  29878 1940 6712 105074 306 0 175 99 0 0\n"
                                "cpu0 12338 1023 2925 55647 28 0 126 3 0 0\n"
                                "cpu1 17539 916 3786 49426 278 0 49 7 0 0\n"
                                "cpu10 1 2 3 4 5 6 7 18446744073709551614 9 10\n"
                                "cpu11 1 2 3 4 5 6 7\n"
                                "intr 12345 0 0 8 8 8 8 8 8 8 8\n";

static void steal_is_the_eighth_figure_of_the_cpus_line(void **state) {
    (void)state;
    assert_int_equal(hb_noise_steal_ticks(stat_text, 0), 3);
    assert_int_equal(hb_noise_steal_ticks(stat_text, 1), 7);
    assert_int_equal(hb_noise_steal_ticks(stat_text, 10), UINT64_MAX - 1);
    assert_int_equal(hb_noise_steal_ticks("cpu0 1 2 3 4 5 6 7 8", 0), 8);
}

static void what_the_kernel_does_not_tell_is_unknown(void **state) {
    (void)state;
    assert_true(hb_noise_steal_ticks(stat_text, 2) == HB_NOISE_UNKNOWN);
    assert_true(hb_noise_steal_ticks(stat_text, 11) == HB_NOISE_UNKNOWN); /* before Linux 2.6.11 */
    assert_true(hb_noise_steal_ticks("", 0) == HB_NOISE_UNKNOWN);
    assert_true(hb_noise_steal_ticks("cpu0", 0) == HB_NOISE_UNKNOWN);
    struct hb_noise_moment moment;
    hb_noise_read(&moment, "/nowhere", 0);
    assert_true(moment.steal_ns == HB_NOISE_UNKNOWN && moment.wait_ns == HB_NOISE_UNKNOWN &&
                moment.khz == HB_NOISE_UNKNOWN);
    assert_true(moment.time_ns > 0 && moment.switches != HB_NOISE_UNKNOWN);
}

static void the_files_are_read_as_the_kernel_writes_them(void **state) {
    (void)state;
    struct hb_noise_moment begin, end;
    fake("/proc/stat", stat_text);
    fake("/proc/self/schedstat", "2844239 5000 17\n");
    fake("/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "2445406\n");
    hb_noise_read(&begin, folder.path, 1);
    fake("/proc/stat", "cpu0 0 0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 9 0 0\n");
    fake("/proc/self/schedstat", "3844239 12000 17\n");
    fake("/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "2400000\n");
    hb_noise_read(&end, folder.path, 1);
    assert_int_equal(begin.khz, 2445406);
    struct hb_noise noise = hb_noise_between(&begin, &end);
    assert_int_equal(noise.steal_ns, 20000000); /* two ticks of 10 ms */
    assert_int_equal(noise.wait_ns, 7000);
    assert_int_equal(noise.khz, 2400000);
    assert_true(noise.span_ns > 0 && noise.span_ns != HB_NOISE_UNKNOWN);
    assert_true(hb_noise_is_bad(&noise));
    fake("/proc/self/schedstat", "0 0 0\n");
    hb_noise_read(&end, folder.path, -1);
    assert_true(end.wait_ns == HB_NOISE_UNKNOWN);
    assert_true(end.steal_ns == HB_NOISE_UNKNOWN && end.khz == HB_NOISE_UNKNOWN);
}

static void counters_that_go_back_are_unknown(void **state) {
    (void)state;
    struct hb_noise_moment begin = {0, 5, 10, 20, 1}, end = {1, 4, 9, 19, 1};
    struct hb_noise noise = hb_noise_between(&begin, &end);
    assert_true(noise.switches == HB_NOISE_UNKNOWN && noise.wait_ns == HB_NOISE_UNKNOWN &&
                noise.steal_ns == HB_NOISE_UNKNOWN);
    assert_false(hb_noise_is_bad(&noise));
}

static void more_than_a_hundredth_is_bad(void **state) {
    (void)state;
    const uint64_t unknown = HB_NOISE_UNKNOWN, span = 100000000;
    static const struct {
        uint64_t switches, wait_ns, steal_ns;
        bool is_bad;
    } cases[] = {
        {0, 0, 0, false},
        {1000, 1000000, 0, false}, /* short ones: waits are told, so that switches do not count */
        {0, 1000001, 0, true},
        {0, 0, 10000000, true},
        {11, HB_NOISE_UNKNOWN, 0, false},
        {12, HB_NOISE_UNKNOWN, 0, true},
        {HB_NOISE_UNKNOWN, HB_NOISE_UNKNOWN, HB_NOISE_UNKNOWN, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hb_noise noise = {span, cases[i].switches, cases[i].wait_ns, cases[i].steal_ns,
                                 unknown};
        if (hb_noise_is_bad(&noise) != cases[i].is_bad)
            fail_msg("case %zu", i);
    }
    assert_false(hb_noise_pace_changed(2000000, 2200000));
    assert_true(hb_noise_pace_changed(2000000, 2300000));
    assert_false(hb_noise_pace_changed(unknown, unknown));
}

/* Blocks, "." good and "x" bad, as they come; those that count, "1", when no more are wanted. */
static void blocks_choose(size_t wanted, const char *come, const char *expected) {
    struct hb_time_blocks blocks;
    bool counts[HB_SERIES_MAX];
    char chosen[64] = "";
    hb_time_blocks_init(&blocks, wanted);
    while (hb_time_blocks_go_on(&blocks)) {
        if (come[blocks.count] == '\0')
            fail_msg("%s: more blocks are wanted", come);
        hb_time_blocks_add(&blocks, come[blocks.count] == 'x');
    }
    hb_time_blocks_choose(&blocks, counts);
    for (size_t i = 0; i < blocks.count; i++)
        chosen[i] = counts[i] ? '1' : '0';
    assert_int_equal(blocks.count, strlen(come));
    assert_string_equal(chosen, expected);
}

static void bad_blocks_are_measured_again_half_as_often_at_most(void **state) {
    (void)state;
    blocks_choose(4, "....", "1111");
    blocks_choose(4, ".x...", "10111");
    blocks_choose(4, "x.x...", "010111");
    blocks_choose(4, "x.xx..", "110011"); /* the first of the bad fills up */
    blocks_choose(4, "xxxxxx", "111100");
    blocks_choose(4, "...xxx", "111100");
    blocks_choose(1, "x", "1");
    blocks_choose(3, ".x.x", "1110");
}

static void as_many_blocks_run_as_results_can_hold(void **state) {
    (void)state;
    struct hb_time_blocks blocks;
    hb_time_blocks_init(&blocks, 1000);
    while (hb_time_blocks_go_on(&blocks))
        hb_time_blocks_add(&blocks, true);
    assert_int_equal(blocks.count, HB_SERIES_MAX);
}

/* Six good blocks and two bad ones, of which the results keep every raw value. */
static void results_keep_every_raw_value(void **state) {
    (void)state;
    static const char come[] = ".x...x..";
    struct hb_time_blocks blocks;
    struct hb_timed cell[9], baseline[9];
    struct hb_result result;
    hb_time_blocks_init(&blocks, 6);
    for (size_t i = 0; come[i] != '\0'; i++) {
        struct hb_noise noise = {100, i, 1000000, 0, 2000 + i};
        cell[i] =
            (struct hb_timed){true, 20 + (double)i, 40 + (double)i, noise, NAN, NAN, NAN, NAN, NAN};
        baseline[i] = (struct hb_timed){true, 10, 20, noise, NAN, NAN, NAN, NAN, NAN};
        hb_time_blocks_add(&blocks, come[i] == 'x');
    }
    hb_result_init(&result);
    hb_time_fill(&result, &blocks, cell, baseline);
    static const double kept[] = {20, 22, 23, 24, 26, 27};
    assert_int_equal(result.replay_ns.count, 6);
    assert_int_equal(result.baseline_replay_ns.count, 6);
    assert_int_equal(result.replay_is_bad.count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_near(result.replay_ns.values[i], kept[i], 0);
        assert_near(result.cold_replay_ns.values[i], kept[i] + 20, 0);
        assert_int_equal(result.replay_is_bad.values[i], 0);
    }
    assert_int_equal(result.bad_replay_ns.count, 2);
    assert_near(result.bad_replay_ns.values[0], 21, 0);
    assert_near(result.bad_cold_replay_ns.values[1], 45, 0);
    assert_int_equal(result.bad_baseline_replay_ns.count, 2);
    assert_int_equal(result.bad_baseline_cold_replay_ns.count, 2);
    assert_near(result.time_ratio, 2.35, 1e-15);
    assert_near(result.time_ratio_ci95_low, 2, 0);
    assert_near(result.cold_ratio_ci95_high, 47.0 / 20, 0);
    assert_int_equal(result.bad_blocks, 2);
    assert_int_equal(result.bad_blocks_kept, 0);
    assert_int_equal(result.involuntary_switches, 28);
    assert_near(result.wait_ms, 8, 1e-12);
    assert_int_equal(result.cpu_khz_least, 2000);
    assert_int_equal(result.cpu_khz_most, 2007);
    hb_result_clear(&result);
}

/* A cell that failed in a later block has no pairs, so no ratio; its times are kept. */
static void half_a_cell_has_no_ratio(void **state) {
    (void)state;
    struct hb_time_blocks blocks;
    struct hb_timed cell[6] = {0}, baseline[6] = {0};
    struct hb_result result;
    hb_time_blocks_init(&blocks, 6);
    for (size_t i = 0; i < 6; i++) {
        baseline[i] = (struct hb_timed){true, 10, 20, {0}, NAN, NAN, NAN, NAN, NAN};
        cell[i] = i < 5 ? baseline[i] : (struct hb_timed){0};
        hb_time_blocks_add(&blocks, false);
    }
    hb_result_init(&result);
    hb_time_fill(&result, &blocks, cell, baseline);
    assert_int_equal(result.replay_ns.count, 5);
    assert_int_equal(result.baseline_replay_ns.count, 0);
    assert_true(isnan(result.time_ratio) && isnan(result.cold_ratio));
    hb_result_clear(&result);
}

/* A process that takes the workers' CPU is noticed, said, and the interval still there. */
static void a_busy_cpu_is_noticed(void **state) {
    (void)state;
    cpu_set_t allowed;
    int cpu = CPU_SETSIZE - 1;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    while (!CPU_ISSET(cpu, &allowed))
        cpu--;
    pid_t burner = fork();
    if (burner == 0) {
        CPU_ZERO(&allowed);
        CPU_SET(cpu, &allowed);
        sched_setaffinity(0, sizeof allowed, &allowed);
        for (volatile uint64_t turns = 0;; turns++)
            continue;
    }
    char words[256], text[BENCH_TEXT_MAX], path[128], error[512];
    snprintf(words, sizeof words,
             "--alloc=bestfit --trace=git --passes=time --repeats=6 --cpu=%d --out=busy", cpu);
    int status = bench_run(&folder, words);
    kill(burner, SIGKILL);
    waitpid(burner, NULL, 0);
    assert_int_equal(status, 0);
    bench_text(&folder, "out.txt", text);
    snprintf(words, sizeof words, "mv '%s'/busy/*/results.jsonl '%s'", folder.path, folder.path);
    assert_int_equal(system(words), 0);
    size_t count;
    snprintf(path, sizeof path, "%s/results.jsonl", folder.path);
    struct hb_result *results = hb_results_read(path, &count, error);
    assert_non_null(results);
    assert_int_equal(results[1].bad_blocks, 9);
    assert_int_equal(results[1].bad_blocks_kept, 6);
    assert_int_equal(results[1].bad_replay_ns.count, 3);
    assert_int_equal(results[1].replay_is_bad.values[5], 1);
    assert_true(results[1].wait_ms > 50 || results[1].involuntary_switches > 50);
    assert_true(results[1].time_ratio > 0);
    hb_results_free(results, count);
    if (!strstr(text, "9 blocks were disturbed: 3 measured again, 6 in the figures"))
        fail_msg("%s", text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steal_is_the_eighth_figure_of_the_cpus_line),
        cmocka_unit_test(what_the_kernel_does_not_tell_is_unknown),
        cmocka_unit_test(the_files_are_read_as_the_kernel_writes_them),
        cmocka_unit_test(counters_that_go_back_are_unknown),
        cmocka_unit_test(more_than_a_hundredth_is_bad),
        cmocka_unit_test(bad_blocks_are_measured_again_half_as_often_at_most),
        cmocka_unit_test(as_many_blocks_run_as_results_can_hold),
        cmocka_unit_test(results_keep_every_raw_value),
        cmocka_unit_test(half_a_cell_has_no_ratio),
        cmocka_unit_test(a_busy_cpu_is_noticed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
