/* preload.h -- a worker whose malloc is a foreign library's: its environment, and what the loader
 * or the library printed there.
 */
#ifndef HB_PRELOAD_H
#define HB_PRELOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "allocators/options.h"

struct hb_preload {
    char variable[HB_LIBRARY_MAX + 16]; /* LD_PRELOAD=…; "" for an allocator of ours */
    int library;                        /* kept open while the worker runs, or -1 */
    int said;                           /* a memory file that becomes stderr, or -1 */
};

/* Whether this build can measure libraries: a sanitizer's malloc suffers no other. */
bool hb_preload_is_possible(void);

/* Get ready to preload library ("": nothing). False, with one line in error (size bytes). */
bool hb_preload_open(struct hb_preload *preload, const char *library, char *error, size_t size);

/* Append to a failed worker's error the first line that it printed, if any. */
void hb_preload_explain(const struct hb_preload *preload, char *error, size_t size);

void hb_preload_close(struct hb_preload *preload);

#endif
