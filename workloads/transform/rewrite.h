/* rewrite.h -- a trace in the making from the operations of others: numbers its objects anew,
 * carries along what its sources say of themselves, notes what was done.
 *
 * All fails once: after the first failure, which stands in error, nothing more is written. */
#ifndef HB_TRANSFORM_REWRITE_H
#define HB_TRANSFORM_REWRITE_H

#include "workloads/transform/objects.h"

struct hb_rewrite {
    struct hb_trace_writer *writer;
    struct hb_objects objects;           /* those alive, by key */
    struct hb_trace_info said;           /* what the new trace will say of itself */
    const struct trace_callsites *sites; /* what the sites of the operations are; NULL: none */
    uint64_t born_count;
    uint64_t written_count; /* operations, thread marks left out */
    bool is_unwritten;      /* writing has failed */
    char *error;            /* the caller's, HB_TRACE_ERROR_MAX bytes */
};

/* Start a trace that will stand at path. said (may be NULL): what its source says of itself; if it
 * has call sites, so will the trace, and sites must be set. */
bool hb_rewrite_begin(struct hb_rewrite *rewrite, const char *path, bool has_times,
                      const struct hb_trace_info *said, char *error);

/* Is the object alive in what has been written? */
bool hb_rewrite_is_live(const struct hb_rewrite *rewrite, uint64_t key);

/* Write an operation or mark, op->object being a key: of a birth one that is not alive, else one
 * that is. */
bool hb_rewrite_op(struct hb_rewrite *rewrite, const struct hb_op *op);

/* End: append note to what the sources said, put the file in its place. good is false to give up.
 * Frees what rewrite holds, in every case; returns false with one line in error. */
bool hb_rewrite_end(struct hb_rewrite *rewrite, bool good, const char *note);

#endif
