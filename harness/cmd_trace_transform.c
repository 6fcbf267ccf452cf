/* cmd_trace_transform.c -- heapbench trace slice, filter, …: new traces from old ones. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/cmd.h"
#include "harness/cmd_trace.h"
#include "harness/trace_values.h"
#include "workloads/transform/transform.h"

enum { PATH_BYTES = 4096, WINDOW_OPS = 65536 };

struct request {
    struct hb_transform transform;
    uint8_t threads[HB_TRACE_THREADS_MAX / 8];
};

static const struct command {
    const char *name;
    const char *summary;
    const char *needs; /* codes of options of which one must be given; "": none */
    hb_transform_function *run;
    const char *details;
} commands[] = {
    {"slice", "a stretch of a trace, by operations or by phase", "", hb_transform_slice,
     "Operations are counted from 0, thread marks left out, as `heapbench trace dump` prints\n"
     "them. Phases are stretches in which live bytes follow a straight line; `heapbench trace\n"
     "info` shows them. Without --from, --to and --phase the trace is written again as it is, in\n"
     "the newest format; of a damaged one, all that can be read."},
    {"first", "the first operations of a trace", "t", hb_transform_slice, "As `slice --to=OP`."},
    {"filter", "the objects of some threads, or of some sizes", "TS", hb_transform_filter,
     "An object is chosen by the thread and the size of its birth. Its reallocs and its free come\n"
     "along, whichever thread makes them."},
    {"shuffle", "order, deaths or sizes drawn anew by a seed", "", hb_transform_shuffle,
     "order: the operations of each window in any order, each object's in its own order; where\n"
     "windows meet the same objects live as before. deaths: each free takes one of the live\n"
     "objects of that size; live bytes and requests stay as they are. sizes: those of the births\n"
     "of each window among them, those of the reallocs likewise."},
    {"amplify", "several copies of a trace side by side", "c", hb_transform_amplify,
     "Each operation is made by each copy before the next one."},
    {"merge", "several traces as one, each with threads of its own", "", hb_transform_merge,
     "ops: each has done the same part of its operations at any time. time: as their times say,\n"
     "which stand for 1024 operations each unless the traces have each one's. sequence: one after\n"
     "another."},
    {"scale", "all sizes times a factor", "x", hb_transform_scale,
     "Rounded to the nearest byte; requests of some bytes keep at least one, of 0 stay 0."},
    {"finish", "free at the end all that lives", "", hb_transform_finish,
     "The thread of the last operation frees them."},
};

typedef bool value_parser(struct request *request, const char *text);

static bool out_parse(struct request *request, const char *text) {
    request->transform.out = text;
    return text[0] != '\0';
}

static bool from_parse(struct request *request, const char *text) {
    return hb_trace_number_parse(text, &request->transform.slice.from);
}

static bool to_parse(struct request *request, const char *text) {
    return hb_trace_number_parse(text, &request->transform.slice.to);
}

static bool count_parse(const char *text, size_t *count) {
    uint64_t number;
    bool good = hb_trace_number_parse(text, &number) && number > 0 && number <= 16;

    *count = good ? (size_t)number : 0;
    return good;
}

static bool phase_parse(struct request *request, const char *text) {
    return count_parse(text, &request->transform.slice.phase);
}

static bool phases_parse(struct request *request, const char *text) {
    return count_parse(text, &request->transform.slice.phases);
}

static bool prologue_parse(struct request *request, const char *text) {
    static const char *const words[] = {"no", "yes", NULL};
    int word;
    bool good = hb_trace_word_parse(text, words, &word);

    request->transform.slice.has_prologue = word == 1;
    return good;
}

static bool threads_parse(struct request *request, const char *text) {
    memset(request->threads, 0, sizeof request->threads);
    request->transform.filter.threads = request->threads;
    request->transform.filter.threads_text = text;
    return hb_trace_threads_parse(text, request->threads);
}

static bool sizes_parse(struct request *request, const char *text) {
    return hb_trace_range_parse(text, &request->transform.filter.least_bytes,
                                &request->transform.filter.most_bytes);
}

static bool what_parse(struct request *request, const char *text) {
    static const char *const words[] = {"order", "deaths", "sizes", NULL};
    int word;
    bool good = hb_trace_word_parse(text, words, &word);

    request->transform.shuffle.what = (enum hb_shuffle_what)word;
    return good;
}

static bool window_parse(struct request *request, const char *text) {
    uint64_t *window = &request->transform.shuffle.window;

    if (strcmp(text, "all") != 0)
        return hb_trace_number_parse(text, window) && *window > 0;
    *window = UINT64_MAX;
    return true;
}

static bool seed_parse(struct request *request, const char *text) {
    return hb_trace_number_parse(text, &request->transform.shuffle.seed);
}

