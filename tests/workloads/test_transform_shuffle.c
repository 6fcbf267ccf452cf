/* test_transform_shuffle.c -- what shuffles, copies, merges and the rest keep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "transforming.h"

enum { OPS = 20000 };

static int number_compare(const void *a, const void *b) {
    const uint64_t *one = a, *other = b;

    return (*one > *other) - (*one < *other);
}

/* Births' or reallocs' sizes of a whole trace, sorted; the caller frees them. */
static uint64_t *sizes_sorted(const struct whole *whole, bool of_births, size_t *count) {
    uint64_t *sizes = malloc((whole->count + 1) * sizeof *sizes);

    *count = 0;
    for (size_t i = 0; i < whole->count; i++)
        if (of_births ? whole->ops[i].kind <= HB_OP_ALIGNED : whole->ops[i].kind == HB_OP_REALLOC)
            sizes[(*count)++] = whole->ops[i].size;
    qsort(sizes, *count, sizeof *sizes, number_compare);
    return sizes;
}

static void sizes_agree(const struct whole *a, const struct whole *b) {
    for (int of_births = 0; of_births < 2; of_births++) {
        size_t a_count, b_count;
        uint64_t *a_sizes = sizes_sorted(a, of_births, &a_count);
        uint64_t *b_sizes = sizes_sorted(b, of_births, &b_count);

        assert_int_equal(a_count, b_count);
        assert_memory_equal(a_sizes, b_sizes, a_count * sizeof *a_sizes);
        free(a_sizes);
        free(b_sizes);
    }
}

static bool wholes_differ(const struct whole *a, const struct whole *b) {
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (!ops_equal(&a->ops[i], &b->ops[i]))
            return true;
    return a->count != b->count;
}

static const enum hb_shuffle_what whats[] = {HB_SHUFFLE_ORDER, HB_SHUFFLE_DEATHS, HB_SHUFFLE_SIZES};

/* Equal seeds, equal operations; other seeds, others. All keep the requests. */
static void shuffles_follow_their_seed(void **state) {
    (void)state;
    free(source_make(31, OPS, 2));
    for (size_t k = 0; k < 3; k++) {
        struct hb_transform transform = transform_plain();
        struct whole source = whole_read(source_path), one, same, other;

        transform.shuffle.what = whats[k];
        transform.shuffle.seed = 5;
        transform_good(hb_transform_shuffle, &transform);
        one = whole_read(out_path);
        transform.out = other_path;
        transform_good(hb_transform_shuffle, &transform);
        same = whole_read(other_path);
        transform.shuffle.seed = 6;
        transform_good(hb_transform_shuffle, &transform);
        other = whole_read(other_path);
        wholes_agree(&one, &same);
        assert_true(wholes_differ(&one, &source));
        assert_true(wholes_differ(&one, &other));
        sizes_agree(&one, &source);
        assert_memory_equal(one.info.kind_count, source.info.kind_count,
                            sizeof one.info.kind_count);
        whole_free(&source);
        whole_free(&one);
        whole_free(&same);
        whole_free(&other);
    }
}

/* Where windows meet, the same bytes live; a window of one is no shuffle. */
static void windows_bound_the_shuffle_of_order(void **state) {
    struct hb_op *ops = stream_ops(33, OPS, 1 << 20, 1);
    struct hb_transform transform = transform_plain();
    struct whole source, one;
    uint64_t *live_source, *live_one;
    size_t kept = 0;

    (void)state;
    for (size_t i = 0; i < OPS; i++)
        if (ops[i].kind <= HB_OP_FREE)
            ops[kept++] = ops[i];
    stream_write(source_path, ops, kept, true, NULL);
    transform.shuffle.window = 100;
    transform_good(hb_transform_shuffle, &transform);
    source = whole_read(source_path);
    one = whole_read(out_path);
    live_source = whole_live(&source);
    live_one = whole_live(&one);
    for (size_t i = 99; i < kept; i += 100)
        assert_int_equal(live_one[i], live_source[i]);
    for (size_t i = 0; i < kept; i++)
        assert_int_equal(one.ops[i].time_ns, source.ops[i].time_ns);
    assert_true(wholes_differ(&one, &source));
    whole_free(&one);
    transform.shuffle.window = 1;
    transform_good(hb_transform_shuffle, &transform);
    one = whole_read(out_path);
    wholes_agree(&one, &source);
    whole_free(&one);
    whole_free(&source);
    free(live_source);
    free(live_one);
    free(ops);
}

