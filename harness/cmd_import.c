/* cmd_import.c -- heapbench import: traces of other tools made into ours. */
#include "harness/cmd.h"
#include "harness/cmd_import.h"
#include "workloads/import/import.h"

#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FORMATS_MAX = 32 };

struct settings {
    const char *output; /* a file, or a folder; NULL: beside nothing, in the current folder */
    const struct hb_import_format *format;
    bool has_times, has_sites;
};

static const struct option option_table[] = {
    {"output", required_argument, NULL, 'o'}, {"from", required_argument, NULL, 'f'},
    {"times", no_argument, NULL, 't'},        {"callsite", no_argument, NULL, 's'},
    {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
};

static void formats_print(void) {
    const struct hb_import_format *format;
    for (size_t i = 0; (format = hb_import_format(i)) != NULL; i++)
        printf("  %-13s %s\n", format->name, format->summary);
}

int hb_import_formats_list(void) {
    puts("Formats that `heapbench import` reads");
    formats_print();
    return HB_EXIT_OK;
}

static int help_print(void) {
    puts(
        "usage: heapbench import [-o OUT] [--from=FORMAT] [--times] [--callsite] FILE …\n"
        "\n"
        "Make traces that other tools wrote into heapbench's. FILE may be plain or packed by "
        "gzip,\n"
        "zstd or zip (one file in it). Its format is recognised by its content.\n"
        "\n"
        "  -o, --output=OUT   write the trace to OUT; into OUT, if that is a folder (default: "
        "FILE's\n"
        "                     name with .hbt, in the current folder)\n"
        "      --from=FORMAT  do not guess the format\n"
        "      --times        keep the time of each operation, where the format tells it\n"
        "      --callsite     keep where each object was asked for; only of heaptrack's files\n"
        "  -h, --help         show this\n"
        "\n"
        "Each FILE becomes a trace of its own: with several, OUT is a folder. A file that exists "
        "is\n"
        "never overwritten. What a format cannot tell, and what was lost, is said and kept in the\n"
        "trace's note. Formats:\n");
    formats_print();
    return HB_EXIT_OK;
}

static int format_unknown(const char *name) {
    const char *known[FORMATS_MAX];
    char nearest[256];
    size_t count = 0;
    const struct hb_import_format *format;

    while (count < FORMATS_MAX && (format = hb_import_format(count)) != NULL)
        known[count++] = format->name;
    hb_nearest_names(name, known, count, nearest, sizeof nearest);
    return hb_usage_error("import: there is no format '%s'; nearest: %s (see heapbench list "
                          "formats)",
                          name, nearest);
}

/* Returns -1 to go on, else the exit status. */
static int settings_parse(struct settings *settings, int argc, char **argv) {
    optind = 0;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, ":o:h", option_table, NULL)) != -1;) {
        switch (option) {
        case 'o':
            settings->output = optarg;
            break;
        case 'f':
            settings->format = hb_import_find(optarg);
            if (!settings->format)
                return format_unknown(optarg);
            break;
        case 't':
            settings->has_times = true;
            break;
        case 's':
            settings->has_sites = true;
            break;
        case 'h':
            return help_print();
        case ':':
            return hb_usage_error("option '%s' needs a value; see heapbench import --help",
                                  argv[optind - 1]);
        default:
            return hb_usage_error("unknown option '%s'; see heapbench import --help",
                                  argv[optind - 1]);
        }
    }
    if (optind == argc)
        return hb_usage_error("import what? e.g. heapbench import app.trace.gz -o app.hbt");
    return -1;
}

static bool is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* The file's name without folder, ending of packing and one more ending. */
static int stem_length(const char *name) {
    static const char *const packings[] = {".gz", ".zst", ".zip"};
    int length = (int)strlen(name);

    for (size_t i = 0; i < sizeof packings / sizeof *packings; i++) {
        int ending = (int)strlen(packings[i]);
        if (length > ending && strcmp(name + length - ending, packings[i]) == 0) {
            length -= ending;
            break;
        }
    }
    for (int i = length - 1; i > 0; i--)
        if (name[i] == '.')
            return i;
    return length;
}

static bool output_name(const struct settings *settings, const char *file, char *path, int size) {
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    const char *folder = settings->output;

    if (folder && !is_folder(folder))
        return snprintf(path, (size_t)size, "%s", folder) < size;
    bool has_slash = !folder || (folder[0] && folder[strlen(folder) - 1] == '/');
    return snprintf(path, (size_t)size, "%s%s%.*s.hbt", folder ? folder : "", has_slash ? "" : "/",
                    stem_length(name), name) < size;
}

/* One line: what the trace holds, and what it lacks. */
static int result_print(const char *path, const struct hb_import_result *result) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    struct stat status = {0};

    if (!reader)
        return hb_failure("%s", error);
    const struct hb_trace_info *info = hb_trace_get_info(reader);
    stat(path, &status);
    fprintf(stderr,
            "heapbench: %s: from %s, %" PRIu64 " operations, %" PRIu64 " objects, %lld bytes (%.2f "
            "per operation); lost: %s\n",
            path, result->format->name, info->op_count, info->object_count,
            (long long)status.st_size,
            info->op_count ? (double)status.st_size / (double)info->op_count : 0.0,
            result->losses[0] ? result->losses : "nothing");
    hb_trace_close(reader);
    return HB_EXIT_OK;
}

static int file_import(const struct settings *settings, const char *file) {
    char path[PATH_MAX], error[HB_TRACE_ERROR_MAX];
    struct hb_import_result *result = malloc(sizeof *result);
    int status;

    if (!result)
        return hb_failure("import: out of memory");
    if (!output_name(settings, file, path, sizeof path))
        status = hb_usage_error("import: the name of the trace of %s is too long; give one with -o",
                                file);
    else if (hb_import(file, settings->format, path, settings->has_times, settings->has_sites,
                       result, error))
        status = result_print(path, result);
    else
        status = hb_usage_error("%s", error);
    free(result);
    return status;
}

int hb_cmd_import(int argc, char **argv) {
    struct settings settings = {0};
    int status = settings_parse(&settings, argc, argv);

    if (status >= 0)
        return status;
    if (argc - optind > 1 && settings.output && !is_folder(settings.output))
        return hb_usage_error(
            "import: %d files become %d traces, but %s is no folder; make it one, "
            "or import them one by one",
            argc - optind, argc - optind, settings.output);
    status = HB_EXIT_OK;
    for (int i = optind; i < argc; i++) {
        int one = file_import(&settings, argv[i]);
        status = one > status ? one : status;
    }
    return status;
}
