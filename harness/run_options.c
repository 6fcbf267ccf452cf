#include "harness/run_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd.h"
#include "harness/passes/passes.h"
#include "harness/run_core.h"
#include "harness/passes/program.h"
#include "harness/run_counters.h"
#include "harness/run_lists.h"
#include "harness/run_thp.h"
#include "harness/worker/job.h"

enum { REPEATS_DEFAULT = 12, REPEATS_MAX = 1000, TIMEOUT_MAX = 1000000 };

typedef int option_parse(struct hb_run_options *options, const char *text);

static option_parse parse_repeats, parse_speed, parse_touch, parse_seed, parse_stream, parse_limit,
    parse_timeout, parse_format, parse_out, parse_help;

static const struct run_option {
    const char *name;
    const char *value; /* what it takes, for the help; NULL: nothing */
    option_parse *parse;
    const char *help;
} run_options[] = {
    {"alloc", "LIST", hb_run_alloc_parse,
     "allocators, NAME:KEY=VALUE:… or a library's path each; `all`: ours that free, and those of "
     "others that are installed"},
    {"trace", "LIST", hb_run_trace_parse, "traces: names, or paths (with a /)"},
    {"baseline", "SPEC|none", hb_run_baseline_parse, "what to compare with (glibc)"},
    {"passes", "LIST", hb_run_passes_parse,
     "check, space, release, blocks, pages, time, latency, cache (space, time, cache)"},
    {"repeats", "N", parse_repeats,
     "blocks of the time and latency passes (12; 6 at least for intervals)"},
    {"mode", "LIST", hb_run_modes_parse,
     "serial: the recorded total order on one thread; concurrent: each thread its own; paced: "
     "that, "
     "at the recorded times (serial)"},
    {"threads", "LIST", hb_run_threads_parse,
     "merge the threads of concurrent and paced replay into so many (as recorded)"},
    {"speed", "FACTOR", parse_speed, "paced replay is so many times as fast as recorded (1)"},
    {"touch", "WHAT", parse_touch,
     "what replay writes: none, first, page, all (time first, space page)"},
    {"counters", "WHAT", hb_run_counters_parse,
     "of the cache pass: auto, none, or a list of pmu, sim, and events such as perf::CYCLES:u"},
    {"cache", "CACHES", hb_run_caches_parse,
     "to simulate, L1=32K,8,64:LL=32M,16,64 (this machine's)"},
    {"cpu", "N", hb_run_cpu_parse,
     "where workers run (a core that does little; see heapbench doctor)"},
    {"stream-above", "OPS", parse_stream,
     "longer traces are streamed to the worker, not kept in memory (8388608)"},
    {"thp", "LIST", hb_run_thp_parse,
     "transparent huge pages: system, always, madvise, never (as the system has it)"},
    {"seed", "N", parse_seed, "of layouts and of the order within blocks (1)"},
    {"mem-limit", "BYTES", parse_limit,
     "a worker may have no more, K M G allowed (80% of RAM, or of the node's)"},
    {"timeout", "SECONDS|none", parse_timeout,
     "a worker that takes longer is ended (libraries: 60 and 20 us an operation; ours: none)"},
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

static int find_name(const char *const *names, const char *text) {
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    return -1;
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

static int parse_touch(struct hb_run_options *options, const char *text) {
    static const char *const names[] = {"none", "first", "page", "all", NULL};
    options->touch = find_name(names, text);
    if (options->touch < 0)
        return hb_usage_error("--touch: '%s' is none of none, first, page, all", text);
    return HB_EXIT_OK;
}

static int parse_speed(struct hb_run_options *options, const char *text) {
    char *end;
    options->speed = strtod(text, &end);
    if (end == text || *end || !(options->speed >= 0.001 && options->speed <= 1e6))
        return hb_usage_error("--speed: '%s' is no factor from 0.001 to 1000000", text);
    return HB_EXIT_OK;
}

static int parse_stream(struct hb_run_options *options, const char *text) {
    if (!parse_number(text, &options->stream_above) || options->stream_above > UINT32_MAX)
        return hb_usage_error("--stream-above: '%s' is no number of operations below 2^32", text);
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

static int parse_timeout(struct hb_run_options *options, const char *text) {
    bool is_none = strcmp(text, "none") == 0;
    if (!is_none && (!parse_number(text, &options->timeout_s) || !options->timeout_s ||
                     options->timeout_s > TIMEOUT_MAX))
        return hb_usage_error("--timeout: '%s' is no number of seconds from 1 to %d, nor none",
                              text, TIMEOUT_MAX);
    if (is_none)
        options->timeout_s = HB_NO_TIMEOUT;
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

static bool options_init(struct hb_run_options *options) {
    char error[HB_OPTION_ERROR_MAX];
    *options = (struct hb_run_options){.has_baseline = true,
                                       .modes = 1u << HB_MODE_SERIAL,
                                       .passes = hb_passes_default(),
                                       .counting = HB_COUNT_AUTO,
                                       .touch = -1,
                                       .repeats = REPEATS_DEFAULT,
                                       .seed = 1,
                                       .thread_count = 1,
                                       .speed = 1,
                                       .stream_above = HB_PROGRAM_WORDS_MAX,
                                       .cpu = -1,
                                       .out = "heapbench-results"};
    options->allocators = calloc(HB_LIST_MAX, sizeof *options->allocators);
    options->traces = calloc(HB_LIST_MAX, sizeof *options->traces);
    hb_geometry_of_machine(&options->geometry);
    hb_run_thp_default(options);
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
    if (options->modes == 1u << HB_MODE_CONCURRENT && !(options->passes & HB_PASS_TIME))
        return hb_usage_error("--mode=concurrent measures time alone: add it to --passes");
    if (options->modes == 1u << HB_MODE_PACED &&
        !(options->passes & (HB_PASS_TIME | HB_PASS_SPACE)))
        return hb_usage_error("--mode=paced measures time and space: add one to --passes");
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
    if (!options->counting)
        options->passes &= ~(unsigned)HB_PASS_CACHE;
    return status == HB_EXIT_OK ? options_check(options) : status;
}

void hb_run_options_free(struct hb_run_options *options) {
    free(options->allocators);
    free(options->traces);
}
