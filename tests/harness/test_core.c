/* Which core workers get, on machines that are not here: hwloc's synthetic ones. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <hwloc.h>

#include "harness/measure/core.h"

/* Two packages, each a NUMA node of four cores; cores 0-3 are CPUs 0,1 2,3 4,5 6,7. */
#define SMT_SERVER "pack:2 [numa] core:4 pu:2"
/* As Linux numbers them: the second threads come after all first ones. */
#define SMT_DESKTOP "pack:1 [numa] core:4 pu:2(indexes=0,4,1,5,2,6,3,7)"
#define PLAIN       "pack:1 [numa] core:4 pu:1"

static hwloc_topology_t machine(const char *description) {
    hwloc_topology_t topology;
    assert_int_equal(hwloc_topology_init(&topology), 0);
    assert_int_equal(hwloc_topology_set_synthetic(topology, description), 0);
    assert_int_equal(hwloc_topology_load(topology), 0);
    return topology;
}

/* All of so many CPUs are allowed, heapbench is on the first, and the load is unknown. */
static struct hb_core_wish wish_for(int cpus) {
    struct hb_core_wish wish = {.cpu = -1, .own_cpu = 0};
    for (int cpu = 0; cpu < cpus; cpu++)
        CPU_SET((size_t)cpu, &wish.allowed);
    hb_load_init(&wish.load);
    return wish;
}

static struct hb_core choose(const char *description, const struct hb_core_wish *wish) {
    hwloc_topology_t topology = machine(description);
    struct hb_core core;
    bool chosen = hb_core_choose(&core, topology, wish);
    assert_int_equal(chosen, core.cpu >= 0);
    hwloc_topology_destroy(topology);
    return core;
}

static void expect_cpus(const cpu_set_t *cpus, const char *expected) {
    char text[256];
    hb_cpus_text(cpus, text, sizeof text);
    assert_string_equal(text, expected);
}

static void the_last_core_on_heapbenchs_node(void **state) {
    (void)state;
    struct hb_core_wish wish = wish_for(16);
    struct hb_core core = choose(SMT_SERVER, &wish);
    assert_int_equal(core.cpu, 6);
    assert_int_equal(core.node, 0);
    assert_int_equal(core.node_count, 2);
    expect_cpus(&core.siblings, "7");
    expect_cpus(&core.others, "0-5"); /* of its node */
    wish.own_cpu = 8;
    core = choose(SMT_SERVER, &wish);
    assert_int_equal(core.cpu, 14);
    assert_int_equal(core.node, 1);
    expect_cpus(&core.others, "8-13");
}

static void siblings_are_known_however_they_are_numbered(void **state) {
    (void)state;
    struct hb_core_wish wish = wish_for(8);
    struct hb_core core = choose(SMT_DESKTOP, &wish);
    assert_int_equal(core.cpu, 3);
    expect_cpus(&core.siblings, "7");
    expect_cpus(&core.others, "0-2,4-6");
    core = choose(PLAIN, &(struct hb_core_wish){.cpu = -1, .own_cpu = 3, .allowed = wish.allowed});
    assert_int_equal(core.cpu, 2); /* heapbench is on the last */
    assert_int_equal(CPU_COUNT(&core.siblings), 0);
}

static void a_busy_sibling_spoils_a_core(void **state) {
    (void)state;
    struct hb_core_wish wish = wish_for(8);
    for (int cpu = 0; cpu < 8; cpu++)
        wish.load.busy_ratio[cpu] = 0.05;
    wish.load.busy_ratio[7] = 0.9; /* beside 3 */
    wish.load.busy_ratio[2] = 0.4;
    struct hb_core core = choose(SMT_DESKTOP, &wish);
    assert_int_equal(core.cpu, 1);
    wish.load.busy_ratio[5] = 0.95;
    wish.load.busy_ratio[0] = 0.95;
    core = choose(SMT_DESKTOP, &wish); /* all are busy: the least, and its idle half */
    assert_int_equal(core.cpu, 6);
    assert_int_equal(core.busiest_sibling, 2);
    assert_true(core.sibling_busy_ratio == 0.4);
}

static void a_little_noise_decides_nothing(void **state) {
    (void)state;
    struct hb_core_wish wish = wish_for(4);
    for (int cpu = 0; cpu < 4; cpu++)
        wish.load.busy_ratio[cpu] = 0.02 * cpu;
    struct hb_core core = choose(PLAIN, &wish);
    assert_int_equal(core.cpu, 3);
}

static void an_isolated_core_comes_first(void **state) {
    (void)state;
    struct hb_core_wish wish = wish_for(8);
    CPU_SET(1, &wish.isolated);
    struct hb_core core = choose(SMT_DESKTOP, &wish); /* half a core is none */
    assert_int_equal(core.cpu, 3);
    assert_false(core.is_isolated);
    CPU_SET(5, &wish.isolated);
    core = choose(SMT_DESKTOP, &wish);
    assert_int_equal(core.cpu, 1);
    assert_true(core.is_isolated);
}

static void only_what_is_allowed_is_chosen(void **state) {
    (void)state;
    struct hb_core_wish wish = wish_for(0);
    CPU_SET(4, &wish.allowed);
    CPU_SET(1, &wish.allowed);
    wish.own_cpu = 4;
    struct hb_core core = choose(SMT_DESKTOP, &wish);
    assert_int_equal(core.cpu, 1);
    expect_cpus(&core.siblings, "5"); /* others may run there */
    expect_cpus(&core.others, "4");
    CPU_CLR(1, &wish.allowed);
    core = choose(SMT_DESKTOP, &wish);
    assert_int_equal(core.cpu, 4);
    expect_cpus(&core.others, "");
    CPU_CLR(4, &wish.allowed);
    core = choose(SMT_DESKTOP, &wish);
    assert_int_equal(core.cpu, -1);
}

