/* test_trace.c -- what is written is what is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace_stream.h"

static char path[4096], other[64];

static struct hb_trace_reader *trace_open(const char *name) {
    char error[HB_TRACE_ERROR_MAX] = "";
    struct hb_trace_reader *reader = hb_trace_open(name, error);

    assert_string_equal(error, "");
    assert_non_null(reader);
    return reader;
}

/* A trace at path yields exactly these operations. */
static void trace_holds(const struct hb_op *ops, size_t count, bool has_times) {
    struct hb_trace_reader *reader = trace_open(path);
    const struct hb_op *run;
    size_t seen = 0, got;

    while ((got = hb_trace_next(reader, &run)) > 0) {
        assert_true(got <= HB_TRACE_BLOCK_OPS);
        for (size_t i = 0; i < got; i++, seen++) {
            struct hb_op expected;

            assert_true(seen < count);
            expected = stream_expected(ops, seen, has_times);
            if (!ops_equal(&run[i], &expected))
                fail_msg("operation %zu differs", seen);
        }
    }
    assert_null(hb_trace_damage(reader));
    assert_int_equal(seen, count);
    assert_int_equal(hb_trace_next(reader, &run), 0);
    assert_true(hb_trace_get_info(reader)->is_whole);
    assert_int_equal(hb_trace_get_info(reader)->has_times, has_times);
    hb_trace_close(reader);
}

static void trace_is_sound(void) {
    char error[HB_TRACE_ERROR_MAX] = "";
    bool readable = false;

    if (!hb_trace_check(path, NULL, &readable, error))
        fail_msg("%s", error);
    assert_true(readable);
}

static void round_trip(uint64_t seed, size_t count, uint64_t size_max, uint32_t threads,
                       bool has_times) {
    struct hb_op *ops = stream_ops(seed, count, size_max, threads);

    stream_write(path, ops, count, has_times, NULL);
    trace_holds(ops, count, has_times);
    trace_is_sound();
    free(ops);
}

static void reads_back_what_was_written(void **state) {
    static const size_t counts[] = {0,    1,    2,     1023,  1024,  1025,  8191,
                                    8192, 8193, 65535, 65536, 65537, 200000};
    uint64_t seed = 1;

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        for (int has_times = 0; has_times < 2; has_times++)
            round_trip(seed++, counts[i], UINT64_C(1) << 48, i % 2 == 0 ? 1 : 9, has_times);
}

static void holds_the_largest_of_everything(void **state) {
    struct hb_op ops[] = {
        {.kind = HB_OP_MALLOC,
         .size = HB_TRACE_SIZE_MAX,
         .thread = HB_TRACE_THREADS_MAX - 1,
         .time_ns = UINT64_MAX},
        {.kind = HB_OP_ALIGNED,
         .object = 1,
         .size = 0,
         .alignment_log2 = HB_TRACE_ALIGNMENT_LOG2_MAX,
         .time_ns = UINT64_MAX},
        {.kind = HB_OP_REALLOC, .object = 0, .size = HB_TRACE_SIZE_MAX, .time_ns = UINT64_MAX / 2},
        {.kind = HB_OP_THREAD_END, .thread = 300, .time_ns = 0},
        {.kind = HB_OP_FREE, .object = 0, .time_ns = 1},
    };
    struct hb_trace_reader *reader;

    (void)state;
    stream_write(path, ops, 5, true, NULL);
    trace_holds(ops, 5, true);
    trace_is_sound();
    reader = trace_open(path);
    assert_int_equal(hb_trace_get_info(reader)->peak_live_bytes, HB_TRACE_SIZE_MAX);
    assert_int_equal(hb_trace_get_info(reader)->total_bytes, 2 * HB_TRACE_SIZE_MAX);
    assert_int_equal(hb_trace_get_info(reader)->thread_count, 3);
    assert_int_equal(hb_trace_get_info(reader)->op_count, 4);
    hb_trace_close(reader);
}

