#include "harness/run_options.h"

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/foreign.h"
#include "harness/passes/preload.h"
#include "harness/run_counters.h"
#include "harness/worker/job.h"

enum { REPEATS_DEFAULT = 12, REPEATS_MAX = 1000, NEAREST_BYTES = 512, ITEM_BYTES = 4096 };

typedef int option_parse(struct hb_run_options *options, const char *text);

static option_parse parse_alloc, parse_trace, parse_baseline, parse_passes, parse_repeats,
    parse_mode, parse_touch, parse_cpu, parse_seed, parse_limit, parse_format, parse_out,
    parse_help;

static const struct run_option {
    const char *name;
    const char *value; /* what it takes, for the help; NULL: nothing */
    option_parse *parse;
    const char *help;
} run_options[] = {
    {"alloc", "LIST", parse_alloc,
     "allocators, NAME:KEY=VALUE:… or a library's path each; `all`: ours that free, and those of "
     "others that are installed"},
    {"trace", "LIST", parse_trace, "traces: names, or paths (with a /)"},
    {"baseline", "SPEC|none", parse_baseline, "what to compare with (glibc)"},
    {"passes", "LIST", parse_passes, "check, space, time, cache (all but check)"},
    {"repeats", "N", parse_repeats, "blocks of the time pass (12; 6 at least for intervals)"},
    {"mode", "serial", parse_mode, "the recorded total order, on one thread"},
    {"touch", "WHAT", parse_touch,
     "what replay writes: none, first, page, all (time first, space page)"},
    {"counters", "WHAT", hb_run_counters_parse,
     "of the cache pass: auto, pmu, sim, none, or events such as perf::CYCLES:u,…"},
    {"cache", "CACHES", hb_run_caches_parse,
     "to simulate, L1=32K,8,64:LL=32M,16,64 (this machine's)"},
    {"cpu", "N", parse_cpu, "where workers run (the last one allowed)"},
    {"seed", "N", parse_seed, "of layouts and of the order within blocks (1)"},
    {"mem-limit", "BYTES", parse_limit, "a worker may have no more, K M G allowed (80% of RAM)"},
    {"format", "FORMAT", parse_format, "table, jsonl or csv, on standard output"},
    {"out", "DIR", parse_out, "results are kept in DIR/RUN_ID (heapbench-results)"},
    {"help", NULL, parse_help, "print this"},
};

enum { RUN_OPTIONS = sizeof run_options / sizeof *run_options };

void hb_run_options_help(void) {
    puts("heapbench [run] --alloc=LIST --trace=LIST [options]\n\n"
         "Replays each trace on each allocator and on the baseline, and prints what it took.\n"
         "Lists are separated by commas; an option may be given again; `\\,` is a comma.\n");
    for (int i = 0; i < RUN_OPTIONS; i++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", run_options[i].name,
                 run_options[i].value ? "=" : "", run_options[i].value ? run_options[i].value : "");
        printf("  %-22s %s\n", left, run_options[i].help);
    }
    puts("\nExample: heapbench --alloc=bestfit,bestfit:order=lifo --trace=gcc,./mine.hbt\n"
         "`heapbench list` names the allocators, their options, and the traces.");
}

static int parse_help(struct hb_run_options *options, const char *text) {
    (void)text;
    options->wants_help = true;
    return HB_EXIT_OK;
}

/* Copy the next item of a list, up to an unescaped comma; other escapes stay. False at the end. */
static bool next_item(const char **list, char *item) {
    size_t length = 0;
    const char *at = *list;
    if (!*at)
        return false;
    for (; *at && *at != ','; at++) {
        if (at[0] == '\\' && at[1] == ',')
            at++;
        if (length + 1 < ITEM_BYTES)
            item[length++] = *at;
    }
    item[length] = '\0';
    *list = *at ? at + 1 : at;
    return true;
}

