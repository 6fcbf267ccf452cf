#include "harness/passes/feed.h"

#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "harness/passes/compile.h"

enum { ERROR_BYTES = 512, WAIT_MS = 100 };

struct hb_feed {
    const struct hb_program *program;
    struct program_header *header; /* mapped, the ring with it */
    int file;
    struct job_page *page;
    pthread_t thread;
    bool has_thread;
    atomic_bool stops;
};

/* Header, slots left live, ring. */
static bool feed_map(struct hb_feed *feed) {
    const struct program_header *from = feed->program->header;
    struct program_header header = *from;
    header.word_count = 0;
    size_t left_bytes = header.left_count * sizeof(uint64_t);
    header.ring_offset = (sizeof header + left_bytes + 63) / 64 * 64;
    header.bytes =
        header.ring_offset + (uint64_t)PROGRAM_RING_BLOCKS * PROGRAM_BLOCK_WORDS * sizeof(uint64_t);
    feed->file = memfd_create("heapbench-ring", MFD_CLOEXEC);
    if (feed->file < 0 || ftruncate(feed->file, (off_t)header.bytes) != 0)
        return false;
    void *memory = mmap(NULL, header.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, feed->file, 0);
    if (memory == MAP_FAILED)
        return false;
    feed->header = memory;
    *feed->header = header;
    memcpy(feed->header + 1, program_left(from), left_bytes);
    return true;
}

struct hb_feed *hb_feed_open(const struct hb_program *program, char *error) {
    struct hb_feed *feed = calloc(1, sizeof *feed);
    if (feed) {
        feed->program = program;
        feed->file = -1;
        if (feed_map(feed))
            return feed;
        hb_feed_close(feed);
    }
    snprintf(error, ERROR_BYTES, "not enough memory to stream the trace");
    return NULL;
}

int hb_feed_file(const struct hb_feed *feed) {
    return feed->file;
}

/* Wait until the worker has drained all number blocks. False when it is time to stop. */
static bool await_drained(struct hb_feed *feed, uint32_t number) {
    struct job_feed *state = &feed->page->feed;
    const struct timespec timeout = {0, WAIT_MS * 1000000L};
    for (;;) {
        uint32_t drained = atomic_load(&state->drained);
        if (atomic_load(&feed->stops))
            return false;
        if (drained == number)
            return true;
        syscall(SYS_futex, &state->drained, FUTEX_WAIT, drained, &timeout, NULL, 0);
    }
}

static void publish(struct job_feed *state, uint32_t number) {
    atomic_store(&state->filled, number);
    syscall(SYS_futex, &state->filled, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Fill the ring from its first block on, up to the end of the trace, which is a block of no words.
 * Returns the blocks filled. */
static uint32_t ring_fill(struct hb_feed *feed, struct hb_compiler *compiler) {
    uint64_t *ring = (uint64_t *)((char *)feed->header + feed->header->ring_offset);
    uint32_t block = 0;
    size_t words = 1;
    for (; words && block < PROGRAM_RING_BLOCKS; block++) {
        words = hb_compiler_next(compiler, ring + (size_t)block * PROGRAM_BLOCK_WORDS,
                                 PROGRAM_BLOCK_WORDS);
        feed->page->feed.words[block] = (uint32_t)words;
    }
    return block;
}

/* The trace once, its end with it. False when it is time to stop, or with a line in error. */
static bool feed_once(struct hb_feed *feed, uint32_t *number, char *error) {
    struct job_feed *state = &feed->page->feed;
    struct hb_compiler *compiler =
        hb_compiler_open(feed->program->path, feed->program->header->scale, error);
    bool goes_on = compiler != NULL, ends = false;
    while (goes_on && !ends && (goes_on = await_drained(feed, *number))) {
        uint32_t blocks = ring_fill(feed, compiler);
        ends = !state->words[blocks - 1];
        goes_on = !ends || hb_compiler_succeeded(compiler, error);
        *number += blocks;
        if (goes_on)
            publish(state, *number);
    }
    if (compiler)
        hb_compiler_close(compiler);
    return goes_on;
}

static void *feed_work(void *context) {
    struct hb_feed *feed = context;
    struct job_feed *state = &feed->page->feed;
    char error[ERROR_BYTES] = "";
    uint32_t number = 0;
    while (feed_once(feed, &number, error))
        ;
    if (!error[0])
        return NULL;
    snprintf(state->message, sizeof state->message, "%.*s", JOB_MESSAGE_MAX - 1, error);
    atomic_store(&state->failed, 1);
    syscall(SYS_futex, &state->filled, FUTEX_WAKE, 1, NULL, NULL, 0);
    return NULL;
}

bool hb_feed_start(struct hb_feed *feed, struct job_page *page) {
    feed->page = page;
    feed->has_thread = pthread_create(&feed->thread, NULL, feed_work, feed) == 0;
    return feed->has_thread;
}

void hb_feed_stop(struct hb_feed *feed) {
    if (!feed->has_thread)
        return;
    atomic_store(&feed->stops, true);
    syscall(SYS_futex, &feed->page->feed.drained, FUTEX_WAKE, 1, NULL, NULL, 0);
    pthread_join(feed->thread, NULL);
    feed->has_thread = false;
}

void hb_feed_close(struct hb_feed *feed) {
    if (feed->header)
        munmap(feed->header, feed->header->bytes);
    if (feed->file >= 0)
        close(feed->file);
    free(feed);
}
