/* cmd_trace.c -- heapbench trace: look into traces, print them, check them. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/cmd_trace.h"
#include "harness/cmd_trace_shrink.h"
#include "harness/trace_plots.h"
#include "harness/generated.h"
#include "workloads/op_source.h"
#include "workloads/synth/config.h"
#include "workloads/trace_callsite.h"
#include "workloads/trace_report.h"

struct settings {
    bool is_full;
    bool is_jsonl;
    const char *plots; /* the folder to draw in; NULL: none */
};

/* What one subcommand does to one file. Returns the exit status. */
typedef int file_action(const char *path, const struct settings *settings);

static file_action info_file, dump_file, check_file;

static const struct trace_command {
    const char *name;
    file_action *act;
    const char *summary;
    const char *details;
} commands[] = {
    {"info", info_file, "what a trace holds, and what it says of itself",
     "Lifetimes are counted in births: how many objects were born between an object's own birth\n"
     "and its free; in operations; and in bytes asked for meanwhile. Phases are stretches in "
     "which\n"
     "live bytes follow a straight line (trace slice --phase=K takes one). Pictures: the sizes, "
     "the\n"
     "lifetimes, live bytes over the operations, of several threads each one's. Beside each stand\n"
     "its data (.tsv) and the script that draws it (.gp)."},
    {"dump", dump_file, "print the operations, one a line, in the order of the trace",
     "  m ID SIZE         malloc            r ID SIZE         realloc\n"
     "  c ID SIZE         calloc (product)  f ID              free\n"
     "  a ID ALIGN SIZE   aligned\n"
     "With --full each line starts with THREAD TIME_NS, and threads' starts (s) and ends (e) are\n"
     "lines too, and births and reallocs end with @ and their call site if the trace has them.\n"
     "Times are those of each 1024th operation unless the trace has every one's."},
    {"check", check_file, "verify checksums, objects and counts",
     "Prints one line a file. Exit status: 0 all are sound, 1 one is damaged, 2 one is no trace."},
};

static const struct trace_option {
    const char *name;
    const char *value; /* NULL: takes none; in brackets: may be left out */
    int code;
    const char *command; /* whose; NULL: everyone's */
    const char *summary;
} options[] = {
    {"format", "table|jsonl", 'F', "info", "for people, or one flat JSON object a line"},
    {"plot", "[DIR]", 'p', "info", "draw pictures, into DIR (default: trace-plots)"},
    {"full", NULL, 'f', "dump", "with thread, time, call site, and thread marks"},
    {"help", NULL, 'h', NULL, "print this"},
};

enum {
    COMMANDS = sizeof commands / sizeof commands[0],
    OPTIONS = sizeof options / sizeof options[0]
};

static bool option_is_of(const struct trace_option *option, const struct trace_command *command) {
    return option->command == NULL || strcmp(option->command, command->name) == 0;
}

static void overview_print(void) {
    puts("heapbench trace COMMAND [OPTIONS] FILE…\n"
         "\n"
         "FILE is a path, the name of a bundled trace (heapbench list traces), or a generator's "
         "spec\n"
         "(synth:NAME:key=value:…, heapbench list generators).\n");
    for (int i = 0; i < COMMANDS; i++)
        printf("  %-8s %s\n", commands[i].name, commands[i].summary);
    puts("\nNew traces from old ones, each FILE -o OUT:\n");
    hb_trace_transforms_print();
    printf("  %-8s %s\n", "shrink", "a small trace for which a command still succeeds");
    puts("\n`heapbench trace COMMAND --help` tells more.");
}

static int value_need(const char *value) {
    return value == NULL ? no_argument : value[0] == '[' ? optional_argument : required_argument;
}

static void help_print(const struct trace_command *command) {
    printf("heapbench trace %s [OPTIONS] FILE…: %s\n\n", command->name, command->summary);
    for (int i = 0; i < OPTIONS; i++) {
        const struct trace_option *option = &options[i];
        char left[64];

        if (!option_is_of(option, command))
            continue;
        snprintf(left, sizeof left, "--%s%s%s", option->name,
                 value_need(option->value) == required_argument ? "=" : "",
                 option->value == NULL                            ? ""
                 : value_need(option->value) == optional_argument ? "[=DIR]"
                                                                  : option->value);
        printf("  %-21s %s\n", left, option->summary);
    }
    printf("\n%s\n", command->details);
}

