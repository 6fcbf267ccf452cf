/* cmd_diff.c -- heapbench diff: has anything become slower, or larger? */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd.h"
#include "harness/cmd_options.h"
#include "harness/results/diff.h"
#include "harness/results/files.h"
#include "harness/results/table.h"

struct request {
    struct hb_diff_limits limits;
    bool as_json;
    char **paths;
};

static int help_print(void) {
    puts(
        "heapbench diff OLD NEW [options]\n"
        "\n"
        "Compare two sets of results, cell by cell. OLD and NEW are folders of runs or\n"
        "results.jsonl files. Ends with status 1 if something became worse: if it is certain (the\n"
        "95% interval of a ratio of times leaves out 1; figures of memory and simulated caches\n"
        "are exact) and beyond the threshold, or if a cell fails that did not.\n"
        "\n"
        "      --threshold=PERCENT        how much worse is tolerated (default: 2)\n"
        "      --time-threshold=PERCENT   the same, of warm time alone\n"
        "      --space-threshold=PERCENT  of footprint, fragmentation and resident memory alone\n"
        "      --cache-threshold=PERCENT  of simulated cache misses alone\n"
        "      --format=FORMAT            table (default) or jsonl, an object for each figure\n"
        "      --help                     print this");
    return HB_EXIT_OK;
}

/* "2", "2.5" or "2%". */
static bool percent_parse(const char *text, double *ratio) {
    char *end;
    errno = 0;
    double percent = strtod(text, &end);
    bool starts_well = (text[0] >= '0' && text[0] <= '9') || text[0] == '.';
    bool ends_well = end != text && (*end == '\0' || strcmp(end, "%") == 0);
    *ratio = percent / 100;
    return starts_well && ends_well && !errno && percent >= 0 && percent <= 10000;
}

static int threshold_set(struct request *request, int option, const char *text) {
    double ratio;
    if (!percent_parse(text, &ratio))
        return hb_usage_error("diff: '%s' is no threshold in percent, such as 2 or 2.5%%", text);
    for (int class = 0; class < HB_DIFF_CLASSES; class ++)
        if (option == 'a' || option == class)
            request->limits.thresholds[class] = ratio;
    return HB_EXIT_OK;
}

static int option_take(void *context, int option) {
    struct request *request = context;
    if (option != 'f')
        return threshold_set(request, option, optarg);
    request->as_json = strcmp(optarg, "jsonl") == 0;
    if (!request->as_json && strcmp(optarg, "table") != 0)
        return hb_usage_error("diff: --format=%s: known are table and jsonl", optarg);
    return HB_EXIT_OK;
}

/* HB_GO_ON, or the exit status of the whole command. */
static int request_parse(struct request *request, int argc, char **argv) {
    static const struct option table[] = {
        {"threshold", required_argument, NULL, 'a'},
        {"time-threshold", required_argument, NULL, HB_DIFF_TIME},
        {"space-threshold", required_argument, NULL, HB_DIFF_SPACE},
        {"cache-threshold", required_argument, NULL, HB_DIFF_CACHE},
        {"format", required_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    static const struct hb_cmd_options options = {"diff", ":h", table, help_print, option_take};
    *request = (struct request){{{0.05, 0.02, 0.02}}, false, NULL};
    int status = hb_cmd_options_read(&options, request, argc, argv);
    if (status != HB_GO_ON)
        return status;
    if (argc - optind != 2)
        return hb_usage_error("diff: name two results, the old and the new (see heapbench diff "
                              "--help)");
    request->paths = argv + optind;
    return HB_GO_ON;
}

static void machines_warn(char *const *paths) {
    cJSON *old_machine = hb_results_machine(paths[0]), *new_machine = hb_results_machine(paths[1]);
    char text[1024];
    hb_diff_machines(old_machine, new_machine, text, sizeof text);
    if (text[0] != '\0')
        fprintf(stderr,
                "heapbench: diff: warning: the machines differ, so times and caches may: %s\n",
                text);
    cJSON_Delete(old_machine);
    cJSON_Delete(new_machine);
}

static int sides_compare(const struct request *request, const struct hb_diff_side *sides) {
    struct hb_diff diff;
    if (!hb_diff_make(&diff, sides, &request->limits))
        return hb_failure("diff: out of memory");
    int status = diff.regressions > 0 ? HB_EXIT_FAILED : HB_EXIT_OK;
    if (diff.cells == 0)
        status = hb_usage_error("diff: %s and %s have no cell in common (allocator, trace, "
                                "baseline, mode, touch, huge pages)",
                                request->paths[0], request->paths[1]);
    else if (request->as_json)
        hb_diff_write_json(&diff, stdout);
    else
        hb_diff_print_table(&diff, hb_results_table_width(stdout), stdout);
    hb_diff_free(&diff);
    return status;
}

int hb_cmd_diff(int argc, char **argv) {
    struct request request;
    struct hb_diff_side sides[HB_DIFF_SIDES] = {{NULL, 0}, {NULL, 0}};
    struct hb_result *results[HB_DIFF_SIDES] = {NULL, NULL};
    char error[512];
    int status = request_parse(&request, argc, argv);
    if (status != HB_GO_ON)
        return status;
    status = HB_EXIT_OK;
    for (int side = 0; side < HB_DIFF_SIDES && status == HB_EXIT_OK; side++) {
        results[side] = hb_results_gather(&request.paths[side], 1, &sides[side].count, error);
        sides[side].results = results[side];
        if (!results[side])
            status = hb_usage_error("diff: %s", error);
    }
    if (status == HB_EXIT_OK) {
        machines_warn(request.paths);
        status = sides_compare(&request, sides);
    }
    for (int side = 0; side < HB_DIFF_SIDES; side++)
        hb_results_free(results[side], sides[side].count);
    return status;
}