/* All six orders of two objects' births and deaths come alike: 1/6 each, within 4 deviations. */
static void orders_are_drawn_alike(void **state) {
    static const struct hb_op ops[] = {{.object = 0, .size = 1},
                                       {.object = 1, .size = 2},
                                       {.object = 0, .kind = HB_OP_FREE},
                                       {.object = 1, .kind = HB_OP_FREE}};
    struct hb_transform transform = transform_plain();
    int seen[256] = {0}, kinds = 0;

    (void)state;
    stream_write(source_path, ops, 4, false, NULL);
    for (int seed = 0; seed < 180; seed++) {
        struct whole one;
        int code = 0;

        transform.shuffle.seed = (uint64_t)seed;
        transform_good(hb_transform_shuffle, &transform);
        one = whole_read(out_path);
        for (int i = 0; i < 4; i++) {
            bool is_birth = one.ops[i].kind == HB_OP_MALLOC;
            uint64_t size = one.ops[one.ops[i].object == 0 ? 0 : one.ops[1].kind ? 2 : 1].size;

            code = 4 * code + (is_birth ? 0 : 2) + (int)(size - 1);
        }
        kinds += seen[code]++ == 0;
        whole_free(&one);
    }
    assert_int_equal(kinds, 6);
    for (int code = 0; code < 256; code++)
        assert_true(seen[code] == 0 || (seen[code] > 30 - 20 && seen[code] < 30 + 20));
}

static void deaths_keep_the_curve(void **state) {
    struct hb_transform transform = transform_plain();
    struct whole source, one;
    uint64_t *live_source, *live_one;

    (void)state;
    free(source_make(34, OPS, 3));
    transform.shuffle.what = HB_SHUFFLE_DEATHS;
    transform_good(hb_transform_shuffle, &transform);
    source = whole_read(source_path);
    one = whole_read(out_path);
    live_source = whole_live(&source);
    live_one = whole_live(&one);
    assert_int_equal(source.count, one.count);
    assert_memory_equal(live_one, live_source, source.count * sizeof *live_one);
    assert_int_equal(one.info.peak_live_bytes, source.info.peak_live_bytes);
    free(live_source);
    free(live_one);
    whole_free(&source);
    whole_free(&one);
}

static void copies_multiply_the_peak(void **state) {
    (void)state;
    for (uint32_t copies = 1; copies <= 3; copies++) {
        struct hb_transform transform = transform_plain();
        struct whole source, one;

        free(source_make(35, OPS, 3));
        transform.amplify.copies = copies;
        transform.amplify.has_own_threads = copies != 2;
        transform_good(hb_transform_amplify, &transform);
        source = whole_read(source_path);
        one = whole_read(out_path);
        assert_int_equal(one.info.op_count, copies * source.info.op_count);
        assert_int_equal(one.info.peak_live_bytes, copies * source.info.peak_live_bytes);
        assert_int_equal(one.info.peak_live_objects, copies * source.info.peak_live_objects);
        assert_int_equal(one.info.total_bytes, copies * source.info.total_bytes);
        assert_int_equal(one.info.thread_count, copies == 2 ? 3 : copies * 3);
        whole_free(&source);
        whole_free(&one);
    }
}

static void too_many_threads_are_refused(void **state) {
    struct hb_transform transform = transform_plain();
    struct hb_transform_result result;
    char error[HB_TRACE_ERROR_MAX] = "";

    (void)state;
    free(source_make(36, OPS, 40));
    unlink(out_path);
    transform.amplify.copies = 4096;
    transform.amplify.has_own_threads = true;
    assert_false(hb_transform_amplify(&transform, &result, error));
    assert_non_null(strstr(error, "more than 65536 threads"));
    assert_int_equal(access(out_path, F_OK), -1);
}

/* One thread's operations of a merged trace, its objects numbered as they come. */
static struct whole thread_pick(const struct whole *merged, uint32_t low, uint32_t high) {
    struct whole one = {malloc((merged->count + 1) * sizeof *one.ops), 0, merged->info};
    uint64_t *numbers = calloc(merged->count + 1, sizeof *numbers), born = 0;

    for (size_t i = 0; i < merged->count; i++) {
        struct hb_op op = merged->ops[i];

        if (op.thread < low || op.thread > high)
            continue;
        if (op.kind <= HB_OP_ALIGNED)
            numbers[op.object] = born++;
        if (op.kind <= HB_OP_FREE)
            op.object = numbers[op.object];
        op.thread -= low;
        one.ops[one.count++] = op;
    }
    free(numbers);
    return one;
}

