/* cmd_adversary.c -- heapbench adversary: what a program that reads addresses back can make of an
 * allocator.
 */
#include "harness/cmd.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/adversary_trace.h"
#include "harness/cmd_options.h"
#include "harness/passes/adversary.h"
#include "harness/passes/spawn.h"
#include "harness/progress.h"
#include "harness/run_lists.h"
#include "harness/table.h"

enum { SIGNAL_STATUS = 128, WIDTH_MIN = 60, WIDTH_OF_PIPES = 100, WIDTH_MAX = 140 };

struct adversary_request {
    struct hb_adversary adversary;
    struct hb_run_options lists; /* of which the allocators are used */
    const char *trace;           /* to write what was done to, or NULL */
    bool as_jsonl;
};

struct adversary_row {
    struct hb_adversary_result result;
    char error[HB_ADVERSARY_ERROR_MAX]; /* why there is no result, or "" */
};

static int help_print(void) {
    puts("heapbench adversary ADVERSARY --alloc=LIST [--format=table|jsonl] [-o FILE.hbt]\n"
         "\n"
         "Play against each allocator a program that reads addresses back, and frees and requests\n"
         "what makes the allocator waste most. Footprint is the span of addresses of all objects\n"
         "ever; sizes are units, by default of 32 bytes.\n");
    for (const struct hb_adversary_kind *kind = hb_adversary_kinds; kind->name; kind++)
        printf("  %-8s  %s\n            %s\n", kind->name, kind->summary, kind->source);
    puts("\n"
         "as robson:M=4096:n=1024 or bestfit:m=32:K=120 (these are the defaults); with\n"
         ":unit=BYTES, and :header=BYTES that a request is less than its units (default 8, and 0\n"
         "for libraries of others)\n"
         "\n"
         "      --alloc=LIST   ours, and those of others, as `heapbench run` takes them; grow=32,\n"
         "                     trim=off, mmap_threshold=off unless said otherwise\n"
         "      --format=F     table or jsonl (default: table)\n"
         "  -o, --out=FILE     keep what was done as a trace (of one allocator)\n"
         "      --help         print this");
    return HB_EXIT_OK;
}

static int option_take(void *context, int option) {
    struct adversary_request *request = context;
    if (option == 'a')
        return hb_run_alloc_parse(&request->lists, optarg);
    if (option == 'o')
        request->trace = optarg;
    if (option == 'f') {
        request->as_jsonl = strcmp(optarg, "jsonl") == 0;
        if (!request->as_jsonl && strcmp(optarg, "table") != 0)
            return hb_usage_error("adversary: --format=%s: known are table and jsonl", optarg);
    }
    return HB_EXIT_OK;
}

/* What is wrong with all of it together. */
static int request_check(struct adversary_request *request, int argc, char **argv) {
    char error[HB_ADVERSARY_ERROR_MAX];
    struct hb_run_options *lists = &request->lists;
    if (argc - optind != 1)
        return hb_usage_error("adversary: name one, as robson:M=4096:n=1024 or bestfit:m=32:K=120 "
                              "(see heapbench adversary --help)");
    if (!hb_adversary_parse(argv[optind], &request->adversary, error))
        return hb_usage_error("%s", error);
    if (lists->allocator_count == 0)
        return hb_usage_error("adversary: against which allocator? --alloc=LIST");
    if (request->trace && lists->allocator_count > 1)
        return hb_usage_error("adversary: a trace is of one allocator; --alloc names %zu",
                              lists->allocator_count);
    if (request->trace && access(request->trace, F_OK) == 0)
        return hb_usage_error("adversary: %s is there already", request->trace);
    for (size_t i = 0; i < lists->allocator_count; i++)
        if (!hb_adversary_prepare(&lists->allocators[i], error))
            return hb_usage_error("%s", error);
    return HB_GO_ON;
}

