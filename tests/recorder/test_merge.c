/* test_merge.c -- raw files made by hand: how threads are put in order, and what damage does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/recorder/rawimage.h"
#include "workloads/recorder/merge.h"
#include "workloads/trace_callsite.h"

struct merged {
    struct hb_trace_info info;
    struct hb_op ops[4096];
    size_t count; /* marks left out */
    char site_names[8][64];
};

static char folder[64];
static struct merged merged;

static int folder_make(void **state) {
    (void)state;
    strcpy(folder, "/tmp/heapbench-test-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int folder_remove(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void merged_read(const char *path) {
    char error[HB_TRACE_ERROR_MAX] = "";
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    const struct hb_op *ops;
    assert_non_null(reader);
    merged.info = *hb_trace_get_info(reader);
    merged.count = 0;
    for (size_t count; (count = hb_trace_next(reader, &ops)) > 0;)
        for (size_t i = 0; i < count; i++)
            if (ops[i].kind < HB_OP_THREAD_START && merged.count < 4096)
                merged.ops[merged.count++] = ops[i];
    assert_null(hb_trace_damage(reader));
    memset(merged.site_names, 0, sizeof merged.site_names);
    for (uint32_t i = 1; i <= merged.info.site_count && i < 8; i++)
        snprintf(merged.site_names[i], sizeof merged.site_names[i], "%.60s",
                 trace_callsite_name(hb_trace_sites(reader), i));
    hb_trace_close(reader);
}

/* Merges the only image in the folder. Returns false if there is none. */
static bool merge(void) {
    struct hb_merge_image *images;
    size_t count;
    char path[128], error[HB_TRACE_ERROR_MAX] = "";
    assert_true(hb_merge_list(folder, &images, &count, error));
    if (count == 0) {
        free(images);
        return false;
    }
    snprintf(path, sizeof path, "%s/out.hbt", folder);
    if (!hb_merge_image(folder, &images[0], path, NULL, NULL, error))
        fail_msg("%s", error);
    free(images);
    merged_read(path);
    unlink(path);
    return true;
}

static void assert_op(size_t i, enum hb_op_kind kind, uint64_t object, uint32_t thread,
                      uint64_t time_ns) {
    assert_true(i < merged.count);
    assert_int_equal(merged.ops[i].kind, kind);
    assert_int_equal(merged.ops[i].object, object);
    assert_int_equal(merged.ops[i].thread, thread);
    assert_int_equal(merged.ops[i].time_ns, time_ns);
}

/* One address goes from thread to thread; at equal times the death comes first. */
static void deaths_precede_births_at_equal_times(void **state) {
    (void)state;
    const uint64_t first[] = {raw_escape(RAW_THREAD_START, 0), raw_escape(RAW_TIME, 100),
                              rawimage_birth(RAW_MALLOC, 0, 10, 64),
                              rawimage_death(RAW_FREE, 100, 64)};
    const uint64_t second[] = {raw_escape(RAW_THREAD_START, 1), raw_escape(RAW_TIME, 200),
                               rawimage_birth(RAW_CALLOC, 0, 20, 64),
                               rawimage_death(RAW_FREE, 5, 64)};
    rawimage_write(folder, 1, first, 4, 0);
    rawimage_write(folder, 0, second, 4, 0);
    assert_true(merge());
    assert_int_equal(merged.count, 4);
    assert_op(0, HB_OP_MALLOC, 0, 0, 100);
    assert_op(1, HB_OP_FREE, 0, 0, 200);
    assert_op(2, HB_OP_CALLOC, 1, 1, 200);
    assert_op(3, HB_OP_FREE, 1, 1, 205);
    assert_int_equal(merged.info.unmatched_frees, 0);
    assert_string_equal(merged.info.command, "echo 'it'\\''s me' ''");
}

static void a_realloc_keeps_its_object(void **state) {
    (void)state;
    const uint64_t words[] = {raw_escape(RAW_THREAD_START, 0),
                              raw_escape(RAW_TIME, 1),
                              rawimage_birth(RAW_MALLOC, 0, 10, 64),
                              rawimage_death(RAW_REALLOC_BEGIN, 0, 64),
                              rawimage_birth(RAW_REALLOC_END, 0, 20, 80),
                              rawimage_death(RAW_REALLOC_BEGIN, 0, 80),
                              raw_escape(RAW_REALLOC_FAILED, 0),
                              rawimage_death(RAW_FREE, 0, 80)};
    rawimage_write(folder, 0, words, 8, 0);
    assert_true(merge());
    assert_int_equal(merged.count, 3);
    assert_op(1, HB_OP_REALLOC, 0, 0, 1);
    assert_op(2, HB_OP_FREE, 0, 0, 1);
}

static uint64_t module_word(uint64_t number, uint64_t length) {
    return raw_escape(RAW_MODULE, length << RAW_MODULE_BITS | number);
}

static uint64_t text_word(const char *text) {
    uint64_t value = 0;
    memcpy(&value, text, strlen(text));
    return raw_escape(RAW_TEXT, value);
}

static uint64_t site_word(uint64_t module, uint64_t offset) {
    return raw_escape(RAW_SITE, module << RAW_OFFSET_BITS | offset);
}

/* A site holds until the next; threads have their own, and name modules as they like. */
static void sites_are_told_apart_by_module_and_offset(void **state) {
    (void)state;
    const uint64_t first[] = {raw_escape(RAW_THREAD_START, 0),
                              raw_escape(RAW_TIME, 1),
                              rawimage_birth(RAW_MALLOC, 0, 10, 64),
                              module_word(1, 9),
                              text_word("/lib/a."),
                              text_word("so"),
                              site_word(1, 0x10),
                              rawimage_birth(RAW_MALLOC, 1, 10, 65),
                              rawimage_birth(RAW_MALLOC, 1, 10, 66),
                              site_word(1, 0x20),
                              rawimage_death(RAW_REALLOC_BEGIN, 1, 65),
                              rawimage_birth(RAW_REALLOC_END, 1, 20, 67),
                              site_word(9, 0x10),
                              rawimage_birth(RAW_CALLOC, 1, 10, 68),
                              rawimage_death(RAW_FREE, 1, 66)};
    const uint64_t second[] = {raw_escape(RAW_THREAD_START, 1),
                               raw_escape(RAW_TIME, 100),
                               module_word(7, 3),
                               text_word("b\ns"),
                               site_word(7, 0x10),
                               rawimage_birth(RAW_MALLOC, 0, 9, 90),
                               module_word(3, 9),
                               text_word("/lib/a."),
                               text_word("so"),
                               site_word(3, 0x20),
                               rawimage_birth(RAW_MALLOC, 0, 9, 91)};
    static const uint16_t sites[] = {0, 1, 1, 2, 0, 0, 3, 2};
    rawimage_write(folder, 0, first, sizeof first / 8, 0);
    rawimage_write(folder, 1, second, sizeof second / 8, 0);
    assert_true(merge());
    assert_int_equal(merged.count, 8);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(merged.ops[i].site, sites[i]);
    assert_int_equal(merged.info.site_count, 3);
    assert_string_equal(merged.site_names[1], "/lib/a.so+0x10");
    assert_string_equal(merged.site_names[2], "/lib/a.so+0x20");
    assert_string_equal(merged.site_names[3], "b?s+0x10");
}

static void modules_that_make_no_sense_are_damage(void **state) {
    (void)state;
    const uint64_t bad[] = {text_word("x"), module_word(0, 1), module_word(1, 0),
                            module_word(1, 4096)};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const uint64_t words[] = {raw_escape(RAW_THREAD_START, 0), raw_escape(RAW_TIME, 1),
                                  rawimage_birth(RAW_MALLOC, 0, 10, 64), bad[i],
                                  rawimage_birth(RAW_MALLOC, 0, 10, 65)};
        rawimage_write(folder, 0, words, 5, 0);
        assert_true(merge());
        assert_int_equal(merged.count, 1);
        assert_non_null(strstr(merged.info.note, "1 raw files were damaged"));
    }
}

