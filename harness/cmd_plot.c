/* cmd_plot.c -- heapbench plot: draw results. */
#include "harness/cmd.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/passes/spawn.h"
#include "harness/plot/plot.h"
#include "harness/results/files.h"

enum { SIGNAL_STATUS = 128 };

struct plot_request {
    const char *folder; /* NULL: the run's own plots folder */
    bool as_png, as_svg;
    bool over_bytes;
    char **paths;
    int path_count;
};

static int help_print(void) {
    puts(
        "heapbench plot RESULTS... [-o DIR] [--format=png,svg] [--x=ops|bytes]\n"
        "\n"
        "Draw results: time and cache misses per operation, memory over each trace and against "
        "time,\n"
        "free blocks by size, tails of latency.\n"
        "RESULTS are folders of runs or results.jsonl files; those of several are drawn together.\n"
        "\n"
        "  -o, --out=DIR       draw into DIR (default: RUNFOLDER/plots)\n"
        "      --format=LIST   png, svg or both (default: png,svg)\n"
        "      --x=AXIS        memory over ops, or over bytes requested so far (default: ops)\n"
        "      --help          print this\n"
        "\n"
        "Beside each picture stand its data (.tsv) and the script that draws it (.gp).");
    return HB_EXIT_OK;
}

static bool formats_parse(const char *list, struct plot_request *request) {
    request->as_png = request->as_svg = false;
    for (size_t length; *list != '\0'; list += length + (list[length] == ',')) {
        length = strcspn(list, ",");
        if (length == 3 && strncmp(list, "png", 3) == 0)
            request->as_png = true;
        else if (length == 3 && strncmp(list, "svg", 3) == 0)
            request->as_svg = true;
        else
            return false;
    }
    return request->as_png || request->as_svg;
}

static int option_apply(struct plot_request *request, int option, char **argv) {
    if (option == ':')
        return hb_usage_error("plot: %s needs a value", argv[optind - 1]);
    if (option == '?')
        return hb_usage_error("plot: there is no option %s (see heapbench plot --help)",
                              argv[optind - 1]);
    if (option == 'o')
        request->folder = optarg;
    if (option == 'f' && !formats_parse(optarg, request))
        return hb_usage_error("plot: --format=%s: known are png and svg", optarg);
    if (option == 'x') {
        request->over_bytes = strcmp(optarg, "bytes") == 0;
        if (!request->over_bytes && strcmp(optarg, "ops") != 0)
            return hb_usage_error("plot: --x=%s: known are ops and bytes", optarg);
    }
    return HB_EXIT_OK;
}

/* HB_EXIT_OK, or the exit status of the whole command; *done: nothing is left to do. */
static int request_parse(struct plot_request *request, int argc, char **argv, bool *done) {
    static const struct option options[] = {{"out", required_argument, NULL, 'o'},
                                            {"format", required_argument, NULL, 'f'},
                                            {"x", required_argument, NULL, 'x'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    *request = (struct plot_request){.as_png = true, .as_svg = true};
    *done = true;
    optind = 0;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, ":o:h", options, NULL)) != -1;) {
        if (option == 'h')
            return help_print();
        int status = option_apply(request, option, argv);
        if (status != HB_EXIT_OK)
            return status;
    }
    request->paths = argv + optind;
    request->path_count = argc - optind;
    *done = false;
    if (request->path_count == 0)
        return hb_usage_error("plot: name a run's folder or a results.jsonl (see heapbench plot "
                              "--help)");
    if (request->path_count > 1 && !request->folder)
        return hb_usage_error("plot: of several results, say where to draw them: -o DIR");
    return HB_EXIT_OK;
}

/* "AMD EPYC; 2026-11-23", as far as machine.json says it; of several runs what they share. */
static void caption_make(const struct plot_request *request, char *caption, size_t size) {
    char cpu[256] = "", date[16] = "";
    bool cpus_differ = false;

    for (int i = 0; i < request->path_count; i++) {
        cJSON *machine = hb_results_machine(request->paths[i]);
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(machine, "cpu"));
        const char *when = cJSON_GetStringValue(cJSON_GetObjectItem(machine, "date"));
        cpus_differ |= i > 0 && strncmp(cpu, name ? name : "", sizeof cpu - 1) != 0;
        snprintf(cpu, sizeof cpu, "%s", name ? name : "");
        snprintf(date, sizeof date, "%.10s", when ? when : "");
        cJSON_Delete(machine);
    }
    snprintf(caption, size, "%s%s%s", cpus_differ ? "several machines" : cpu,
             (cpus_differ || cpu[0] != '\0') && date[0] != '\0' ? ", " : "", date);
}

static bool folder_name(const struct plot_request *request, char *folder) {
    char run[PATH_MAX], file[PATH_MAX];
    int length = -1;

    if (request->folder)
        length = snprintf(folder, PATH_MAX, "%s", request->folder);
    else if (hb_results_path(request->paths[0], run, file))
        length = snprintf(folder, PATH_MAX, "%s/plots", run);
    return length >= 0 && length < PATH_MAX;
}

