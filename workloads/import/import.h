/* import.h -- traces of other tools made into ours.
 *
 * A file may be plain or packed by gzip, zstd or zip (one file in it); what it is, and its format,
 * are seen from its content. Memory follows the objects that live at once, not the file's length.
 */
#ifndef HB_IMPORT_H
#define HB_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "workloads/trace.h"

struct hb_import_format {
    const char *name;    /* for --from */
    const char *summary; /* what it is, in one line, with what it looks like */
};

/* The i-th format, NULL beyond the last. */
const struct hb_import_format *hb_import_format(size_t i);

/* The format of that name, or NULL. */
const struct hb_import_format *hb_import_find(const char *name);

struct hb_import_result {
    const struct hb_import_format *format; /* which it was */
    char losses[HB_TRACE_TEXT_MAX];        /* one line, also in the trace's note; "" if none */
};

/* Import the file at path into a new trace at output. format: NULL to recognise it. has_times: keep
 * the time of each operation, where the format tells it. has_sites: keep call sites; a format that
 * does not tell them is then refused. Returns false, with one line in error (what, where, what to
 * do; HB_TRACE_ERROR_MAX bytes), if the file cannot be imported or the trace cannot be written:
 * then nothing is left behind. */
bool hb_import(const char *path, const struct hb_import_format *format, const char *output,
               bool has_times, bool has_sites, struct hb_import_result *result, char *error);

#endif
