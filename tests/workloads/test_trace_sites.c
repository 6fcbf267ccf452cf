/* test_trace_sites.c -- call sites come back as they were written, and wrong ones are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace_stream.h"
#include "workloads/trace_block.h"
#include "workloads/trace_callsite.h"
#include "workloads/trace_footer.h"

enum { MANY_OPS = 2 * HB_TRACE_BLOCK_OPS + 100, SMALL_OPS = 60, FILE_MAX = 1 << 20, FLIP_STEP = 5 };

static char path[64], error[HB_TRACE_ERROR_MAX];
static uint8_t bytes[FILE_MAX];
static size_t length;

static void name_make(char *name, size_t size, uint64_t number) {
    snprintf(name, size, "/usr/lib/libnumber%llu.so+0x%llx", (unsigned long long)number % 7,
             (unsigned long long)number * 24);
}

static bool has_site(const struct hb_op *op) {
    return op->kind <= HB_OP_REALLOC;
}

/* Later operations come from more sites; some from none that is known. */
static uint64_t site_of(size_t i) {
    return i % 11 == 0 ? 0 : 1 + (i * 2654435761u) % (1 + i / 50);
}

static void sited_write(const struct hb_op *ops, size_t count, bool has_times) {
    struct hb_trace_writer *writer;
    char name[64];

    unlink(path);
    writer = hb_trace_create(path, has_times, error);
    assert_non_null(writer);
    assert_true(hb_trace_keep_sites(writer));
    for (size_t i = 0; i < count; i++) {
        struct hb_op op = ops[i];

        name_make(name, sizeof name, site_of(i));
        if (has_site(&op) && site_of(i) != 0)
            op.site = hb_trace_add_site(writer, name);
        assert_true(hb_trace_append(writer, &op));
    }
    assert_true(hb_trace_finish(writer, NULL, error));
}

/* Read what sited_write wrote, or a part of it. Returns how many operations came. */
static size_t sited_read(const struct hb_op *ops, bool has_times, struct hb_trace_info *info,
                         bool *is_damaged) {
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    const struct hb_op *run;
    size_t seen = 0, got;
    char name[64];

    if (reader == NULL)
        return SIZE_MAX;
    while ((got = hb_trace_next(reader, &run)) > 0)
        for (size_t i = 0; i < got; i++, seen++) {
            struct hb_op expected = stream_expected(ops, seen, has_times);

            assert_true(ops_equal(&run[i], &expected));
            name_make(name, sizeof name, site_of(seen));
            if (!has_site(&run[i]) || site_of(seen) == 0)
                assert_int_equal(run[i].site, 0);
            else
                assert_string_equal(trace_callsite_name(hb_trace_sites(reader), run[i].site), name);
        }
    *info = *hb_trace_get_info(reader);
    *is_damaged = hb_trace_damage(reader) != NULL;
    hb_trace_close(reader);
    return seen;
}

static void sites_come_back(void **state) {
    struct hb_op *ops = stream_ops(21, MANY_OPS, 4096, 3);
    struct hb_trace_info info;
    bool is_damaged;

    (void)state;
    for (int has_times = 0; has_times < 2; has_times++) {
        sited_write(ops, MANY_OPS, has_times);
        assert_int_equal(sited_read(ops, has_times, &info, &is_damaged), MANY_OPS);
        assert_false(is_damaged);
        assert_true(info.has_sites);
        assert_in_range(info.site_count, 1500, 3000);
        assert_true(hb_trace_check(path, NULL, NULL, error));
    }
    free(ops);
}

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

static void a_trace_without_says_nothing_of_them(void **state) {
    struct hb_op *ops = stream_ops(22, SMALL_OPS, 4096, 1);
    struct hb_trace_reader *reader;

    (void)state;
    stream_write(path, ops, SMALL_OPS, false, NULL);
    bytes_load();
    assert_int_equal(trace_get_u32(bytes + 12), 0);
    reader = hb_trace_open(path, error);
    assert_non_null(reader);
    assert_null(hb_trace_sites(reader));
    assert_false(hb_trace_get_info(reader)->has_sites);
    hb_trace_close(reader);
    free(ops);
}

