/* cmd_generate.c -- heapbench generate: write what a generator yields as a trace. */
#include "harness/cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/generated.h"
#include "workloads/op_source.h"
#include "workloads/synth/config.h"

enum { PATH_BYTES = 4096 };

static int help_print(void) {
    puts("heapbench generate SPEC -o FILE.hbt\n"
         "\n"
         "Write the operations of a generator as a trace. SPEC is synth:NAME:key=value:…, as "
         "--trace\n"
         "takes it (heapbench list generators); a trace need not be written to be replayed.\n"
         "\n"
         "  -o, --output=FILE     the trace, which must not exist yet\n"
         "  -h, --help            print this\n"
         "\n"
         "Example: heapbench generate synth:larson:threads=4:seed=2 -o larson.hbt");
    return HB_EXIT_OK;
}

/* All operations from source to writer. NULL, or what went wrong. */
static const char *ops_write(struct hb_op_source *source, struct hb_trace_writer *writer) {
    const struct hb_op *ops;
    size_t count;
    while ((count = hb_op_source_next(source, &ops)) > 0)
        for (size_t i = 0; i < count; i++)
            if (!hb_trace_append(writer, &ops[i]))
                return hb_trace_writer_error(writer);
    return hb_op_source_damage(source);
}

static int trace_write(struct hb_op_source *source, const char *canonical, const char *path) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_trace_writer *writer = hb_trace_create(path, false, error);
    if (!writer)
        return hb_usage_error("%s", error);
    struct hb_trace_info info = *hb_op_source_info(source);
    snprintf(info.command, sizeof info.command, "%s", canonical);
    const char *problem = ops_write(source, writer);
    if (problem) {
        int status = hb_failure("%s: %s", canonical, problem);
        hb_trace_discard(writer);
        return status;
    }
    if (!hb_trace_finish(writer, &info, error))
        return hb_failure("%s", error);
    return HB_EXIT_OK;
}

static int generate(const char *spec, const char *path) {
    char from[PATH_BYTES], canonical[HB_SYNTH_SPEC_MAX], error[HB_TRACE_ERROR_MAX];
    if (!hb_op_source_is_generated(spec))
        return hb_usage_error("generate: '%s' is no generator's spec, synth:NAME:key=value:… (see "
                              "heapbench list generators)",
                              spec);
    int status = hb_generated_resolve(spec, from, sizeof from, canonical, sizeof canonical);
    if (status != HB_EXIT_OK)
        return status;
    struct hb_op_source *source = hb_op_source_open(from, error);
    if (!source)
        return hb_usage_error("%s", error);
    status = trace_write(source, canonical, path);
    hb_op_source_close(source);
    return status;
}

int hb_cmd_generate(int argc, char **argv) {
    static const struct option options[] = {{"output", required_argument, NULL, 'o'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char *path = NULL;
    int option;
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
        if (option == 'h')
            return help_print();
        if (option != 'o')
            return hb_usage_error("generate: bad option '%s'; it takes SPEC -o FILE",
                                  argv[optind - 1]);
        path = optarg;
    }
    if (argc - optind != 1 || !path)
        return hb_usage_error("generate takes SPEC -o FILE (see heapbench generate --help)");
    return generate(argv[optind], path);
}