static void a_named_cpu_is_taken_and_its_neighbour_named(void **state) {
    (void)state;
    char text[512];
    struct hb_core_wish wish = wish_for(8);
    wish.cpu = 2;
    wish.load.busy_ratio[2] = 0.1;
    wish.load.busy_ratio[6] = 0.5;
    struct hb_core core = choose(SMT_DESKTOP, &wish);
    assert_int_equal(core.cpu, 2);
    expect_cpus(&core.others, "0-1,3-5,7");
    hb_core_disturbance(&core, text, sizeof text);
    assert_non_null(
        strstr(text, "CPU 6, which shares a core with the workers' CPU 2, is 50% busy"));
    wish.load.busy_ratio[6] = 0.1;
    core = choose(SMT_DESKTOP, &wish);
    hb_core_disturbance(&core, text, sizeof text);
    assert_string_equal(text, "");
    wish.load.busy_ratio[2] = 1;
    core = choose(SMT_DESKTOP, &wish);
    hb_core_disturbance(&core, text, sizeof text);
    assert_non_null(strstr(text, "CPU 2, where workers run, is 100% busy"));
    wish.cpu = 99;
    assert_int_equal(choose(SMT_DESKTOP, &wish).cpu, -1);
}

static void a_fast_core_before_a_slow_one(void **state) {
    (void)state;
    struct hb_core_wish wish = wish_for(4);
    struct hb_core core;
    hwloc_topology_t topology = machine(PLAIN);
    hwloc_bitmap_t fast = hwloc_bitmap_alloc(), slow = hwloc_bitmap_alloc();
    hwloc_bitmap_set_range(fast, 0, 1);
    hwloc_bitmap_set_range(slow, 2, 3);
    assert_int_equal(hwloc_cpukinds_register(topology, slow, 1, 0, NULL, 0), 0);
    assert_int_equal(hwloc_cpukinds_register(topology, fast, 2, 0, NULL, 0), 0);
    assert_true(hb_core_choose(&core, topology, &wish));
    assert_int_equal(core.cpu, 1);
    hwloc_bitmap_free(fast);
    hwloc_bitmap_free(slow);
    hwloc_topology_destroy(topology);
}

static bool ticks_parse(const char *text, struct hb_ticks *ticks) {
    FILE *file = fmemopen((void *)text, strlen(text), "r");
    assert_non_null(file);
    bool read = hb_ticks_read(file, ticks);
    fclose(file);
    return read;
}

static void load_is_what_is_neither_idle_nor_waiting(void **state) {
    (void)state;
    static struct hb_ticks before, after;
    static struct hb_load load;
    assert_true(ticks_parse("cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 100 0 50 800 50 0 0 0 0 0\n"
                            "cpu3 10 10 10 10 10 10 10 10 99 99\nintr 5\n",
                            &before));
    assert_true(ticks_parse("cpu0 105 1 51 888 52 1 1 1 5 0\ncpu3 10 10 10 10 10 10 10 10 99 99\n"
                            "cpu4 1 1 1 1 1 1 1 1\ncpu99999 1 1 1 1\ncpux 1 1\n",
                            &after));
    hb_load_between(&before, &after, &load);
    assert_true(load.busy_ratio[0] == 0.1); /* 5+1+1+1+1+1 of 100 */
    assert_true(isnan(load.busy_ratio[1]));
    assert_true(isnan(load.busy_ratio[3])); /* no tick between */
    assert_false(ticks_parse("cpu  1 2 3 4\n", &before));
}

/* What this machine says of itself, and the kernel of a child that entered. */
static void a_child_runs_there_and_heapbench_elsewhere(void **state) {
    (void)state;
    struct hb_core core;
    cpu_set_t set;
    assert_true(hb_core_of_machine(&core, -1, 20));
    pid_t pid = fork();
    if (pid == 0) {
        hb_core_avoid(&core);
        bool elsewhere = sched_getaffinity(0, sizeof set, &set) == 0 &&
                         (CPU_COUNT(&core.others) == 0 || CPU_EQUAL(&set, &core.others));
        bool entered = hb_core_enter(&core, true) && sched_getaffinity(0, sizeof set, &set) == 0 &&
                       CPU_COUNT(&set) == 1 && CPU_ISSET((size_t)core.cpu, &set);
        bool left = hb_core_enter(&core, false) && sched_getaffinity(0, sizeof set, &set) == 0 &&
                    CPU_EQUAL(&set, &core.allowed);
        _exit(!elsewhere + 2 * !entered + 4 * !left);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_core_on_heapbenchs_node),
        cmocka_unit_test(siblings_are_known_however_they_are_numbered),
        cmocka_unit_test(a_busy_sibling_spoils_a_core),
        cmocka_unit_test(a_little_noise_decides_nothing),
        cmocka_unit_test(an_isolated_core_comes_first),
        cmocka_unit_test(only_what_is_allowed_is_chosen),
        cmocka_unit_test(a_named_cpu_is_taken_and_its_neighbour_named),
        cmocka_unit_test(a_fast_core_before_a_slow_one),
        cmocka_unit_test(load_is_what_is_neither_idle_nor_waiting),
        cmocka_unit_test(a_child_runs_there_and_heapbench_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
