/* test_transform_slice.c -- slices and filters keep what they promise to keep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "transforming.h"
#include "workloads/trace_phases.h"

enum { OPS = 20000 };

/* Of operations without marks: the source's number of each, in the order of the trace. */
static struct whole without_marks(struct whole whole) {
    size_t kept = 0;

    for (size_t i = 0; i < whole.count; i++)
        if (whole.ops[i].kind <= HB_OP_FREE)
            whole.ops[kept++] = whole.ops[i];
    whole.count = kept;
    return whole;
}

static void a_slice_of_the_whole_is_the_trace(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct hb_transform transform = transform_plain();
        struct whole before, after;

        free(source_make(seed, OPS, 3));
        transform_good(hb_transform_slice, &transform);
        before = whole_read(source_path);
        after = whole_read(out_path);
        wholes_agree(&before, &after);
        assert_int_equal(after.info.null_frees, 7);
        assert_int_equal(after.info.has_times, before.info.has_times);
        assert_string_equal(after.info.command, "a command");
        assert_string_equal(after.info.note, "a note; slice: the whole");
        whole_free(&before);
        whole_free(&after);
    }
}

/* After the prologue the live bytes are those of the source, operation for operation. */
static void a_slice_goes_on_from_what_was_live(void **state) {
    static const uint64_t ends[][2] = {{0, 100}, {1, 2}, {5000, 9000}, {12345, UINT64_MAX}};

    (void)state;
    for (size_t k = 0; k < sizeof ends / sizeof ends[0]; k++) {
        struct hb_transform transform = transform_plain();
        struct whole before, after;
        uint64_t *live_before, *live_after;
        size_t prologue = 0, wanted;

        free(source_make(10 + k, OPS, 2));
        transform.slice.from = ends[k][0];
        transform.slice.to = ends[k][1];
        transform_good(hb_transform_slice, &transform);
        before = without_marks(whole_read(source_path));
        after = without_marks(whole_read(out_path));
        live_before = whole_live(&before);
        live_after = whole_live(&after);
        wanted = (ends[k][1] < before.count ? ends[k][1] : before.count) - ends[k][0];
        assert_true(after.count >= wanted);
        prologue = after.count - wanted;
        for (size_t i = 0; i < prologue; i++)
            assert_true(after.ops[i].kind <= HB_OP_ALIGNED);
        for (size_t i = 0; i < wanted; i++) {
            assert_int_equal(live_after[prologue + i], live_before[ends[k][0] + i]);
            assert_int_equal(after.ops[prologue + i].kind, before.ops[ends[k][0] + i].kind);
            assert_int_equal(after.ops[prologue + i].thread, before.ops[ends[k][0] + i].thread);
        }
        free(live_before);
        free(live_after);
        whole_free(&before);
        whole_free(&after);
    }
}

/* Two slices that meet hold each operation once. */
static void without_a_prologue_older_objects_are_counted_out(void **state) {
    struct hb_transform transform = transform_plain();
    struct hb_transform_result result;
    struct whole after;
    struct hb_op *ops = source_make(21, OPS, 1);
    uint64_t births = 0, left_out = 0, frees = 0, number = 0, from = 7000;

    (void)state;
    transform.slice.from = from;
    transform.slice.has_prologue = false;
    result = transform_good(hb_transform_slice, &transform);
    for (size_t i = 0; i < OPS; i++) {
        bool is_old = ops[i].kind >= HB_OP_REALLOC && ops[i].object < births;

        if (ops[i].kind > HB_OP_FREE)
            continue;
        births += number < from && ops[i].kind <= HB_OP_ALIGNED;
        left_out += number >= from && is_old;
        frees += number >= from && is_old && ops[i].kind == HB_OP_FREE;
        number++;
    }
    after = whole_read(out_path);
    assert_true(frees > 0);
    assert_int_equal(result.written_count, number - from - left_out);
    assert_int_equal(after.info.unmatched_frees, frees);
    whole_free(&after);
    free(ops);
}

