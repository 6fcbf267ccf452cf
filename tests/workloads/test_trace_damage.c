/* test_trace_damage.c -- whatever happens to a file, its reader yields right operations or none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace_stream.h"
#include "workloads/trace_block.h"
#include "workloads/trace_footer.h"
#include "workloads/trace_form.h"
#include "workloads/trace_tally.h"

enum { SMALL_OPS = 60, FILE_MAX = 1 << 20 };

static char path[64];
static uint8_t bytes[FILE_MAX];
static size_t length;

static void bytes_load(void) {
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
}

static void bytes_store(size_t count) {
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    fclose(file);
}

/* Blocks that compress to almost nothing, so that a file of several is short. */
static struct hb_op *dull_ops(size_t count) {
    struct hb_op *ops = calloc(count, sizeof *ops);

    for (size_t i = 0; i < count; i++) {
        ops[i].kind = i % 2 == 0 ? HB_OP_MALLOC : HB_OP_FREE;
        ops[i].size = i % 2 == 0 ? 24 : 0;
        ops[i].object = i / 2;
    }
    return ops;
}

/* Read the file at path: its operations must be the first of ops. Returns how many there were, or
 * SIZE_MAX if it could not be opened; *is_damaged tells whether the reader complained. */
static size_t prefix_read(const struct hb_op *ops, size_t count, bool has_times, bool *is_damaged) {
    char error[HB_TRACE_ERROR_MAX] = "";
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    const struct hb_op *run;
    size_t seen = 0, marks = 0, got;

    if (reader == NULL) {
        assert_true(error[0] != '\0' && strchr(error, '\n') == NULL);
        return SIZE_MAX;
    }
    while ((got = hb_trace_next(reader, &run)) > 0)
        for (size_t i = 0; i < got; i++, seen++) {
            struct hb_op expected;

            assert_true(seen < count);
            expected = stream_expected(ops, seen, has_times);
            assert_true(ops_equal(&run[i], &expected));
            marks += run[i].kind > HB_OP_FREE;
        }
    *is_damaged = hb_trace_damage(reader) != NULL;
    assert_int_equal(hb_trace_get_info(reader)->is_whole, !*is_damaged);
    assert_int_equal(hb_trace_get_info(reader)->op_count, seen - marks);
    hb_trace_close(reader);
    return seen;
}

static void truncations_yield_whole_blocks(const struct hb_op *ops, size_t count, size_t step) {
    size_t before = 0;
    bool is_damaged;

    stream_write(path, ops, count, false, NULL);
    bytes_load();
    for (size_t cut = 0; cut < length; cut += step) {
        size_t seen;

        bytes_store(cut);
        seen = prefix_read(ops, count, false, &is_damaged);
        if (cut < 16) {
            assert_true(seen == SIZE_MAX);
            continue;
        }
        assert_true(is_damaged);
        assert_true(seen == count || seen % HB_TRACE_BLOCK_OPS == 0);
        assert_true(seen >= before);
        before = seen;
    }
    assert_int_equal(before, count); /* cut in what follows the blocks */
}

static void every_truncation_yields_a_prefix(void **state) {
    struct hb_op *small = stream_ops(3, SMALL_OPS, 1 << 20, 3);
    struct hb_op *dull = dull_ops(2 * HB_TRACE_BLOCK_OPS + 2);

    (void)state;
    truncations_yield_whole_blocks(small, SMALL_OPS, 1);
    truncations_yield_whole_blocks(dull, 2 * HB_TRACE_BLOCK_OPS + 2, 7);
    free(small);
    free(dull);
}