/* HB_GO_ON, or the exit status of the whole command. */
static int request_parse(struct adversary_request *request, int argc, char **argv) {
    static const struct option table[] = {{"alloc", required_argument, NULL, 'a'},
                                          {"format", required_argument, NULL, 'f'},
                                          {"out", required_argument, NULL, 'o'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    static const struct hb_cmd_options options = {"adversary", ":o:h", table, help_print,
                                                  option_take};
    int status = hb_cmd_options_read(&options, request, argc, argv);
    return status == HB_GO_ON ? request_check(request, argc, argv) : status;
}

static void row_measure(const struct adversary_request *request, size_t number,
                        struct adversary_row *row) {
    struct hb_program program = {.file = -1};
    const struct hb_spec *spec = &request->lists.allocators[number];
    bool played = hb_adversary_run(&request->adversary, spec, &program, &row->result, row->error);
    if (played && request->trace)
        hb_adversary_trace_write(&request->adversary, spec, &program, request->trace, row->error);
    hb_program_free(&program);
}

static void number_set(struct hb_table *table, size_t line, size_t column, double value,
                       int digits) {
    char text[48];
    snprintf(text, sizeof text, "%.*f", digits, value);
    hb_table_set(table, line, column, text);
}

static void row_print(struct hb_table *table, size_t line, const struct adversary_row *row) {
    const struct hb_adversary_result *result = &row->result;
    double live = (double)result->live_units, bytes = live * (double)result->unit;
    if (row->error[0])
        return;
    number_set(table, line, 0, (double)result->ops, 0);
    number_set(table, line, 1, live, 0);
    number_set(table, line, 2, (double)result->span_units, 0);
    number_set(table, line, 3, (double)result->span_units / live, 3);
    if (result->footprint_bytes != UINT64_MAX)
        number_set(table, line, 4, (double)result->footprint_bytes / bytes, 3);
    number_set(table, line, 5, (double)result->resident_peak_bytes / bytes, 3);
}

static bool table_print(const struct adversary_request *request, const struct adversary_row *rows) {
    static const char *const headings[][2] = {
        {"ops", ""},        {"live", "units"},     {"footprint", "units"}, {"footprint", "/ live"},
        {"held", "/ live"}, {"resident", "/ live"}};
    static const int groups[] = {0, 1, 2, 2, 3, 3};
    enum { COLUMNS = sizeof headings / sizeof *headings };
    size_t count = request->lists.allocator_count;
    const char **names = calloc(count, sizeof *names);
    struct hb_table *table = names ? hb_table_create(count, COLUMNS, names) : NULL;
    for (size_t i = 0; table && i < count; i++)
        names[i] = request->lists.allocators[i].canonical;
    for (size_t i = 0; table && i < COLUMNS; i++)
        hb_table_set_heading(table, i, groups[i], headings[i][0], headings[i][1]);
    for (size_t i = 0; table && i < count; i++)
        row_print(table, i, &rows[i]);
    if (table)
        hb_table_print(table, request->adversary.canonical,
                       hb_terminal_width(stdout, WIDTH_MIN, WIDTH_OF_PIPES, WIDTH_MAX), stdout);
    bool printed = table != NULL;
    hb_table_free(table);
    free(names);
    if (printed && request->adversary.job.kind == ADVERSARY_ROBSON)
        printf("\nNo allocator that cannot move objects does with less than %" PRIu64 " units.\n",
               hb_robson_bound(request->adversary.job.live, request->adversary.job.sizes));
    return printed;
}

static void json_text(const char *key, const char *text) {
    printf("\"%s\":\"", key);
    for (; *text; text++)
        printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    printf("\",");
}

static void jsonl_print(const struct adversary_request *request, const struct adversary_row *rows) {
    const struct hb_adversary *adversary = &request->adversary;
    for (size_t i = 0; i < request->lists.allocator_count; i++) {
        const struct hb_adversary_result *result = &rows[i].result;
        if (rows[i].error[0])
            continue;
        putchar('{');
        json_text("allocator", request->lists.allocators[i].canonical);
        json_text("adversary", adversary->canonical);
        printf("\"unit_bytes\":%" PRIu64 ",\"header_bytes\":%" PRIu64 ",\"ops\":%" PRIu64
               ",\"live_units\":%" PRIu64 ",\"footprint_units\":%" PRIu64 ",\"span_bytes\":%" PRIu64
               ",\"peak_resident_bytes\":%" PRIu64,
               result->unit, result->header, result->ops, result->live_units, result->span_units,
               result->span_bytes, result->resident_peak_bytes);
        if (result->footprint_bytes != UINT64_MAX)
            printf(",\"peak_footprint_bytes\":%" PRIu64, result->footprint_bytes);
        else
            printf(",\"peak_footprint_bytes\":null");
        if (adversary->job.kind == ADVERSARY_ROBSON)
            printf(",\"bound_units\":%" PRIu64 "}\n",
                   hb_robson_bound(adversary->job.live, adversary->job.sizes));
        else
            printf(",\"bound_units\":null}\n");
    }
}

static int request_run(const struct adversary_request *request) {
    size_t count = request->lists.allocator_count;
    struct adversary_row *rows = calloc(count, sizeof *rows);
    int status = rows ? HB_EXIT_OK : hb_failure("not enough memory");
    hb_interrupt_catch();
    for (size_t i = 0; rows && i < count && !hb_interrupted(); i++) {
        hb_progress_draw("adversary", request->lists.allocators[i].canonical, i, count);
        row_measure(request, i, &rows[i]);
        hb_progress_clear();
        if (rows[i].error[0] && !hb_interrupted())
            status = hb_failure("%s: %s", request->lists.allocators[i].canonical, rows[i].error);
    }
    if (hb_interrupted())
        status = SIGNAL_STATUS + hb_interrupted();
    else if (rows && request->as_jsonl)
        jsonl_print(request, rows);
    else if (rows && !table_print(request, rows))
        status = hb_failure("not enough memory");
    free(rows);
    return status;
}

int hb_cmd_adversary(int argc, char **argv) {
    struct adversary_request request = {0};
    request.lists.allocators = calloc(HB_LIST_MAX, sizeof *request.lists.allocators);
    if (!request.lists.allocators)
        return hb_failure("not enough memory");
    int status = request_parse(&request, argc, argv);
    if (status == HB_GO_ON)
        status = request_run(&request);
    free(request.lists.allocators);
    return status;
}
