/* Differences are claimed where they are certain, and only there; a regression is one beyond its
 * threshold. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "harness/results/diff.h"
#include "harness/measure/statistics.h"

enum { BLOCKS = 12 };

static const struct hb_diff_limits two_percent = {{0.02, 0.02, 0.02}};

/* A cell as a run of all passes leaves it. */
static void cell_init(struct hb_result *cell, const char *allocator, const char *trace) {
    hb_result_init(cell);
    strcpy(cell->allocator, allocator);
    strcpy(cell->trace, trace);
    strcpy(cell->baseline, "glibc");
    strcpy(cell->mode, "serial");
    strcpy(cell->touch, "first");
    strcpy(cell->placement_hash, "0123456789abcdef");
    strcpy(cell->cache_source, "sim");
    cell->threads = 1;
    cell->ops = 1000000;
    cell->failed_allocs = 0;
    cell->peak_live_bytes = 10000000;
    cell->peak_footprint_bytes = 12000000;
    cell->peak_resident_bytes = 11000000;
    cell->frag_mean_ratio = 1.25;
    cell->frag_at_peak_live_ratio = 1.2;
    cell->l1d_misses_per_op = 0.5;
    cell->llc_misses_per_op = 0.01;
}

/* Twelve pairs around a ratio, from that less spread to that plus spread. */
static void cell_time(struct hb_result *cell, double ratio, double spread) {
    for (int i = 0; i < BLOCKS; i++) {
        double baseline = 10 + i % 3, part = 1 + spread * (i * 5 % BLOCKS - 5.5) / 5.5;
        hb_reals_append(&cell->replay_ns, baseline * ratio * part);
        hb_reals_append(&cell->baseline_replay_ns, baseline);
    }
    cell->time_ratio = ratio;
}

struct sides {
    struct hb_result cells[2]; /* old, new */
    struct hb_diff diff;
};

static void sides_open(struct sides *sides) {
    cell_init(&sides->cells[0], "bestfit", "gcc");
    cell_init(&sides->cells[1], "bestfit", "gcc");
}

static void sides_compare(struct sides *sides, const struct hb_diff_limits *limits) {
    struct hb_diff_side both[] = {{&sides->cells[0], 1}, {&sides->cells[1], 1}};
    assert_true(hb_diff_make(&sides->diff, both, limits));
}

static void sides_close(struct sides *sides) {
    hb_diff_free(&sides->diff);
    hb_result_clear(&sides->cells[0]);
    hb_result_clear(&sides->cells[1]);
}

static const struct hb_diff_row *row_of(const struct hb_diff *diff, const char *what) {
    for (size_t i = 0; i < diff->count; i++)
        if (strcmp(diff->rows[i].what, what) == 0)
            return &diff->rows[i];
    fail_msg("nothing of %s", what);
    return NULL;
}

