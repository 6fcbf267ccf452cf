/* stream.h -- the operations of the worker's program, a run of words after the other: a trace in
 * memory is one run, a streamed one many. At the end it starts again, for the next replay.
 */
#ifndef HB_STREAM_H
#define HB_STREAM_H

#include "harness/worker/worker.h"

struct stream {
    struct worker *worker;
    const uint64_t *word, *end; /* what is left of the current run */
    bool is_inside;             /* a run was given out since the trace's start */
    uint32_t block;             /* of the ring, the current or the next */
    uint64_t waited_ns;         /* in all, for blocks that were not there yet */
};

void stream_open(struct stream *stream, struct worker *worker);

/* Go to the next run, dropping what is left of this one. False at the end of the trace; the call
 * after that goes to its start. */
bool stream_refill(struct stream *stream);

/* Decode the next operation. False at the end of the trace. */
static inline bool stream_op(struct stream *stream, struct program_op *op) {
    if (stream->word == stream->end && !stream_refill(stream))
        return false;
    *op = program_next(&stream->word);
    return true;
}

#endif