static void report_show(const struct hb_trace_report *report, const struct settings *settings) {
    static bool is_next;

    if (is_next && !settings->is_jsonl)
        putchar('\n');
    is_next = true;
    if (settings->is_jsonl)
        hb_trace_report_json(report);
    else
        hb_trace_report_print(report);
}

static int source_info(struct hb_op_source *source, const char *path,
                       const struct settings *settings) {
    struct hb_trace_report report = {.path = path};
    struct stat status = {0};
    bool good = hb_op_source_count(source) && hb_trace_profile_read(&report.profile, source);
    int failed = HB_EXIT_OK;

    report.damage = good ? hb_op_source_damage(source) : NULL;
    report.info = hb_op_source_info(source);
    report.sites = hb_op_source_sites(source);
    if (!hb_op_source_is_generated(path))
        stat(path, &status);
    report.file_bytes = (uint64_t)status.st_size;
    if (good)
        report_show(&report, settings);
    if (good && settings->plots != NULL)
        failed = hb_trace_plots_draw(&report, settings->plots);
    hb_trace_profile_free(&report.profile);
    return good ? failed : hb_failure("not enough memory");
}

static int info_file(const char *path, const struct settings *settings) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_op_source *source = hb_op_source_open(path, error);
    int status;

    if (source == NULL)
        return hb_usage_error("%s", error);
    status = source_info(source, path, settings);
    hb_op_source_close(source);
    return status;
}

/* A name of unknown origin, made safe for a terminal. */
static void site_print(const char *name) {
    fputs(" @ ", stdout);
    for (const char *c = name; *c != '\0'; c++)
        putchar((unsigned char)*c < ' ' || *c == 127 ? ' ' : *c);
}

static void op_print(const struct hb_op *op, bool is_full, const struct trace_callsites *sites) {
    static const char letters[HB_OP_KINDS] = "mcarfse";

    if (!is_full && op->kind > HB_OP_FREE)
        return;
    if (is_full)
        printf("%" PRIu32 " %" PRIu64 " ", op->thread, op->time_ns);
    putchar(letters[op->kind]);
    if (op->kind <= HB_OP_FREE)
        printf(" %" PRIu64, op->object);
    if (op->kind == HB_OP_ALIGNED)
        printf(" %" PRIu64, UINT64_C(1) << op->alignment_log2);
    if (op->kind <= HB_OP_REALLOC)
        printf(" %" PRIu64, op->size);
    if (is_full && op->site != 0)
        site_print(trace_callsite_name(sites, op->site));
    putchar('\n');
}

static int dump_file(const char *path, const struct settings *settings) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_op_source *source = hb_op_source_open(path, error);
    const struct hb_op *ops;
    size_t count;
    int status = HB_EXIT_OK;

    if (source == NULL)
        return hb_usage_error("%s", error);
    while (!ferror(stdout) && (count = hb_op_source_next(source, &ops)) > 0)
        for (size_t i = 0; i < count; i++)
            op_print(&ops[i], settings->is_full, hb_op_source_sites(source));
    if (hb_op_source_damage(source) != NULL)
        status = hb_failure("%s: %s", path, hb_op_source_damage(source));
    hb_op_source_close(source);
    return status;
}

/* A generator's operations are checked as those of a file are. */
static bool source_check(const char *spec, struct hb_trace_info *info, bool *readable,
                         char *error) {
    struct hb_op_source *source = hb_op_source_open(spec, error);
    const struct hb_op *ops;

    *readable = source != NULL;
    if (source == NULL)
        return false;
    bool counts = hb_op_source_count(source);
    while (counts && hb_op_source_next(source, &ops) > 0)
        continue;
    *info = *hb_op_source_info(source);
    const char *damage = counts ? hb_op_source_damage(source) : "not enough memory";
    snprintf(error, HB_TRACE_ERROR_MAX, "%s", damage != NULL ? damage : "");
    hb_op_source_close(source);
    return error[0] == '\0';
}

static int check_file(const char *path, const struct settings *settings) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_trace_info info;
    bool readable;

    (void)settings;
    if (hb_op_source_is_generated(path) ? source_check(path, &info, &readable, error)
                                        : hb_trace_check(path, &info, &readable, error)) {
        printf("%s: ok, %" PRIu64 " ops\n", path, info.op_count);
        return HB_EXIT_OK;
    }
    if (!readable)
        return hb_usage_error("%s", error);
    printf("%s: %s\n", path, error);
    return HB_EXIT_FAILED;
}