static void a_slice_beyond_the_end_is_refused(void **state) {
    struct hb_transform transform = transform_plain();
    struct hb_transform_result result;
    char error[HB_TRACE_ERROR_MAX] = "";

    (void)state;
    free(source_make(1, 100, 1));
    unlink(out_path);
    transform.slice.from = 1000;
    assert_false(hb_transform_slice(&transform, &result, error));
    assert_non_null(strstr(error, "cannot begin at operation 1000"));
    assert_int_equal(access(out_path, F_OK), -1);
    transform.slice.from = 0;
    transform.slice.phase = 9;
    assert_false(hb_transform_slice(&transform, &result, error));
    assert_non_null(strstr(error, "phases, not 9"));
}

/* What cannot be written is said, and no part of it stays. */
static void a_full_disk_is_a_failure(void **state) {
    struct hb_transform transform = transform_plain();
    struct hb_transform_result result;
    struct rlimit limit, small = {.rlim_cur = 1000};
    char error[HB_TRACE_ERROR_MAX] = "";
    bool good;

    (void)state;
    free(source_make(1, OPS, 1));
    unlink(out_path);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small.rlim_max = limit.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    good = hb_transform_slice(&transform, &result, error);
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_DFL);
    assert_false(good);
    assert_true(result.is_unwritten);
    assert_non_null(strstr(error, "cannot write"));
    assert_int_equal(access(out_path, F_OK), -1);
}

static void nothing_is_overwritten(void **state) {
    struct hb_transform transform = transform_plain();
    struct hb_transform_result result;
    char error[HB_TRACE_ERROR_MAX] = "";

    (void)state;
    free(source_make(1, 100, 1));
    transform.out = source_path;
    assert_false(hb_transform_slice(&transform, &result, error));
    assert_non_null(strstr(error, "exists already"));
}

/* Of a file cut in its middle the whole blocks are taken, and it is said. */
static void a_damaged_trace_gives_what_can_be_read(void **state) {
    struct hb_transform transform = transform_plain();
    struct hb_transform_result result;
    struct whole after;

    (void)state;
    free(source_make(2, 200000, 1));
    assert_int_equal(truncate(source_path, 400000), 0);
    result = transform_good(hb_transform_slice, &transform);
    assert_true(result.is_damaged);
    assert_true(result.written_count > 0);
    after = whole_read(out_path);
    assert_non_null(strstr(after.info.note, "(of a damaged trace)"));
    whole_free(&after);
}

/* A curve of three straight pieces: found, where they begin. */
static void phases_are_straight_pieces(void **state) {
    struct hb_trace_curve curve;
    struct hb_trace_phases phases;

    (void)state;
    hb_trace_curve_start(&curve);
    for (uint64_t i = 0; i < 5000; i++)
        hb_trace_curve_hold(&curve, i < 1000 ? i * 100 : i < 3000 ? 100000 : 20000 + i, 1);
    hb_trace_curve_finish(&curve);
    assert_true(hb_trace_phases_find(&phases, &curve, 0));
    assert_int_equal(phases.count, 3);
    assert_int_equal(phases.start[0], 0);
    assert_in_range(phases.start[1], 980, 1020);
    assert_in_range(phases.start[2], 2990, 3010);
    assert_int_equal(phases.start[3], 5000);
    assert_true(phases.explained_ratio > 0.99);
    assert_true(hb_trace_phases_find(&phases, &curve, 5));
    assert_int_equal(phases.count, 5);
}

static void phases_of_a_trace_cover_it(void **state) {
    struct hb_transform transform = transform_plain();
    struct hb_trace_phases phases;
    char error[HB_TRACE_ERROR_MAX] = "";
    uint64_t written = 0;

    (void)state;
    free(source_make(5, OPS, 1));
    assert_true(hb_trace_phases_read(&phases, source_path, 4, error));
    assert_int_equal(phases.count, 4);
    transform.slice.phases = 4;
    transform.slice.has_prologue = false;
    for (size_t phase = 1; phase <= 4; phase++) {
        transform.slice.phase = phase;
        written +=
            transform_good(hb_transform_slice, &transform).read_count - phases.start[phase - 1];
    }
    assert_int_equal(written, phases.start[4]);
}

