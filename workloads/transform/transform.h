/* transform.h -- new traces from old ones. docs/transforms.md says what each does to an object.
 *
 * Each function reads the traces at transform->paths and writes a sound trace at transform->out,
 * which must not exist. What the sources say of themselves (command, source, counts of calls that
 * were lost) is kept; what was done is appended to the note. A damaged source is transformed as far
 * as it can be read, and the result says so. They return false with one line in error, of
 * HB_TRACE_ERROR_MAX bytes: then nothing is left at out. */
#ifndef HB_TRANSFORM_H
#define HB_TRANSFORM_H

#include "workloads/trace.h"

enum hb_shuffle_what { HB_SHUFFLE_ORDER, HB_SHUFFLE_DEATHS, HB_SHUFFLE_SIZES };
enum hb_merge_order { HB_MERGE_BY_OPS, HB_MERGE_BY_TIME, HB_MERGE_IN_SEQUENCE };

/* At most so many copies, or traces merged. */
enum { HB_TRANSFORM_COPIES_MAX = 4096, HB_TRANSFORM_PATHS_MAX = 64 };

/* What is asked; each transform looks at its own part. */
struct hb_transform {
    const char *const *paths; /* path_count of them; all but merge take one */
    size_t path_count;
    const char *out;
    struct {
        uint64_t from, to;    /* operations from <= i < to, counted from 0, marks left out */
        size_t phase, phases; /* instead: phase, from 1, of so many; phases 0: found by itself */
        bool has_prologue;    /* objects that are live at the start are born first */
    } slice;
    struct {
        const uint8_t *threads; /* a bit for each of HB_TRACE_THREADS_MAX; NULL: all */
        const char *threads_text;
        uint64_t least_bytes, most_bytes;
    } filter;
    struct {
        enum hb_shuffle_what what;
        uint64_t window; /* operations shuffled together; UINT64_MAX: all */
        uint64_t seed;
    } shuffle;
    struct {
        uint32_t copies;
        bool has_own_threads; /* each copy has threads of its own */
    } amplify;
    enum hb_merge_order merge_order;
    struct {
        uint64_t numerator, denominator; /* denominator above 0; both at most 10^9 */
    } scale;
    bool finish_backwards; /* the youngest is freed first */
};

struct hb_transform_result {
    uint64_t read_count, written_count; /* operations, thread marks left out */
    bool is_unwritten;                  /* it failed because the output could not be written */
    bool is_damaged;                    /* a source was; damage says where */
    char damage[HB_TRACE_ERROR_MAX];
};

typedef bool hb_transform_function(const struct hb_transform *transform,
                                   struct hb_transform_result *result, char *error);

/* A stretch of a trace, by operations or by phase. */
hb_transform_function hb_transform_slice;
/* The objects born by some threads, or with some sizes, and all that happens to them. */
hb_transform_function hb_transform_filter;
/* Order, deaths or sizes drawn anew by a seed. */
hb_transform_function hb_transform_shuffle;
/* Copies side by side. */
hb_transform_function hb_transform_amplify;
/* Several traces as one, each one's threads apart. */
hb_transform_function hb_transform_merge;
/* All sizes times a factor. */
hb_transform_function hb_transform_scale;
/* What lives at the end is freed. */
hb_transform_function hb_transform_finish;

#endif
