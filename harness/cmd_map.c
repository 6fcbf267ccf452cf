/* cmd_map.c -- heapbench map: replay a trace and draw what the heap holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/cmd.h"
#include "harness/cmd_options.h"
#include "harness/folder.h"
#include "harness/machine.h"
#include "harness/plot/map.h"
#include "harness/progress.h"
#include "harness/run_core.h"
#include "harness/run_lists.h"
#include "harness/run_thp.h"

enum { SIGNAL_STATUS = 128, MOMENTS = 500, GRANULES = 8192, MAPS_MAX = 12, ERROR_BYTES = 512 };

struct map_request {
    struct hb_run_options run; /* allocators, traces, memory limit */
    const char *folder;
    const char *at; /* NULL, peak, last, or the number of an operation */
    bool formats[HB_PLOT_FORMATS];
    bool has_film;
};

static int help_print(void) {
    puts("heapbench map --alloc=LIST --trace=NAME [options]\n\n"
         "Replays the trace on each allocator and draws what its heap holds: live blocks, headers "
         "and\n"
         "padding, free blocks; addresses against time (map-TRACE), and one moment as lines of\n"
         "addresses (map-TRACE-at-OP). Of a foreign allocator live blocks are known, and what else "
         "is\n"
         "resident in their neighbourhood.\n\n"
         "  --alloc=LIST     allocators, as for run; 12 at most\n"
         "  --trace=NAME     a trace, as for run\n"
         "  --at=WHEN        the moment: peak (of live memory), last, or an operation (peak)\n"
         "  -o, --out=DIR    draw into DIR (heapbench-maps)\n"
         "  --format=LIST    of png, svg, pdf (png)\n"
         "  --film           also 60 moments one after the other, as a GIF (map-TRACE-film)\n"
         "  --help           print this\n\n"
         "Example: heapbench map --alloc=bestfit,firstfit:order=lifo,buddy --trace=gcc");
    return HB_EXIT_OK;
}

static int option_take(void *context, int option) {
    struct map_request *request = context;
    if (option == 'a')
        return hb_run_alloc_parse(&request->run, optarg);
    if (option == 't')
        return hb_run_trace_parse(&request->run, optarg);
    if (option == 'f' && !hb_plot_formats_parse(optarg, request->formats))
        return hb_usage_error("map: --format=%s: known are png, svg and pdf", optarg);
    if (option == 'm')
        request->has_film = true;
    if (option == 'o')
        request->folder = optarg;
    if (option == 'w')
        request->at = optarg;
    return HB_EXIT_OK;
}

static int request_check(const struct map_request *request) {
    const struct hb_run_options *run = &request->run;
    char *end = NULL;
    if (!run->allocator_count || run->trace_count != 1)
        return hb_usage_error("map: name allocators and one trace, such as --alloc=bestfit,buddy "
                              "--trace=gcc (see heapbench map --help)");
    if (run->allocator_count > MAPS_MAX)
        return hb_usage_error("map: %zu allocators are too many for one picture; %d at most",
                              run->allocator_count, MAPS_MAX);
    if (strcmp(request->at, "peak") != 0 && strcmp(request->at, "last") != 0 &&
        (strtoull(request->at, &end, 10), *request->at < '0' || *request->at > '9' || *end))
        return hb_usage_error("map: --at=%s is neither peak, last, nor the number of an operation",
                              request->at);
    return hb_folder_open("map", request->folder, NULL);
}

/* HB_GO_ON, or the exit status of the whole command. */
static int request_parse(struct map_request *request, int argc, char **argv) {
    static const struct option table[] = {
        {"alloc", required_argument, NULL, 'a'},  {"trace", required_argument, NULL, 't'},
        {"at", required_argument, NULL, 'w'},     {"out", required_argument, NULL, 'o'},
        {"format", required_argument, NULL, 'f'}, {"help", no_argument, NULL, 'h'},
        {"film", no_argument, NULL, 'm'},         {NULL, 0, NULL, 0}};
    static const struct hb_cmd_options options = {"map", ":o:h", table, help_print, option_take};
    int status = hb_cmd_options_read(&options, request, argc, argv);
    if (status != HB_GO_ON)
        return status;
    if (optind < argc)
        return hb_usage_error("map: '%s' is no option", argv[optind]);
    status = request_check(request);
    return status == HB_EXIT_OK ? HB_GO_ON : status;
}