static void a_filter_by_size_parts_the_objects(void **state) {
    struct hb_transform transform = transform_plain();
    struct hb_transform_result small, large;
    struct whole before, after;

    (void)state;
    free(source_make(3, OPS, 4));
    transform.filter.most_bytes = 100;
    small = transform_good(hb_transform_filter, &transform);
    after = whole_read(out_path);
    for (size_t i = 0; i < after.count; i++)
        assert_true(after.ops[i].kind > HB_OP_ALIGNED || after.ops[i].size <= 100);
    whole_free(&after);
    transform.filter.least_bytes = 101;
    transform.filter.most_bytes = UINT64_MAX;
    large = transform_good(hb_transform_filter, &transform);
    assert_int_equal(small.written_count + large.written_count, small.read_count);
    transform.filter.least_bytes = 0;
    transform_good(hb_transform_filter, &transform);
    before = whole_read(source_path);
    after = whole_read(out_path);
    wholes_agree(&before, &after);
    whole_free(&before);
    whole_free(&after);
}

static void a_filter_by_thread_takes_what_the_thread_bore(void **state) {
    static uint8_t threads[HB_TRACE_THREADS_MAX / 8] = {1 << 2 | 1 << 0};
    struct hb_transform transform = transform_plain();
    struct hb_op *ops = source_make(4, OPS, 4);
    uint64_t births = 0;
    struct whole after;

    (void)state;
    for (size_t i = 0; i < OPS; i++)
        births += ops[i].kind <= HB_OP_ALIGNED && (ops[i].thread == 0 || ops[i].thread == 2);
    transform.filter.threads = threads;
    transform.filter.threads_text = "0,2";
    transform_good(hb_transform_filter, &transform);
    after = whole_read(out_path);
    assert_int_equal(after.info.object_count, births);
    for (size_t i = 0; i < after.count; i++)
        if (after.ops[i].kind <= HB_OP_ALIGNED || after.ops[i].kind > HB_OP_FREE)
            assert_true(after.ops[i].thread == 0 || after.ops[i].thread == 2);
    assert_non_null(strstr(after.info.note, "a note; filter: objects born by threads 0,2, "));
    whole_free(&after);
    free(ops);
}

/* Notes grow by each step and stay within their room. */
static void notes_are_bounded(void **state) {
    struct hb_transform transform = transform_plain();
    struct hb_trace_info info = {0};
    struct whole after;

    (void)state;
    memset(info.note, 'x', sizeof info.note - 1);
    stream_write(source_path, NULL, 0, false, &info);
    transform_good(hb_transform_slice, &transform);
    after = whole_read(out_path);
    assert_int_equal(strlen(after.info.note), HB_TRACE_TEXT_MAX - 1);
    assert_non_null(strstr(after.info.note, "xx ...; slice: the whole"));
    whole_free(&after);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slice_of_the_whole_is_the_trace),
        cmocka_unit_test(a_slice_goes_on_from_what_was_live),
        cmocka_unit_test(without_a_prologue_older_objects_are_counted_out),
        cmocka_unit_test(a_slice_beyond_the_end_is_refused),
        cmocka_unit_test(a_full_disk_is_a_failure),
        cmocka_unit_test(nothing_is_overwritten),
        cmocka_unit_test(a_damaged_trace_gives_what_can_be_read),
        cmocka_unit_test(phases_are_straight_pieces),
        cmocka_unit_test(phases_of_a_trace_cover_it),
        cmocka_unit_test(a_filter_by_size_parts_the_objects),
        cmocka_unit_test(a_filter_by_thread_takes_what_the_thread_bore),
        cmocka_unit_test(notes_are_bounded),
    };
    return cmocka_run_group_tests(tests, transforming_start, transforming_end);
}
