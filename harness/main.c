/* main.c -- heapbench: which subcommand was asked for. */
#include "harness/cmd.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hb_revision.h"
#include "workloads/trace.h"

struct subcommand {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct subcommand subcommands[] = {
    {"run", hb_cmd_run, "measure allocators on traces (the default: `run` may be left out)"},
    {"list", hb_cmd_list, "list the allocators, the bundled traces, the counters, the papers"},
    {"record", hb_cmd_record, "record the allocations of a program as a trace"},
    {"import", hb_cmd_import, "make a trace of what another tool recorded"},
    {"generate", hb_cmd_generate, "write what a generator yields as a trace"},
    {"trace", hb_cmd_trace, "look into a trace, check it, print it"},
    {"summary", hb_cmd_summary, "print kept results as a table, with geometric means over traces"},
    {"diff", hb_cmd_diff, "compare two sets of results: has anything become slower or larger?"},
    {"plot", hb_cmd_plot, "draw results: time, memory, fragmentation, cache misses"},
    {"map", hb_cmd_map, "draw what the heap holds: addresses against time, and moments"},
    {"adversary", hb_cmd_adversary, "play against allocators what wastes their memory most"},
    {"reproduce", hb_cmd_reproduce, "measure published results again: data, figure, verdict"},
    {"report", hb_cmd_report, "write results as one page: findings, tables, pictures, commands"},
    {"doctor", hb_cmd_doctor, "what this machine can measure, and what would help"},
    {"tour", hb_cmd_tour, "what a heap is: claims, each shown live on this machine"},
};

enum { SUBCOMMANDS = sizeof subcommands / sizeof subcommands[0] };

static int help_print(void) {
    puts("heapbench: what does an allocator cost, in time, cache misses, resident memory and\n"
         "fragmentation, on the allocations that real programs make?\n"
         "\n"
         "  heapbench --alloc=bestfit,buddy --trace=gcc     measure, against glibc malloc\n"
         "\n"
         "Subcommands (`heapbench NAME --help` tells more):");
    for (int i = 0; i < SUBCOMMANDS; i++)
        printf("  %-9s %s\n", subcommands[i].name, subcommands[i].summary);
    return HB_EXIT_OK;
}

static int version_print(void) {
    printf("heapbench %s (%s)\n", HB_VERSION, HB_REVISION);
    return HB_EXIT_OK;
}

static const struct subcommand *subcommand_find(const char *name) {
    for (int i = 0; i < SUBCOMMANDS; i++) {
        if (strcmp(subcommands[i].name, name) == 0)
            return &subcommands[i];
    }
    return NULL;
}

static int subcommand_unknown(const char *name) {
    const char *known[SUBCOMMANDS];
    char nearest[256];

    for (int i = 0; i < SUBCOMMANDS; i++)
        known[i] = subcommands[i].name;
    hb_nearest_names(name, known, SUBCOMMANDS, nearest, sizeof nearest);
    return hb_usage_error("there is no subcommand '%s'; nearest: %s (see heapbench --help)", name,
                          nearest);
}

/* `heapbench help run` is `heapbench run --help`. */
static int subcommand_help(const struct subcommand *subcommand) {
    char *arguments[] = {(char *)subcommand->name, (char *)"--help", NULL};
    return subcommand->run(2, arguments);
}

static int command_run(int argc, char **argv) {
    const char *first = argc > 1 ? argv[1] : "help";
    bool is_help = strcmp(first, "help") == 0;

    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0)
        return version_print();
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || (is_help && argc < 3))
        return help_print();

    const char *name = is_help ? argv[2] : first[0] == '-' ? "run" : first;
    const struct subcommand *subcommand = subcommand_find(name);
    if (!subcommand)
        return subcommand_unknown(name);
    if (is_help)
        return subcommand_help(subcommand);
    return first[0] == '-' ? subcommand->run(argc, argv) : subcommand->run(argc - 1, argv + 1);
}

/* Has the reader of a pipe gone? It had enough: no failure. */
static bool output_is_unwanted(void) {
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR);
}

/* What could not be written is a failure, and is said; once, where the command has not failed. */
static int output_finish(int status) {
    errno = 0;
    bool is_written = fflush(stdout) == 0 && !ferror(stdout);
    int reason = errno;
    if (is_written || status != HB_EXIT_OK || output_is_unwanted())
        return status;
    return hb_failure("standard output could not be written%s%s", reason ? ": " : "",
                      reason ? strerror(reason) : "");
}

/* Commands that end in an orderly way on a signal set handlers of their own. */
int main(int argc, char **argv) {
    hb_trace_catch_signals();
    return output_finish(command_run(argc, argv));
}
