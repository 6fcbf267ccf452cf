/* Geometric means over traces: right, independent of the order of the results, never mixed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/results/summary.h"

enum { ROWS = 6, BLOCKS = 12 };

static void row_init(struct hb_result *row, const char *allocator, const char *trace) {
    hb_result_init(row);
    strcpy(row->allocator, allocator);
    strcpy(row->trace, trace);
    strcpy(row->baseline, "glibc");
    strcpy(row->mode, "serial");
    strcpy(row->touch, "first");
    row->threads = 1;
}

/* Pairs of a ratio that spreads by so much around its middle. */
static void row_time(struct hb_result *row, double ratio, double spread) {
    for (int i = 0; i < BLOCKS; i++) {
        double baseline = 10 + i % 5, part = 1 + spread * (i * 5 % BLOCKS - 5.5) / 5.5;
        hb_reals_append(&row->replay_ns, baseline * ratio * part);
        hb_reals_append(&row->baseline_replay_ns, baseline);
        hb_reals_append(&row->cold_replay_ns, 3 * baseline * ratio);
        hb_reals_append(&row->baseline_cold_replay_ns, baseline);
    }
    row->time_ratio = ratio;
}

static void rows_fill(struct hb_result *rows) {
    row_init(&rows[0], "glibc", "gcc");
    row_init(&rows[1], "glibc", "perl");
    row_init(&rows[2], "bestfit", "gcc");
    row_init(&rows[3], "bestfit", "perl");
    row_init(&rows[4], "buddy", "gcc");
    row_init(&rows[5], "buddy", "perl");
    row_time(&rows[2], 2, 0.1);
    row_time(&rows[3], 8, 0.1);
    row_time(&rows[4], 0.5, 0.3);
    row_time(&rows[5], 2, 0.3);
    for (int i = 0; i < ROWS; i++) {
        rows[i].resident_peak_ratio = i % 2 ? 1.6 : 2.5;
        rows[i].frag_peak_ratio = i < 2 ? NAN : i % 2 ? 1.25 : 5;
    }
}

static void rows_clear(struct hb_result *rows) {
    for (int i = 0; i < ROWS; i++)
        hb_result_clear(&rows[i]);
}

static void assert_near(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g is not %.17g", value, expected);
}

static struct hb_summaries summaries_of(const struct hb_result *rows, size_t count) {
    struct hb_summaries summaries;
    assert_true(hb_summaries_make(&summaries, rows, count, HB_SUMMARY_SEED));
    return summaries;
}

static char *text_of(const struct hb_summaries *summaries, bool as_json) {
    static char *text;
    static size_t size;
    FILE *file = open_memstream(&text, &size);
    if (as_json)
        hb_summaries_write_json(summaries, HB_SUMMARY_SEED, file);
    else
        hb_summaries_print_table(summaries, 100, file);
    fclose(file);
    return text;
}

static void means_are_geometric(void **state) {
    struct hb_result rows[ROWS];
    (void)state;
    rows_fill(rows);
    struct hb_summaries summaries = summaries_of(rows, ROWS);
    assert_int_equal(summaries.count, 1);
    assert_int_equal(summaries.groups[0].trace_count, 2);
    assert_int_equal(summaries.groups[0].count, 3);
    const struct hb_summary *glibc = &summaries.groups[0].rows[0], *best = glibc + 1;
    assert_true(glibc->is_baseline && !best->is_baseline);
    assert_near(best->means[HB_MEAN_TIME].interval.median, 4, 1e-14);
    assert_true(best->means[HB_MEAN_TIME].interval.low < 4 &&
                best->means[HB_MEAN_TIME].interval.low > 3.6);
    assert_near(best->means[HB_MEAN_COLD].interval.median, 12, 1e-14);
    assert_near(best->means[HB_MEAN_COLD].interval.low, 12, 1e-14);
    assert_near(best->means[HB_MEAN_RESIDENT].interval.median, 2, 1e-15);
    assert_near(best->means[HB_MEAN_FRAG].interval.median, 2.5, 1e-15);
    assert_true(isnan(best->means[HB_MEAN_FRAG].interval.low));
    assert_int_equal(glibc->means[HB_MEAN_TIME].trace_count, 0);
    assert_near(glibc->means[HB_MEAN_RESIDENT].interval.median, 2, 1e-15);
    hb_summaries_free(&summaries);
    rows_clear(rows);
}

static void what_has_no_means_is_not_announced(void **state) {
    struct hb_result rows[ROWS];
    (void)state;
    for (int i = 0; i < ROWS; i++) {
        row_init(&rows[i], i < 2 ? "glibc" : i < 4 ? "bestfit" : "buddy", i % 2 ? "gcc" : "perl");
        rows[i].l1d_misses_per_op = 1;
    }
    struct hb_summaries summaries = summaries_of(rows, ROWS);
    char *text = text_of(&summaries, false);
    assert_string_equal(text, "");
    free(text);
    hb_summaries_free(&summaries);
    rows_clear(rows);
}

/* Cells may be measured and put together in any order: the means are the same to the last bit. */
static void order_does_not_matter(void **state) {
    struct hb_result rows[ROWS], turned[ROWS];
    (void)state;
    rows_fill(rows);
    for (int i = 0; i < ROWS; i++)
        turned[i] = rows[ROWS - 1 - i];
    struct hb_summaries one = summaries_of(rows, ROWS), other = summaries_of(turned, ROWS);
    for (size_t i = 0; i < 3; i++) {
        const struct hb_summary *row = &one.groups[0].rows[i], *same = other.groups[0].rows;
        while (strcmp(same->allocator, row->allocator) != 0)
            same++;
        assert_memory_equal(row->means, same->means, sizeof row->means);
    }
    hb_summaries_free(&one);
    hb_summaries_free(&other);
    rows_clear(rows);
}

