/* cmd_reproduce.c -- heapbench reproduce: published results, measured again. */
#include "harness/cmd.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/cmd_options.h"
#include "harness/passes/spawn.h"
#include "harness/plot/plot.h"
#include "papers/reproduce.h"

enum { SIGNAL_STATUS = 128, PAPERS_MAX = 64 };

struct reproduce_request {
    const struct hb_paper *papers[PAPERS_MAX + 1]; /* NULL-terminated */
    size_t paper_count;
    const char *out; /* NULL: a new folder */
    char folder[PATH_MAX];
    bool is_quick, wants_all;
};

static int help_print(void) {
    puts("heapbench reproduce PAPER... [--quick] [--out=DIR]\n"
         "heapbench reproduce --all [--quick] [--out=DIR]\n"
         "\n"
         "Measure published results again: data, figures, and a verdict computed from them, each\n"
         "paper in a folder of its own.\n");
    for (size_t i = 0; hb_papers[i]; i++)
        printf("  %-21s  %s\n                         %s\n", hb_papers[i]->name,
               hb_papers[i]->question, hb_papers[i]->source);
    puts("\n"
         "      --all       every paper\n"
         "      --quick     smaller sizes and fewer seeds: seconds for each paper\n"
         "  -o, --out=DIR   where to; papers that are in DIR already are kept, so that an\n"
         "                  interrupted run goes on (default: a new folder in heapbench-results)\n"
         "      --help      print this\n"
         "\n"
         "Exit status 0 if all could be measured, whatever the verdicts.");
    return HB_EXIT_OK;
}

static void paper_add(struct reproduce_request *request, const struct hb_paper *paper) {
    for (size_t i = 0; i < request->paper_count; i++)
        if (request->papers[i] == paper)
            return;
    if (request->paper_count < PAPERS_MAX)
        request->papers[request->paper_count++] = paper;
}

static int paper_unknown(const char *name) {
    const char *known[PAPERS_MAX];
    char nearest[256];
    size_t count = 0;
    for (; hb_papers[count] && count < PAPERS_MAX; count++)
        known[count] = hb_papers[count]->name;
    hb_nearest_names(name, known, count, nearest, sizeof nearest);
    return hb_usage_error("reproduce: there is no paper '%s'; nearest: %s (see heapbench list "
                          "papers)",
                          name, nearest);
}

static int papers_choose(struct reproduce_request *request, int argc, char **argv) {
    for (int i = optind; i < argc; i++) {
        const struct hb_paper *paper = hb_paper_find(argv[i]);
        if (!paper)
            return paper_unknown(argv[i]);
        paper_add(request, paper);
    }
    for (size_t i = 0; request->wants_all && hb_papers[i]; i++)
        paper_add(request, hb_papers[i]);
    if (request->paper_count == 0)
        return hb_usage_error("reproduce: which paper? Name some, or --all (see heapbench list "
                              "papers)");
    return HB_GO_ON;
}

static int option_take(void *context, int option) {
    struct reproduce_request *request = context;
    request->wants_all |= option == 'a';
    request->is_quick |= option == 'q';
    request->out = option == 'o' ? optarg : request->out;
    return HB_EXIT_OK;
}

/* HB_GO_ON, or the exit status of the whole command. */
static int request_parse(struct reproduce_request *request, int argc, char **argv) {
    static const struct option table[] = {{"all", no_argument, NULL, 'a'},
                                          {"quick", no_argument, NULL, 'q'},
                                          {"out", required_argument, NULL, 'o'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    static const struct hb_cmd_options options = {"reproduce", ":o:h", table, help_print,
                                                  option_take};
    int status = hb_cmd_options_read(&options, request, argc, argv);
    return status == HB_GO_ON ? papers_choose(request, argc, argv) : status;
}

static bool folder_make(const char *path) {
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

/* The folder asked for, or a new one. */
static int out_open(struct reproduce_request *request) {
    char date[32];
    time_t now = time(NULL);
    struct tm utc;
    struct stat status;
    strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    int length = request->out ? snprintf(request->folder, PATH_MAX, "%s", request->out)
                              : snprintf(request->folder, PATH_MAX,
                                         "heapbench-results/papers-%s-%ld", date, (long)getpid());
    if (length >= PATH_MAX - 2 * NAME_MAX)
        return hb_usage_error("reproduce: the path of --out is too long");
    if (!request->out && !folder_make("heapbench-results"))
        return hb_usage_error("reproduce: cannot make the folder heapbench-results: %s",
                              strerror(errno));
    if (!folder_make(request->folder))
        return hb_usage_error("reproduce: cannot make the folder %s: %s", request->folder,
                              strerror(errno));
    if (stat(request->folder, &status) != 0 || !S_ISDIR(status.st_mode))
        return hb_usage_error("reproduce: %s is no folder", request->folder);
    return HB_EXIT_OK;
}

/* What is in the folder already must have been made as it is to be made now. */
static int out_check(const struct reproduce_request *request) {
    for (size_t i = 0; i < request->paper_count; i++) {
        struct hb_paper_verdict verdict;
        hb_verdict_read(request->papers[i], request->folder, &verdict);
        if (verdict.is_there && verdict.is_quick != request->is_quick)
            return hb_usage_error("reproduce: %s/%s was made %s --quick; name another --out, or "
                                  "remove it",
                                  request->folder, request->papers[i]->name,
                                  verdict.is_quick ? "with" : "without");
    }
    return HB_EXIT_OK;
}

static int papers_measure(const struct reproduce_request *request) {
    int status = HB_EXIT_OK;
    for (size_t i = 0; i < request->paper_count && !hb_interrupted(); i++) {
        char error[HB_PAPER_ERROR_MAX];
        const struct hb_paper *paper = request->papers[i];
        enum hb_reproduced done = hb_reproduce(paper, request->folder, request->is_quick, error);
        if (done == HB_REPRODUCED_BEFORE)
            fprintf(stderr, "%s: there already\n", paper->name);
        if (done == HB_REPRODUCED_NOT && !hb_interrupted())
            status = hb_failure("%s: %s", paper->name, error);
    }
    return status;
}

static int request_run(struct reproduce_request *request) {
    char error[HB_PLOT_ERROR_MAX];
    if (!hb_plot_has_gnuplot(error))
        return hb_failure("reproduce: %s", error);
    int status = out_open(request);
    if (status == HB_EXIT_OK)
        status = out_check(request);
    if (status != HB_EXIT_OK)
        return status;
    hb_interrupt_catch();
    status = papers_measure(request);
    if (!hb_verdicts_write(hb_papers, request->folder))
        status = hb_failure("reproduce: %s/README.md: %s", request->folder, strerror(errno));
    hb_verdicts_print(request->papers, request->folder, stdout);
    if (hb_interrupted()) {
        hb_failure("interrupted; with --out=%s it goes on where it was", request->folder);
        return SIGNAL_STATUS + hb_interrupted();
    }
    fprintf(stderr, "results: %s\n", request->folder);
    return status;
}

int hb_cmd_reproduce(int argc, char **argv) {
    struct reproduce_request request = {0};
    int status = request_parse(&request, argc, argv);
    return status == HB_GO_ON ? request_run(&request) : status;
}