static int name_unknown(const char *name) {
    char **known = hb_trace_names();
    char nearest[256] = "";
    size_t count = 0;

    while (known != NULL && known[count] != NULL)
        count++;
    hb_nearest_names(name, (const char *const *)known, count, nearest, sizeof nearest);
    for (size_t i = 0; i < count; i++)
        free(known[i]);
    free(known);
    return hb_usage_error("no trace '%s'%s%s (a path needs a '/', or .hbt at its end)", name,
                          nearest[0] ? "; nearest: " : "", nearest);
}

int hb_trace_resolve(const char *name, char *path, size_t size) {
    size_t length = strlen(name);
    char canonical[HB_SYNTH_SPEC_MAX];

    if (hb_op_source_is_generated(name))
        return hb_generated_resolve(name, path, size, canonical, sizeof canonical);
    if (strchr(name, '/') == NULL &&
        !(length > 4 && strcmp(name + length - 4, ".hbt") == 0 && access(name, F_OK) == 0))
        return hb_find_trace(name, path, size) ? HB_EXIT_OK : name_unknown(name);
    if (snprintf(path, size, "%s", name) < (int)size)
        return HB_EXIT_OK;
    return hb_usage_error("the path of the trace is too long: %.60s...", name);
}

static int file_act(const struct trace_command *command, const char *name,
                    const struct settings *settings) {
    char path[4096];
    int status = hb_trace_resolve(name, path, sizeof path);

    return status == HB_EXIT_OK ? command->act(path, settings) : status;
}

static int option_complain(const char *argument, const struct trace_command *command) {
    char known[128] = "";

    for (int i = 0; i < OPTIONS; i++)
        if (option_is_of(&options[i], command))
            snprintf(known + strlen(known), sizeof known - strlen(known), "%s--%s",
                     known[0] ? ", " : "", options[i].name);
    return hb_usage_error("trace %s: bad option '%s'; it takes %s", command->name, argument, known);
}

/* Returns HB_EXIT_OK to go on, -1 if help was printed, else the exit status. */
static int options_parse(int argc, char **argv, const struct trace_command *command,
                         struct settings *settings) {
    struct option table[OPTIONS + 1] = {0};
    int count = 0, code;

    for (int i = 0; i < OPTIONS; i++)
        if (option_is_of(&options[i], command))
            table[count++] = (struct option){options[i].name, value_need(options[i].value), NULL,
                                             options[i].code};
    opterr = 0;
    optind = 0;
    while ((code = getopt_long(argc, argv, "h", table, NULL)) != -1) {
        if (code == 'h') {
            help_print(command);
            return -1;
        }
        if (code == '?')
            return option_complain(argv[optind - 1], command);
        if (code == 'F' && strcmp(optarg, "jsonl") != 0 && strcmp(optarg, "table") != 0)
            return hb_usage_error("trace info: --format is table or jsonl, not '%s'", optarg);
        settings->is_jsonl = code == 'F' ? strcmp(optarg, "jsonl") == 0 : settings->is_jsonl;
        settings->is_full |= code == 'f';
        if (code == 'p')
            settings->plots = optarg != NULL ? optarg : "trace-plots";
    }
    return HB_EXIT_OK;
}

static int command_run(const struct trace_command *command, int argc, char **argv) {
    struct settings settings = {0};
    int status = options_parse(argc, argv, command, &settings);

    if (status != HB_EXIT_OK)
        return status < 0 ? HB_EXIT_OK : status;
    if (optind == argc)
        return hb_usage_error("trace %s: which trace? Give a FILE or a name", command->name);
    for (int i = optind; i < argc; i++) {
        int one = file_act(command, argv[i], &settings);

        status = one > status ? one : status;
    }
    return status;
}

int hb_cmd_trace(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";

    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        overview_print();
        return HB_EXIT_OK;
    }
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(name, commands[i].name) == 0)
            return command_run(&commands[i], argc - 1, argv + 1);
    if (strcmp(name, "shrink") == 0)
        return hb_cmd_trace_shrink(argc - 1, argv + 1);
    int status = name[0] != '\0' ? hb_trace_transform_run(argc - 1, argv + 1) : -1;
    if (status >= 0)
        return status;
    if (name[0] == '\0')
        return hb_usage_error(
            "trace: do what? There is info, dump, check, slice … (heapbench trace --help)");
    return hb_usage_error("trace: no '%s'; see heapbench trace --help", name);
}