/* Both sources are there, whole and in their order, whichever way they are merged. */
static void merged_traces_are_all_there(void **state) {
    static const enum hb_merge_order orders[] = {HB_MERGE_BY_OPS, HB_MERGE_BY_TIME,
                                                 HB_MERGE_IN_SEQUENCE};
    struct hb_op *first = stream_ops(41, OPS, 1000, 1), *second = stream_ops(43, OPS / 4, 1000, 1);
    const char *paths[] = {source_path, other_path};
    struct hb_trace_info said = {.null_frees = 5, .command = "another", .source = "a test"};

    (void)state;
    stream_write(source_path, first, OPS, true, &said);
    said.null_frees = 3;
    stream_write(other_path, second, OPS / 4, true, &said);
    for (size_t k = 0; k < 3; k++) {
        struct hb_transform transform = transform_plain();
        struct whole merged, one, two, source, other;

        transform.paths = paths;
        transform.path_count = 2;
        transform.merge_order = orders[k];
        transform_good(hb_transform_merge, &transform);
        merged = whole_read(out_path);
        source = whole_read(source_path);
        other = whole_read(other_path);
        /* By time the second trace may come first: then its thread is number 0. */
        bool is_swapped = orders[k] == HB_MERGE_BY_TIME && second[0].time_ns < first[0].time_ns;
        one = thread_pick(&merged, is_swapped, is_swapped);
        two = thread_pick(&merged, !is_swapped, !is_swapped);
        if (orders[k] == HB_MERGE_IN_SEQUENCE)
            for (size_t i = 0; i < two.count; i++)
                two.ops[i].time_ns -= source.info.duration_ns;
        wholes_agree(&one, &source);
        wholes_agree(&two, &other);
        assert_int_equal(merged.info.null_frees, 8);
        assert_string_equal(merged.info.command, "another");
        if (orders[k] == HB_MERGE_BY_OPS) { /* half of it holds half of each */
            struct whole half = merged, picked;

            half.count /= 2;
            picked = thread_pick(&half, 1, 1);
            assert_in_range(picked.count, other.count / 2 - 20, other.count / 2 + 20);
            whole_free(&picked);
        }
        for (size_t i = 1; i < merged.count && orders[k] != HB_MERGE_BY_OPS; i++)
            assert_true(merged.ops[i].time_ns >= merged.ops[i - 1].time_ns);
        whole_free(&merged);
        whole_free(&source);
        whole_free(&other);
        whole_free(&one);
        whole_free(&two);
    }
    unlink(other_path);
    free(first);
    free(second);
}

static void sizes_scale(void **state) {
    static const uint64_t sizes[][2] = {
        {0, 0}, {1, 1}, {2, 2}, {3, 2}, {4, 3}, {1000001, 750001}, {UINT64_C(1) << 50, 3ull << 48}};
    struct hb_transform transform = transform_plain();
    enum { SIZES = sizeof sizes / sizeof sizes[0] };
    struct hb_op ops[SIZES] = {0};
    struct whole one;

    (void)state;
    for (size_t i = 0; i < SIZES; i++)
        ops[i] = (struct hb_op){.object = i, .size = sizes[i][0]};
    stream_write(source_path, ops, SIZES, false, NULL);
    transform.scale.numerator = 3;
    transform.scale.denominator = 4;
    transform_good(hb_transform_scale, &transform);
    one = whole_read(out_path);
    for (size_t i = 0; i < SIZES; i++)
        assert_int_equal(one.ops[i].size, sizes[i][1]);
    whole_free(&one);
    transform.scale.numerator = 1000;
    transform.scale.denominator = 1;
    transform_good(hb_transform_scale, &transform);
    one = whole_read(out_path);
    assert_int_equal(one.ops[SIZES - 1].size, HB_TRACE_SIZE_MAX);
    assert_non_null(strstr(one.info.note, "1 of them cut"));
    whole_free(&one);
}

static void what_is_finished_leaves_nothing(void **state) {
    (void)state;
    for (int backwards = 0; backwards < 2; backwards++) {
        struct hb_transform transform = transform_plain();
        struct whole source, one;
        uint64_t *live;

        free(source_make(50, OPS, 2));
        transform.finish_backwards = backwards;
        transform_good(hb_transform_finish, &transform);
        source = whole_read(source_path);
        one = whole_read(out_path);
        live = whole_live(&one);
        assert_int_equal(live[one.count - 1], 0);
        assert_int_equal(one.info.kind_count[HB_OP_FREE], source.info.object_count);
        assert_int_equal(one.info.peak_live_bytes, source.info.peak_live_bytes);
        for (size_t i = source.count + 1; i < one.count; i++)
            assert_true((one.ops[i].object > one.ops[i - 1].object) == !backwards);
        one.count = source.count;
        wholes_agree(&source, &one);
        free(live);
        whole_free(&source);
        whole_free(&one);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shuffles_follow_their_seed),
        cmocka_unit_test(windows_bound_the_shuffle_of_order),
        cmocka_unit_test(orders_are_drawn_alike),
        cmocka_unit_test(deaths_keep_the_curve),
        cmocka_unit_test(copies_multiply_the_peak),
        cmocka_unit_test(too_many_threads_are_refused),
        cmocka_unit_test(merged_traces_are_all_there),
        cmocka_unit_test(sizes_scale),
        cmocka_unit_test(what_is_finished_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, transforming_start, transforming_end);
}