static void assert_near(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void what_is_equal_is_the_same(void **state) {
    struct sides sides;
    (void)state;
    sides_open(&sides);
    cell_time(&sides.cells[0], 2, 0.1);
    cell_time(&sides.cells[1], 2, 0.1);
    sides_compare(&sides, &two_percent);
    assert_int_equal(sides.diff.cells, 1);
    assert_int_equal(sides.diff.regressions, 0);
    for (size_t i = 0; i < sides.diff.count; i++)
        assert_int_equal(sides.diff.rows[i].verdict, HB_DIFF_SAME);
    assert_near(row_of(&sides.diff, "time_ratio")->ratio.median, 1, 1e-15);
    sides_close(&sides);
}

struct time_case {
    double new_ratio, spread, threshold;
    enum hb_diff_verdict verdict;
    bool is_regression;
};

static void slower_is_a_regression_if_certain_and_beyond(void **state) {
    static const struct time_case cases[] = {
        {2.2, 0.02, 0.02, HB_DIFF_MORE, true},    /* 10% slower, within 2% */
        {2.2, 0.02, 0.15, HB_DIFF_MORE, false},   /* but tolerated */
        {2.2, 0.30, 0.02, HB_DIFF_SAME, false},   /* the interval includes 1 */
        {2.02, 0.001, 0.02, HB_DIFF_MORE, false}, /* certain, and small */
        {2.02, 0.001, 0, HB_DIFF_MORE, true},     {1.8, 0.02, 0, HB_DIFF_LESS, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hb_diff_limits limits = {{cases[i].threshold, 0, 0}};
        struct sides sides;
        sides_open(&sides);
        cell_time(&sides.cells[0], 2, cases[i].spread);
        cell_time(&sides.cells[1], cases[i].new_ratio, cases[i].spread);
        sides_compare(&sides, &limits);
        const struct hb_diff_row *row = row_of(&sides.diff, "time_ratio");
        assert_near(row->ratio.median, cases[i].new_ratio / 2, 1e-12);
        assert_true(row->ratio.low <= row->ratio.median && row->ratio.median <= row->ratio.high);
        if (row->verdict != cases[i].verdict || row->is_regression != cases[i].is_regression)
            fail_msg("case %zu: [%g, %g]", i, row->ratio.low, row->ratio.high);
        assert_int_equal(sides.diff.regressions, cases[i].is_regression);
        sides_close(&sides);
    }
}

/* The same program measured twice: 5% of the intervals may leave out 1, no more. */
static void chance_is_seldom_taken_for_a_difference(void **state) {
    enum { RUNS = 300 };
    uint64_t random = 11;
    int claimed = 0;
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        struct sides sides;
        sides_open(&sides);
        for (int i = 0; i < 2 * BLOCKS; i++) {
            double spike = ldexp((double)(hb_random(&random) >> 11), -53);
            hb_reals_append(&sides.cells[i % 2].replay_ns, 20 - 2 * log(1 - spike));
            hb_reals_append(&sides.cells[i % 2].baseline_replay_ns, 10);
        }
        sides_compare(&sides, &two_percent);
        claimed += row_of(&sides.diff, "time_ratio")->verdict != HB_DIFF_SAME;
        sides_close(&sides);
    }
    assert_true(claimed > 0 && claimed <= RUNS * 6 / 100);
}

static void times_without_enough_pairs_are_not_compared(void **state) {
    struct sides sides;
    (void)state;
    sides_open(&sides);
    cell_time(&sides.cells[0], 2, 0.01);
    cell_time(&sides.cells[1], 4, 0.01);
    sides.cells[0].replay_ns.count = sides.cells[0].baseline_replay_ns.count = 5;
    sides_compare(&sides, &two_percent);
    assert_int_equal(row_of(&sides.diff, "time_ratio")->verdict, HB_DIFF_NOT_COMPARABLE);
    assert_int_equal(sides.diff.regressions, 0);
    sides_close(&sides);
}

static void growth_is_exact(void **state) {
    struct sides sides;
    (void)state;
    sides_open(&sides);
    sides.cells[1].peak_footprint_bytes = 12360000; /* 3% */
    sides.cells[1].frag_mean_ratio = 1.2625;        /* 1% */
    sides.cells[1].frag_at_peak_live_ratio = nextafter(1.2, 0);
    strcpy(sides.cells[1].placement_hash, "ffff");
    sides_compare(&sides, &two_percent);
    const struct hb_diff_row *footprint = row_of(&sides.diff, "peak_footprint_bytes");
    const struct hb_diff_row *mean = row_of(&sides.diff, "frag_mean_ratio");
    const struct hb_diff_row *hash = row_of(&sides.diff, "placement_hash");
    assert_true(footprint->is_regression && footprint->verdict == HB_DIFF_MORE);
    assert_near(footprint->ratio.median, 1.03, 1e-15);
    assert_true(!mean->is_regression && mean->verdict == HB_DIFF_MORE);
    assert_int_equal(row_of(&sides.diff, "frag_at_peak_live_ratio")->verdict, HB_DIFF_LESS);
    assert_true(!hash->is_regression && hash->verdict == HB_DIFF_CHANGED);
    assert_int_equal(sides.diff.regressions, 1);
    sides_close(&sides);
}

static void misses_are_judged_if_simulated_alike(void **state) {
    struct sides sides;
    (void)state;
    sides_open(&sides);
    sides.cells[1].l1d_misses_per_op = 0.55;
    sides.cells[1].llc_misses_per_op = 0.014; /* 40%, of next to nothing */
    sides_compare(&sides, &two_percent);
    assert_true(row_of(&sides.diff, "l1d_misses_per_op")->is_regression);
    assert_int_equal(row_of(&sides.diff, "llc_misses_per_op")->verdict, HB_DIFF_SAME);
    hb_diff_free(&sides.diff);
    strcpy(sides.cells[1].cache_geometry, "LL=1M,16,64");
    sides_compare(&sides, &two_percent);
    assert_int_equal(row_of(&sides.diff, "l1d_misses_per_op")->verdict, HB_DIFF_NOT_COMPARABLE);
    assert_int_equal(sides.diff.regressions, 0);
    hb_diff_free(&sides.diff);
    for (int i = 0; i < 2; i++) {
        sides.cells[i].cache_geometry[0] = '\0';
        strcpy(sides.cells[i].cache_source, "pmu");
    }
    sides_compare(&sides, &two_percent);
    assert_int_equal(row_of(&sides.diff, "l1d_misses_per_op")->verdict, HB_DIFF_MORE);
    assert_int_equal(sides.diff.regressions, 0);
    hb_diff_free(&sides.diff);
    for (int i = 0; i < 2; i++) {
        sides.cells[i].sim_ops = 200000;
        sides.cells[i].sim_llc_misses_per_op = 0.1 + i * 0.01;
    }
    sides_compare(&sides, &two_percent);
    assert_true(row_of(&sides.diff, "sim_llc_misses_per_op")->is_regression);
    sides_close(&sides);
}

static void a_cell_that_fails_is_a_regression(void **state) {
    struct sides sides;
    (void)state;
    sides_open(&sides);
    strcpy(sides.cells[1].error, "time: the worker was ended by signal 11");
    strcpy(sides.cells[1].check, "T1 prev-free bit");
    sides.cells[1].failed_allocs = 3;
    sides_compare(&sides, &two_percent);
    assert_true(row_of(&sides.diff, "error")->is_regression);
    assert_true(row_of(&sides.diff, "check")->is_regression);
    assert_true(row_of(&sides.diff, "failed_allocs")->is_regression);
    assert_int_equal(sides.diff.regressions, 3);
    hb_diff_free(&sides.diff);
    struct hb_result keep = sides.cells[0]; /* and one that is mended is none */
    sides.cells[0] = sides.cells[1];
    sides.cells[1] = keep;
    sides_compare(&sides, &two_percent);
    assert_int_equal(sides.diff.regressions, 0);
    sides_close(&sides);
}

static void another_trace_is_not_compared(void **state) {
    struct sides sides;
    (void)state;
    sides_open(&sides);
    sides.cells[1].peak_live_bytes *= 2;
    sides.cells[1].peak_footprint_bytes *= 2;
    sides_compare(&sides, &two_percent);
    assert_int_equal(row_of(&sides.diff, "trace")->verdict, HB_DIFF_NOT_COMPARABLE);
    assert_int_equal(sides.diff.regressions, 0);
    sides_close(&sides);
}

/* Huge pages make cells of their own; results of before they were noted stand for any. */
static void huge_pages_are_a_condition(void **state) {
    struct sides sides;
    (void)state;
    sides_open(&sides);
    strcpy(sides.cells[0].thp, "always");
    strcpy(sides.cells[1].thp, "never");
    sides_compare(&sides, &two_percent);
    assert_true(sides.diff.cells == 0 && sides.diff.missing == 2);
    hb_diff_free(&sides.diff);
    sides.cells[0].thp[0] = '\0';
    sides_compare(&sides, &two_percent);
    assert_true(sides.diff.cells == 1 && sides.diff.missing == 0);
    sides_close(&sides);
}

static void cells_of_one_side_are_named(void **state) {
    struct hb_result old_cells[3], new_cells[2];
    struct hb_diff diff;
    struct hb_diff_side both[] = {{old_cells, 3}, {new_cells, 2}};
    (void)state;
    cell_init(&old_cells[0], "bestfit", "gcc");
    cell_init(&old_cells[1], "buddy", "gcc");
    cell_init(&old_cells[2], "buddy", "perl");
    cell_init(&new_cells[0], "tlsf", "gcc");
    cell_init(&new_cells[1], "bestfit", "gcc");
    strcpy(old_cells[2].touch, "page");
    assert_true(hb_diff_make(&diff, both, &two_percent));
    assert_int_equal(diff.cells, 1);
    assert_int_equal(diff.missing, 3);
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    hb_diff_print_table(&diff, 100, file);
    fclose(file);
    assert_non_null(strstr(text, "not in the new results: buddy"));
    assert_non_null(strstr(text, "not in the old results: tlsf"));
    assert_non_null(strstr(text, "perl: serial, touch=page; baseline glibc"));
    assert_non_null(strstr(text, "1 cell compared, 3 only on one side: 0 regressions"));
    free(text);
    hb_diff_free(&diff);
}

/* The same cell twice on one side: its pairs together, of memory the median. */
static void runs_of_one_cell_are_pooled(void **state) {
    struct hb_result old_cells[1], new_cells[2];
    struct hb_diff diff;
    struct hb_diff_side both[] = {{old_cells, 1}, {new_cells, 2}};
    (void)state;
    cell_init(&old_cells[0], "bestfit", "gcc");
    cell_init(&new_cells[0], "bestfit", "gcc");
    cell_init(&new_cells[1], "bestfit", "gcc");
    cell_time(&old_cells[0], 2, 0);
    cell_time(&new_cells[0], 2, 0);
    cell_time(&new_cells[1], 3, 0);
    new_cells[1].peak_footprint_bytes = 14000000;
    assert_true(hb_diff_make(&diff, both, &two_percent));
    assert_int_equal(diff.cells, 1);
    assert_near(row_of(&diff, "time_ratio")->values[HB_DIFF_NEW], 2.5, 1e-12);
    assert_near(row_of(&diff, "peak_footprint_bytes")->values[HB_DIFF_NEW], 13000000, 0);
    hb_diff_free(&diff);
    hb_result_clear(&old_cells[0]);
    hb_result_clear(&new_cells[0]);
    hb_result_clear(&new_cells[1]);
}

static void machines_differ_in_what_bears_on_results(void **state) {
    char text[512];
    (void)state;
    cJSON *one = cJSON_Parse("{\"cpu\":\"A\",\"cores\":2,\"date\":\"2026\",\"governor\":null}");
    cJSON *other = cJSON_Parse("{\"cpu\":\"B\",\"cores\":4,\"date\":\"2027\",\"governor\":null}");
    hb_diff_machines(one, other, text, sizeof text);
    assert_string_equal(text, "cpu: A, now B; cores: 2, now 4");
    hb_diff_machines(one, other, text, 12); /* cut, not overrun */
    assert_string_equal(text, "cpu: A, now");
    hb_diff_machines(one, one, text, sizeof text);
    assert_string_equal(text, "");
    hb_diff_machines(one, NULL, text, sizeof text);
    assert_string_equal(text, "");
    cJSON_Delete(one);
    cJSON_Delete(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_equal_is_the_same),
        cmocka_unit_test(slower_is_a_regression_if_certain_and_beyond),
        cmocka_unit_test(chance_is_seldom_taken_for_a_difference),
        cmocka_unit_test(times_without_enough_pairs_are_not_compared),
        cmocka_unit_test(growth_is_exact),
        cmocka_unit_test(misses_are_judged_if_simulated_alike),
        cmocka_unit_test(a_cell_that_fails_is_a_regression),
        cmocka_unit_test(another_trace_is_not_compared),
        cmocka_unit_test(huge_pages_are_a_condition),
        cmocka_unit_test(cells_of_one_side_are_named),
        cmocka_unit_test(runs_of_one_cell_are_pooled),
        cmocka_unit_test(machines_differ_in_what_bears_on_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
