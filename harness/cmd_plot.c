/* cmd_plot.c -- heapbench plot: draw results. */
#include "harness/cmd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd_options.h"
#include "harness/folder.h"
#include "harness/passes/spawn.h"
#include "harness/plot/plot.h"
#include "harness/results/files.h"

enum { SIGNAL_STATUS = 128 };

struct plot_request {
    const char *out; /* NULL: the run's own plots folder */
    bool formats[HB_PLOT_FORMATS];
    bool is_half, over_bytes;
    char folder[PATH_MAX], only[HB_PLOT_NAME_MAX]; /* of out; "": all pictures */
    char **paths;
    int path_count;
};

static int help_print(void) {
    puts(
        "heapbench plot RESULTS... [-o DIR|FILE] [--format=png,svg,pdf] [--width=page|half]\n"
        "               [--x=ops|bytes]\n"
        "\n"
        "Draw what the results allow: time, memory, fragmentation, cache misses, latency, growth\n"
        "with heap and threads.\n"
        "RESULTS are folders of runs or results.jsonl files; those of several are drawn together.\n"
        "\n"
        "  -o, --out=PATH      draw into the folder PATH (default: RUNFOLDER/plots), or where it\n"
        "                      ends in .png, .svg or .pdf, that picture alone, such as time.pdf\n"
        "      --format=LIST   of png, svg, pdf (default: png,svg)\n"
        "      --width=WIDTH   page, or half for pictures that are read at half its width (page)\n"
        "      --x=AXIS        memory over ops, or over bytes requested so far (default: ops)\n"
        "      --help          print this\n"
        "\n"
        "Beside each picture stand its data (.tsv) and the script that draws it (.gp).");
    return HB_EXIT_OK;
}

/* A path that ends as a picture does names one; any other is a folder. */
static bool out_parse(const char *path, struct plot_request *request) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    bool named[HB_PLOT_FORMATS];

    request->out = path;
    request->only[0] = '\0';
    int length = snprintf(request->folder, PATH_MAX, "%s", path);
    if (dot && dot > name && !strchr(dot, ',') && hb_plot_formats_parse(dot + 1, named)) {
        memcpy(request->formats, named, sizeof named);
        length = snprintf(request->folder, PATH_MAX, "%.*s", slash ? (int)(slash - path) + 1 : 2,
                          slash ? path : "./");
        snprintf(request->only, sizeof request->only, "%.*s", (int)(dot - name), name);
    }
    return length < PATH_MAX;
}

static int option_take(void *context, int option) {
    struct plot_request *request = context;
    if (option == 'o' && !out_parse(optarg, request))
        return hb_usage_error("plot: the path of the plots is too long");
    if (option == 'f' && !hb_plot_formats_parse(optarg, request->formats))
        return hb_usage_error("plot: --format=%s: known are png, svg and pdf", optarg);
    if (option == 'w') {
        request->is_half = strcmp(optarg, "half") == 0;
        if (!request->is_half && strcmp(optarg, "page") != 0)
            return hb_usage_error("plot: --width=%s: known are page and half", optarg);
    }
    if (option == 'x') {
        request->over_bytes = strcmp(optarg, "bytes") == 0;
        if (!request->over_bytes && strcmp(optarg, "ops") != 0)
            return hb_usage_error("plot: --x=%s: known are ops and bytes", optarg);
    }
    return HB_EXIT_OK;
}

/* HB_GO_ON, or the exit status of the whole command. */
static int request_parse(struct plot_request *request, int argc, char **argv) {
    static const struct option table[] = {
        {"out", required_argument, NULL, 'o'},   {"format", required_argument, NULL, 'f'},
        {"width", required_argument, NULL, 'w'}, {"x", required_argument, NULL, 'x'},
        {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0}};
    static const struct hb_cmd_options options = {"plot", ":o:h", table, help_print, option_take};
    *request = (struct plot_request){.formats = {true, true}};
    int status = hb_cmd_options_read(&options, request, argc, argv);
    if (status != HB_GO_ON)
        return status;
    request->paths = argv + optind;
    request->path_count = argc - optind;
    if (request->path_count == 0)
        return hb_usage_error("plot: name a run's folder or a results.jsonl (see heapbench plot "
                              "--help)");
    if (request->path_count > 1 && !request->out)
        return hb_usage_error("plot: of several results, say where to draw them: -o DIR");
    return HB_GO_ON;
}

static bool folder_name(const struct plot_request *request, char *folder) {
    char run[PATH_MAX], file[PATH_MAX];
    int length = -1;

    if (request->out)
        length = snprintf(folder, PATH_MAX, "%s", request->folder);
    else if (hb_results_path(request->paths[0], run, file))
        length = snprintf(folder, PATH_MAX, "%s/plots", run);
    return length >= 0 && length < PATH_MAX;
}

static void failure_say(const char *line) {
    hb_failure("plot: %s", line);
}

static int plots_draw(const struct hb_plots *plots) {
    struct hb_plot_tally tally;
    char names[1024];

    hb_plots_draw(plots, &tally, failure_say);
    bool is_unknown = plots->only && tally.drawn + tally.failed == 0 && tally.missing[0] == '\0';
    if (hb_interrupted())
        return SIGNAL_STATUS + hb_interrupted();
    if (is_unknown) {
        hb_plot_names(names, sizeof names);
        return hb_usage_error("plot: no picture '%s' of these results; known are %s", plots->only,
                              names);
    }
    if (tally.missing[0] != '\0' && !tally.is_stopped)
        fprintf(stderr, "heapbench: plot: not drawn, as not measured: %s\n", tally.missing);
    if (tally.drawn > 0)
        printf("%d plot%s in %s\n", tally.drawn, tally.drawn == 1 ? "" : "s", plots->folder);
    return tally.failed > 0 || tally.drawn == 0 ? HB_EXIT_FAILED : HB_EXIT_OK;
}

static int results_plot(const struct plot_request *request, const struct hb_result *results,
                        size_t count) {
    char folder[PATH_MAX], caption[512], error[HB_PLOT_ERROR_MAX];
    struct hb_plots plots = {.results = results,
                             .result_count = count,
                             .folder = folder,
                             .only = request->only[0] != '\0' ? request->only : NULL,
                             .caption = caption,
                             .is_half = request->is_half,
                             .over_bytes = request->over_bytes,
                             .interrupted = hb_interrupted};
    bool is_new;

    memcpy(plots.formats, request->formats, sizeof plots.formats);

    if (!folder_name(request, folder))
        return hb_usage_error("plot: the path of the plots is too long");
    if (!hb_plot_has_gnuplot(error))
        return hb_failure("plot: %s", error);
    if (!hb_results_blocks_make(&plots.blocks, results, count))
        return hb_failure("plot: out of memory");
    hb_interrupt_catch();
    int status = hb_folder_open("plot", folder, &is_new);
    if (status == HB_EXIT_OK) {
        hb_results_caption(request->paths, request->path_count, caption, sizeof caption);
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

    int status = request_parse(&request, argc, argv);
    if (status != HB_GO_ON)
        return status;
    struct hb_result *results = hb_results_gather(request.paths, request.path_count, &count, error);
    if (!results)
        return hb_usage_error("plot: %s", error);
    status = results_plot(&request, results, count);
    hb_results_free(results, count);
    return status;
}