static void lost_ends_are_counted(void **state) {
    (void)state;
    const uint64_t words[] = {
        raw_escape(RAW_THREAD_START, 0),       raw_escape(RAW_TIME, 1),
        rawimage_death(RAW_FREE, 0, 99),       rawimage_birth(RAW_MALLOC, 0, 10, 64),
        rawimage_birth(RAW_MALLOC, 0, 10, 64), rawimage_birth(RAW_REALLOC_END, 0, 9, 70)};
    rawimage_write(folder, 0, words, 6, 0);
    assert_true(merge());
    assert_int_equal(merged.count, 4);
    assert_op(1, HB_OP_FREE, 0, 0, 1);
    assert_op(2, HB_OP_MALLOC, 1, 0, 1);
    assert_op(3, HB_OP_MALLOC, 2, 0, 1);
    assert_int_equal(merged.info.unmatched_frees, 1);
    assert_int_equal(merged.info.dropped_calls, 1);
}

static void escapes_carry_what_does_not_fit(void **state) {
    (void)state;
    const uint64_t words[] = {
        raw_escape(RAW_THREAD_START, 0),         raw_escape(RAW_TIME, UINT64_C(1) << 30),
        raw_escape(RAW_ADDRESS, 0x7fff00000008), raw_escape(RAW_SIZE, UINT64_C(1) << 40),
        raw_escape(RAW_ALIGNMENT, 21),           (uint64_t)RAW_ALIGNED,
        raw_escape(RAW_ADDRESS, 0x7fff00000008), (uint64_t)RAW_FREE};
    rawimage_write(folder, 0, words, 8, 3);
    assert_true(merge());
    assert_int_equal(merged.count, 2);
    assert_op(0, HB_OP_ALIGNED, 0, 0, UINT64_C(1) << 30);
    assert_int_equal(merged.ops[0].size, UINT64_C(1) << 40);
    assert_int_equal(merged.ops[0].alignment_log2, 21);
    assert_op(1, HB_OP_FREE, 0, 0, UINT64_C(1) << 30);
}

