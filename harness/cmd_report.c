/* cmd_report.c -- heapbench report: results as one page. */
#include "harness/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cmd_options.h"
#include "harness/passes/spawn.h"
#include "harness/plot/plot.h"
#include "harness/report/report.h"
#include "harness/results/files.h"

enum { SIGNAL_STATUS = 128, CAPTION_MAX = 512 };

struct report_request {
    char output[PATH_MAX];
    char **paths;
    int path_count;
};

static int help_print(void) {
    puts("heapbench report RESULTS... [-o FILE]\n"
         "\n"
         "Write results as one page for a browser: findings, tables that can be sorted, pictures,\n"
         "the machine, and the commands that repeat it. It needs no network and no server.\n"
         "RESULTS are folders of runs or results.jsonl files; those of several are put together.\n"
         "\n"
         "  -o, --out=FILE  write to FILE (default: RUNFOLDER/report.html)\n"
         "      --help      print this\n"
         "\n"
         "A file that exists is never overwritten. Without gnuplot the page has no pictures.");
    return HB_EXIT_OK;
}

/* HB_EXIT_OK, or the exit status of the whole command. */
static int output_choose(struct report_request *request, const char *given) {
    char folder[PATH_MAX], file[PATH_MAX];
    int length = -1;

    if (given)
        length = snprintf(request->output, PATH_MAX, "%s", given);
    else if (hb_results_path(request->paths[0], folder, file))
        length = snprintf(request->output, PATH_MAX, "%s/report.html", folder);
    if (length < 0 || length >= PATH_MAX)
        return hb_usage_error("report: the path of the report is too long");
    if (access(request->output, F_OK) == 0)
        return hb_usage_error("report: %s exists and is not overwritten: name another file by -o",
                              request->output);
    return HB_GO_ON;
}

static int option_take(void *given, int option) {
    (void)option;
    *(const char **)given = optarg;
    return HB_EXIT_OK;
}

/* HB_GO_ON, or the exit status of the whole command. */
static int request_parse(struct report_request *request, int argc, char **argv) {
    static const struct option table[] = {{"out", required_argument, NULL, 'o'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    static const struct hb_cmd_options options = {"report", ":o:h", table, help_print, option_take};
    const char *given = NULL;
    int status = hb_cmd_options_read(&options, &given, argc, argv);
    if (status != HB_GO_ON)
        return status;
    request->paths = argv + optind;
    request->path_count = argc - optind;
    if (request->path_count == 0)
        return hb_usage_error(
            "report: name a run's folder or a results.jsonl (see heapbench report "
            "--help)");
    if (request->path_count > 1 && !given)
        return hb_usage_error("report: of several results, say where to write: -o FILE");
    return output_choose(request, given);
}

static bool page_make(FILE *file, const struct report_request *request,
                      const struct hb_result *results, size_t count, char *error) {
    char caption[CAPTION_MAX], reason[HB_PLOT_ERROR_MAX];
    struct hb_report report = {.results = results,
                               .result_count = count,
                               .paths = request->paths,
                               .path_count = request->path_count,
                               .caption = caption,
                               .has_plots = hb_plot_has_gnuplot(reason),
                               .interrupted = hb_interrupted};

    hb_results_caption(request->paths, request->path_count, caption, sizeof caption);
    if (!report.has_plots)
        fprintf(stderr, "heapbench: report: no pictures: %s\n", reason);
    bool ok = hb_results_blocks_make(&report.blocks, results, count);
    bool has_means = ok && hb_summaries_make(&report.summaries, results, count, HB_SUMMARY_SEED);
    snprintf(error, HB_REPORT_ERROR_MAX, "out of memory");
    ok = has_means && hb_report_write(file, &report, error);
    if (has_means)
        hb_summaries_free(&report.summaries);
    hb_results_blocks_free(&report.blocks);
    return ok;
}

/* Into place, unless something has come there meanwhile. */
static bool file_place(const char *from, const char *to) {
    if (link(from, to) == 0)
        return unlink(from) == 0;
    if (errno == EEXIST)
        return false;
    return access(to, F_OK) != 0 && rename(from, to) == 0; /* a file system without links */
}

/* As fopen would have made it: mkstemp's files are their owner's only. */
static void mode_open(int descriptor) {
    mode_t mask = umask(0);
    umask(mask);
    fchmod(descriptor, 0666 & ~mask);
}

/* Written beside its place, under a hidden name, and moved there when it is whole. */
static int report_write(const struct report_request *request, const struct hb_result *results,
                        size_t count) {
    char hidden[PATH_MAX + 32], error[HB_REPORT_ERROR_MAX] = "";
    const char *slash = strrchr(request->output, '/');

    snprintf(hidden, sizeof hidden, "%.*s.heapbench-report-XXXXXX",
             slash ? (int)(slash - request->output) + 1 : 0, request->output);
    int descriptor = mkostemp(hidden, O_CLOEXEC);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (!file)
        return hb_usage_error("report: cannot write %s: %s", request->output, strerror(errno));
    mode_open(descriptor);
    hb_interrupt_catch();
    bool ok = page_make(file, request, results, count, error);
    errno = 0;
    bool is_written = ok && fflush(file) == 0 && !ferror(file) && fsync(descriptor) == 0;
    is_written = fclose(file) == 0 && is_written && !hb_interrupted();
    is_written = is_written && file_place(hidden, request->output);
    if (is_written) {
        printf("%s\n", request->output);
        return HB_EXIT_OK;
    }
    int reason = errno;
    unlink(hidden);
    if (hb_interrupted())
        return SIGNAL_STATUS + hb_interrupted();
    return hb_failure("report: cannot write %s: %s", request->output,
                      ok ? strerror(reason) : error);
}

int hb_cmd_report(int argc, char **argv) {
    struct report_request request;
    char error[HB_PLOT_ERROR_MAX];
    size_t count = 0;

    int status = request_parse(&request, argc, argv);
    if (status != HB_GO_ON)
        return status;
    struct hb_result *results = hb_results_gather(request.paths, request.path_count, &count, error);
    if (!results)
        return hb_usage_error("report: %s", error);
    status = report_write(&request, results, count);
    hb_results_free(results, count);
    return status;
}
