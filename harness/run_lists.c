/* run_lists.c -- the lists that `heapbench run` takes: allocators, traces, passes. */
#include "harness/run_lists.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/foreign.h"
#include "harness/generated.h"
#include "harness/passes/passes.h"
#include "harness/passes/preload.h"
#include "workloads/op_source.h"

enum { THREADS_MAX = 1024 };
enum { NEAREST_BYTES = 512, ITEM_BYTES = 4096 };

/* Copy the next item of a list, up to an unescaped comma; other escapes stay. False at the end. */
static bool next_item(const char **list, char *item) {
    size_t length = 0;
    const char *at = *list;
    if (!*at)
        return false;
    for (; *at && *at != ','; at++) {
        if (at[0] == '\\' && at[1] == ',')
            at++;
        if (length + 1 < ITEM_BYTES)
            item[length++] = *at;
    }
    item[length] = '\0';
    *list = *at ? at + 1 : at;
    return true;
}

static int unknown_allocator(const char *name) {
    const char *names[HB_LIST_MAX];
    char nearest[NEAREST_BYTES];
    size_t count = 0;
    for (size_t i = 0; hb_registry[i] && count < HB_LIST_MAX; i++)
        names[count++] = hb_registry[i]->name;
    for (size_t i = 0; hb_foreigns[i].package && count < HB_LIST_MAX; i++)
        names[count++] = hb_foreigns[i].family.name;
    hb_nearest_names(name, names, count, nearest, sizeof nearest);
    return hb_usage_error("there is no allocator '%s'; nearest: %s (see heapbench list)", name,
                          nearest);
}

static int parse_spec(const char *text, struct hb_spec *spec) {
    char error[HB_OPTION_ERROR_MAX];
    switch (hb_spec_parse(text, spec, error)) {
    case HB_SPEC_OK:
        return hb_foreign_resolve(spec);
    case HB_SPEC_UNKNOWN_NAME:
        return unknown_allocator(error);
    case HB_SPEC_BAD_OPTION:
        break;
    }
    return hb_usage_error("%s", error);
}

static int add_allocator(struct hb_run_options *options, const char *text) {
    if (options->allocator_count == HB_LIST_MAX)
        return hb_usage_error("--alloc: more than %d allocators", HB_LIST_MAX);
    int status = parse_spec(text, &options->allocators[options->allocator_count]);
    options->allocator_count += status == HB_EXIT_OK;
    return status;
}

static int add_all(struct hb_run_options *options) {
    int status = HB_EXIT_OK;
    char path[HB_LIBRARY_MAX];
    for (size_t i = 0; hb_registry[i] && status == HB_EXIT_OK; i++)
        if (!hb_registry[i]->never_frees && !hb_registry[i]->is_foreign)
            status = add_allocator(options, hb_registry[i]->name);
    for (size_t i = 0; hb_foreigns[i].package && status == HB_EXIT_OK; i++)
        if (hb_preload_is_possible() && hb_foreign_find(&hb_foreigns[i], path))
            status = add_allocator(options, hb_foreigns[i].family.name);
    return status;
}

int hb_run_alloc_parse(struct hb_run_options *options, const char *text) {
    char item[ITEM_BYTES];
    int status = HB_EXIT_OK;
    while (status == HB_EXIT_OK && next_item(&text, item))
        status = strcmp(item, "all") == 0 ? add_all(options) : add_allocator(options, item);
    return status;
}

static int unknown_trace(const char *name) {
    char nearest[NEAREST_BYTES];
    size_t count = 0;
    char **names = hb_trace_names();
    while (names && names[count])
        count++;
    hb_nearest_names(name, (const char *const *)names, count, nearest, sizeof nearest);
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    if (!count)
        return hb_usage_error("there is no trace '%s', nor any in %s; HEAPBENCH_TRACES names "
                              "another folder (a path has a '/')",
                              name, hb_trace_places());
    return hb_usage_error("there is no trace '%s'; nearest: %s (a path has a '/')", name, nearest);
}

/* Length of a name without the ending of trace files. */
static size_t stem_length(const char *name) {
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".hbt") == 0 ? length - 4 : length;
}

