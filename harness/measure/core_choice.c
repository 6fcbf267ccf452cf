/* core_choice.c -- which core: see hb_core_choose. */
#include <hwloc.h>
#include <hwloc/glibc-sched.h>
#include <math.h>

#include "harness/measure/core.h"

enum { BUSY_CLASSES = 4 };

/* A core as a candidate; the first that differs decides. */
struct candidate {
    hwloc_obj_t object; /* the core, or the CPU itself where hwloc sees no cores */
    bool is_isolated;
    int speed; /* rank of its kind of core, 0 where all are alike */
    int busyness;
    bool is_own;
    bool is_near;
};

static hwloc_obj_t core_object(hwloc_topology_t topology, hwloc_obj_t pu) {
    hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, pu);
    return core ? core : pu;
}

static hwloc_obj_t pu_of_cpu(hwloc_topology_t topology, int cpu) {
    return cpu >= 0 ? hwloc_get_pu_obj_by_os_index(topology, (unsigned)cpu) : NULL;
}

/* Whether the CPUs of an object are in the set: all of them, or any. */
static bool all_in(hwloc_obj_t object, const cpu_set_t *cpus) {
    int cpu;
    hwloc_bitmap_foreach_begin(cpu, object->cpuset) {
        if (cpu >= CPU_SETSIZE || !CPU_ISSET((size_t)cpu, cpus))
            return false;
    }
    hwloc_bitmap_foreach_end();
    return true;
}

/* In classes, so that a tick more or less does not decide: below a tenth is idle. */
static int busyness_of(double busy_ratio) {
    return isnan(busy_ratio) || busy_ratio < 0.1 ? 0 : 1 + (int)(BUSY_CLASSES * busy_ratio);
}

static int core_busyness(hwloc_obj_t object, const struct hb_load *load) {
    int cpu, most = 0;
    hwloc_bitmap_foreach_begin(cpu, object->cpuset) {
        int busyness = cpu < CPU_SETSIZE ? busyness_of(load->busy_ratio[cpu]) : 0;
        most = busyness > most ? busyness : most;
    }
    hwloc_bitmap_foreach_end();
    return most;
}

/* hwloc sorts the kinds by speed; efficiency -1: it does not know. */
static int core_speed(hwloc_topology_t topology, hwloc_obj_t object) {
    int efficiency = -1, kind = hwloc_cpukinds_get_by_cpuset(topology, object->cpuset, 0);
    if (kind < 0 ||
        hwloc_cpukinds_get_info(topology, (unsigned)kind, NULL, &efficiency, NULL, NULL, 0) != 0)
        return 0;
    return efficiency < 0 ? 0 : kind;
}

static bool is_near(hwloc_topology_t topology, hwloc_obj_t object, int own_cpu) {
    hwloc_obj_t own = pu_of_cpu(topology, own_cpu);
    return own && hwloc_bitmap_intersects(object->nodeset, own->nodeset);
}

static struct candidate candidate_of(hwloc_topology_t topology, hwloc_obj_t object,
                                     const struct hb_core_wish *wish) {
    return (struct candidate){
        .object = object,
        .is_isolated = all_in(object, &wish->isolated),
        .speed = core_speed(topology, object),
        .busyness = core_busyness(object, &wish->load),
        .is_own = wish->own_cpu >= 0 && hwloc_bitmap_isset(object->cpuset, (unsigned)wish->own_cpu),
        .is_near = is_near(topology, object, wish->own_cpu),
    };
}

/* Is a better than b, which comes before it? */
static bool candidate_is_better(const struct candidate *a, const struct candidate *b) {
    if (a->is_isolated != b->is_isolated)
        return a->is_isolated;
    if (a->speed != b->speed)
        return a->speed > b->speed;
    if (a->busyness != b->busyness)
        return a->busyness < b->busyness;
    if (a->is_own != b->is_own)
        return !a->is_own;
    return a->is_near || !b->is_near;
}