static int unknown_allocator(const char *name) {
    const char *names[HB_LIST_MAX];
    char nearest[NEAREST_BYTES];
    size_t count = 0;
    for (size_t i = 0; hb_registry[i] && count < HB_LIST_MAX; i++)
        names[count++] = hb_registry[i]->name;
    for (size_t i = 0; hb_foreigns[i].package && count < HB_LIST_MAX; i++)
        names[count++] = hb_foreigns[i].family.name;
    hb_nearest_names(name, names, count, nearest, sizeof nearest);
    return hb_usage_error("there is no allocator '%s'; nearest: %s (see heapbench list)", name,
                          nearest);
}

static int parse_spec(const char *text, struct hb_spec *spec) {
    char error[HB_OPTION_ERROR_MAX];
    switch (hb_spec_parse(text, spec, error)) {
    case HB_SPEC_OK:
        return hb_foreign_resolve(spec);
    case HB_SPEC_UNKNOWN_NAME:
        return unknown_allocator(error);
    case HB_SPEC_BAD_OPTION:
        break;
    }
    return hb_usage_error("%s", error);
}

static int add_allocator(struct hb_run_options *options, const char *text) {
    if (options->allocator_count == HB_LIST_MAX)
        return hb_usage_error("--alloc: more than %d allocators", HB_LIST_MAX);
    int status = parse_spec(text, &options->allocators[options->allocator_count]);
    options->allocator_count += status == HB_EXIT_OK;
    return status;
}

static int add_all(struct hb_run_options *options) {
    int status = HB_EXIT_OK;
    char path[HB_LIBRARY_MAX];
    for (size_t i = 0; hb_registry[i] && status == HB_EXIT_OK; i++)
        if (!hb_registry[i]->never_frees && !hb_registry[i]->is_foreign)
            status = add_allocator(options, hb_registry[i]->name);
    for (size_t i = 0; hb_foreigns[i].package && status == HB_EXIT_OK; i++)
        if (hb_preload_is_possible() && hb_foreign_find(&hb_foreigns[i], path))
            status = add_allocator(options, hb_foreigns[i].family.name);
    return status;
}

static int parse_alloc(struct hb_run_options *options, const char *text) {
    char item[ITEM_BYTES];
    int status = HB_EXIT_OK;
    while (status == HB_EXIT_OK && next_item(&text, item))
        status = strcmp(item, "all") == 0 ? add_all(options) : add_allocator(options, item);
    return status;
}

static int unknown_trace(const char *name) {
    char nearest[NEAREST_BYTES];
    size_t count = 0;
    char **names = hb_trace_names();
    while (names && names[count])
        count++;
    hb_nearest_names(name, (const char *const *)names, count, nearest, sizeof nearest);
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    if (!count)
        return hb_usage_error("there is no trace '%s', nor any in %s; HEAPBENCH_TRACES names "
                              "another folder (a path has a '/')",
                              name, hb_trace_places());
    return hb_usage_error("there is no trace '%s'; nearest: %s (a path has a '/')", name, nearest);
}

/* Length of a name without the ending of trace files. */
static size_t stem_length(const char *name) {
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".hbt") == 0 ? length - 4 : length;
}

/* The name of a result: the file's, without its folder and .hbt. */
static void name_trace(struct hb_run_trace *trace, const char *item) {
    const char *base = strrchr(item, '/') ? strrchr(item, '/') + 1 : item;
    snprintf(trace->name, sizeof trace->name, "%.*s", (int)stem_length(base), base);
}

static int add_trace(struct hb_run_options *options, const char *item) {
    struct hb_run_trace *trace = &options->traces[options->trace_count];
    if (options->trace_count == HB_LIST_MAX)
        return hb_usage_error("--trace: more than %d traces", HB_LIST_MAX);
    if (strchr(item, '/') && access(item, R_OK) != 0)
        return hb_usage_error("%s: %s; --trace takes a trace file's path, or a bundled trace's "
                              "name without a '/'",
                              item, strerror(errno));
    if (stem_length(item) < strlen(item) && access(item, F_OK) == 0) /* in this folder */
        snprintf(trace->path, sizeof trace->path, "%s", item);
    else if (!hb_find_trace(item, trace->path, sizeof trace->path))
        return unknown_trace(item);
    name_trace(trace, item);
    options->trace_count++;
    return HB_EXIT_OK;
}

