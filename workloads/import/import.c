/* import.c -- a file of a foreign format, from opening it to the finished trace. */
#include "workloads/import/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/import/formats.h"
#include "workloads/trace_format.h"

struct import {
    const struct import_format *format;
    struct input input;
    struct calls calls;
};

static size_t formats_count(void) {
    size_t count = 0;
    while (import_formats[count])
        count++;
    return count;
}

const struct hb_import_format *hb_import_format(size_t i) {
    return i < formats_count() ? &import_formats[i]->said : NULL;
}

const struct hb_import_format *hb_import_find(const char *name) {
    for (size_t i = 0; import_formats[i]; i++)
        if (strcmp(import_formats[i]->said.name, name) == 0)
            return &import_formats[i]->said;
    return NULL;
}

static const struct import_format *format_of(const struct hb_import_format *said) {
    for (size_t i = 0; import_formats[i]; i++)
        if (&import_formats[i]->said == said)
            return import_formats[i];
    return NULL;
}

static bool format_unknown(struct input *input, const char *head, size_t length) {
    char known[256] = "";
    size_t used = 0;

    if (length == 0)
        return trace_fail(input->error, "%s is empty: there is nothing to import", input->path);
    if (length >= TRACE_MAGIC_BYTES && memcmp(head, TRACE_MAGIC, TRACE_MAGIC_BYTES) == 0)
        return trace_fail(input->error, "%s is a heapbench trace already; use it as it is",
                          input->path);
    for (size_t i = 0; import_formats[i] && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "",
                                 import_formats[i]->said.name);
    return trace_fail(input->error,
                      "%s: its format is not recognised; name it with --from=FORMAT, one of %s",
                      input->path, known);
}

static bool import_recognise(struct import *import) {
    const uint8_t *bytes;
    size_t length = input_peek(&import->input, INPUT_HEAD_BYTES, &bytes);
    const char *head = (const char *)bytes;

    if (input_failed(&import->input))
        return false;
    length = length < INPUT_HEAD_BYTES ? length : INPUT_HEAD_BYTES;
    for (size_t i = 0; !import->format && import_formats[i]; i++)
        if (import_formats[i]->recognise(head, length))
            import->format = import_formats[i];
    return import->format != NULL || format_unknown(&import->input, head, length);
}

static bool import_read(struct import *import, char *error) {
    const struct calls *calls = &import->calls;
    if (!import->format->read(&import->input, &import->calls))
        return false;
    if (calls->is_failed) {
        const char *why = hb_trace_writer_error(calls->writer);
        return trace_fail(error, "%s", why ? why : "out of memory while importing");
    }
    if (calls->op_count > 0)
        return true;
    if (calls->losses.skipped_lines > 0)
        return trace_fail(error,
                          "%s:%llu: not a %s of the format %s, and nothing else in the file "
                          "is; is it another format (heapbench list formats)?",
                          import->input.path, (unsigned long long)calls->losses.first_skipped,
                          import->format->unit, import->format->said.name);
    return trace_fail(error, "%s: there is no call in it that could be kept", import->input.path);
}

/* What the trace says of itself. */
static void import_describe(const struct import *import, struct hb_trace_info *info,
                            struct hb_import_result *result) {
    const struct losses *losses = &import->calls.losses;
    const char *slash = strrchr(import->input.path, '/');

    result->format = &import->format->said;
    losses_print(losses, import->format->known_losses, import->format->unit, result->losses,
                 sizeof result->losses);
    info->null_frees = losses->null_frees;
    info->failed_calls = losses->failed_calls;
    info->unmatched_frees = losses->unmatched_frees;
    info->dropped_calls = losses->implied_frees + losses->large_calls + losses->lost_pointers;
    snprintf(info->command, sizeof info->command, "%s", import->calls.command);
    snprintf(info->source, sizeof info->source, "imported from %s %.3000s", result->format->name,
             slash ? slash + 1 : import->input.path);
    snprintf(info->note, sizeof info->note, "%s", result->losses);
}

static bool import_write(struct import *import, const char *output, bool has_times, bool has_sites,
                         struct hb_import_result *result, char *error) {
    static const struct hb_trace_info nothing;
    struct hb_trace_info *info;
    bool is_done = false;

    if (has_sites && !import->format->has_sites)
        return trace_fail(error, "%s: the format %s does not tell call sites; leave out --callsite",
                          import->input.path, import->format->said.name);
    import->calls.has_sites = has_sites;
    import->calls.writer = hb_trace_create(output, has_times, error);
    if (!import->calls.writer)
        return false;
    info = malloc(sizeof *info);
    if (!info)
        trace_fail(error, "out of memory while importing");
    else if (has_sites && !hb_trace_keep_sites(import->calls.writer))
        trace_fail(error, "%s", hb_trace_writer_error(import->calls.writer));
    else if (import_read(import, error)) {
        *info = nothing;
        import_describe(import, info, result);
        is_done = hb_trace_finish(import->calls.writer, info, error);
        import->calls.writer = NULL;
    }
    hb_trace_discard(import->calls.writer);
    free(info);
    return is_done;
}

bool hb_import(const char *path, const struct hb_import_format *format, const char *output,
               bool has_times, bool has_sites, struct hb_import_result *result, char *error) {
    struct import *import = calloc(1, sizeof *import);
    bool is_done = false;

    if (!import)
        return trace_fail(error, "out of memory while importing");
    import->format = format ? format_of(format) : NULL;
    if (!calls_init(&import->calls))
        trace_fail(error, "out of memory while importing");
    else if (input_open(&import->input, path, error) && import_recognise(import))
        is_done = import_write(import, output, has_times, has_sites, result, error);
    input_close(&import->input);
    calls_clear(&import->calls);
    free(import);
    return is_done;
}
