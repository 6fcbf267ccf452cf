/* cmd_summary.c -- heapbench summary: kept results, one run's or several, as a table, and their
 * geometric means as data. */
#include <string.h>

#include "harness/cmd.h"
#include "harness/cmd_options.h"
#include "harness/results/files.h"
#include "harness/results/summary.h"

static int help_print(void) {
    puts(
        "heapbench summary RESULTS... [--format=table|jsonl]\n"
        "\n"
        "Print results again, those of several runs together, and geometric means over the traces\n"
        "that an allocator was measured on.\n"
        "RESULTS are folders of runs or results.jsonl files.\n"
        "\n"
        "      --format=FORMAT  table (default): all cells, then the means;\n"
        "                       jsonl: the means, one JSON object for each allocator\n"
        "      --help           print this");
    return HB_EXIT_OK;
}

static int format_take(void *context, int option) {
    bool *as_json = context;
    (void)option;
    *as_json = strcmp(optarg, "jsonl") == 0;
    if (!*as_json && strcmp(optarg, "table") != 0)
        return hb_usage_error("summary: --format=%s: known are table and jsonl", optarg);
    return HB_EXIT_OK;
}

/* HB_GO_ON, or the exit status of the whole command. */
static int options_parse(int argc, char **argv, bool *as_json) {
    static const struct option table[] = {{"format", required_argument, NULL, 'f'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    static const struct hb_cmd_options options = {"summary", ":h", table, help_print, format_take};
    *as_json = false;
    int status = hb_cmd_options_read(&options, as_json, argc, argv);
    if (status == HB_GO_ON && optind == argc)
        return hb_usage_error("summary: name a run's folder or a results.jsonl (see heapbench "
                              "summary --help)");
    return status;
}

static int means_write(const struct hb_result *results, size_t count) {
    struct hb_summaries summaries;
    if (!hb_summaries_make(&summaries, results, count, HB_SUMMARY_SEED))
        return hb_failure("summary: out of memory");
    bool has_means = summaries.count > 0;
    hb_summaries_write_json(&summaries, HB_SUMMARY_SEED, stdout);
    hb_summaries_free(&summaries);
    if (has_means)
        return HB_EXIT_OK;
    return hb_failure("summary: no two traces under the same conditions, so no means; the cells "
                      "themselves are in the results");
}

int hb_cmd_summary(int argc, char **argv) {
    char error[512];
    size_t count;
    bool as_json;
    int status = options_parse(argc, argv, &as_json);
    if (status != HB_GO_ON)
        return status;
    struct hb_result *results = hb_results_gather(argv + optind, argc - optind, &count, error);
    if (!results)
        return hb_usage_error("summary: %s", error);
    status = HB_EXIT_OK;
    if (as_json)
        status = means_write(results, count);
    else
        hb_results_print_table(results, count, stdout);
    hb_results_free(results, count);
    return status;
}
