/* source.h -- a trace, or a generator, read one operation at a time. */
#ifndef HB_TRANSFORM_SOURCE_H
#define HB_TRANSFORM_SOURCE_H

#include "workloads/op_source.h"

struct hb_source {
    struct hb_op_source *from;
    const struct hb_op *run; /* what it has handed out */
    size_t run_count, run_next;
    uint64_t op_count; /* operations taken so far, thread marks left out */
};

/* Open the trace at path, which may be a generator's spec. Returns false with one line in error. */
bool hb_source_open(struct hb_source *source, const char *path, char *error);

/* The next operation or thread mark, valid until the next call; NULL at the end. */
const struct hb_op *hb_source_next(struct hb_source *source);

/* Close it; harmless on a source that is all zero or closed. */
void hb_source_close(struct hb_source *source);

#endif
