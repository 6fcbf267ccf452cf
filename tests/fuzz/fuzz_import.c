/* fuzz_import.c -- whatever bytes a foreign trace holds, its import is refused in one line, or
 * gives sound operations. The input's first byte picks the format, or that it is to be recognised;
 * HB_FUZZ_FORMAT=NAME picks one for all inputs.
 *
 * A writer of our own stands in the place of the trace's: it writes nothing, and gives each
 * operation to the ledger that the real one asks too.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "workloads/import/import.h"
#include "workloads/trace_tally.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct hb_trace_writer {
    struct trace_tally *tally;
};

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "%s: %s\n", what, detail);
    abort();
}

struct hb_trace_writer *hb_trace_create(const char *path, bool has_times, char *error) {
    struct hb_trace_writer *writer = malloc(sizeof *writer);

    (void)path;
    (void)has_times;
    (void)error;
    writer->tally = trace_tally_create();
    return writer;
}

bool hb_trace_append(struct hb_trace_writer *writer, const struct hb_op *op) {
    const char *complaint = trace_tally_add(writer->tally, op);

    if (complaint != NULL)
        fail("an unsound operation", complaint);
    return true;
}

const char *hb_trace_writer_error(const struct hb_trace_writer *writer) {
    (void)writer;
    return NULL;
}

void hb_trace_discard(struct hb_trace_writer *writer) {
    if (writer == NULL)
        return;
    trace_tally_destroy(writer->tally);
    free(writer);
}

bool hb_trace_finish(struct hb_trace_writer *writer, const struct hb_trace_info *info,
                     char *error) {
    (void)error;
    if (strncmp(info->source, "imported from ", 14) != 0 || strchr(info->note, '\n') != NULL)
        fail("a bad source or note", info->source);
    hb_trace_discard(writer);
    return true;
}

static const struct hb_import_format *format_pick(uint8_t byte) {
    const char *name = getenv("HB_FUZZ_FORMAT");
    size_t count = 0;

    if (name != NULL)
        return hb_import_find(name);
    while (hb_import_format(count))
        count++;
    return hb_import_format(byte % (count + 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct hb_import_result result;
    static int fd = -1;
    char path[64], error[HB_TRACE_ERROR_MAX] = "";

    if (size < 1 || size > 1 << 16)
        return -1;
    if (fd < 0)
        fd = memfd_create("foreign", 0);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data + 1, size - 1, 0) != (ssize_t)(size - 1))
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (!hb_import(path, format_pick(data[0]), "none.hbt", true, data[0] % 2 == 1, &result,
                   error) &&
        (error[0] == '\0' || strchr(error, '\n') != NULL))
        fail("no good reason", error);
    return 0;
}
