/* cmd_tour.c -- heapbench tour: what a heap is, shown on this machine. */
#include "harness/cmd.h"
#include "harness/folder.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "harness/cmd_options.h"
#include "harness/passes/spawn.h"
#include "harness/run_lists.h"
#include "harness/tour/tour.h"

enum { SIGNAL_STATUS = 128, CLAIMS_MAX = 64, NEAREST_BYTES = 256, CAPTION_BYTES = 512 };

struct tour_request {
    struct hb_run_options lists; /* its allocators alone */
    const struct tour_claim *claims[CLAIMS_MAX];
    size_t claim_count;
    const char *folder; /* of pictures, or NULL */
    bool is_plain, wants_list;
};

static int help_print(void) {
    puts(
        "heapbench tour [CLAIM...] [--alloc=LIST] [--plot=DIR] [--plain]\n"
        "heapbench tour --list\n"
        "\n"
        "What a heap is, claim by claim: each is tried on this machine, in a small process of its\n"
        "own, and shown with its addresses and figures. Where the system differs, it is said how.\n"
        "CLAIM is a name or a number of the list; without any, all are shown.\n"
        "\n"
        "      --alloc=LIST   allocators, as in heapbench run (default: each claim's own choice)\n"
        "      --plot=DIR     draw the claims sizes, pinned and isolated into DIR, too (PNG)\n"
        "      --plain        ASCII of 80 columns, no colour, no pauses: for pipes and files\n"
        "      --list         print the claims, and what each promises\n"
        "      --help         print this");
    return HB_EXIT_OK;
}

static const struct tour_claim *claim_find(const char *name) {
    char number[16];
    for (size_t i = 0; tour_claims[i]; i++) {
        snprintf(number, sizeof number, "%zu", i + 1);
        if (strcmp(name, tour_claims[i]->name) == 0 || strcmp(name, number) == 0)
            return tour_claims[i];
    }
    return NULL;
}

static int claim_unknown(const char *name) {
    const char *names[CLAIMS_MAX];
    char nearest[NEAREST_BYTES];
    size_t count = 0;
    for (; tour_claims[count]; count++)
        names[count] = tour_claims[count]->name;
    hb_nearest_names(name, names, count, nearest, sizeof nearest);
    return hb_usage_error("tour: there is no claim '%s'; nearest: %s (see heapbench tour --list)",
                          name, nearest);
}

static int claims_parse(struct tour_request *request, int argc, char **argv) {
    for (; optind < argc; optind++) {
        const struct tour_claim *claim = claim_find(argv[optind]);
        if (!claim)
            return claim_unknown(argv[optind]);
        if (request->claim_count == CLAIMS_MAX)
            return hb_usage_error("tour: more than %d claims", CLAIMS_MAX);
        request->claims[request->claim_count++] = claim;
    }
    for (size_t i = 0; !request->claim_count && tour_claims[i]; i++)
        request->claims[i] = tour_claims[i];
    while (request->claims[request->claim_count])
        request->claim_count++;
    return HB_GO_ON;
}

static int option_take(void *context, int option) {
    struct tour_request *request = context;
    if (option == 'a')
        return hb_run_alloc_parse(&request->lists, optarg);
    if (option == 'o')
        request->folder = optarg;
    else if (option == 'p')
        request->is_plain = true;
    else
        request->wants_list = true;
    return HB_EXIT_OK;
}

/* The floor is no allocator, and has no heap to show. */
static int allocators_check(const struct tour_request *request) {
    for (size_t i = 0; i < request->lists.allocator_count; i++)
        if (request->lists.allocators[i].family->is_floor)
            return hb_usage_error("tour: %s has no heap to show: it returns one region always",
                                  request->lists.allocators[i].canonical);
    return HB_GO_ON;
}

/* HB_GO_ON, or the exit status of the whole command. */
static int request_parse(struct tour_request *request, int argc, char **argv) {
    static const struct option table[] = {
        {"alloc", required_argument, NULL, 'a'}, {"plot", required_argument, NULL, 'o'},
        {"plain", no_argument, NULL, 'p'},       {"list", no_argument, NULL, 'l'},
        {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0}};
    static const struct hb_cmd_options options = {"tour", ":h", table, help_print, option_take};
    int status = hb_cmd_options_read(&options, request, argc, argv);
    if (status == HB_GO_ON)
        status = allocators_check(request);
    return status == HB_GO_ON ? claims_parse(request, argc, argv) : status;
}

/* Make the folder of pictures, unless it is there, and name the machine under them. */
static int plots_prepare(struct hb_plots *plots, const char *folder, char *caption, size_t size) {
    char error[HB_PLOT_ERROR_MAX];
    struct utsname machine;
    int status = hb_folder_open("tour", folder, NULL);
    if (status != HB_EXIT_OK)
        return status;
    if (!hb_plot_has_gnuplot(error))
        return hb_failure("tour: %s", error);
    uname(&machine);
    snprintf(caption, size, "heapbench tour on %s %s, %s", machine.sysname, machine.release,
             machine.machine);
    *plots = (struct hb_plots){.folder = folder,
                               .caption = caption,
                               .formats = {[HB_PLOT_PNG] = true},
                               .interrupted = hb_interrupted};
    return HB_EXIT_OK;
}

static int request_show(const struct tour_request *request) {
    char caption[CAPTION_BYTES];
    struct tour_paper paper;
    struct hb_plots plots;
    struct tour_plan plan = {.claims = request->claims,
                             .claim_count = request->claim_count,
                             .specs = request->lists.allocators,
                             .spec_count = request->lists.allocator_count,
                             .plots = request->folder ? &plots : NULL};
    setlocale(LC_CTYPE, "");
    tour_paper_open(&paper, stdout, request->is_plain);
    if (request->wants_list) {
        tour_list(&paper);
        return HB_EXIT_OK;
    }
    plan.waits = !request->is_plain && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    hb_interrupt_catch();
    int status = request->folder ? plots_prepare(&plots, request->folder, caption, sizeof caption)
                                 : HB_EXIT_OK;
    if (status != HB_EXIT_OK)
        return status;
    bool ok = tour_show(&plan, &paper);
    if (hb_interrupted())
        return SIGNAL_STATUS + hb_interrupted();
    return ok ? HB_EXIT_OK : HB_EXIT_FAILED;
}

int hb_cmd_tour(int argc, char **argv) {
    struct tour_request request = {.claim_count = 0};
    request.lists.allocators = calloc(HB_LIST_MAX, sizeof *request.lists.allocators);
    if (!request.lists.allocators)
        return hb_failure("tour: out of memory");
    int status = request_parse(&request, argc, argv);
    if (status == HB_GO_ON)
        status = request_show(&request);
    free(request.lists.allocators);
    return status;
}