/* An object of the first block that dies in the last has the largest age. */
static void objects_live_across_blocks(void **state) {
    size_t count = 5 * HB_TRACE_BLOCK_OPS + 17;
    struct hb_op *ops = calloc(count, sizeof *ops);
    uint64_t born = 0;

    (void)state;
    for (size_t i = 0; i < count - 1; i++) {
        ops[i].kind = i < 1000 || i % 2 == 0 ? HB_OP_MALLOC : HB_OP_FREE;
        ops[i].size = ops[i].kind == HB_OP_MALLOC ? i : 0;
        ops[i].object = ops[i].kind == HB_OP_MALLOC ? born++ : born - 1;
    }
    ops[count - 1].kind = HB_OP_FREE;
    stream_write(path, ops, count, false, NULL);
    trace_holds(ops, count, false);
    trace_is_sound();
    free(ops);
}

static void counts_what_it_holds(void **state) {
    static const struct hb_op ops[] = {
        {.kind = HB_OP_THREAD_START, .thread = 1},
        {.kind = HB_OP_MALLOC, .object = 0, .size = 100, .time_ns = 5},
        {.kind = HB_OP_CALLOC, .object = 1, .size = 50, .thread = 1, .time_ns = 7},
        {.kind = HB_OP_REALLOC, .object = 0, .size = 10, .time_ns = 8},
        {.kind = HB_OP_FREE, .object = 1, .time_ns = 9},
        {.kind = HB_OP_ALIGNED, .object = 2, .size = 20, .alignment_log2 = 6, .time_ns = 11},
        {.kind = HB_OP_THREAD_END, .thread = 1, .time_ns = 12},
    };
    struct hb_trace_reader *reader;
    const struct hb_trace_info *info;

    (void)state;
    stream_write(path, ops, 7, false, NULL);
    reader = trace_open(path);
    info = hb_trace_get_info(reader);
    assert_int_equal(info->op_count, 5);
    assert_int_equal(info->kind_count[HB_OP_MALLOC], 1);
    assert_int_equal(info->kind_count[HB_OP_THREAD_START], 1);
    assert_int_equal(info->object_count, 3);
    assert_int_equal(info->peak_live_objects, 2);
    assert_int_equal(info->peak_live_bytes, 150);
    assert_int_equal(info->total_bytes, 180);
    assert_int_equal(info->largest_bytes, 100);
    assert_int_equal(info->thread_count, 2);
    assert_int_equal(info->duration_ns, 12);
    hb_trace_close(reader);
    trace_is_sound();
}

static void keeps_what_its_maker_said(void **state) {
    struct hb_trace_info said = {.null_frees = 1,
                                 .failed_calls = 2,
                                 .dropped_calls = 3,
                                 .early_calls = 4,
                                 .signal_calls = 5,
                                 .unmatched_frees = UINT64_MAX,
                                 .cost_ns_per_op_x1000 = 7,
                                 .op_count = 999,
                                 .command = "a \\ b\nc\\n",
                                 .source = ""};
    struct hb_trace_reader *reader;
    const struct hb_trace_info *info;

    (void)state;
    memset(said.note, '\n', sizeof said.note - 1);
    stream_write(path, NULL, 0, true, &said);
    reader = trace_open(path);
    info = hb_trace_get_info(reader);
    assert_int_equal(info->op_count, 0);
    assert_int_equal(info->null_frees, 1);
    assert_int_equal(info->failed_calls, 2);
    assert_int_equal(info->dropped_calls, 3);
    assert_int_equal(info->early_calls, 4);
    assert_int_equal(info->signal_calls, 5);
    assert_true(info->unmatched_frees == UINT64_MAX);
    assert_int_equal(info->cost_ns_per_op_x1000, 7);
    assert_string_equal(info->command, said.command);
    assert_string_equal(info->source, "");
    assert_string_equal(info->note, said.note);
    hb_trace_close(reader);
}

