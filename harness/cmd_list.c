/* cmd_list.c -- heapbench list: which allocators and traces there are. */
#include "harness/cmd.h"
#include "harness/cmd_import.h"

#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/foreign.h"
#include "harness/generated.h"
#include "harness/list_counters.h"
#include "harness/results/table.h"
#include "harness/table.h"
#include "papers/paper.h"
#include "workloads/trace.h"

enum { WIDTH_MIN = 50, WIDTH_OF_PIPES = 80, WIDTH_MAX = 100 };
enum { INDENT = 14, OPTION_INDENT = 28, COMMAND_INDENT = 42, OPTIONS_MAX = 64 };

static int help_print(void) {
    puts(
        "heapbench list [allocators|traces|generators|counters|formats|papers]\n"
        "\n"
        "List the allocators (with their options and defaults) and the bundled traces; or the\n"
        "generators of traces (with their sources, keys and defaults); or the counters, and which\n"
        "of them can be opened here; or the formats that `import` reads; or the published results\n"
        "that `reproduce` measures again.");
    return HB_EXIT_OK;
}

/* Columns of the terminal, as far as lines as short, or as long, can still be read. */
static size_t width_choose(void) {
    return hb_terminal_width(stdout, WIDTH_MIN, WIDTH_OF_PIPES, WIDTH_MAX);
}

