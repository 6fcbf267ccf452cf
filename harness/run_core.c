#include "harness/run_core.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/passes/passes.h"

enum { WINDOW_MS = 200, LINE_BYTES = 512 };

/* May this process run there? A CPU that the kernel isolates is in no usual affinity, and yet is
 * free to be named. */
static bool cpu_is_usable(size_t cpu) {
    cpu_set_t before, wanted;
    CPU_ZERO(&wanted);
    CPU_SET(cpu, &wanted);
    if (sched_getaffinity(0, sizeof before, &before) != 0)
        return false;
    if (CPU_ISSET(cpu, &before))
        return true;
    bool usable = sched_setaffinity(0, sizeof wanted, &wanted) == 0;
    sched_setaffinity(0, sizeof before, &before);
    return usable;
}

int hb_run_cpu_parse(struct hb_run_options *options, const char *text) {
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || number >= CPU_SETSIZE)
        return hb_usage_error("--cpu: '%s' is no CPU's number", text);
    if (!cpu_is_usable(number))
        return hb_usage_error("--cpu: this process may not run on CPU %s (see nproc, taskset)",
                              text);
    options->cpu = (int)number;
    return HB_EXIT_OK;
}

static bool any_timed(unsigned passes) {
    for (size_t i = 0; i < hb_pass_count; i++)
        if (passes & hb_pass_list[i].bit && hb_pass_list[i].is_timed)
            return true;
    return false;
}

void hb_run_core_choose(const struct hb_run_options *options, struct hb_core *core) {
    hb_core_of_machine(core, options->cpu, any_timed(options->passes) ? WINDOW_MS : 0);
    hb_core_avoid(core);
}

void hb_run_core_warn(const struct hb_core *core) {
    char text[LINE_BYTES];
    hb_core_disturbance(core, text, sizeof text);
    if (text[0])
        fprintf(stderr, "heapbench: %s\n", text);
    if (core->node_count > 1 && !core->binds_memory)
        fprintf(stderr,
                "heapbench: memory is not bound to NUMA node %d: this process may not "
                "(set_mempolicy; a container's seccomp?)\n",
                core->node);
}

uint64_t hb_run_core_memory_limit(const struct hb_run_options *options,
                                  const struct hb_core *core) {
    uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    if (options->memory_limit)
        return options->memory_limit;
    if (core->binds_memory && core->node_bytes && core->node_bytes < memory)
        memory = core->node_bytes;
    return memory / 5 * 4;
}
