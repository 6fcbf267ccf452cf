/* The table fits its paper, claims no difference that was not measured, and says what is empty. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/results/table.h"
#include "harness/table.h"

enum { ROWS = 4 };

static void row_init(struct hb_result *row, const char *allocator, const char *trace) {
    hb_result_init(row);
    strcpy(row->allocator, allocator);
    strcpy(row->trace, trace);
    strcpy(row->baseline, "glibc");
    strcpy(row->mode, "serial");
    strcpy(row->touch, "first");
    row->repeats = 12;
    row->ops = 2446321;
    row->peak_live_bytes = 39000000;
    row->ns_per_op = 20.5;
    row->ns_per_op_ci95_low = 20.25;
    row->ns_per_op_ci95_high = 21;
    row->cold_ns_per_op = 28;
    row->floor_ns_per_op = 1.93;
    row->peak_resident_bytes = 41000000;
    row->resident_peak_ratio = 1.05;
}

static void row_compare(struct hb_result *row, double low, double ratio, double high) {
    row->time_ratio = ratio;
    row->time_ratio_ci95_low = low;
    row->time_ratio_ci95_high = high;
    row->peak_footprint_bytes = 42000000;
    row->frag_mean_ratio = 1.123;
    row->frag_peak_ratio = 1.07;
    row->internal_frag_ratio = 0.086;
    row->external_frag_ratio = 0.04;
    row->search_steps_per_op = 3.42;
}

static void rows_fill(struct hb_result *rows) {
    row_init(&rows[0], "bestfit", "gcc");
    row_compare(&rows[0], 1.1, 1.2, 1.3);
    row_init(&rows[1], "segregated", "gcc");
    row_compare(&rows[1], 0.98, 1, 1.01);
    row_init(&rows[2], "glibc", "gcc");
    row_init(&rows[3], "firstfit:order=lifo:index=list:grow=4096:trim=off", "gcc");
    row_compare(&rows[3], 0.8, 0.85, 0.9);
}

static char *table_text(const struct hb_result *rows, size_t count, size_t width) {
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    hb_results_print_table_in(rows, count, width, file);
    fclose(file);
    return text;
}

static void table_fits_its_paper(void **state) {
    struct hb_result rows[ROWS];

    (void)state;
    rows_fill(rows);
    strcpy(rows[1].error, "a long text of why it failed that must be broken into several lines, "
                          "as a whole sentence of some programmer");
    for (size_t width = 80; width <= 240; width += 20) {
        char *text = table_text(rows, ROWS, width);
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
            if (hb_text_width(line) > width)
                fail_msg("wider than %zu: %s", width, line);
            assert_true(line[strlen(line) - 1] != ' ');
        }
        free(text);
    }
}

static const char *line_of(const char *text, const char *start) {
    static char line[512];
    const char *found = strstr(text, start);
    assert_non_null(found);
    snprintf(line, sizeof line, "%.*s", (int)strcspn(found, "\n"), found);
    return line;
}

static void verdicts_follow_the_interval(void **state) {
    struct hb_result rows[ROWS];

    (void)state;
    rows_fill(rows);
    char *text = table_text(rows, ROWS, 100);
    assert_non_null(strstr(line_of(text, "bestfit  "), "slower"));
    assert_non_null(strstr(line_of(text, "segregated"), "same"));
    assert_non_null(strstr(text, "[0.800, 0.900]  faster"));
    assert_null(strstr(line_of(text, "glibc   "), "same"));
    assert_true(strstr(text, "\nglibc ") < strstr(text, "\nbestfit "));
    free(text);
}

static void no_interval_no_verdict(void **state) {
    struct hb_result rows[2];

    (void)state;
    row_init(&rows[0], "glibc", "gcc");
    row_init(&rows[1], "bestfit", "gcc");
    row_compare(&rows[1], NAN, 7.5, NAN);
    for (int i = 0; i < 2; i++) {
        rows[i].repeats = 3;
        rows[i].ns_per_op_ci95_low = rows[i].ns_per_op_ci95_high = NAN;
    }
    char *text = table_text(rows, 2, 100);
    assert_non_null(strstr(text, "7.500"));
    assert_null(strstr(text, "slower"));
    assert_null(strstr(text, "95%"));
    assert_non_null(strstr(text, "fewer than 6 repeats: no interval"));
    free(text);
}

static void empty_figures_are_explained(void **state) {
    struct hb_result rows[2];

    (void)state;
    row_init(&rows[0], "glibc", "tiny");
    row_init(&rows[1], "bestfit", "tiny");
    rows[0].peak_live_bytes = rows[1].peak_live_bytes = 1000;
    rows[1].failed_allocs = 12;
    strcpy(rows[1].check, "T1 prev-free bit");
    strcpy(rows[0].error, "the worker was killed");
    char *text = table_text(rows, 2, 100);
    assert_non_null(strstr(text, "peak live 1000 bytes"));
    assert_non_null(strstr(text, "glibc, bestfit: footprint and fragmentation of a foreign"));
    assert_non_null(strstr(text, "peak live below 64 KiB"));
    assert_non_null(strstr(text, "bestfit: 12 requests got no memory"));
    assert_non_null(strstr(text, "FAILED"));
    assert_non_null(strstr(text, "bestfit: check failed: T1 prev-free bit"));
    assert_non_null(strstr(text, "glibc: the worker was killed"));
    assert_null(strstr(text, "search"));
    free(text);
}

static void each_condition_has_its_block(void **state) {
    struct hb_result rows[ROWS];

    (void)state;
    rows_fill(rows);
    strcpy(rows[1].trace, "perl");
    strcpy(rows[3].touch, "page");
    char *text = table_text(rows, ROWS, 100);
    assert_non_null(strstr(text, "perl: 2,446,321 ops, peak live 37.19 MiB"));
    assert_non_null(strstr(text, "serial, touch=page, 12 repeats; baseline glibc; floor 1.93"));
    free(text);
}

static void row_time_single(struct hb_result *row, double times) {
    strcpy(row->latency_clock, "tsc");
    row->latency_sample_every = 128;
    row->latency_clock_step_ns = 10;
    row->latency_clock_pair_ns = 20.3;
    row->latency_all_samples = row->latency_malloc_samples = row->latency_free_samples = 350000;
    row->latency_context_switches = 34;
    row->latency_minor_faults = 5;
    row->latency_malloc_p50_ns = 30.04 * times;
    row->latency_malloc_p99_ns = 106.8 * times;
    row->latency_malloc_p999_ns = 286.9 * times;
    row->latency_malloc_max_ns = 42213.4 * times;
    row->latency_free_p50_ns = 29.2 * times;
    row->latency_free_p99_ns = 54.1 * times;
    row->latency_free_max_ns = 30816 * times;
    row->latency_floor_malloc_p50_ns = 22.8;
    row->latency_floor_malloc_p999_ns = 38.1;
    row->latency_floor_malloc_max_ns = 150;
    row->latency_bad_blocks = 3;
    row->latency_bad_blocks_kept = 1;
}

/* The columns, the clock and its floor once, and what else is in the tails. */
static void latencies_have_columns_and_their_doubt(void **state) {
    struct hb_result rows[3];

    (void)state;
    row_init(&rows[0], "glibc", "gcc");
    row_init(&rows[1], "bestfit", "gcc");
    row_init(&rows[2], "bump", "gcc");
    row_time_single(&rows[0], 1);
    row_time_single(&rows[1], 2);
    rows[1].latency_free_p999_ns = 124.6;
    strcpy(rows[2].latency_clock, "tsc");
    rows[2].latency_all_samples = 0;
    rows[2].latency_cold_malloc_samples = 1000;
    char *text = table_text(rows, 3, 200);
    assert_non_null(strstr(text, "p99.9 ns"));
    assert_non_null(strstr(text, "30.0"));
    assert_non_null(strstr(text, "60.1"));
    assert_non_null(strstr(text, "84427"));
    assert_non_null(strstr(text, "one of 128 ops timed, warm; clock tsc, in steps of 10 ns"));
    assert_non_null(strstr(text, "3 of its blocks disturbed: 2 measured again, 1 in the figures"));
    assert_non_null(strstr(line_of(text, "(floor: null)"), "22.8"));
    assert_non_null(strstr(text, "glibc 34 and 5, bestfit 34 and 5; context switches and page"));
    assert_non_null(strstr(text, "bump: latency measured cold only"));
    assert_non_null(strstr(text, "glibc: a quantile is not given where fewer than 10"));
    free(text);
    row_init(&rows[0], "glibc", "gcc");
    text = table_text(rows, 1, 200);
    assert_null(strstr(text, "p50"));
    assert_null(strstr(text, "latency"));
    free(text);
}

