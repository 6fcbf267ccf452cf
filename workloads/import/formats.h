/* formats.h -- the table of foreign formats, and what each importer offers to it. */
#ifndef IMPORT_FORMATS_H
#define IMPORT_FORMATS_H

#include "workloads/import/calls.h"
#include "workloads/import/import.h"
#include "workloads/import/input.h"

struct import_format {
    struct hb_import_format said;
    const char *known_losses; /* what the format never tells, for the trace's note; "" if nothing */
    const char *unit;         /* what is skipped if it is not understood: "line", "record" */
    bool has_sites;           /* it tells who called, and read asks calls whether that is wanted */

    /* Does content that begins with these bytes, INPUT_HEAD_BYTES of it or all, look like it? */
    bool (*recognise)(const char *head, size_t length);

    /* Read all of the input. Returns false if it cannot be imported: the input's error says why. A
     * failure of calls ends it with true. */
    bool (*read)(struct input *input, struct calls *calls);
};

extern const struct import_format import_android, import_mtrace, import_dj, import_wl, import_rep,
    import_malloc_bench, import_heaptrack, import_ltrace, import_valgrind, import_bohra;

/* The formats in the order in which they are tried; NULL-terminated. */
extern const struct import_format *const import_formats[];

#endif
