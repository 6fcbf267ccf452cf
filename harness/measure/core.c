#include "harness/measure/core.h"

#include <hwloc.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LINE_BYTES = 4096 };

/* Add the CPUs that a file of /sys lists, as in 2-3,7; an empty list is "" or (null). */
static void cpus_add(const char *path, cpu_set_t *cpus) {
    char line[LINE_BYTES];
    FILE *file = fopen(path, "re");
    hwloc_bitmap_t listed = hwloc_bitmap_alloc();
    int cpu;
    if (file && listed && fgets(line, sizeof line, file) && line[0] >= '0' && line[0] <= '9' &&
        hwloc_bitmap_list_sscanf(listed, line) == 0) {
        hwloc_bitmap_foreach_begin(cpu, listed) {
            if (cpu < CPU_SETSIZE)
                CPU_SET((size_t)cpu, cpus);
        }
        hwloc_bitmap_foreach_end();
    }
    hwloc_bitmap_free(listed);
    if (file)
        fclose(file);
}

/* Refused in many containers (seccomp). */
static bool memory_bind(int mode, int node) {
    unsigned long nodes[CPU_SETSIZE / (8 * sizeof(long))] = {0};
    enum { BITS = 8 * sizeof *nodes };
    if (node >= CPU_SETSIZE)
        return false;
    if (mode != MPOL_DEFAULT)
        nodes[node / BITS] |= 1UL << node % BITS;
    return syscall(SYS_set_mempolicy, mode, mode == MPOL_DEFAULT ? NULL : nodes,
                   mode == MPOL_DEFAULT ? 0 : CPU_SETSIZE + 1) == 0;
}

static bool memory_can_be_bound(int node) {
    bool can = memory_bind(MPOL_BIND, node);
    if (can)
        memory_bind(MPOL_DEFAULT, 0);
    return can;
}

bool hb_core_of_machine(struct hb_core *core, int cpu, unsigned window_ms) {
    static struct hb_core_wish wish;
    hwloc_topology_t topology;
    wish.cpu = cpu;
    wish.own_cpu = sched_getcpu();
    CPU_ZERO(&wish.isolated);
    if (sched_getaffinity(0, sizeof wish.allowed, &wish.allowed) != 0)
        CPU_ZERO(&wish.allowed);
    cpus_add("/sys/devices/system/cpu/isolated", &wish.isolated);
    cpus_add("/sys/devices/system/cpu/nohz_full", &wish.isolated);
    hb_load_init(&wish.load);
    if (window_ms)
        hb_load_measure(&wish.load, window_ms);
    hb_core_init(core, &wish.allowed);
    if (hwloc_topology_init(&topology) != 0)
        return false;
    bool chosen = hwloc_topology_load(topology) == 0 && hb_core_choose(core, topology, &wish);
    hwloc_topology_destroy(topology);
    if (!chosen)
        core->cpu = cpu; /* named, but hwloc does not see it */
    core->binds_memory = chosen && core->node_count > 1 && memory_can_be_bound(core->node);
    return chosen;
}

void hb_core_avoid(const struct hb_core *core) {
    if (core->cpu >= 0 && CPU_COUNT(&core->others) > 0)
        sched_setaffinity(0, sizeof core->others, &core->others);
}

bool hb_core_enter(const struct hb_core *core, bool is_pinned) {
    cpu_set_t cpus = core->allowed;
    if (is_pinned && core->cpu >= 0) {
        CPU_ZERO(&cpus);
        CPU_SET((size_t)core->cpu, &cpus);
    }
    if (CPU_COUNT(&cpus) > 0 && sched_setaffinity(0, sizeof cpus, &cpus) != 0)
        return false;
    return !is_pinned || !core->binds_memory || memory_bind(MPOL_BIND, core->node);
}

void hb_core_disturbance(const struct hb_core *core, char *text, size_t size) {
    text[0] = '\0';
    if (core->sibling_busy_ratio >= HB_CORE_BUSY_RATIO)
        snprintf(text, size,
                 "CPU %d, which shares a core with the workers' CPU %d, is %.0f%% busy: times will "
                 "suffer; --cpu=N names another, or turn SMT off",
                 core->busiest_sibling, core->cpu, 100 * core->sibling_busy_ratio);
    else if (core->busy_ratio >= HB_CORE_BUSY_RATIO)
        snprintf(text, size,
                 "CPU %d, where workers run, is %.0f%% busy with something else: times will "
                 "suffer; stop it, or --cpu=N names another",
                 core->cpu, 100 * core->busy_ratio);
}

void hb_cpus_text(const cpu_set_t *cpus, char *text, size_t size) {
    hwloc_bitmap_t listed = hwloc_bitmap_alloc();
    text[0] = '\0';
    if (!listed)
        return;
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, cpus))
            hwloc_bitmap_set(listed, (unsigned)cpu);
    hwloc_bitmap_list_snprintf(text, size, listed);
    hwloc_bitmap_free(listed);
}
