/* Results come back as they were written; null stays null; damage is named. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/results/results.h"

static char path[] = "/tmp/heapbench-results-XXXXXX";

static int path_make(void **state) {
    (void)state;
    int file = mkstemp(path);
    return file < 0 || close(file) != 0;
}

static int path_remove(void **state) {
    (void)state;
    return unlink(path);
}

static void file_write(const char *text, size_t length) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* A different value in each field; counts beyond 2^53, reals that need 17 digits. */
static void result_fill(struct hb_result *result) {
    hb_result_init(result);
    for (size_t i = 0; i < hb_result_field_count; i++) {
        const struct hb_result_field *field = &hb_result_fields[i];
        void *place = (char *)result + field->offset;
        if (field->kind == HB_KIND_TEXT)
            snprintf(place, HB_RESULT_TEXT_MAX, "text %zu, \"q\" \\ \t 1234567890123456789 é", i);
        else if (field->kind == HB_KIND_COUNT)
            *(uint64_t *)place = UINT64_MAX - 1 - i;
        else if (field->kind == HB_KIND_REAL)
            *(double *)place = 1.0 / (3 + (double)i);
        for (size_t j = 0; j < HB_SERIES_MAX; j++) {
            if (field->kind == HB_KIND_COUNTS)
                assert_true(hb_counts_append(place, (UINT64_C(1) << 60) + j * 1001));
            else if (field->kind == HB_KIND_REALS)
                assert_true(hb_reals_append(place, j % 7 == 0 ? NAN : 1e17 + (double)j * 16));
        }
    }
    result->schema = HB_RESULT_SCHEMA;
}

static void reals_compare(const struct hb_reals *a, const struct hb_reals *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        assert_true(a->values[i] == b->values[i] || (isnan(a->values[i]) && isnan(b->values[i])));
}

static void counts_compare(const struct hb_counts *a, const struct hb_counts *b) {
    assert_int_equal(a->count, b->count);
    if (a->count > 0)
        assert_memory_equal(a->values, b->values, a->count * sizeof *a->values);
}

static void field_compare(const struct hb_result_field *field, const void *a, const void *b) {
    if (field->kind == HB_KIND_TEXT)
        assert_string_equal(a, b);
    else if (field->kind == HB_KIND_COUNT)
        assert_int_equal(*(const uint64_t *)a, *(const uint64_t *)b);
    else if (field->kind == HB_KIND_REAL)
        assert_true(*(const double *)a == *(const double *)b ||
                    (isnan(*(const double *)a) && isnan(*(const double *)b)));
    else if (field->kind == HB_KIND_COUNTS)
        counts_compare(a, b);
    else
        reals_compare(a, b);
}

static void results_compare(const struct hb_result *a, const struct hb_result *b) {
    for (size_t i = 0; i < hb_result_field_count; i++) {
        const struct hb_result_field *field = &hb_result_fields[i];
        field_compare(field, (const char *)a + field->offset, (const char *)b + field->offset);
    }
}

static void results_come_back(void **state) {
    struct hb_result full, empty;
    char error[512];
    size_t count;

    (void)state;
    result_fill(&full);
    hb_result_init(&empty);
    strcpy(empty.allocator, "glibc");
    strcpy(empty.trace, "gcc");
    empty.time_ratio = INFINITY;
    FILE *file = fopen(path, "w");
    assert_true(hb_result_write_json(&full, file));
    fputs("\n", file);
    assert_true(hb_result_write_json(&empty, file));
    fclose(file);

    struct hb_result *read = hb_results_read(path, &count, error);
    assert_non_null(read);
    assert_int_equal(count, 2);
    results_compare(&full, &read[0]);
    empty.time_ratio = NAN;
    results_compare(&empty, &read[1]);
    hb_results_free(read, count);
    hb_result_clear(&full);
    hb_result_clear(&empty);
}

static void arrays_end_at_their_limit(void **state) {
    struct hb_counts counts = {0, NULL};

    (void)state;
    for (size_t i = 0; i < HB_ARRAY_MAX; i++)
        assert_true(hb_counts_append(&counts, i));
    assert_false(hb_counts_append(&counts, 0));
    assert_int_equal(counts.count, HB_ARRAY_MAX);
    free(counts.values);
}

static void each_field_is_in_json_once(void **state) {
    struct hb_result result;
    char *text = NULL, key[64];
    size_t size;

    (void)state;
    hb_result_init(&result);
    FILE *file = open_memstream(&text, &size);
    hb_result_write_json(&result, file);
    fclose(file);
    for (size_t i = 0; i < hb_result_field_count; i++) {
        const char *value = strcmp(hb_result_fields[i].name, "schema") == 0 ? "1" : "null";
        snprintf(key, sizeof key, "\"%s\":%s", hb_result_fields[i].name, value);
        const char *found = strstr(text, key);
        assert_non_null(found);
        assert_null(strstr(found + 1, key));
    }
    assert_string_equal(text + size - 2, "}\n");
    free(text);
}