/* The least busy allowed CPU of the object, the first of such; NULL if none is allowed. */
static hwloc_obj_t pu_in(hwloc_topology_t topology, hwloc_obj_t object,
                         const struct hb_core_wish *wish) {
    hwloc_obj_t best = NULL, pu = NULL;
    while ((pu = hwloc_get_next_obj_inside_cpuset_by_type(topology, object->cpuset, HWLOC_OBJ_PU,
                                                          pu))) {
        const double *busy_ratio = wish->load.busy_ratio;
        if (pu->os_index >= CPU_SETSIZE || !CPU_ISSET(pu->os_index, &wish->allowed))
            continue;
        if (!best ||
            busyness_of(busy_ratio[pu->os_index]) < busyness_of(busy_ratio[best->os_index]))
            best = pu;
    }
    return best;
}

static hwloc_obj_t pu_choose(hwloc_topology_t topology, const struct hb_core_wish *wish) {
    struct candidate best = {0};
    hwloc_obj_t pu = NULL;
    if (wish->cpu >= 0)
        return pu_of_cpu(topology, wish->cpu);
    while ((pu = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, pu))) {
        hwloc_obj_t object = core_object(topology, pu);
        if (!pu_in(topology, object, wish))
            continue;
        struct candidate candidate = candidate_of(topology, object, wish);
        if (!best.object || candidate_is_better(&candidate, &best))
            best = candidate;
    }
    return best.object ? pu_in(topology, best.object, wish) : NULL;
}

static void node_fill(struct hb_core *core, hwloc_topology_t topology, hwloc_obj_t pu) {
    hwloc_obj_t node = NULL;
    while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node))) {
        core->node_count++;
        if (core->node >= 0 || !hwloc_bitmap_isset(pu->nodeset, node->os_index))
            continue;
        core->node = (int)node->os_index;
        core->node_bytes = node->attr->numanode.local_memory;
    }
}

static void siblings_fill(struct hb_core *core, hwloc_obj_t object, const struct hb_load *load) {
    int cpu;
    hwloc_bitmap_foreach_begin(cpu, object->cpuset) {
        if (cpu == core->cpu || cpu >= CPU_SETSIZE)
            continue;
        CPU_SET((size_t)cpu, &core->siblings);
        double busy_ratio = load->busy_ratio[cpu];
        if (!isnan(busy_ratio) && !(busy_ratio <= core->sibling_busy_ratio)) {
            core->busiest_sibling = cpu;
            core->sibling_busy_ratio = busy_ratio;
        }
    }
    hwloc_bitmap_foreach_end();
}

/* Off the core, and on its node if that leaves anything. */
static void others_fill(struct hb_core *core, hwloc_topology_t topology, hwloc_obj_t object) {
    cpu_set_t near;
    int cpu;
    CPU_ZERO(&near);
    core->others = core->allowed;
    hwloc_bitmap_foreach_begin(cpu, object->cpuset) {
        if (cpu < CPU_SETSIZE)
            CPU_CLR((size_t)cpu, &core->others);
    }
    hwloc_bitmap_foreach_end();
    hwloc_obj_t node =
        core->node < 0 ? NULL : hwloc_get_numanode_obj_by_os_index(topology, (unsigned)core->node);
    if (node)
        hwloc_cpuset_to_glibc_sched_affinity(topology, node->cpuset, &near, sizeof near);
    CPU_AND(&near, &near, &core->others);
    if (CPU_COUNT(&near) > 0)
        core->others = near;
}

void hb_core_init(struct hb_core *core, const cpu_set_t *allowed) {
    *core = (struct hb_core){.cpu = -1,
                             .node = -1,
                             .allowed = *allowed,
                             .busy_ratio = NAN,
                             .busiest_sibling = -1,
                             .sibling_busy_ratio = NAN};
}

bool hb_core_choose(struct hb_core *core, struct hwloc_topology *topology,
                    const struct hb_core_wish *wish) {
    hb_core_init(core, &wish->allowed);
    core->isolated = wish->isolated;
    hwloc_obj_t pu = pu_choose(topology, wish);
    if (!pu || pu->os_index >= CPU_SETSIZE)
        return false;
    hwloc_obj_t object = core_object(topology, pu);
    core->cpu = (int)pu->os_index;
    core->busy_ratio = wish->load.busy_ratio[core->cpu];
    core->is_isolated = CPU_ISSET((size_t)core->cpu, &wish->isolated);
    node_fill(core, topology, pu);
    siblings_fill(core, object, &wish->load);
    others_fill(core, topology, object);
    return true;
}