static void damage_never_yields_a_wrong_site(void **state) {
    struct hb_op *ops = stream_ops(23, SMALL_OPS, 4096, 2);
    struct hb_trace_info info;
    size_t harmless = 0;
    bool is_damaged;

    (void)state;
    sited_write(ops, SMALL_OPS, false);
    bytes_load();
    for (size_t cut = 16; cut < length; cut++) {
        size_t seen;

        bytes_store(cut);
        seen = sited_read(ops, false, &info, &is_damaged);
        assert_true(is_damaged && (seen == 0 || seen == SMALL_OPS));
    }
    for (size_t bit = 0; bit < 8 * length; bit += FLIP_STEP) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        bytes_store(length);
        is_damaged = true;
        harmless += sited_read(ops, false, &info, &is_damaged) == SMALL_OPS && !is_damaged;
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(harmless * 20 * FLIP_STEP < 8 * length);
    free(ops);
}

static void what_the_writer_is_told_is_checked(void **state) {
    struct hb_op op = {.kind = HB_OP_MALLOC, .size = 8, .site = 1};
    struct hb_trace_writer *writer;
    static char huge[HB_TRACE_TEXT_MAX + 1];

    (void)state;
    for (int keeps = 0; keeps < 2; keeps++) {
        unlink(path);
        writer = hb_trace_create(path, false, error);
        assert_non_null(writer);
        assert_int_equal(hb_trace_add_site(writer, "early"), 0);
        if (keeps)
            assert_true(hb_trace_keep_sites(writer));
        memset(huge, 'x', HB_TRACE_TEXT_MAX);
        assert_int_equal(hb_trace_add_site(writer, huge), 0);
        assert_int_equal(hb_trace_add_site(writer, ""), 0);
        assert_int_equal(hb_trace_add_site(writer, "two\nlines"), 0);
        assert_false(hb_trace_append(writer, &op));
        assert_non_null(strstr(hb_trace_writer_error(writer), "a call site that was not added"));
        hb_trace_discard(writer);
    }
    assert_int_not_equal(access(path, F_OK), 0);
}

static void sites_without_end_become_unknown(void **state) {
    struct hb_op op = {.kind = HB_OP_MALLOC, .size = 8};
    struct hb_trace_writer *writer;
    struct hb_trace_info info;
    char name[64];

    (void)state;
    unlink(path);
    writer = hb_trace_create(path, false, error);
    assert_true(writer != NULL && hb_trace_keep_sites(writer));
    for (uint64_t i = 0; i < HB_TRACE_SITES_MAX + 10; i++, op.object++) {
        name_make(name, sizeof name, i);
        op.site = hb_trace_add_site(writer, name);
        assert_int_equal(op.site, i < HB_TRACE_SITES_MAX ? i + 1 : 0);
        assert_true(hb_trace_append(writer, &op));
    }
    assert_true(hb_trace_finish(writer, NULL, error));
    assert_true(hb_trace_check(path, &info, NULL, error));
    assert_int_equal(info.site_count, HB_TRACE_SITES_MAX);
}

/* Files whose checksums are right and whose contents are not. */
static const struct hb_op forged_ops[] = {
    {.kind = HB_OP_MALLOC, .size = 5, .site = 1},
    {.kind = HB_OP_MALLOC, .object = 1, .size = 5, .site = 2},
    {.kind = HB_OP_FREE},
};

static void forged_end(struct trace_encoder *encoder, const struct hb_trace_info *info) {
    static char text[TRACE_FOOTER_BYTES_MAX];
    size_t end = length, got;

    got = trace_frame_write(encoder, text, trace_footer_print(info, text), bytes + length + 8,
                            sizeof bytes - length - 8);
    assert_true(got > 0);
    trace_put_u32(bytes + length, TRACE_TAG_END);
    trace_put_u32(bytes + length + 4, (uint32_t)got);
    length += 8 + got;
    trace_put_u64(bytes + length, end);
    memcpy(bytes + length + 8, TRACE_END_MAGIC, 8);
    bytes_store(length + 16);
}