static void one_trace_has_no_means(void **state) {
    struct hb_result rows[ROWS];
    (void)state;
    rows_fill(rows);
    for (int i = 0; i < ROWS; i++)
        strcpy(rows[i].trace, "gcc");
    struct hb_summaries summaries = summaries_of(rows, ROWS);
    assert_int_equal(summaries.count, 0);
    hb_summaries_free(&summaries);
    rows_clear(rows);
}

static void conditions_are_not_mixed(void **state) {
    struct hb_result rows[ROWS];
    (void)state;
    rows_fill(rows);
    strcpy(rows[5].touch, "page");
    strcpy(rows[3].thp, "never");
    struct hb_summaries summaries = summaries_of(rows, ROWS);
    assert_int_equal(summaries.count, 1);
    const struct hb_summary *buddy = &summaries.groups[0].rows[2];
    assert_string_equal(buddy->allocator, "buddy");
    assert_int_equal(buddy->means[HB_MEAN_TIME].trace_count, 1);
    assert_int_equal(summaries.groups[0].rows[1].means[HB_MEAN_TIME].trace_count, 1);
    char *text = text_of(&summaries, false);
    assert_non_null(strstr(text, "warm time over fewer traces, not to be compared with the others: "
                                 "bestfit over 1, buddy over 1"));
    free(text);
    hb_summaries_free(&summaries);
    rows_clear(rows);
}

/* Two runs of one cell: its pairs together; of memory the median. */
static void runs_of_one_cell_are_pooled(void **state) {
    struct hb_result rows[ROWS];
    (void)state;
    rows_fill(rows);
    strcpy(rows[4].allocator, "bestfit"); /* a second run of bestfit on gcc: 24 pairs around */
    rows[4].resident_peak_ratio = 4.5;    /* 0.5 and 2 */
    strcpy(rows[5].trace, "sqlite3");
    struct hb_summaries summaries = summaries_of(rows, ROWS);
    const struct hb_summary *best = &summaries.groups[0].rows[1];
    assert_int_equal(best->means[HB_MEAN_TIME].trace_count, 2);
    double middle = (0.5 * 1.3 + 2 * 0.9) / 2; /* between the largest of one, the least of other */
    assert_near(best->means[HB_MEAN_TIME].interval.median, sqrt(middle * 8), 1e-13);
    assert_near(best->means[HB_MEAN_RESIDENT].interval.median, sqrt(3.5 * 1.6), 1e-14);
    assert_true(isnan(best->means[HB_MEAN_RESIDENT].interval.low));
    hb_summaries_free(&summaries);
    rows_clear(rows);
}

static void too_few_blocks_give_no_mean(void **state) {
    struct hb_result rows[ROWS];
    (void)state;
    rows_fill(rows);
    rows[2].replay_ns.count = rows[2].baseline_replay_ns.count = 5;
    rows[3].baseline_replay_ns.count = 11; /* no pairs */
    struct hb_summaries summaries = summaries_of(rows, ROWS);
    const struct hb_summary *best = &summaries.groups[0].rows[1];
    assert_int_equal(best->means[HB_MEAN_TIME].trace_count, 0);
    assert_true(isnan(best->means[HB_MEAN_TIME].interval.median));
    hb_summaries_free(&summaries);
    rows_clear(rows);
}

static void the_table_claims_no_more_than_the_interval(void **state) {
    struct hb_result rows[ROWS];
    (void)state;
    rows_fill(rows);
    struct hb_summaries summaries = summaries_of(rows, ROWS);
    char *text = text_of(&summaries, false);
    char *buddy = strstr(text, "\nbuddy "), *best = strstr(text, "\nbestfit ");
    assert_non_null(strstr(text, "geometric means over 2 traces: gcc, perl"));
    assert_true(best && strstr(best, "slower") < strchr(best + 1, '\n'));
    assert_true(buddy && strstr(buddy, "same") < strchr(buddy + 1, '\n'));
    assert_non_null(strstr(text, "same: the interval includes 1"));
    free(text);
    hb_summaries_free(&summaries);
    rows_clear(rows);
}

static void means_as_data_are_no_results(void **state) {
    struct hb_result rows[ROWS];
    (void)state;
    rows_fill(rows);
    struct hb_summaries summaries = summaries_of(rows, ROWS);
    char *text = text_of(&summaries, true);
    assert_memory_equal(text, "{\"allocator\":\"glibc\",\"baseline\":\"glibc\",", 39);
    assert_null(strstr(text, "\"trace\":"));
    assert_non_null(strstr(text, "\"traces\":[\"gcc\",\"perl\"]"));
    assert_non_null(strstr(text, "\"time_ratio_geomean\":null"));
    assert_non_null(strstr(text, "\"time_ratio_traces\":2"));
    free(text);
    hb_summaries_free(&summaries);
    rows_clear(rows);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_are_geometric),
        cmocka_unit_test(what_has_no_means_is_not_announced),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(one_trace_has_no_means),
        cmocka_unit_test(conditions_are_not_mixed),
        cmocka_unit_test(runs_of_one_cell_are_pooled),
        cmocka_unit_test(too_few_blocks_give_no_mean),
        cmocka_unit_test(the_table_claims_no_more_than_the_interval),
        cmocka_unit_test(means_as_data_are_no_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