/* The name of a result: the file's, without its folder and .hbt. */
static void name_trace(struct hb_run_trace *trace, const char *item) {
    const char *base = strrchr(item, '/') ? strrchr(item, '/') + 1 : item;
    snprintf(trace->name, sizeof trace->name, "%.*s", (int)stem_length(base), base);
}

static int add_generated(struct hb_run_options *options, const char *item) {
    struct hb_run_trace *trace = &options->traces[options->trace_count];
    int status = hb_generated_resolve(item, trace->path, sizeof trace->path, trace->name,
                                      sizeof trace->name);
    options->trace_count += status == HB_EXIT_OK;
    return status;
}

static int add_trace(struct hb_run_options *options, const char *item) {
    struct hb_run_trace *trace = &options->traces[options->trace_count];
    if (options->trace_count == HB_LIST_MAX)
        return hb_usage_error("--trace: more than %d traces", HB_LIST_MAX);
    if (hb_op_source_is_generated(item))
        return add_generated(options, item);
    if (strchr(item, '/') && access(item, R_OK) != 0)
        return hb_usage_error("%s: %s; --trace takes a trace file's path, or a bundled trace's "
                              "name without a '/'",
                              item, strerror(errno));
    if (stem_length(item) < strlen(item) && access(item, F_OK) == 0) /* in this folder */
        snprintf(trace->path, sizeof trace->path, "%s", item);
    else if (!hb_find_trace(item, trace->path, sizeof trace->path))
        return unknown_trace(item);
    name_trace(trace, item);
    options->trace_count++;
    return HB_EXIT_OK;
}

int hb_run_trace_parse(struct hb_run_options *options, const char *text) {
    char item[ITEM_BYTES];
    int status = HB_EXIT_OK;
    while (status == HB_EXIT_OK && next_item(&text, item))
        status = add_trace(options, item);
    return status;
}

int hb_run_baseline_parse(struct hb_run_options *options, const char *text) {
    options->has_baseline = strcmp(text, "none") != 0;
    return options->has_baseline ? parse_spec(text, &options->baseline) : HB_EXIT_OK;
}

/* The bit of the pass with that name, 0 if there is none. */
static unsigned pass_bit(const char *name) {
    for (size_t i = 0; i < hb_pass_count; i++)
        if (strcmp(hb_pass_list[i].name, name) == 0)
            return hb_pass_list[i].bit;
    return 0;
}

int hb_run_passes_parse(struct hb_run_options *options, const char *text) {
    char item[ITEM_BYTES], names[NEAREST_BYTES];
    hb_passes_text(~0u, ", ", names, sizeof names);
    options->passes = 0;
    while (next_item(&text, item)) {
        unsigned bit = pass_bit(item);
        if (!bit)
            return hb_usage_error("--passes: there is no pass '%s'; they are %s", item, names);
        options->passes |= bit;
    }
    return options->passes ? HB_EXIT_OK : hb_usage_error("--passes: name one of %s", names);
}

int hb_run_modes_parse(struct hb_run_options *options, const char *text) {
    char item[ITEM_BYTES];
    options->modes = 0;
    while (next_item(&text, item)) {
        unsigned mode = 0;
        while (hb_mode_names[mode] && strcmp(hb_mode_names[mode], item) != 0)
            mode++;
        if (!hb_mode_names[mode])
            return hb_usage_error(
                "--mode: there is no mode '%s'; they are serial, concurrent, paced", item);
        options->modes |= 1u << mode;
    }
    return options->modes ? HB_EXIT_OK : hb_usage_error("--mode: name serial, concurrent or paced");
}

int hb_run_threads_parse(struct hb_run_options *options, const char *text) {
    char item[ITEM_BYTES], *end;
    options->thread_count = 0;
    while (next_item(&text, item)) {
        unsigned long threads = strtoul(item, &end, 10);
        if (item[0] < '0' || item[0] > '9' || *end || !threads || threads > THREADS_MAX)
            return hb_usage_error("--threads: '%s' is no number from 1 to %d", item, THREADS_MAX);
        if (options->thread_count == HB_THREADS_LIST_MAX)
            return hb_usage_error("--threads: more than %d numbers", HB_THREADS_LIST_MAX);
        options->threads[options->thread_count++] = threads;
    }
    return options->thread_count ? HB_EXIT_OK : hb_usage_error("--threads: name a number");
}
