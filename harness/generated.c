#include "harness/generated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/table.h"
#include "workloads/op_source.h"
#include "workloads/synth/generator.h"
#include "workloads/synth/synth.h"

enum { NAMES_MAX = 64, PATH_BYTES = 4096, WIDTH_MIN = 50, WIDTH_OF_PIPES = 80, WIDTH_MAX = 100 };
enum { INDENT = 14, KEY_INDENT = 4, OPTION_INDENT = 24 };

static int generator_unknown(const char *name) {
    const char *names[NAMES_MAX];
    char nearest[512];
    size_t count = 0;
    while (hb_generators[count] && count < NAMES_MAX) {
        names[count] = hb_generators[count]->name;
        count++;
    }
    hb_nearest_names(name, names, count, nearest, sizeof nearest);
    return hb_usage_error("there is no generator '%s'; nearest: %s (see heapbench list generators)",
                          name, nearest);
}

static int from_unknown(const char *from) {
    char nearest[512] = "";
    char **names = hb_trace_names();
    size_t count = 0;
    while (names && names[count])
        count++;
    hb_nearest_names(from, (const char *const *)names, count, nearest, sizeof nearest);
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return hb_usage_error("from: there is no trace '%s'; nearest: %s (a path has a '/')", from,
                          nearest);
}

/* The name of a trace, or its file's without folder and .hbt. */
static void from_name(const char *from, char *name, size_t size) {
    const char *base = strrchr(from, '/') ? strrchr(from, '/') + 1 : from;
    size_t length = strlen(base);
    bool has_end = length > 4 && strcmp(base + length - 4, ".hbt") == 0;
    snprintf(name, size, "%.*s", (int)(has_end ? length - 4 : length), base);
}

/* The trace that a spec names becomes its path in spec, and its name in named. */
static int from_resolve(struct hb_synth_spec *spec, struct hb_synth_spec *named) {
    char path[PATH_BYTES], name[HB_SYNTH_FROM_MAX];
    const char *from = spec->config.from;
    size_t length = strlen(from);
    if (!length || hb_op_source_is_generated(from))
        return HB_EXIT_OK;
    bool is_here = length > 4 && strcmp(from + length - 4, ".hbt") == 0 && access(from, R_OK) == 0;
    if (is_here)
        snprintf(path, sizeof path, "%s", from);
    else if (!hb_find_trace(from, path, sizeof path))
        return from_unknown(from);
    from_name(from, name, sizeof name);
    if (!hb_synth_set_from(named, name) || !hb_synth_set_from(spec, path))
        return hb_usage_error("from: %s: the path is too long", path);
    return HB_EXIT_OK;
}

int hb_generated_resolve(const char *text, char *path, size_t path_size, char *name,
                         size_t name_size) {
    struct hb_synth_spec spec, named;
    char error[HB_TRACE_ERROR_MAX], asked[HB_SYNTH_NAME_MAX];
    if (!hb_synth_find(text, asked))
        return generator_unknown(asked);
    if (!hb_synth_parse(text, &spec, error))
        return hb_usage_error("%s", error);
    named = spec;
    int status = from_resolve(&spec, &named);
    if (status != HB_EXIT_OK)
        return status;
    size_t path_length = (size_t)snprintf(path, path_size, "%s", spec.canonical);
    size_t name_length = (size_t)snprintf(name, name_size, "%s", named.canonical);
    if (path_length >= path_size || name_length >= name_size)
        return hb_usage_error("synth:%s: the spec is too long", asked);
    return HB_EXIT_OK;
}

/* Text behind the column of names. */
static void entry_print(size_t indent, const char *name, size_t column, const char *text) {
    char line[1024];
    size_t width = hb_terminal_width(stdout, WIDTH_MIN, WIDTH_OF_PIPES, WIDTH_MAX);
    snprintf(line, sizeof line, "%-*s%s%s", (int)column, name,
             strlen(name) < column || !column ? "" : "  ", text);
    printf("%*s", (int)indent, "");
    hb_text_wrap(line, column, width - indent, stdout);
}

/* "release=random|fifo|lifo", the default first. */
static void use_print(const struct synth_use *use) {
    const struct synth_option *option = use->option;
    char text[256], initial[32];
    synth_initial_text(use, initial);
    size_t used = (size_t)snprintf(text, sizeof text, "%s=%s", option->key,
                                   option->kind == SYNTH_TEXT ? "TRACE" : initial);
    for (size_t i = 0; option->choices && option->choices[i] && used < sizeof text; i++)
        if (i != use->initial)
            used += (size_t)snprintf(text + used, sizeof text - used, "|%s", option->choices[i]);
    entry_print(KEY_INDENT, text, OPTION_INDENT, option->help);
}

int hb_generators_list(void) {
    puts("Generators, as in --trace=synth:random:live=64M; their keys, defaults first");
    for (size_t i = 0; hb_generators[i]; i++) {
        const struct hb_generator *generator = hb_generators[i];
        putchar('\n');
        entry_print(0, generator->name, INDENT, generator->summary);
        entry_print(INDENT, "", 0, generator->source);
        for (const struct synth_use *use = generator->uses; use->option; use++)
            use_print(use);
    }
    return HB_EXIT_OK;
}