static void flips_never_lie(const struct hb_op *ops, size_t count, bool has_times,
                            size_t bit_step) {
    size_t harmless = 0;

    stream_write(path, ops, count, has_times, NULL);
    bytes_load();
    for (size_t bit = 0; bit < 8 * length; bit += bit_step) {
        bool is_damaged = false;
        size_t seen;

        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        bytes_store(length);
        seen = prefix_read(ops, count, has_times, &is_damaged);
        if (!is_damaged && seen != SIZE_MAX) {
            assert_int_equal(seen, count);
            harmless++;
        }
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(harmless * 20 * bit_step < 8 * length);
}

static void no_flipped_bit_yields_a_wrong_operation(void **state) {
    struct hb_op *small = stream_ops(5, SMALL_OPS, UINT64_C(1) << 48, 300);
    struct hb_op *dull = dull_ops(HB_TRACE_BLOCK_OPS + 2);

    (void)state;
    flips_never_lie(small, SMALL_OPS, true, 1);
    flips_never_lie(dull, HB_TRACE_BLOCK_OPS + 2, false, 59);
    free(small);
    free(dull);
}

static void what_follows_the_end_is_damage(void **state) {
    struct hb_op *ops = stream_ops(8, SMALL_OPS, 4096, 1);
    bool is_damaged = false;

    (void)state;
    stream_write(path, ops, SMALL_OPS, false, NULL);
    bytes_load();
    bytes[length] = 0;
    bytes_store(length + 1);
    assert_int_equal(prefix_read(ops, SMALL_OPS, false, &is_damaged), SMALL_OPS);
    assert_true(is_damaged);
    free(ops);
}

static void what_is_no_trace_is_refused(void **state) {
    char error[HB_TRACE_ERROR_MAX];
    bool readable = true;

    (void)state;
    memset(bytes, 'x', 4096);
    bytes_store(4096);
    assert_null(hb_trace_open(path, error));
    assert_non_null(strstr(error, "is not a heapbench trace"));
    assert_false(hb_trace_check(path, NULL, &readable, error));
    assert_false(readable);
    unlink(path);
    assert_null(hb_trace_open(path, error));
    assert_non_null(strstr(error, "No such file"));
    assert_null(hb_trace_open("/tmp", error));
    assert_non_null(strstr(error, "not a regular file"));
    mkfifo(path, 0600);
    assert_null(hb_trace_open(path, error)); /* and does not wait for a writer */
    unlink(path);
    stream_write(path, NULL, 0, false, NULL);
    bytes_load();
    bytes[8] = 3;
    bytes_store(length);
    assert_null(hb_trace_open(path, error));
    assert_non_null(strstr(error, "format version 3"));
}

/* A file whose checksums are right and whose contents are not: made by the encoder, unchecked. */
struct forger {
    struct trace_encoder *encoder;
    struct trace_block_state state;
};

static void chunk_put(uint32_t tag, const uint8_t *payload, size_t count) {
    assert_true(count > 0);
    trace_put_u32(bytes + length, tag);
    trace_put_u32(bytes + length + 4, (uint32_t)count);
    memcpy(bytes + length + 8, payload, count);
    length += 8 + count;
}

static void forger_start(struct forger *forger) {
    memset(forger, 0, sizeof *forger);
    forger->encoder = trace_encoder_create();
    memcpy(bytes, TRACE_MAGIC, 8);
    trace_put_u32(bytes + 8, TRACE_VERSION);
    trace_put_u32(bytes + 12, 0);
    length = 16;
}

static void forger_block(struct forger *forger, const struct hb_op *ops, size_t count) {
    const uint8_t *payload;
    size_t got = trace_block_encode(forger->encoder, &forger->state, ops, count, &payload);

    chunk_put(TRACE_TAG_BLOCK, payload, got);
}

static void forger_end(struct forger *forger, const struct hb_trace_info *info) {
    static char text[TRACE_FOOTER_BYTES_MAX];
    static uint8_t payload[2 * TRACE_FOOTER_BYTES_MAX];
    size_t end = length;
    size_t got = trace_frame_write(forger->encoder, text, trace_footer_print(info, text), payload,
                                   sizeof payload);

    chunk_put(TRACE_TAG_END, payload, got);
    trace_put_u64(bytes + length, end);
    memcpy(bytes + length + 8, TRACE_END_MAGIC, 8);
    bytes_store(length + 16);
    trace_encoder_destroy(forger->encoder);
}

/* Forge one good block and one with a bad operation; only the good one may come out. */
static void forgery_is_found(struct hb_op bad, const char *complaint) {
    static const struct hb_op good[] = {{.kind = HB_OP_MALLOC, .size = 5},
                                        {.kind = HB_OP_MALLOC, .object = 1, .size = 5},
                                        {.kind = HB_OP_FREE}};
    struct hb_trace_info info = {.op_count = 4, .object_count = 3};
    struct forger forger;
    char error[HB_TRACE_ERROR_MAX] = "";
    bool is_damaged = false, readable;

    forger_start(&forger);
    forger_block(&forger, good, 3);
    forger_block(&forger, &bad, 1);
    forger_end(&forger, &info);
    assert_int_equal(prefix_read(good, 3, false, &is_damaged), 3);
    assert_true(is_damaged);
    assert_false(hb_trace_check(path, NULL, &readable, error));
    assert_true(readable);
    if (strstr(error, complaint) == NULL)
        fail_msg("'%s' does not say '%s'", error, complaint);
}

static void forged_operations_are_found(void **state) {
    (void)state;
    forgery_is_found((struct hb_op){.kind = HB_OP_FREE, .object = 0}, "not alive");
    forgery_is_found((struct hb_op){.kind = HB_OP_REALLOC, .object = 0, .size = 1}, "not alive");
    forgery_is_found((struct hb_op){.kind = HB_OP_FREE, .object = 2}, "impossible lengths");
    forgery_is_found((struct hb_op){.kind = HB_OP_FREE, .object = 0 - (uint64_t)5},
                     "before the trace");
    forgery_is_found((struct hb_op){.kind = HB_OP_ALIGNED, .object = 2, .alignment_log2 = 64},
                     "alignment is too large");
    forgery_is_found((struct hb_op){.kind = HB_OP_MALLOC, .object = 2, .size = UINT64_MAX},
                     "impossible lengths");
}

/* A block of one operation, which is of form number 0 of a table of one row. */
static void block_put(struct forger *forger, uint64_t references, uint64_t sizes, uint8_t form,
                      uint8_t type) {
    struct trace_block_head head = {.op_count = 1,
                                    .count = {[COLUMN_FORM] = 1,
                                              [COLUMN_THREAD] = 1,
                                              [COLUMN_TIME] = 1,
                                              [COLUMN_FORM_TYPE] = 1,
                                              [COLUMN_FORM_REFERENCE] = references,
                                              [COLUMN_FORM_SIZE] = sizes},
                                    .width = {[COLUMN_FORM] = 1, [COLUMN_FORM_TYPE] = 1}};
    uint8_t head_bytes[TRACE_BLOCK_HEAD_BYTES], payload[1024];
    size_t got;

    trace_head_print(&head, head_bytes);
    got =
        trace_frame_write(forger->encoder, head_bytes, sizeof head_bytes, payload, sizeof payload);
    got += trace_frame_write(forger->encoder, &form, 1, payload + got, sizeof payload - got);
    got += trace_frame_write(forger->encoder, &type, 1, payload + got, sizeof payload - got);
    chunk_put(TRACE_TAG_BLOCK, payload, got);
}

static void bad_tables_of_forms_are_found(void **state) {
    static const struct {
        uint64_t references, sizes;
        uint8_t form, type;
        const char *complaint;
    } cases[] = {
        {0, 0, 0, HB_OP_KINDS, "no known kind"},
        {0, 0, 0, FORM_TYPE_END | HB_OP_MALLOC, "no known kind"},
        {0, 0, 1, HB_OP_MALLOC, "no known kind"}, /* beyond the table */
        {1, 0, 0, FORM_SETTLES_AGE | HB_OP_MALLOC, "no known kind"},
        {0, 1, 0, FORM_SETTLES_SIZE | HB_OP_FREE, "no known kind"},
        {1, 0, 0, FORM_SETTLES_AGE | FORM_SETTLES_STEP | HB_OP_FREE, "no known kind"},
        {0, 0, 0, FORM_SETTLES_AGE | HB_OP_FREE, "cut short"},
        {0, 0, 0, FORM_SETTLES_SIZE | HB_OP_MALLOC, "cut short"},
        {1, 1, 0, FORM_SETTLES_SIZE | HB_OP_MALLOC, "too long"},
        {1, 0, 0, FORM_SETTLES_AGE | HB_OP_FREE, "before the trace"},
        {1, 0, 0, FORM_SETTLES_STEP | HB_OP_FREE, "before the trace"},
        {0, 0, 0, HB_OP_MALLOC, "do not fit"}, /* the size is missing */
    };
    struct hb_trace_info info = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char error[HB_TRACE_ERROR_MAX] = "";
        struct forger forger;

        forger_start(&forger);
        block_put(&forger, cases[i].references, cases[i].sizes, cases[i].form, cases[i].type);
        forger_end(&forger, &info);
        assert_false(hb_trace_check(path, NULL, NULL, error));
        if (strstr(error, cases[i].complaint) == NULL)
            fail_msg("'%s' does not say '%s'", error, cases[i].complaint);
    }
}