/* The first moment at which that operation is done. */
static int moment_find(const struct map_request *request, const struct hb_map *map,
                       uint32_t *moment) {
    uint32_t peak = 0, at = 0;
    *moment = map->moments - 1;
    if (strcmp(request->at, "last") == 0)
        return HB_EXIT_OK;
    for (uint32_t i = 1; i < map->moments; i++)
        if (map->live_bytes[i] > map->live_bytes[peak])
            peak = i;
    *moment = peak;
    if (strcmp(request->at, "peak") == 0)
        return HB_EXIT_OK;
    uint64_t op = strtoull(request->at, NULL, 10);
    while (at < map->moments && map->op[at] < op)
        at++;
    if (at == map->moments)
        return hb_usage_error("map: --at=%s: the trace ends with operation %llu", request->at,
                              (unsigned long long)map->op[map->moments - 1]);
    *moment = at;
    return HB_EXIT_OK;
}

static int pictures_draw(const struct map_request *request, const struct hb_plot_maps *maps) {
    char error[HB_PLOT_ERROR_MAX], caption[256], cpu[128], day[32];
    time_t now = time(NULL);
    struct tm local;
    uint32_t moment;
    int status = moment_find(request, &maps->list[0].map, &moment);
    if (status != HB_EXIT_OK)
        return status;
    hb_machine_cpu_model(cpu, sizeof cpu);
    strftime(day, sizeof day, "%Y-%m-%d", localtime_r(&now, &local));
    snprintf(caption, sizeof caption, "%s, %s", cpu, day);
    struct hb_plots plots = {
        .folder = request->folder, .caption = caption, .interrupted = hb_interrupted};
    memcpy(plots.formats, request->formats, sizeof plots.formats);
    if (hb_plot_map(&plots, maps, error) != HB_PLOT_DRAWN ||
        hb_plot_map_moment(&plots, maps, moment, error) != HB_PLOT_DRAWN ||
        (request->has_film && hb_plot_map_film(&plots, maps, error) != HB_PLOT_DRAWN))
        return hb_interrupted() ? SIGNAL_STATUS + hb_interrupted() : hb_failure("map: %s", error);
    printf("%d maps in %s\n", request->has_film ? 3 : 2, request->folder);
    return HB_EXIT_OK;
}

/* One allocator; what fails is said and left out. */
static bool map_one(struct hb_plan *plan, const struct hb_spec *spec, const char *path,
                    struct hb_plot_map *map, char *error) {
    struct hb_program program;
    struct hb_cell cell = {.spec = *spec};
    if (!hb_program_compile(&program, path, spec->config.scale, HB_PROGRAM_WORDS_MAX, error))
        return false;
    cell.program = plan->program = &program;
    map->allocator = spec->canonical;
    bool measured = hb_map_measure(&map->map, plan, &cell, MOMENTS, GRANULES, error);
    hb_program_free(&program);
    return measured;
}

static int maps_make(const struct map_request *request) {
    const struct hb_run_options *run = &request->run;
    struct hb_plot_map list[MAPS_MAX] = {0};
    struct hb_plot_maps maps = {.trace = run->traces[0].name, .list = list};
    struct hb_core core = {.cpu = -1, .node = -1};
    struct hb_plan plan = {.touch = -1, .core = &core, .thp = &run->thps[0]};
    char error[ERROR_BYTES];
    int status = HB_EXIT_OK;
    plan.memory_limit = hb_run_core_memory_limit(run, &core);
    for (size_t i = 0; i < run->allocator_count && !hb_interrupted(); i++) {
        hb_progress_draw(maps.trace, "map", i, run->allocator_count);
        if (map_one(&plan, &run->allocators[i], run->traces[0].path, &list[maps.count], error)) {
            maps.count++;
            continue;
        }
        hb_progress_clear();
        status = hb_failure("map: %s: %s", run->allocators[i].canonical, error);
    }
    hb_progress_clear();
    if (hb_interrupted())
        status = SIGNAL_STATUS + hb_interrupted();
    else if (maps.count)
        status = pictures_draw(request, &maps) | status;
    for (size_t i = 0; i < maps.count; i++)
        hb_map_free(&list[i].map);
    return status;
}

int hb_cmd_map(int argc, char **argv) {
    static struct map_request request;
    char error[HB_PLOT_ERROR_MAX];
    request = (struct map_request){.folder = "heapbench-maps", .at = "peak", .formats = {true}};
    request.run.allocators = calloc(HB_LIST_MAX, sizeof *request.run.allocators);
    request.run.traces = calloc(HB_LIST_MAX, sizeof *request.run.traces);
    if (!request.run.allocators || !request.run.traces)
        return hb_failure("map: not enough memory");
    hb_run_thp_default(&request.run);
    int status = request_parse(&request, argc, argv);
    if (status == HB_GO_ON && !hb_plot_has_gnuplot(error))
        status = hb_failure("map: %s", error);
    if (status == HB_GO_ON) {
        hb_interrupt_catch();
        status = maps_make(&request);
    }
    hb_run_options_free(&request.run);
    return status;
}
