/* A run's folder appears whole or not at all, and replaces nothing. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <hwloc.h>

#include "harness/measure/core.h"
#include "harness/rundir.h"

static char parent[] = "/tmp/heapbench-rundir-XXXXXX";
static char inner[sizeof parent + 8];
static char words_text[] = "heapbench\0--alloc=a b\0it's\0";
static char *words[] = {words_text, words_text + 10, words_text + 22, words_text + 27, NULL};
static struct hb_core core;
static const struct hb_run_record record = {4, words, &core, NULL};

static int parent_make(void **state) {
    (void)state;
    bool ok = mkdtemp(parent) != NULL;
    snprintf(inner, sizeof inner, "%s/a/b", parent);
    return !ok;
}

static int parent_remove(void **state) {
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", parent);
    return system(command);
}

static size_t entries(const char *path) {
    struct dirent **list;
    int count = scandir(path, &list, NULL, NULL);
    for (int i = 0; i < count; i++)
        free(list[i]);
    free(list);
    return (size_t)count - 2;
}

static char *file_read(const char *folder, const char *name) {
    char path[512];
    static char text[65536];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void machine_is_told(const char *folder) {
    static const char *const keys[] = {"cpu",
                                       "kernel",
                                       "libc",
                                       "governor",
                                       "cores",
                                       "caches",
                                       "git_revision",
                                       "command_line",
                                       "compiler",
                                       "memory_bytes",
                                       "date",
                                       "numa_nodes",
                                       "transparent_huge_pages",
                                       "workers",
                                       "interruption"};
    cJSON *machine = cJSON_Parse(file_read(folder, "machine.json"));
    assert_non_null(machine);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_non_null(cJSON_GetObjectItem(machine, keys[i]));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(machine, "command_line")), 4);
    const cJSON *workers = cJSON_GetObjectItem(machine, "workers");
    assert_int_equal(cJSON_GetNumberValue(cJSON_GetObjectItem(workers, "cpu")), core.cpu);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(workers, "busy_ratio"))); /* not watched */
    cJSON_Delete(machine);
}

/* hwloc reads it back as the machine that this is. */
static void topology_is_whole(const char *folder) {
    char path[512];
    hwloc_topology_t here, kept;
    snprintf(path, sizeof path, "%s/topology.xml", folder);
    assert_int_equal(hwloc_topology_init(&kept), 0);
    assert_int_equal(hwloc_topology_set_xml(kept, path), 0);
    assert_int_equal(hwloc_topology_load(kept), 0);
    assert_int_equal(hwloc_topology_init(&here), 0);
    assert_int_equal(hwloc_topology_load(here), 0);
    assert_int_equal(hwloc_get_nbobjs_by_type(kept, HWLOC_OBJ_PU),
                     hwloc_get_nbobjs_by_type(here, HWLOC_OBJ_PU));
    hwloc_topology_destroy(kept);
    hwloc_topology_destroy(here);
}

static void kept_runs_are_whole(void **state) {
    char error[512] = "", path[256];
    struct hb_result result;

    (void)state;
    assert_true(hb_core_of_machine(&core, -1, 0));
    hb_result_init(&result);
    strcpy(result.allocator, "glibc");
    strcpy(result.trace, "gcc");
    struct hb_rundir *dir = hb_rundir_begin(inner, error);
    assert_non_null(dir);
    assert_int_not_equal(hb_rundir_id(dir)[0], '.');
    snprintf(path, sizeof path, "%s", hb_rundir_path(dir));
    assert_int_not_equal(access(path, F_OK), 0);
    assert_true(hb_rundir_add(dir, &result, 1, error));
    strcpy(result.allocator, "bestfit");
    assert_true(hb_rundir_add(dir, &result, 1, error));
    assert_true(hb_rundir_keep(dir, &record, error));
    assert_int_equal(entries(inner), 1);
    assert_int_equal(entries(path), 4);
    assert_string_equal(file_read(path, "command.txt"), "heapbench '--alloc=a b' 'it'\\''s' ''\n");
    const char *results = file_read(path, "results.jsonl");
    assert_true(strstr(results, "\"allocator\":\"glibc\"") <
                strstr(results, "\"allocator\":\"bestfit\""));
    topology_is_whole(path);
    machine_is_told(path);
}

static void discarded_runs_leave_nothing(void **state) {
    char error[512];
    size_t before = entries(parent);

    (void)state;
    struct hb_rundir *dir = hb_rundir_begin(parent, error);
    assert_int_equal(entries(parent), before + 1);
    hb_rundir_discard(dir);
    assert_int_equal(entries(parent), before);
    hb_rundir_discard(NULL);
}

static void runs_of_one_second_differ(void **state) {
    char error[512], path[256];

    (void)state;
    struct hb_rundir *one = hb_rundir_begin(parent, error), *two = hb_rundir_begin(parent, error);
    assert_string_not_equal(hb_rundir_id(one), hb_rundir_id(two));
    hb_rundir_discard(one);
    snprintf(path, sizeof path, "%s", hb_rundir_path(two));
    assert_int_equal(mkdir(path, 0777), 0);
    assert_false(hb_rundir_keep(two, &record, error));
    assert_non_null(strstr(error, "File exists"));
    assert_int_equal(entries(path), 0);
    rmdir(path);
}

static void impossible_places_are_named(void **state) {
    char error[512] = "";

    (void)state;
    assert_null(hb_rundir_begin("/proc/no/place", error));
    assert_non_null(strstr(error, "/proc/no/place"));
    assert_null(strchr(error, '\n'));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_runs_are_whole),
        cmocka_unit_test(discarded_runs_leave_nothing),
        cmocka_unit_test(runs_of_one_second_differ),
        cmocka_unit_test(impossible_places_are_named),
    };
    return cmocka_run_group_tests(tests, parent_make, parent_remove);
}