/* Text behind the column of names, its later lines hang further in. */
static void indented_print(const char *text, size_t hang) {
    char *wrapped = NULL, *rest;
    size_t size;
    FILE *memory = open_memstream(&wrapped, &size);

    if (!memory)
        return;
    hb_text_wrap(text, hang, width_choose() - INDENT, memory);
    if (fclose(memory) == 0) {
        for (char *line = strtok_r(wrapped, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
            printf("%*s%s\n", INDENT, "", line);
    }
    free(wrapped);
}

/* A name, padded to a column, and what is said of it behind that. */
static void entry_print(const char *name, size_t column, const char *text) {
    char line[2048];
    const char *gap = strlen(name) < column ? "" : "  ";
    snprintf(line, sizeof line, "%-*s%s%s", (int)column, name, gap, text);
    hb_text_wrap(line, column, width_choose(), stdout);
}

/* "order=address|lifo|fifo" with the default first, "grow=65536". */
static void option_format(const struct hb_option *option, char *text, size_t size) {
    char initial[32];

    hb_option_text(option, option->initial, initial);
    int used = snprintf(text, size, "%s=%s", option->key, initial);
    for (size_t i = 0; option->choices && option->choices[i]; i++) {
        if (i != option->initial && (size_t)used < size)
            used += snprintf(text + used, size - (size_t)used, "|%s", option->choices[i]);
    }
}

static void family_print(const struct hb_family *family) {
    char line[2048];
    int used = 0;

    entry_print(family->name, INDENT, family->summary);
    if (family->source)
        indented_print(family->source, 0);
    for (size_t i = 0; family->options && family->options[i]; i++)
        used += snprintf(line + used, sizeof line - (size_t)used, "%s%s",
                         i > 0 ? ", " : "options: ", family->options[i]->key);
    if (used > 0)
        indented_print(line, strlen("options: "));
}

/* The options of all families, each once. */
static size_t options_gather(const struct hb_option **options, size_t most) {
    size_t count = 0;

    for (size_t i = 0; hb_registry[i]; i++) {
        for (size_t j = 0; hb_registry[i]->options && hb_registry[i]->options[j]; j++) {
            size_t known = 0;
            while (known < count && options[known] != hb_registry[i]->options[j])
                known++;
            if (known == count && count < most)
                options[count++] = hb_registry[i]->options[j];
        }
    }
    return count;
}

static void foreign_list(void) {
    char path[HB_LIBRARY_MAX];

    for (const struct hb_foreign *foreign = hb_foreigns; foreign->package; foreign++) {
        family_print(&foreign->family);
        if (foreign->outgrows_valgrind)
            indented_print("not simulated: it reserves more addresses than valgrind gives", 0);
        if (hb_foreign_find(foreign, path))
            printf("%*sinstalled: %s\n", INDENT, "", path);
        else
            printf("%*snot installed: apt-get install %s\n", INDENT, "", foreign->package);
    }
    entry_print("./LIBRARY.so", INDENT, hb_family_library.summary);
}

static int allocators_list(void) {
    const struct hb_option *options[OPTIONS_MAX];
    size_t count = options_gather(options, OPTIONS_MAX);
    char text[256];

    puts("Allocators");
    for (size_t i = 0; hb_registry[i]; i++)
        family_print(hb_registry[i]);
    puts("\nOf others, measured by preloading their library");
    foreign_list();
    puts("\nOptions, defaults first, as in bestfit:order=lifo:grow=4K");
    for (size_t i = 0; i < count; i++) {
        option_format(options[i], text, sizeof text);
        entry_print(text, OPTION_INDENT, options[i]->help);
    }
    return HB_EXIT_OK;
}

/* One line; what a trace that cannot be read suffers from stands in its place. */
static bool trace_print(const char *name) {
    char path[PATH_MAX], error[HB_TRACE_ERROR_MAX];
    double unit_bytes;

    if (!hb_find_trace(name, path, sizeof path))
        return true;
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    if (!reader) {
        entry_print(name, INDENT, error);
        return false;
    }
    const struct hb_trace_info *info = hb_trace_get_info(reader);
    const char *unit = hb_bytes_unit((double)info->peak_live_bytes, &unit_bytes);
    size_t room = width_choose() - COMMAND_INDENT;
    bool is_cut = strlen(info->command) > room;
    printf("%-*s%11" PRIu64 "%9.2f %-5s  %.*s%s\n", INDENT, name, info->op_count,
           (double)info->peak_live_bytes / unit_bytes, unit, (int)(is_cut ? room - 3 : room),
           info->command, is_cut ? "..." : "");
    hb_trace_close(reader);
    return true;
}

static int traces_missing(void) {
    return hb_failure("list: no traces in %s; HEAPBENCH_TRACES names another folder",
                      hb_trace_places());
}

static int traces_list(void) {
    char **names = hb_trace_names();
    bool ok = true;

    if (!names)
        return hb_failure("list: out of memory");
    if (!names[0]) {
        free(names);
        return traces_missing();
    }
    puts("Traces               ops      peak live  recorded command");
    for (size_t i = 0; names[i]; i++) {
        ok = trace_print(names[i]) && ok;
        free(names[i]);
    }
    free(names);
    puts("\nAlso any by its path: --trace=./my.hbt, or a generated one: --trace=synth:random\n"
         "(heapbench list generators)");
    return ok ? HB_EXIT_OK : HB_EXIT_FAILED;
}

static int papers_list(void) {
    puts("Published results that `heapbench reproduce` measures again");
    for (size_t i = 0; hb_papers[i]; i++) {
        entry_print(hb_papers[i]->name, OPTION_INDENT, hb_papers[i]->question);
        entry_print("", OPTION_INDENT, hb_papers[i]->source);
    }
    return HB_EXIT_OK;
}

static int all_list(void) {
    allocators_list();
    putchar('\n');
    return traces_list();
}

static const struct list {
    const char *name;
    int (*print)(void);
} lists[] = {
    {"allocators", allocators_list},     {"traces", traces_list},
    {"generators", hb_generators_list},  {"counters", hb_counters_list},
    {"formats", hb_import_formats_list}, {"papers", papers_list},
};

enum { LISTS = sizeof lists / sizeof lists[0] };

static int list_print(const char *name) {
    const char *known[LISTS];
    char nearest[64];

    for (int i = 0; i < LISTS; i++) {
        if (strcmp(name, lists[i].name) == 0)
            return lists[i].print();
        known[i] = lists[i].name;
    }
    hb_nearest_names(name, known, LISTS, nearest, sizeof nearest);
    return hb_usage_error("list: there is no list of '%s'; nearest: %s", name, nearest);
}

int hb_cmd_list(int argc, char **argv) {
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};

    optind = 0;
    opterr = 0;
    int option = getopt_long(argc, argv, "h", options, NULL);
    if (option == 'h')
        return help_print();
    if (option != -1 || argc - optind > 1)
        return hb_usage_error("list takes one of: allocators, traces, generators, counters, "
                              "formats, papers (see heapbench list --help)");
    return optind == argc ? all_list() : list_print(argv[optind]);
}
