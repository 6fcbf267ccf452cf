/* stream.c -- see stream.h. A file is opened for each read and closed again: a program can have had
 * more threads than a process may have open files. */
#include "workloads/recorder/stream.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RING_END = RAW_HEADER_BYTES + RAW_RING_BYTES };

/* Returns how many bytes were read: fewer only at the end of the file. */
static size_t file_read(const char *path, void *bytes, size_t count, uint64_t offset) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return 0;
    size_t done = 0;
    for (ssize_t got; done < count; done += (size_t)got) {
        got = pread(file, (char *)bytes + done, count - done, (off_t)(offset + done));
        if (got <= 0)
            break;
    }
    close(file);
    return done;
}

bool stream_read_header(const char *path, struct raw_header *header) {
    if (file_read(path, header, sizeof *header, 0) != sizeof *header)
        return false;
    return memcmp(header->magic, RAW_MAGIC, sizeof header->magic) == 0 &&
           header->header_bytes == RAW_HEADER_BYTES && header->ring_bytes == RAW_RING_BYTES &&
           header->flushed_words <= header->logged_words &&
           header->logged_words - header->flushed_words <= RAW_RING_WORDS &&
           header->command_bytes <= RAW_COMMAND_BYTES;
}

/* The words up to the first that the file lacks, if it was cut. */
static uint64_t stream_count_words(struct stream *stream) {
    struct stat status;
    if (stat(stream->path, &status))
        return 0;
    uint64_t bytes = (uint64_t)status.st_size;
    const struct raw_header *header = stream->header;
    uint64_t flushed_words = bytes > RING_END ? (bytes - RING_END) / 8 : 0;
    if (flushed_words < header->flushed_words)
        return flushed_words;
    uint64_t ring_words = bytes > RAW_HEADER_BYTES ? (bytes - RAW_HEADER_BYTES) / 8 : 0;
    uint64_t newest_words = header->logged_words - header->flushed_words;
    return header->flushed_words + (newest_words < ring_words ? newest_words : ring_words);
}

struct stream *stream_open(const char *path) {
    struct stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return NULL;
    stream->path = strdup(path);
    stream->header = malloc(sizeof *stream->header);
    stream->words = malloc(STREAM_BUFFER_WORDS * sizeof *stream->words);
    if (!stream->path || !stream->header || !stream->words ||
        !stream_read_header(path, stream->header)) {
        stream_close(stream);
        return NULL;
    }
    stream->word_count = stream_count_words(stream);
    stream->is_damaged = stream->word_count < stream->header->logged_words;
    return stream;
}

void stream_close(struct stream *stream) {
    if (!stream)
        return;
    free(stream->path);
    free(stream->header);
    free(stream->words);
    stream_modules_free(&stream->modules);
    livemap_free(&stream->sites);
    free(stream);
}

/* Buffers never span the place where the flushed words end and the ring's begin. */
static bool stream_refill(struct stream *stream) {
    uint64_t flushed = stream->header->flushed_words;
    bool is_flushed = stream->next_word < flushed;
    uint64_t end = is_flushed && flushed < stream->word_count ? flushed : stream->word_count;
    uint64_t count = end - stream->next_word;
    if (count > STREAM_BUFFER_WORDS)
        count = STREAM_BUFFER_WORDS;
    if (!count)
        return false;
    uint64_t offset = is_flushed ? RING_END + stream->next_word * 8
                                 : RAW_HEADER_BYTES + (stream->next_word - flushed) * 8;
    size_t got = file_read(stream->path, stream->words, (size_t)count * 8, offset) / 8;
    stream->buffered_count = got;
    stream->buffered_next = 0;
    stream->next_word += got;
    return got > 0;
}

static bool stream_word(struct stream *stream, uint64_t *word) {
    if (stream->buffered_next == stream->buffered_count && !stream_refill(stream))
        return false;
    *word = stream->words[stream->buffered_next++];
    return true;
}

static uint64_t field(uint64_t word, unsigned shift, unsigned bits) {
    return word >> shift & ((UINT64_C(1) << bits) - 1);
}

static bool stream_fail(struct stream *stream) {
    stream->is_damaged = true;
    stream->word_count = stream->next_word = 0;
    stream->buffered_count = stream->buffered_next = 0;
    return false;
}

