/* docs/metrics.md lists exactly the fields of a result, in their order. With the argument --print:
 * write the lines that belong there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/results/results.h"

static const char *const kinds[] = {[HB_KIND_TEXT] = "text",
                                    [HB_KIND_COUNT] = "count",
                                    [HB_KIND_REAL] = "number",
                                    [HB_KIND_COUNTS] = "counts",
                                    [HB_KIND_REALS] = "numbers"};

static void line_make(const struct hb_result_field *field, char *line, size_t size) {
    snprintf(line, size, "| `%s` | %s | %s | %s |\n", field->name, kinds[field->kind], field->unit,
             field->description);
}

static void docs_list_each_field(void **state) {
    char line[512], expected[512];
    size_t next = 0;
    FILE *file = fopen(HB_SOURCE_DIR "/docs/metrics.md", "r");

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "| `", 3) != 0)
            continue;
        if (next == hb_result_field_count)
            fail_msg("no field of a result: %s", line);
        line_make(&hb_result_fields[next++], expected, sizeof expected);
        assert_string_equal(line, expected);
    }
    fclose(file);
    assert_int_equal(next, hb_result_field_count);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(docs_list_each_field)};
    char line[512];

    if (argc < 2 || strcmp(argv[1], "--print") != 0)
        return cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t i = 0; i < hb_result_field_count; i++) {
        line_make(&hb_result_fields[i], line, sizeof line);
        fputs(line, stdout);
    }
    return 0;
}