static void forged_counts_are_found(void **state) {
    static const struct hb_op ops[] = {{.kind = HB_OP_MALLOC, .size = 5}, {.kind = HB_OP_FREE}};
    struct hb_trace_info info = {.op_count = 2,
                                 .object_count = 1,
                                 .thread_count = 1,
                                 .kind_count = {[HB_OP_MALLOC] = 1, [HB_OP_FREE] = 1},
                                 .peak_live_objects = 1,
                                 .peak_live_bytes = 6,
                                 .total_bytes = 5,
                                 .largest_bytes = 5};
    struct forger forger;
    char error[HB_TRACE_ERROR_MAX] = "";
    bool is_damaged = false;

    (void)state;
    forger_start(&forger);
    forger_block(&forger, ops, 2);
    forger_end(&forger, &info);
    assert_int_equal(prefix_read(ops, 2, false, &is_damaged), 2);
    assert_false(is_damaged);
    assert_false(hb_trace_check(path, NULL, NULL, error));
    assert_string_equal(error, "says 6 bytes live at the peak, holds 5");

    /* With the trailer gone the END chunk is still read, but its counts are not believed. */
    bytes_load();
    bytes[length - 1] ^= 1;
    bytes_store(length);
    assert_int_equal(prefix_read(ops, 2, false, &is_damaged), 2);
    assert_true(is_damaged);

    /* One operation too few or too many is damage: callers size their tables by these counts. */
    for (uint64_t said = 1; said <= 3; said += 2) {
        info.op_count = said;
        forger_start(&forger);
        forger_block(&forger, ops, 2);
        forger_end(&forger, &info);
        prefix_read(ops, 2, false, &is_damaged);
        assert_true(is_damaged);
    }
}