static int parse_trace(struct hb_run_options *options, const char *text) {
    char item[ITEM_BYTES];
    int status = HB_EXIT_OK;
    while (status == HB_EXIT_OK && next_item(&text, item))
        status = add_trace(options, item);
    return status;
}

static int parse_baseline(struct hb_run_options *options, const char *text) {
    options->has_baseline = strcmp(text, "none") != 0;
    return options->has_baseline ? parse_spec(text, &options->baseline) : HB_EXIT_OK;
}

static int find_name(const char *const *names, const char *text) {
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    return -1;
}

static int parse_passes(struct hb_run_options *options, const char *text) {
    static const char *const names[] = {"check", "space", "time", "cache", NULL};
    char item[ITEM_BYTES];
    options->passes = 0;
    while (next_item(&text, item)) {
        int pass = find_name(names, item);
        if (pass < 0)
            return hb_usage_error("--passes: there is no pass '%s'; they are check, space, time, "
                                  "cache",
                                  item);
        options->passes |= 1u << pass;
    }
    return options->passes ? HB_EXIT_OK
                           : hb_usage_error("--passes: name one of check, space, time, cache");
}

static bool parse_number(const char *text, uint64_t *number) {
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno;
}

static int parse_repeats(struct hb_run_options *options, const char *text) {
    if (!parse_number(text, &options->repeats) || !options->repeats ||
        options->repeats > REPEATS_MAX)
        return hb_usage_error("--repeats: '%s' is no number from 1 to %d", text, REPEATS_MAX);
    return HB_EXIT_OK;
}

static int parse_mode(struct hb_run_options *options, const char *text) {
    (void)options;
    if (strcmp(text, "serial") != 0)
        return hb_usage_error("--mode: there is no mode '%s'; it is serial", text);
    return HB_EXIT_OK;
}

static int parse_touch(struct hb_run_options *options, const char *text) {
    static const char *const names[] = {"none", "first", "page", "all", NULL};
    options->touch = find_name(names, text);
    if (options->touch < 0)
        return hb_usage_error("--touch: '%s' is none of none, first, page, all", text);
    return HB_EXIT_OK;
}

static int parse_cpu(struct hb_run_options *options, const char *text) {
    uint64_t number;
    cpu_set_t allowed;
    if (!parse_number(text, &number) || number >= CPU_SETSIZE)
        return hb_usage_error("--cpu: '%s' is no CPU's number", text);
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0 && !CPU_ISSET(number, &allowed))
        return hb_usage_error("--cpu: this process may not run on CPU %s (see nproc, taskset)",
                              text);
    options->cpu = (int)number;
    return HB_EXIT_OK;
}

static int parse_seed(struct hb_run_options *options, const char *text) {
    if (!parse_number(text, &options->seed))
        return hb_usage_error("--seed: '%s' is no number", text);
    return HB_EXIT_OK;
}

static int parse_limit(struct hb_run_options *options, const char *text) {
    static const char suffixes[] = "KMG";
    char *end;
    errno = 0;
    uint64_t number = strtoull(text, &end, 10);
    const char *suffix = *end ? strchr(suffixes, *end) : NULL;
    unsigned shift = suffix ? 10 * (unsigned)(suffix - suffixes + 1) : 0;
    bool valid = *text >= '0' && *text <= '9' && !errno && !end[suffix != NULL];
    if (!valid || number > UINT64_MAX >> shift || number << shift < (16 << 20))
        return hb_usage_error("--mem-limit: '%s' is no size of 16M or more (K, M, G allowed)",
                              text);
    options->memory_limit = number << shift;
    return HB_EXIT_OK;
}

