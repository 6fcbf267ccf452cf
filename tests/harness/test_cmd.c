/* Mistyped names find their neighbours, traces their folder. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/cmd.h"

static const char *const families[] = {"firstfit", "nextfit",    "bestfit", "worstfit",
                                       "tlsf",     "segregated", "buddy",   "glibc"};

static const char *nearest(const char *name) {
    static char text[128];
    hb_nearest_names(name, families, sizeof families / sizeof families[0], text, sizeof text);
    return text;
}

static void typing_errors_are_near(void **state) {
    (void)state;
    assert_string_equal(nearest("bestift"), "bestfit");
    assert_string_equal(nearest("besfit"), "bestfit");
    assert_string_equal(nearest("budyd"), "buddy");
    assert_string_equal(nearest("seg"), "segregated");
    assert_string_equal(nearest("bestfits"), "bestfit, nextfit");
    assert_string_equal(nearest("tslf"), "tlsf");
    assert_string_equal(nearest("rextfit"), "nextfit, bestfit");
}

static void strangers_get_all_names(void **state) {
    (void)state;
    assert_string_equal(nearest("qqqqqqqqqqqq"),
                        "firstfit, nextfit, bestfit, worstfit, tlsf, segregated, buddy, glibc");
    assert_int_equal(strlen(nearest("")), strlen(nearest("qqqqqqqqqqqq")));
}

static void small_room_is_kept(void **state) {
    char text[12];
    char long_name[300];

    (void)state;
    hb_nearest_names("qqqqqq", families, 8, text, sizeof text);
    assert_string_equal(text, "firstfit, n");
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    hb_nearest_names(long_name, families, 8, text, sizeof text);
}

static void traces_are_found(void **state) {
    char folder[] = "/tmp/heapbench-traces-XXXXXX", file[128], path[PATH_MAX];

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/0test.hbt", folder);
    fclose(fopen(file, "w"));
    setenv("HEAPBENCH_TRACES", folder, 1);
    assert_true(hb_find_trace("0test", path, sizeof path));
    assert_string_equal(path, file);
    assert_true(hb_find_trace(file, path, sizeof path));
    assert_false(hb_find_trace("no-such-trace", path, sizeof path));
    assert_false(hb_find_trace("./0test", path, sizeof path));
    assert_false(hb_find_trace("0test", path, 5));

    char **names = hb_trace_names();
    assert_string_equal(names[0], "0test");
    for (size_t i = 1; names[i]; i++)
        assert_true(strcmp(names[i - 1], names[i]) < 0);
    for (size_t i = 0; names[i]; i++)
        free(names[i]);
    free(names);
    unsetenv("HEAPBENCH_TRACES");
    unlink(file);
    rmdir(folder);
}

static void program_folder_is_known(void **state) {
    (void)state;
    assert_string_equal(hb_program_folder(), HB_BUILD_DIR "/tests");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typing_errors_are_near),  cmocka_unit_test(strangers_get_all_names),
        cmocka_unit_test(small_room_is_kept),      cmocka_unit_test(traces_are_found),
        cmocka_unit_test(program_folder_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
