/* cmd_doctor.c -- heapbench doctor: what this machine can measure, and what would help. */
#include "harness/cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/measure/callgrind.h"
#include "harness/measure/core.h"
#include "harness/measure/events.h"
#include "harness/measure/noise.h"
#include "harness/plot/plot.h"
#include "harness/table.h"

enum { NAME_WIDTH = 24, WIDTH_MIN = 50, WIDTH = 80, TEXT_BYTES = 1024, WINDOW_MS = 200 };

static void say(const char *name, bool is_well, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* One line: is it well, what it is, what helps. */
static void say(const char *name, bool is_well, const char *format, ...) {
    char text[TEXT_BYTES], line[2 * TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(line, sizeof line, "%-4s%-*s%s", is_well ? "ok" : "-", NAME_WIDTH, name, text);
    hb_text_wrap(line, NAME_WIDTH + 4, hb_terminal_width(stdout, WIDTH_MIN, WIDTH, WIDTH), stdout);
}

static void look_at_counters(void) {
    struct hb_events events, open;
    int refusals[HB_COUNTERS_MAX];
    char text[TEXT_BYTES / 2];
    hb_events_default(&events);
    open = events;
    hb_events_keep_open(&open, &hb_counter_kernel, refusals);
    if (refusals[0])
        hb_event_refusal(&events.codes[0], refusals[0], text, sizeof text);
    say("processor's counters", !refusals[0], "%s", refusals[0] ? text : "open");
    hb_machine_line("/proc/sys/kernel/perf_event_paranoid", text, sizeof text);
    bool is_well = text[0] != '\0' && (atoi(text) <= 2 || geteuid() == 0);
    say("perf_event_paranoid", is_well, "%s%s",
        text[0] ? text : "unknown: this kernel has no perf_event_open",
        is_well || !text[0] ? "" : "; as root: sysctl -w kernel.perf_event_paranoid=2");
}

static void look_at_programs(void) {
    static struct hb_callgrind callgrind;
    struct hb_geometry geometry;
    char text[HB_GEOMETRY_TEXT_MAX];
    char error[HB_PLOT_ERROR_MAX];
    bool has_valgrind = hb_callgrind_find(&callgrind), has_gnuplot = hb_plot_has_gnuplot(error);
    say("valgrind", has_valgrind, "%s",
        has_valgrind ? callgrind.program
                     : "not in PATH: no simulated caches; install the package valgrind");
    hb_geometry_of_machine(&geometry);
    hb_geometry_text(&geometry, text);
    say("caches to simulate", true, "%s", text);
    say("gnuplot", has_gnuplot, "%s", has_gnuplot ? "found" : error);
}

static void look_at_kernel(void) {
    char text[TEXT_BYTES / 2];
    hb_machine_choice("/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof text);
    say("transparent huge pages", true, "%s", text[0] ? text : "unknown");
    hb_machine_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", text, sizeof text);
    bool is_steady = !text[0] || strcmp(text, "performance") == 0;
    say("frequency governor", is_steady, "%s%s", text[0] ? text : "not visible",
        is_steady ? "" : "; as root: cpupower frequency-set -g performance");
    int now = personality(0xffffffff);
    bool controls = now >= 0 && personality((unsigned long)now | ADDR_NO_RANDOMIZE) >= 0;
    if (controls)
        personality((unsigned long)now);
    say("address randomisation", controls, "%s",
        controls ? "workers turn it off"
                 : "cannot be turned off (a container's seccomp?): layouts differ between runs");
}

/* "CPU 3, SMT sibling 7, NUMA node 0, 2% busy" */
static void core_format(const struct hb_core *core, char *text, size_t size) {
    char siblings[TEXT_BYTES / 4], node[32] = "", busy[32] = "";
    hb_cpus_text(&core->siblings, siblings, sizeof siblings);
    if (core->node >= 0)
        snprintf(node, sizeof node, ", NUMA node %d", core->node);
    if (!isnan(core->busy_ratio))
        snprintf(busy, sizeof busy, ", %.0f%% busy", 100 * core->busy_ratio);
    snprintf(text, size, "CPU %d%s, %s%s%s%s", core->cpu, core->is_isolated ? ", isolated" : "",
             siblings[0] ? "SMT sibling " : "no SMT sibling", siblings, node, busy);
}

static void look_at_core(void) {
    struct hb_core core;
    char text[TEXT_BYTES / 2], disturbance[TEXT_BYTES / 2];
    bool chosen = hb_core_of_machine(&core, -1, WINDOW_MS);
    core_format(&core, text, sizeof text);
    hb_core_disturbance(&core, disturbance, sizeof disturbance);
    if (chosen)
        say("workers' core", !disturbance[0], "%s%s%s", text, disturbance[0] ? "; " : "",
            disturbance);
    else
        say("workers' core", false, "hwloc sees no CPU that this process may use");
    hb_cpus_text(&core.isolated, text, sizeof text);
    say("isolated CPUs", true, "%s%s", text[0] ? text : "none",
        text[0] ? "; --cpu=N runs workers on one" : " (isolcpus=, nohz_full= of the kernel)");
    bool binds = core.node_count == 1 || core.binds_memory;
    say("NUMA nodes", binds, "%d%s", core.node_count,
        core.node_count == 1 ? ""
        : binds              ? "; workers take memory of their own"
                             : "; memory cannot be bound (set_mempolicy; a container's seccomp?)");
}

/* What tells the time pass that a block was disturbed. */
static void look_at_noise(void) {
    struct hb_noise_moment moment;
    hb_noise_read(&moment, "", sched_getcpu());
    bool sees_waits = moment.wait_ns != HB_NOISE_UNKNOWN;
    say("disturbances", sees_waits, "%s, %s, %s",
        sees_waits ? "waits" : "no waits (/proc/self/schedstat), so switches instead",
        moment.steal_ns != HB_NOISE_UNKNOWN ? "steal time" : "no steal time (/proc/stat)",
        moment.khz != HB_NOISE_UNKNOWN ? "frequency" : "no frequency (cpufreq)");
}

static void look_at_size(void) {
    cpu_set_t allowed;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t all = (uint64_t)sysconf(_SC_PHYS_PAGES) * page >> 20;
    uint64_t available = (uint64_t)sysconf(_SC_AVPHYS_PAGES) * page >> 20;
    int count = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 0;
    say("memory", true, "%" PRIu64 " MiB, %" PRIu64 " MiB free", all, available);
    say("CPUs", count > 1, "%d of %ld allowed%s", count, sysconf(_SC_NPROCESSORS_ONLN),
        count > 1 ? "" : "; with two, the worker has one of its own");
}

int hb_cmd_doctor(int argc, char **argv) {
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    optind = 0;
    opterr = 0;
    int option = getopt_long(argc, argv, "h", options, NULL);
    if (option == 'h') {
        puts(
            "heapbench doctor\n\n"
            "Look at what this machine can measure, a line each; - marks what it cannot, and says\n"
            "what would help.");
        return HB_EXIT_OK;
    }
    if (option != -1 || optind < argc)
        return hb_usage_error("doctor takes no options (see heapbench doctor --help)");
    look_at_counters();
    look_at_programs();
    look_at_kernel();
    look_at_size();
    look_at_core();
    look_at_noise();
    return HB_EXIT_OK;
}