static void missing_and_doubled_blocks_are_found(void **state) {
    struct hb_op *ops = dull_ops(8);
    struct hb_trace_info info = {.op_count = 8, .object_count = 4};
    struct forger forger;
    bool is_damaged = false;

    (void)state;
    forger_start(&forger);
    forger_block(&forger, ops, 4);
    forger.state.number = 0; /* again */
    forger_block(&forger, ops + 4, 4);
    forger_end(&forger, &info);
    assert_int_equal(prefix_read(ops, 8, false, &is_damaged), 4);
    assert_true(is_damaged);
    free(ops);
}

static int path_make(void **state) {
    (void)state;
    snprintf(path, sizeof path, "/tmp/hb_test_damage_%d.hbt", (int)getpid());
    return 0;
}

static int path_remove(void **state) {
    (void)state;
    unlink(path);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_truncation_yields_a_prefix),
        cmocka_unit_test(no_flipped_bit_yields_a_wrong_operation),
        cmocka_unit_test(what_follows_the_end_is_damage),
        cmocka_unit_test(what_is_no_trace_is_refused),
        cmocka_unit_test(forged_operations_are_found),
        cmocka_unit_test(bad_tables_of_forms_are_found),
        cmocka_unit_test(forged_counts_are_found),
        cmocka_unit_test(missing_and_doubled_blocks_are_found),
    };

    return cmocka_run_group_tests(tests, path_make, path_remove);
}