/* Make the folder, or use the one that is there. HB_EXIT_OK, or the status of what it said. */
static int folder_open(const char *folder, bool *is_new) {
    struct stat status;

    *is_new = mkdir(folder, 0777) == 0;
    if (!*is_new && errno != EEXIST && errno != ENOSPC && errno != EDQUOT)
        return hb_usage_error("plot: cannot make the folder %s: %s", folder, strerror(errno));
    if (!*is_new && errno != EEXIST)
        return hb_failure("plot: cannot make the folder %s: %s", folder, strerror(errno));
    if (stat(folder, &status) == 0 && !S_ISDIR(status.st_mode))
        return hb_usage_error("plot: cannot draw in %s: it is no folder", folder);
    if (access(folder, W_OK | X_OK) != 0)
        return hb_usage_error("plot: cannot draw in %s: %s", folder, strerror(errno));
    return HB_EXIT_OK;
}

struct plot_tally {
    int drawn, failed;
    bool is_stopped;
};

static void tally_add(struct plot_tally *tally, enum hb_plot_status status, const char *error) {
    tally->drawn += status == HB_PLOT_DRAWN;
    tally->failed += status == HB_PLOT_FAILED || status == HB_PLOT_STOPPED;
    tally->is_stopped = status == HB_PLOT_STOPPED;
    if (status != HB_PLOT_DRAWN && !hb_interrupted())
        hb_failure("plot: %s", error);
}

static int plots_draw(const struct hb_plots *plots) {
    struct plot_tally tally = {0, 0, false};
    char error[HB_PLOT_ERROR_MAX] = "";

    tally_add(&tally, hb_plot_time(plots, error), error);
    if (!tally.is_stopped)
        tally_add(&tally, hb_plot_frag_time(plots, error), error);
    if (!tally.is_stopped)
        tally_add(&tally, hb_plot_cache(plots, error), error);
    if (!tally.is_stopped && hb_plot_has_cache_sim(plots))
        tally_add(&tally, hb_plot_cache_sim(plots, error), error);
    if (!tally.is_stopped && hb_plot_has_latency(plots))
        tally_add(&tally, hb_plot_latency(plots, error), error);
    for (size_t i = 0; i < plots->blocks.count && !tally.is_stopped; i++)
        tally_add(&tally, hb_plot_memory(plots, i, error), error);
    for (size_t i = 0; i < plots->blocks.count && !tally.is_stopped; i++)
        tally_add(&tally, hb_plot_free_sizes(plots, i, error), error);
    for (size_t i = 0; i < plots->blocks.count && !tally.is_stopped; i++)
        if (hb_plot_has_free_series(&plots->blocks.blocks[i]))
            tally_add(&tally, hb_plot_free_series(plots, i, error), error);
    if (tally.drawn > 0)
        printf("%d plot%s in %s\n", tally.drawn, tally.drawn == 1 ? "" : "s", plots->folder);
    if (hb_interrupted())
        return SIGNAL_STATUS + hb_interrupted();
    return tally.failed > 0 || tally.drawn == 0 ? HB_EXIT_FAILED : HB_EXIT_OK;
}

static int results_plot(const struct plot_request *request, const struct hb_result *results,
                        size_t count) {
    char folder[PATH_MAX], caption[512], error[HB_PLOT_ERROR_MAX];
    struct hb_plots plots = {.folder = folder,
                             .caption = caption,
                             .as_png = request->as_png,
                             .as_svg = request->as_svg,
                             .over_bytes = request->over_bytes,
                             .interrupted = hb_interrupted};
    bool is_new;

    if (!folder_name(request, folder))
        return hb_usage_error("plot: the path of the plots is too long");
    if (!hb_plot_has_gnuplot(error))
        return hb_failure("plot: %s", error);
    if (!hb_results_blocks_make(&plots.blocks, results, count))
        return hb_failure("plot: out of memory");
    hb_interrupt_catch();
    int status = folder_open(folder, &is_new);
    if (status == HB_EXIT_OK) {
        caption_make(request, caption, sizeof caption);
        status = plots_draw(&plots);
    }
    if (is_new)
        rmdir(folder); /* only if nothing is in it */
    hb_results_blocks_free(&plots.blocks);
    return status;
}

int hb_cmd_plot(int argc, char **argv) {
    struct plot_request request;
    size_t count = 0;
    char error[HB_PLOT_ERROR_MAX];
    bool done;

    int status = request_parse(&request, argc, argv, &done);
    if (done || status != HB_EXIT_OK)
        return status;
    struct hb_result *results = hb_results_gather(request.paths, request.path_count, &count, error);
    if (!results)
        return hb_usage_error("plot: %s", error);
    status = results_plot(&request, results, count);
    hb_results_free(results, count);
    return status;
}