/* Counts of the processor, those of the simulation beside them, and the floor of each. */
static void sources_stand_side_by_side(void **state) {
    struct hb_result rows[2];

    (void)state;
    row_init(&rows[0], "glibc", "gcc");
    row_init(&rows[1], "jemalloc", "gcc");
    for (int i = 0; i < 2; i++) {
        strcpy(rows[i].passes, "space,time,cache");
        strcpy(rows[i].cache_source, "pmu");
        strcpy(rows[i].cache_geometry, "L1=1K,1,64");
        rows[i].l1d_misses_per_op = 0.25 + i;
        rows[i].floor_l1d_misses_per_op = 0.125;
        rows[i].sim_ops = 200000;
        rows[i].sim_l1d_misses_per_op = 0.5 + i;
        rows[i].floor_sim_l1d_misses_per_op = 0.375;
    }
    rows[1].sim_spread_ratio = 0.01;
    char *text = table_text(rows, 2, 240);
    assert_non_null(strstr(line_of(text, "jemalloc "), "1.25       1.50"));
    assert_non_null(strstr(line_of(text, "(floor: null)"), "0.12       0.38"));
    assert_non_null(strstr(text, "sim: caches simulated over the first 200000 ops: L1=1K,1,64"));
    assert_non_null(strstr(text, "two simulations differ by: jemalloc 1%"));
    free(text);
    strcpy(rows[0].cache_source, "sim");
    strcpy(rows[1].cache_source, "sim");
    text = table_text(rows, 2, 240);
    assert_null(strstr(text, "sim L1d")); /* it is the source */
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_fits_its_paper),
        cmocka_unit_test(verdicts_follow_the_interval),
        cmocka_unit_test(no_interval_no_verdict),
        cmocka_unit_test(empty_figures_are_explained),
        cmocka_unit_test(each_condition_has_its_block),
        cmocka_unit_test(latencies_have_columns_and_their_doubt),
        cmocka_unit_test(sources_stand_side_by_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
