/* replay.h -- a program replayed on the allocator under test, with nothing measured on the way. */
#ifndef HB_REPLAY_H
#define HB_REPLAY_H

#include "harness/worker/stream.h"
#include "harness/worker/worker.h"

struct replay {
    const struct hb_allocator *allocator;
    void *state;
    void **slots;
    uint64_t failed;  /* requests that got no memory, */
    uint64_t skipped; /* and frees of what they did not get */
};

/* The operations from word to end. */
void replay_words(struct replay *replay, const uint64_t *word, const uint64_t *end,
                  enum job_touch touch);

/* All of them, from the trace's start, where the stream must be. */
void replay_stream(struct replay *replay, struct stream *stream, enum job_touch touch);

/* Free what the trace leaves live, so that the next replay starts from an empty heap. */
void replay_free_left(struct replay *replay, const struct program_header *program);

#endif
