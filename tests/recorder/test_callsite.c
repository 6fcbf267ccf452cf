/* test_callsite.c -- heapbench record --callsite tells where each object was asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/recorder/folder.h"
#include "workloads/trace.h"
#include "workloads/trace_callsite.h"

#define HEAPBENCH HB_BUILD_DIR "/heapbench"
#define PROGRAM                                                                                    \
    HB_BUILD_DIR "/tests/recorded_sites " HB_BUILD_DIR                                             \
                 "/tests/librecorded_loaded.so " HB_BUILD_DIR "/tests/librecorded_loaded_again.so"

/* What recorded_sites asks for: by size, and which calls have their site in common. */
static const struct place {
    uint64_t least, most;
    int site; /* those of one number are one */
    const char *module;
} places[] = {
    {1000, 1199, 0, "/recorded_sites+0x"},
    {1500, 1500, 0, "/recorded_sites+0x"},
    {1200, 1200, 0, "/recorded_sites+0x"},
    {2000, 2009, 1, "/recorded_sites+0x"},
    {3000, 3000, 2, "/recorded_sites+0x"},
    {5000, 5000, 3, "/recorded_sites+0x"},
    {6000, 6000, 4, "/recorded_sites+0x"},
    {7000, 7000, 5, "/recorded_sites+0x"},
    {8000, 8002, 6, "/librecorded_loaded.so+0x"},
    {9000, 9002, 7, "/librecorded_loaded_again.so+0x"},
    {4000, 4001, 8, "/recorded_sites+0x"},
    {4500, 4500, 9, "/recorded_sites+0x"},
};

enum { SITES = 10, PLACES = sizeof places / sizeof *places, CALLS = 45 };

static void shell(const char *command) {
    char line[4096];
    snprintf(line, sizeof line, "{ %s ; } >/dev/null 2>said || { cat said >&2; false; }", command);
    assert_int_equal(system(line), 0);
}

/* The names of the program's own sites; every call of it must have the one of its place, and no
 * other site may be of its modules. Returns how many of its calls the trace has. */
static size_t sites_read(const char *path, char names[SITES][512]) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    const struct hb_op *ops;
    size_t calls = 0, count, own = 0;
    memset(names, 0, SITES * sizeof *names);
    assert_non_null(reader);
    assert_true(hb_trace_get_info(reader)->has_sites);
    while ((count = hb_trace_next(reader, &ops)) > 0)
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < PLACES; k++) {
                const char *name = trace_callsite_name(hb_trace_sites(reader), ops[i].site);
                if (!name || ops[i].size < places[k].least || ops[i].size > places[k].most ||
                    !strstr(name, "recorded_"))
                    continue;
                char *known = names[places[k].site];
                assert_non_null(strstr(name, places[k].module));
                if (!known[0])
                    snprintf(known, sizeof names[0], "%s", name);
                assert_string_equal(name, known);
                calls++;
            }
    for (uint32_t i = 1; i <= hb_trace_get_info(reader)->site_count; i++)
        own += strstr(trace_callsite_name(hb_trace_sites(reader), i), "recorded_") != NULL;
    assert_int_equal(own, SITES);
    hb_trace_close(reader);
    return calls;
}

static void each_place_is_a_site(void **state) {
    char names[SITES][512];
    (void)state;
    shell(HEAPBENCH " record --callsite -o a.hbt -- " PROGRAM);
    shell(HEAPBENCH " trace check a.hbt");
    assert_int_equal(sites_read("a.hbt", names), CALLS);
    for (size_t i = 0; i < SITES; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(names[i], names[k]);
}

static void addresses_are_randomised_and_sites_are_not(void **state) {
    char a[SITES][512], b[SITES][512];
    (void)state;
    shell(HEAPBENCH " record --callsite -o b.hbt -- " PROGRAM);
    sites_read("a.hbt", a);
    sites_read("b.hbt", b);
    for (size_t i = 0; i < SITES; i++)
        assert_string_equal(a[i], b[i]);
}

static void the_offset_is_the_call_s_in_its_module(void **state) {
    char names[SITES][512], line[1024], found[256] = "";
    (void)state;
    if (system("command -v addr2line >/dev/null"))
        skip();
    sites_read("a.hbt", names);
    for (int i = 0; i < 2; i++) {
        char *plus = strrchr(names[i], '+');
        *plus = '\0';
        snprintf(line, sizeof line, "addr2line -f -e '%.400s' %.40s", names[i], plus + 1);
        FILE *pipe = popen(line, "r");
        assert_non_null(pipe);
        assert_non_null(fgets(found, sizeof found, pipe));
        pclose(pipe);
        assert_string_equal(found, i == 0 ? "first\n" : "second\n");
    }
}

static void transforms_keep_the_sites_of_what_they_keep(void **state) {
    static const char *const transforms[] = {
        "trace slice a.hbt -o t.hbt",
        "trace filter --threads=0-9 a.hbt -o t.hbt",
        "trace shuffle --what=order a.hbt -o t.hbt",
        "trace shuffle --what=deaths a.hbt -o t.hbt",
        "trace finish a.hbt -o t.hbt",
    };
    char names[SITES][512], kept[SITES][512], command[1024];
    (void)state;
    sites_read("a.hbt", names);
    for (size_t i = 0; i < sizeof transforms / sizeof *transforms; i++) {
        snprintf(command, sizeof command,
                 "rm -f t.hbt; " HEAPBENCH " %s && " HEAPBENCH " trace check t.hbt", transforms[i]);
        shell(command);
        assert_int_equal(sites_read("t.hbt", kept), CALLS);
        assert_memory_equal(names, kept, sizeof names);
    }
    shell("rm -f t.hbt; " HEAPBENCH " trace merge a.hbt b.hbt -o t.hbt && " HEAPBENCH
          " trace check t.hbt");
    assert_int_equal(sites_read("t.hbt", kept), 2 * CALLS);
    assert_memory_equal(names, kept, sizeof names);
}

static void reports_name_the_sites(void **state) {
    (void)state;
    shell(HEAPBENCH " trace info a.hbt >info; grep -q '^call sites  *[1-9]' info && "
                    "grep -q ' 2\\{0,1\\}[0-9] .*/recorded_sites+0x' info");
    shell(HEAPBENCH " trace info --format=jsonl a.hbt | grep -q '\"site_name\":\\[\"/.*+0x'");
    shell("test $(" HEAPBENCH " trace dump --full a.hbt | "
          "grep -c '^0 [0-9]* m [0-9]* 20[0-9][0-9] @ /.*/recorded_sites+0x') = 10");
}

static void without_the_option_there_are_none(void **state) {
    (void)state;
    shell(HEAPBENCH " record -o none.hbt -- " PROGRAM);
    shell("test $(od -An -tu4 -j12 -N4 none.hbt) = 0");
    shell("! " HEAPBENCH " trace dump --full none.hbt | grep -q @");
    shell("! " HEAPBENCH " trace info none.hbt | grep -qi 'call site'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_place_is_a_site),
        cmocka_unit_test(addresses_are_randomised_and_sites_are_not),
        cmocka_unit_test(the_offset_is_the_call_s_in_its_module),
        cmocka_unit_test(transforms_keep_the_sites_of_what_they_keep),
        cmocka_unit_test(reports_name_the_sites),
        cmocka_unit_test(without_the_option_there_are_none),
    };
    return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