/* One block, with sites as they stand; the reader must say complaint, or nothing if that is NULL.
 */
static void forge(struct trace_callsites *sites, const struct hb_op *ops, uint32_t before,
                  uint32_t said_count, const char *complaint) {
    struct trace_encoder *encoder = trace_encoder_create();
    struct trace_block_state state = {.sites = sites, .sites_before = before};
    struct hb_trace_info info = {
        .op_count = 3, .object_count = 2, .has_sites = true, .site_count = said_count};
    const uint8_t *payload;
    size_t got;

    info.kind_count[HB_OP_MALLOC] = 2;
    info.kind_count[HB_OP_FREE] = 1;
    info.peak_live_objects = 2;
    info.peak_live_bytes = info.total_bytes = 10;
    info.largest_bytes = 5;
    info.thread_count = 1;
    memcpy(bytes, TRACE_MAGIC, 8);
    trace_put_u32(bytes + 8, TRACE_VERSION);
    trace_put_u32(bytes + 12, TRACE_HAS_SITES);
    got = trace_block_encode(encoder, &state, ops, 3, &payload);
    assert_true(got > 0);
    trace_put_u32(bytes + 16, TRACE_TAG_BLOCK);
    trace_put_u32(bytes + 20, (uint32_t)got);
    memcpy(bytes + 24, payload, got);
    length = 24 + got;
    forged_end(encoder, &info);
    trace_encoder_destroy(encoder);
    if (complaint == NULL)
        assert_true(hb_trace_check(path, NULL, NULL, error));
    else {
        assert_false(hb_trace_check(path, NULL, NULL, error));
        assert_non_null(strstr(error, complaint));
    }
    trace_callsites_clear(sites);
}

static struct trace_callsites two_sites(void) {
    struct trace_callsites sites = {0};

    assert_int_equal(trace_callsite_add(&sites, "a+0x1"), 1);
    assert_int_equal(trace_callsite_add(&sites, "b+0x2"), 2);
    assert_int_equal(trace_callsite_add(&sites, "a+0x1"), 1);
    return sites;
}

static void forged_sites_are_found(void **state) {
    struct trace_callsites sites = two_sites();
    struct hb_op ops[3];

    (void)state;
    memcpy(ops, forged_ops, sizeof ops);
    forge(&sites, ops, 0, 2, NULL);
    sites = two_sites();
    forge(&sites, ops, 0, 3, "blocks are missing");
    sites = two_sites();
    ops[1].site = 3;
    forge(&sites, ops, 0, 2, "call site is not in the trace");
    ops[1].site = 2;
    sites = two_sites();
    sites.sites[1].hash ^= 1;
    forge(&sites, ops, 0, 2, "not that of its hash");
    sites = two_sites();
    sites.names[2] = '\n';
    forge(&sites, ops, 0, 2, "call site");
    sites = two_sites();
    forge(&sites, ops, 1, 2, "impossible lengths");
    sites = two_sites();
    memset(sites.names, '\n', sites.names_bytes);
    forge(&sites, ops, 0, 2, "name of a call site is impossible");
}

static void hashes_are_fnv_1a(void **state) {
    (void)state;
    assert_true(trace_callsite_hash("", 0) == 0xcbf29ce484222325);
    assert_true(trace_callsite_hash("foobar", 6) == 0x85944171f73967e8);
}

static int path_make(void **state) {
    (void)state;
    snprintf(path, sizeof path, "/tmp/heapbench-test-sites-%ld.hbt", (long)getpid());
    return 0;
}

static int path_remove(void **state) {
    (void)state;
    unlink(path);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sites_come_back),
        cmocka_unit_test(a_trace_without_says_nothing_of_them),
        cmocka_unit_test(damage_never_yields_a_wrong_site),
        cmocka_unit_test(what_the_writer_is_told_is_checked),
        cmocka_unit_test(sites_without_end_become_unknown),
        cmocka_unit_test(forged_sites_are_found),
        cmocka_unit_test(hashes_are_fnv_1a),
    };
    return cmocka_run_group_tests(tests, path_make, path_remove);
}