/* Takes an escape in. Returns false if it makes no sense. */
static bool stream_take_escape(struct stream *stream, unsigned mark, uint64_t value) {
    switch (mark) {
    case RAW_TIME:
        if (value > stream->ticks)
            stream->ticks = value;
        return true;
    case RAW_ADDRESS:
        stream->address = value;
        stream->has_address = true;
        return value != 0;
    case RAW_SIZE:
        stream->size = value;
        stream->has_size = true;
        return value < UINT64_C(1) << 47;
    case RAW_ALIGNMENT:
        stream->alignment_log2 = (uint8_t)value;
        return value < 47;
    case RAW_THREAD_START:
        stream->serial = (uint32_t)value;
        stream->has_thread = true;
        stream->base_unit = 0;
        return value < STREAM_SERIAL_MAX;
    case RAW_SITE:
        stream->site = value;
        return true;
    case RAW_MODULE:
        return stream_modules_begin(&stream->modules, value);
    case RAW_TEXT:
        return stream_modules_text(&stream->modules, value);
    default:
        return (mark == RAW_THREAD_END || mark == RAW_REALLOC_FAILED) && stream->has_thread;
    }
}

static bool stream_mark(struct stream *stream, unsigned mark) {
    stream->event = (struct stream_event){.ticks = stream->ticks,
                                          .serial = stream->serial,
                                          .kind = RAW_ESCAPE,
                                          .mark = (uint8_t)mark};
    return true;
}

/* The escaped value if there was one, else the field's. */
static void stream_take_birth(struct stream *stream, uint64_t word, struct stream_event *event) {
    event->size = stream->has_size ? stream->size : field(word, RAW_SIZE_SHIFT, RAW_SIZE_BITS);
    if (stream->has_address) {
        event->address = stream->address;
        if (event->size < RAW_FAR_BYTES)
            stream->base_unit = stream->address >> 4;
    } else {
        uint64_t step = field(word, RAW_STEP_SHIFT, RAW_STEP_BITS) - RAW_STEP_BIAS;
        event->address = (stream->base_unit + step) << 4;
    }
    event->alignment_log2 = event->kind == RAW_ALIGNED ? stream->alignment_log2 : 0;
}

static bool stream_take_event(struct stream *stream, uint64_t word) {
    struct stream_event *event = &stream->event;
    *event = (struct stream_event){.serial = stream->serial, .kind = word & RAW_ESCAPE};
    stream->ticks += field(word, RAW_TIME_SHIFT, RAW_TIME_BITS);
    event->ticks = stream->ticks;
    if (event->kind == RAW_FREE || event->kind == RAW_REALLOC_BEGIN)
        event->address =
            stream->has_address ? stream->address : field(word, RAW_UNIT_SHIFT, RAW_UNIT_BITS) << 4;
    else
        stream_take_birth(stream, word, event);
    stream->has_address = stream->has_size = false;
    stream->alignment_log2 = 0;
    return event->address != 0 && stream->has_thread;
}

/* A thread that was marked as ended, and not replaced, ends after its last event. */
static bool stream_take_end(struct stream *stream) {
    if (stream->has_ended || !stream->has_thread || !stream->header->is_ended || stream->is_damaged)
        return false;
    stream->has_ended = true;
    return stream_mark(stream, RAW_THREAD_END);
}

bool stream_next(struct stream *stream) {
    uint64_t word;
    while (stream_word(stream, &word)) {
        unsigned kind = word & RAW_ESCAPE;
        if (kind == RAW_NONE)
            return stream_fail(stream);
        if (kind != RAW_ESCAPE)
            return stream_take_event(stream, word) || stream_fail(stream);
        unsigned mark = (unsigned)field(word, RAW_MARK_SHIFT, RAW_MARK_BITS);
        if (!stream_take_escape(stream, mark, word >> RAW_VALUE_SHIFT))
            return stream_fail(stream);
        if (mark == RAW_THREAD_END)
            stream->has_thread = false;
        if (mark == RAW_REALLOC_FAILED || mark == RAW_THREAD_END)
            return stream_mark(stream, mark);
    }
    return stream_take_end(stream);
}