static bool copies_parse(struct request *request, const char *text) {
    uint64_t number;
    bool good =
        hb_trace_number_parse(text, &number) && number > 0 && number <= HB_TRANSFORM_COPIES_MAX;

    request->transform.amplify.copies = good ? (uint32_t)number : 0;
    return good;
}

static bool copies_threads_parse(struct request *request, const char *text) {
    static const char *const words[] = {"same", "own", NULL};
    int word;
    bool good = hb_trace_word_parse(text, words, &word);

    request->transform.amplify.has_own_threads = word == 1;
    return good;
}

static bool merge_order_parse(struct request *request, const char *text) {
    static const char *const words[] = {"ops", "time", "sequence", NULL};
    int word;
    bool good = hb_trace_word_parse(text, words, &word);

    request->transform.merge_order = (enum hb_merge_order)word;
    return good;
}

static bool factor_parse(struct request *request, const char *text) {
    return hb_trace_factor_parse(text, &request->transform.scale.numerator,
                                 &request->transform.scale.denominator);
}

static bool finish_order_parse(struct request *request, const char *text) {
    static const char *const words[] = {"births", "reverse", NULL};
    int word;
    bool good = hb_trace_word_parse(text, words, &word);

    request->transform.finish_backwards = word == 1;
    return good;
}

static const struct transform_option {
    const char *command; /* "*": all */
    const char *name;
    const char *value;
    int code;
    value_parser *parse;
    const char *summary;
} options[] = {
    {"slice", "from", "OP", 'f', from_parse, "the first operation of the slice (default: 0)"},
    {"slice", "to", "OP", 't', to_parse, "the operation that ends it, left out (default: the end)"},
    {"slice", "phase", "K", 'p', phase_parse, "instead: phase K, from 1"},
    {"slice", "phases", "N", 'P', phases_parse, "of N phases (default: as many as it takes)"},
    {"slice", "prologue", "yes|no", 'l', prologue_parse,
     "objects that are live at the start are born first (default), or left out"},
    {"first", "ops", "N", 't', to_parse, "how many operations"},
    {"filter", "threads", "LIST", 'T', threads_parse, "born by these threads: 0,3-5"},
    {"filter", "sizes", "MIN-MAX", 'S', sizes_parse, "born with MIN to MAX bytes: 16-4K, 1M-"},
    {"shuffle", "what", "order|deaths|sizes", 'w', what_parse,
     "what is drawn anew (default: order)"},
    {"shuffle", "window", "OPS|all", 'W', window_parse,
     "operations shuffled together, not of deaths (default: 65536)"},
    {"shuffle", "seed", "N", 's', seed_parse, "equal seeds give equal traces (default: 1)"},
    {"amplify", "copies", "K", 'c', copies_parse, "how many in all, 4096 at most"},
    {"amplify", "threads", "own|same", 'T', copies_threads_parse,
     "each copy has threads of its own (default), or all share the source's"},
    {"merge", "order", "ops|time|sequence", 'O', merge_order_parse,
     "whose operation is next (default: ops)"},
    {"scale", "factor", "F", 'x', factor_parse, "as 2, 0.75 or 3/2"},
    {"finish", "order", "births|reverse", 'O', finish_order_parse,
     "the oldest first (default), or the youngest"},
    {"*", "out", "OUT", 'o', out_parse, "the new trace; nothing is overwritten"},
    {"*", "help", NULL, 'h', NULL, "print this"},
};

enum {
    COMMANDS = sizeof commands / sizeof commands[0],
    OPTIONS = sizeof options / sizeof options[0]
};

static bool option_is_of(const struct transform_option *option, const struct command *command) {
    return option->command[0] == '*' || strcmp(option->command, command->name) == 0;
}

void hb_trace_transforms_print(void) {
    for (int i = 0; i < COMMANDS; i++)
        printf("  %-8s %s\n", commands[i].name, commands[i].summary);
}

static bool command_takes_several(const struct command *command) {
    return command->run == hb_transform_merge;
}

static int help_print(const struct command *command) {
    printf("heapbench trace %s [OPTIONS] %s -o OUT: %s\n\n", command->name,
           command_takes_several(command) ? "FILE FILE…" : "FILE", command->summary);
    for (int i = 0; i < OPTIONS; i++) {
        const struct transform_option *option = &options[i];
        char left[64];

        if (!option_is_of(option, command))
            continue;
        snprintf(left, sizeof left, "%s--%s%s%s", option->code == 'o' ? "-o, " : "", option->name,
                 option->value ? "=" : "", option->value ? option->value : "");
        printf("  %-27s %s\n", left, option->summary);
    }
    printf("\n%s\nWhat was done is appended to the note of the new trace.\n", command->details);
    return HB_EXIT_OK;
}

static int option_complain(const char *argument, const struct command *command) {
    char known[256] = "";

    for (int i = 0; i < OPTIONS; i++)
        if (option_is_of(&options[i], command))
            snprintf(known + strlen(known), sizeof known - strlen(known), "%s--%s",
                     known[0] ? ", " : "", options[i].name);
    return hb_usage_error("trace %s: bad option '%s'; it takes %s", command->name, argument, known);
}