static char *file_read(const char *name, size_t *length) {
    FILE *file = fopen(name, "rb");
    char *bytes = malloc(1 << 20);

    assert_non_null(file);
    *length = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

static void same_input_same_bytes(void **state) {
    struct hb_op *ops = stream_ops(42, 70000, 1 << 20, 4);
    char *bytes[2];
    size_t length[2];

    (void)state;
    stream_write(path, ops, 70000, true, NULL);
    stream_write(other, ops, 70000, true, NULL);
    bytes[0] = file_read(path, &length[0]);
    bytes[1] = file_read(other, &length[1]);
    assert_int_equal(length[0], length[1]);
    assert_memory_equal(bytes[0], bytes[1], length[0]);
    for (int i = 0; i < 2; i++)
        free(bytes[i]);
    free(ops);
    unlink(other);
}

/* Groups of three objects, born together, that three threads free group by group in random order:
 * their ages are large, the steps from one to the next small. */
static void structures_taken_apart_read_back(void **state) {
    enum { GROUPS = 40000, OPS = 6 * GROUPS };
    struct hb_op *ops = calloc(OPS, sizeof *ops);
    size_t *order = calloc(GROUPS, sizeof *order), count = 0;
    uint64_t seed = 12;

    (void)state;
    for (size_t i = 0; i < 3 * GROUPS; i++)
        ops[count++] = (struct hb_op){.object = i, .size = 16 << i % 3};
    for (size_t i = 0; i < GROUPS; i++) {
        size_t place;

        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        place = (size_t)(seed >> 33) % (i + 1);
        order[i] = order[place];
        order[place] = i;
    }
    for (size_t i = 0; i < 3 * GROUPS; i++)
        ops[count++] = (struct hb_op){.kind = HB_OP_FREE,
                                      .object = 3 * order[i / 3] + (i % 3 + 1) % 3,
                                      .thread = (uint32_t)(i / 3 % 3)};
    stream_write(path, ops, OPS, false, NULL);
    trace_holds(ops, OPS, false);
    trace_is_sound();
    free(order);
    free(ops);
}

/* version1.hbt was written by the first version of the format, from this stream. */
static void version_1_can_still_be_read(void **state) {
    struct hb_op *ops = stream_ops(7, 5000, 1 << 20, 3);
    char written[sizeof path];

    (void)state;
    strcpy(written, path);
    snprintf(path, sizeof path, "%s", HB_SOURCE_DIR "/tests/workloads/version1.hbt");
    trace_holds(ops, 5000, false);
    trace_is_sound();
    strcpy(path, written);
    free(ops);
}

static void bundled_traces_take_half_a_byte_an_operation(void **state) {
    glob_t found;

    (void)state;
    assert_int_equal(glob(HB_SOURCE_DIR "/workloads/traces/*.hbt", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct hb_trace_reader *reader = trace_open(found.gl_pathv[i]);
        uint64_t ops = hb_trace_get_info(reader)->op_count;
        struct stat status;

        assert_int_equal(stat(found.gl_pathv[i], &status), 0);
        if (2 * (uint64_t)status.st_size > ops)
            fail_msg("%s takes %.3f bytes an operation", found.gl_pathv[i],
                     (double)status.st_size / (double)ops);
        hb_trace_close(reader);
    }
    globfree(&found);
}

static int folder_make(void **state) {
    (void)state;
    snprintf(path, sizeof path, "/tmp/hb_test_trace_%d.hbt", (int)getpid());
    snprintf(other, sizeof other, "/tmp/hb_test_trace_%d_b.hbt", (int)getpid());
    return 0;
}

static int folder_remove(void **state) {
    (void)state;
    unlink(path);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_what_was_written),
        cmocka_unit_test(holds_the_largest_of_everything),
        cmocka_unit_test(objects_live_across_blocks),
        cmocka_unit_test(counts_what_it_holds),
        cmocka_unit_test(keeps_what_its_maker_said),
        cmocka_unit_test(same_input_same_bytes),
        cmocka_unit_test(structures_taken_apart_read_back),
        cmocka_unit_test(version_1_can_still_be_read),
        cmocka_unit_test(bundled_traces_take_half_a_byte_an_operation),
    };

    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