static int parse_format(struct hb_run_options *options, const char *text) {
    static const char *const names[] = {"table", "jsonl", "csv", NULL};
    int format = find_name(names, text);
    if (format < 0)
        return hb_usage_error("--format: '%s' is none of table, jsonl, csv", text);
    options->format = (enum hb_format)format;
    return HB_EXIT_OK;
}

static int parse_out(struct hb_run_options *options, const char *text) {
    options->out = text;
    return *text ? HB_EXIT_OK : hb_usage_error("--out: name a folder");
}

static int last_cpu(void) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return -1;
    for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--)
        if (CPU_ISSET(cpu, &allowed))
            return cpu;
    return -1;
}

static bool options_init(struct hb_run_options *options) {
    char error[HB_OPTION_ERROR_MAX];
    uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    *options = (struct hb_run_options){.has_baseline = true,
                                       .passes = HB_PASS_SPACE | HB_PASS_TIME | HB_PASS_CACHE,
                                       .touch = -1,
                                       .repeats = REPEATS_DEFAULT,
                                       .seed = 1,
                                       .cpu = last_cpu(),
                                       .memory_limit = memory / 5 * 4,
                                       .out = "heapbench-results"};
    options->allocators = calloc(HB_LIST_MAX, sizeof *options->allocators);
    options->traces = calloc(HB_LIST_MAX, sizeof *options->traces);
    hb_geometry_of_machine(&options->geometry);
    return options->allocators && options->traces &&
           hb_spec_parse("glibc", &options->baseline, error) == HB_SPEC_OK;
}

static int check_null(const struct hb_run_options *options) {
    for (size_t i = 0; i < options->allocator_count; i++)
        if (options->allocators[i].family->is_floor && options->touch > TOUCH_FIRST)
            return hb_usage_error("the null allocator takes --touch=none or first: all its blocks "
                                  "are one region");
    return HB_EXIT_OK;
}

static int options_check(const struct hb_run_options *options) {
    if (options->wants_help)
        return HB_EXIT_OK;
    if (!options->allocator_count)
        return hb_usage_error("--alloc is missing, such as --alloc=bestfit,buddy (see heapbench "
                              "list)");
    if (!options->trace_count)
        return hb_usage_error("--trace is missing, such as --trace=gcc (see heapbench list)");
    if (!options->passes)
        return hb_usage_error("--counters=none leaves out the cache pass, the only one asked for");
    return check_null(options);
}

static int parse_words(struct hb_run_options *options, int argc, char **argv) {
    struct option words[RUN_OPTIONS + 1] = {0};
    int status = HB_EXIT_OK, choice;
    for (int i = 0; i < RUN_OPTIONS; i++)
        words[i] = (struct option){run_options[i].name,
                                   run_options[i].value ? required_argument : no_argument, NULL, i};
    optind = 0;
    opterr = 0;
    while (status == HB_EXIT_OK && (choice = getopt_long(argc, argv, "+:", words, NULL)) != -1) {
        if (choice == ':')
            status =
                hb_usage_error("%s takes a value (see heapbench run --help)", argv[optind - 1]);
        else if (choice == '?')
            status = hb_usage_error("there is no option %s (see heapbench run --help)",
                                    argv[optind - 1]);
        else
            status = run_options[choice].parse(options, optarg);
    }
    if (status == HB_EXIT_OK && optind < argc)
        status = hb_usage_error("'%s' is no option; lists are separated by commas, without spaces",
                                argv[optind]);
    return status;
}

int hb_run_options_parse(struct hb_run_options *options, int argc, char **argv) {
    if (!options_init(options))
        return hb_failure("not enough memory");
    int status = parse_words(options, argc, argv);
    if (options->counting == HB_COUNT_NONE)
        options->passes &= ~(unsigned)HB_PASS_CACHE;
    return status == HB_EXIT_OK ? options_check(options) : status;
}

void hb_run_options_free(struct hb_run_options *options) {
    free(options->allocators);
    free(options->traces);
}