static const struct transform_option *option_find(int code, const struct command *command) {
    for (int i = 0; i < OPTIONS; i++)
        if (options[i].code == code && option_is_of(&options[i], command))
            return &options[i];
    return NULL;
}

/* Returns HB_EXIT_OK to go on, -1 if help was printed, else the exit status. */
static int options_parse(int argc, char **argv, const struct command *command,
                         struct request *request, char seen[128]) {
    struct option table[OPTIONS + 1] = {0};
    int count = 0, code;

    for (int i = 0; i < OPTIONS; i++)
        if (option_is_of(&options[i], command))
            table[count++] =
                (struct option){options[i].name, options[i].value != NULL, NULL, options[i].code};
    opterr = 0;
    optind = 0;
    while ((code = getopt_long(argc, argv, "ho:", table, NULL)) != -1) {
        const struct transform_option *option = option_find(code, command);

        if (code == 'h')
            return help_print(command), -1;
        if (option == NULL)
            return option_complain(argv[optind - 1], command);
        if (!option->parse(request, optarg))
            return hb_usage_error("trace %s: --%s=%s: it takes %s", command->name, option->name,
                                  optarg, option->value);
        seen[code] = 1;
    }
    return HB_EXIT_OK;
}

static int needed_complain(const struct command *command) {
    char names[128] = "";

    for (const char *code = command->needs; *code != '\0'; code++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s--%s",
                 names[0] ? " or " : "", option_find(*code, command)->name);
    return hb_usage_error("trace %s: give %s (heapbench trace %s --help)", command->name, names,
                          command->name);
}

static int request_check(const struct command *command, const char seen[128], int files) {
    bool has_needed = command->needs[0] == '\0';

    for (const char *code = command->needs; *code != '\0'; code++)
        has_needed |= seen[(int)*code] != 0;
    if (!has_needed)
        return needed_complain(command);
    if (seen['p'] && (seen['f'] || seen['t']))
        return hb_usage_error("trace slice: --phase or --from and --to, not both");
    if (seen['P'] && !seen['p'])
        return hb_usage_error("trace slice: --phases needs --phase");
    if (!command_takes_several(command) && files != 1)
        return hb_usage_error("trace %s: give one FILE or name", command->name);
    if (files < 1 || files > HB_TRANSFORM_PATHS_MAX)
        return hb_usage_error("trace %s: give 1 to %d FILEs or names", command->name,
                              HB_TRANSFORM_PATHS_MAX);
    if (!seen['o'])
        return hb_usage_error("trace %s: where to? Give -o OUT", command->name);
    return HB_EXIT_OK;
}

static int transform_run(const struct command *command, const struct hb_transform *transform) {
    struct hb_transform_result result;
    char error[HB_TRACE_ERROR_MAX];

    if (!command->run(transform, &result, error))
        return result.is_unwritten ? hb_failure("trace %s: %s", command->name, error)
                                   : hb_usage_error("trace %s: %s", command->name, error);
    printf("%s: %" PRIu64 " ops, of %" PRIu64 " read\n", transform->out, result.written_count,
           result.read_count);
    if (result.is_damaged)
        return hb_failure("trace %s: %s; what is before that was taken", command->name,
                          result.damage);
    return HB_EXIT_OK;
}

static void request_start(struct request *request) {
    struct hb_transform *transform = &request->transform;

    memset(request, 0, sizeof *request);
    transform->slice.to = UINT64_MAX;
    transform->slice.has_prologue = true;
    transform->filter.most_bytes = UINT64_MAX;
    transform->shuffle.window = WINDOW_OPS;
    transform->shuffle.seed = 1;
    transform->amplify.has_own_threads = true;
}

static int command_run(const struct command *command, int argc, char **argv) {
    static struct request request;
    static char names[HB_TRANSFORM_PATHS_MAX][PATH_BYTES];
    const char *paths[HB_TRANSFORM_PATHS_MAX];
    char seen[128] = {0};
    int status;

    request_start(&request);
    status = options_parse(argc, argv, command, &request, seen);
    if (status != HB_EXIT_OK)
        return status < 0 ? HB_EXIT_OK : status;
    status = request_check(command, seen, argc - optind);
    for (int i = optind; i < argc && status == HB_EXIT_OK; i++) {
        paths[i - optind] = names[i - optind];
        status = hb_trace_resolve(argv[i], names[i - optind], PATH_BYTES);
    }
    request.transform.paths = paths;
    request.transform.path_count = (size_t)(argc - optind);
    return status == HB_EXIT_OK ? transform_run(command, &request.transform) : status;
}

int hb_trace_transform_run(int argc, char **argv) {
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, argv[0]) == 0)
            return command_run(&commands[i], argc, argv);
    return -1;
}