enum { MANY = 1000 };

static void many_words(uint64_t words[MANY]) {
    words[0] = raw_escape(RAW_THREAD_START, 0);
    words[1] = raw_escape(RAW_TIME, 1);
    for (size_t i = 2; i < MANY; i++)
        words[i] = rawimage_birth(RAW_MALLOC, 1, i, i);
}

/* Cut anywhere, a file yields the words before the cut. */
static void a_cut_file_gives_what_is_left(void **state) {
    (void)state;
    enum { FLUSHED = 600, RING_END = RAW_HEADER_BYTES + RAW_RING_BYTES };
    uint64_t words[MANY];
    char path[128];
    many_words(words);
    snprintf(path, sizeof path, "%s/7-1000-0.raw", folder);
    for (size_t left = 0; left < FLUSHED * 8; left += 37) {
        rawimage_write(folder, 0, words, MANY, FLUSHED);
        assert_int_equal(truncate(path, (off_t)(RING_END + left)), 0);
        assert_true(merge());
        assert_int_equal(merged.count, left / 8 > 2 ? left / 8 - 2 : 0);
        assert_non_null(strstr(merged.info.note, "damaged"));
    }
    for (size_t left = 0; left < RING_END; left += 997) {
        rawimage_write(folder, 0, words, MANY, 0);
        assert_int_equal(truncate(path, (off_t)left), 0);
        size_t whole = left > RAW_HEADER_BYTES ? (left - RAW_HEADER_BYTES) / 8 : 0;
        if (merge())
            assert_int_equal(merged.count, whole > MANY ? MANY - 2 : whole > 2 ? whole - 2 : 0);
        else
            assert_true(left < sizeof(struct raw_header));
    }
}

static uint64_t random_next(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Any words behind a whole header, and any header: nothing breaks, and every trace reads back. */
static void garbage_is_survived(void **state) {
    (void)state;
    uint64_t words[MANY], seed = 42;
    for (int round = 0; round < 300; round++) {
        many_words(words);
        for (size_t i = round % 3 ? random_next(&seed) % MANY : 2; i < MANY; i++)
            words[i] = random_next(&seed) >> random_next(&seed) % 60;
        rawimage_write(folder, (uint64_t)round % 2, words, MANY,
                       (size_t)(random_next(&seed) % MANY));
        assert_true(merge());
    }
}

static void headers_may_lie(void **state) {
    (void)state;
    uint64_t words[MANY], seed = 43;
    char path[128];
    many_words(words);
    snprintf(path, sizeof path, "%s/7-1000-0.raw", folder);
    for (int round = 0; round < 500; round++) {
        rawimage_write(folder, 0, words, MANY, 500);
        FILE *file = fopen(path, "r+b");
        assert_non_null(file);
        uint64_t lie = random_next(&seed) >> random_next(&seed) % 64;
        fseek(file, (long)(8 + random_next(&seed) % 25 * 8), SEEK_SET);
        fwrite(&lie, sizeof lie, 1, file);
        fclose(file);
        merge();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(deaths_precede_births_at_equal_times, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(a_realloc_keeps_its_object, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(sites_are_told_apart_by_module_and_offset, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(modules_that_make_no_sense_are_damage, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(lost_ends_are_counted, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(escapes_carry_what_does_not_fit, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(a_cut_file_gives_what_is_left, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(garbage_is_survived, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(headers_may_lie, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
