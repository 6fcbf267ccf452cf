/* core.h -- the core that workers run on: a whole one, of their own, with memory of its NUMA node.
 *
 * hwloc knows which CPUs (its PUs) share a core. The choice is made here, in the parent; what a
 * worker does of it are plain system calls.
 */
#ifndef HB_CORE_H
#define HB_CORE_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/measure/load.h"

struct hwloc_topology;

/* What the choice is made from. */
struct hb_core_wish {
    int cpu;            /* what --cpu names, or -1 */
    int own_cpu;        /* where heapbench runs, or -1 */
    cpu_set_t allowed;  /* to this process */
    cpu_set_t isolated; /* kept free by the kernel: isolcpus, nohz_full */
    struct hb_load load;
};

struct hb_core {
    int cpu;            /* where workers run; -1: nothing was chosen, anywhere */
    cpu_set_t siblings; /* the core's other CPUs (SMT) */
    cpu_set_t others;   /* where heapbench keeps itself meanwhile; empty: there is no other core */
    cpu_set_t allowed;  /* to this process before */
    int node;           /* NUMA node of the core, its number in the system; -1: unknown */
    int node_count;
    uint64_t node_bytes;       /* its memory, 0 if unknown */
    cpu_set_t isolated;        /* kept free by the kernel, wherever */
    bool is_isolated;          /* is cpu one of them? */
    bool binds_memory;         /* workers take memory of node alone */
    double busy_ratio;         /* of cpu by others; NaN: not measured */
    int busiest_sibling;       /* -1: no sibling, or not measured */
    double sibling_busy_ratio; /* of that one */
};

/* From how busy on a CPU disturbs what is measured beside it. */
#define HB_CORE_BUSY_RATIO 0.2

/* No core: workers run wherever this process may. */
void hb_core_init(struct hb_core *core, const cpu_set_t *allowed);

/* Choose on a topology. Without a wish for a CPU, of the allowed cores the first by: isolated from
 * the scheduler; the fastest kind, where cores differ; how little its CPUs do; not the one where
 * heapbench is; on heapbench's NUMA node, as the parent fills the memory that workers read; the
 * last. In it, of the least busy CPUs the first. False, with cpu -1, if no allowed CPU is in the
 * topology. */
bool hb_core_choose(struct hb_core *core, struct hwloc_topology *topology,
                    const struct hb_core_wish *wish);

/* Choose on this machine. cpu: what is wished for, or -1; window_ms: how long to watch the load,
 * 0: not at all. */
bool hb_core_of_machine(struct hb_core *core, int cpu, unsigned window_ms);

/* Keep this process off the core; it may run there if there is no other. */
void hb_core_avoid(const struct hb_core *core);

/* For the child between fork and exec: run on the core (on all that was allowed before, if
 * !is_pinned), take memory of its node. False with errno. */
bool hb_core_enter(const struct hb_core *core, bool is_pinned);

/* What disturbs there, in one line of size bytes, with what helps; "" if nothing. */
void hb_core_disturbance(const struct hb_core *core, char *text, size_t size);

/* CPUs as the kernel lists them, 0-3,8; "" if none. size of 256 is enough for usual machines. */
void hb_cpus_text(const cpu_set_t *cpus, char *text, size_t size);

#endif
