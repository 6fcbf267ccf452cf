/* trace_stream.h -- random streams of valid operations, for the tests of traces. */
#ifndef TRACE_STREAM_H
#define TRACE_STREAM_H

#include "workloads/trace.h"

struct trace_stream {
    uint64_t seed;
    uint64_t born_count;
    uint64_t now_ns;
    uint64_t *live; /* numbers of the live objects, in any order */
    size_t live_count, live_capacity;
    uint64_t size_max; /* of a request */
    uint32_t threads;
};

void stream_start(struct trace_stream *stream, uint64_t seed, uint64_t size_max, uint32_t threads);
void stream_end(struct trace_stream *stream);

/* The next operation: every kind, mostly small sizes, mostly young objects dying. */
struct hb_op stream_next(struct trace_stream *stream);

uint64_t stream_random(struct trace_stream *stream);

/* count operations of a stream; the caller frees them. */
struct hb_op *stream_ops(uint64_t seed, size_t count, uint64_t size_max, uint32_t threads);

/* Write them as a trace at path, after removing what stood there. Aborts if that fails. */
void stream_write(const char *path, const struct hb_op *ops, size_t count, bool has_times,
                  const struct hb_trace_info *info);

/* What a reader should give back for op number i. */
struct hb_op stream_expected(const struct hb_op *ops, size_t i, bool has_times);
bool ops_equal(const struct hb_op *a, const struct hb_op *b);

#endif