static void bytes_that_are_no_utf8_are_replaced(void **state) {
    struct hb_result result;
    char *text = NULL;
    size_t size;

    (void)state;
    hb_result_init(&result);
    strcpy(result.trace, "a\xff\xe2\x82z\xed\xa0\x80\x01");
    FILE *file = open_memstream(&text, &size);
    hb_result_write_json(&result, file);
    fclose(file);
    assert_non_null(
        strstr(text, "\"trace\":\"a\\ufffd\\ufffd\\ufffdz\\ufffd\\ufffd\\ufffd\\u0001\""));
    free(text);
}

static void csv_quotes_what_must_be(void **state) {
    struct hb_result result;
    char *text = NULL;
    size_t size, commas = 0;

    (void)state;
    hb_result_init(&result);
    strcpy(result.allocator, "a,\"b\"");
    result.ns_per_op = 0.1;
    FILE *file = open_memstream(&text, &size);
    hb_result_write_csv_heading(file);
    fflush(file);
    assert_null(strstr(text, "series_op"));
    assert_memory_equal(text, "schema,run_id,allocator,", 24);
    for (const char *byte = text; *byte != '\0'; byte++)
        commas += *byte == ',';
    size_t heading = size;
    hb_result_write_csv(&result, file);
    fclose(file);
    assert_memory_equal(text + heading, "1,,\"a,\"\"b\"\"\",,", 14);
    assert_non_null(strstr(text, ",0.10000000000000001,"));
    assert_string_equal(text + size - 2, "\r\n");
    for (const char *byte = text + heading; *byte != '\0'; byte++)
        commas -= *byte == ',';
    assert_int_equal(commas, (size_t)-1); /* the one inside quotes */
    free(text);
}

static void expect_error(const char *text, size_t length, const char *expected) {
    char error[512] = "";
    size_t count = 7;

    file_write(text, length);
    assert_null(hb_results_read(path, &count, error));
    assert_int_equal(count, 0);
    if (!strstr(error, expected))
        fail_msg("\"%s\" says nothing of \"%s\"", error, expected);
    assert_null(strchr(error, '\n'));
}

#define GOOD                         "{\"allocator\":\"a\",\"trace\":\"t\"}\n"
#define EXPECT_ERROR(text, expected) expect_error(text, sizeof text - 1, expected)

static void damage_is_named(void **state) {
    (void)state;
    EXPECT_ERROR("", "no results");
    EXPECT_ERROR("\n\n", "no results");
    EXPECT_ERROR(GOOD "{\"allocator\":\"a\",\"tr", "line 2: no valid JSON");
    EXPECT_ERROR(GOOD GOOD "[1]\n", "line 3: no result");
    EXPECT_ERROR("{}\n", "names no allocator");
    EXPECT_ERROR("{\"allocator\":\"a\"}\n", "names no trace");
    EXPECT_ERROR("{\"allocator\":\"a\",\"trace\":\"t\",\"ops\":-1}\n", "ops is not a count");
    EXPECT_ERROR("{\"allocator\":\"a\",\"trace\":\"t\",\"ops\":1.5}\n", "ops is not a count");
    EXPECT_ERROR("{\"allocator\":\"a\",\"trace\":\"t\",\"ops\":99999999999999999999}\n",
                 "ops is not");
    EXPECT_ERROR("{\"allocator\":\"a\",\"trace\":\"t\",\"ns_per_op\":\"x\"}\n", "ns_per_op is not");
    EXPECT_ERROR("{\"allocator\":\"a\",\"trace\":\"t\",\"series_op\":[1,\"b\"]}\n",
                 "series_op is not");
    EXPECT_ERROR("{\"allocator\":7,\"trace\":\"t\"}\n", "allocator is not a text");
    EXPECT_ERROR("{\"allocator\":\"a\",\"trace\":\"t\",\"schema\":999}\n", "schema 999");
    EXPECT_ERROR(GOOD "\0" GOOD, "line 2");
    EXPECT_ERROR(GOOD "{\"allocator\":\"a\"} x\n", "line 2");
}

static void missing_files_are_named(void **state) {
    char error[512] = "";
    size_t count;

    (void)state;
    assert_null(hb_results_read("/tmp/no/such/results.jsonl", &count, error));
    assert_string_equal(error, "/tmp/no/such/results.jsonl: No such file or directory");
    assert_null(hb_results_read("/tmp", &count, error));
    assert_string_equal(error, "/tmp: Is a directory");
}

static void unknown_keys_are_passed_over(void **state) {
    static const char text[] =
        "{\"allocator\":\"a\",\"future\":{\"x\":[12345678901234567890]},\"trace\":\"t\"}\r\n";
    char error[512];
    size_t count;

    (void)state;
    file_write(text, sizeof text - 1);
    struct hb_result *results = hb_results_read(path, &count, error);
    assert_non_null(results);
    assert_true(isnan(results[0].ns_per_op));
    assert_int_equal(results[0].ops, HB_COUNT_NULL);
    hb_results_free(results, count);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_come_back),
        cmocka_unit_test(arrays_end_at_their_limit),
        cmocka_unit_test(each_field_is_in_json_once),
        cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
        cmocka_unit_test(csv_quotes_what_must_be),
        cmocka_unit_test(damage_is_named),
        cmocka_unit_test(missing_files_are_named),
        cmocka_unit_test(unknown_keys_are_passed_over),
    };
    return cmocka_run_group_tests(tests, path_make, path_remove);
}
