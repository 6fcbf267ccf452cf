#include "harness/worker/stream.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/measure/clock.h"

/* A CPU that slept this long is slow for a while: wait awake. */
#define AWAKE_NS UINT64_C(50000000)

void stream_open(struct stream *stream, struct worker *worker) {
    *stream = (struct stream){.worker = worker};
}

/* The whole program is one run. */
static bool refill_from_memory(struct stream *stream) {
    const struct program_header *program = stream->worker->program;
    if (stream->is_inside) {
        stream->is_inside = false;
        stream->word = stream->end;
        return false;
    }
    stream->is_inside = true;
    stream->word = program_words(program);
    stream->end = stream->word + program->word_count;
    return true;
}

/* The ring starts anew behind its last block and behind the end of the trace. */
static void block_give_back(struct stream *stream) {
    struct job_feed *feed = &stream->worker->page->feed;
    bool is_last = !feed->words[stream->block] || stream->block + 1 == PROGRAM_RING_BLOCKS;
    stream->block = is_last ? 0 : stream->block + 1;
    atomic_fetch_add(&feed->drained, 1);
    syscall(SYS_futex, &feed->drained, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Time without a block is not the allocator's: the clock is read only then. */
static void block_await(struct stream *stream, uint32_t number) {
    struct job_feed *feed = &stream->worker->page->feed;
    if (atomic_load(&feed->filled) != number)
        return;
    uint64_t start = hb_monotonic_ns();
    while (atomic_load(&feed->filled) == number && hb_monotonic_ns() - start < AWAKE_NS)
        sched_yield(); /* to the feeder, should there be one CPU only */
    while (atomic_load(&feed->filled) == number && !atomic_load(&feed->failed))
        syscall(SYS_futex, &feed->filled, FUTEX_WAIT, number, NULL, NULL, 0);
    if (atomic_load(&feed->filled) == number)
        worker_fail(stream->worker, feed->message, "");
    stream->waited_ns += hb_monotonic_ns() - start;
}

static bool refill_from_ring(struct stream *stream) {
    const struct program_header *program = stream->worker->program;
    struct job_feed *feed = &stream->worker->page->feed;
    if (stream->is_inside)
        block_give_back(stream);
    block_await(stream, atomic_load(&feed->drained));
    stream->word = (const uint64_t *)((const char *)program + program->ring_offset) +
                   (size_t)stream->block * PROGRAM_BLOCK_WORDS;
    stream->end = stream->word + feed->words[stream->block];
    stream->is_inside = stream->word < stream->end;
    if (!stream->is_inside)
        block_give_back(stream);
    return stream->is_inside;
}

bool stream_refill(struct stream *stream) {
    return stream->worker->program->ring_offset ? refill_from_ring(stream)
                                                : refill_from_memory(stream);
}
