/* trace_reader.c -- an .hbt file, read block by block. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workloads/trace_block.h"
#include "workloads/trace_footer.h"
#include "workloads/trace_tally.h"

struct hb_trace_reader {
    int fd;
    uint64_t file_bytes;
    uint64_t end_offset; /* of the END chunk, by the trailer */
    uint64_t offset;     /* of the next chunk */
    bool is_over;
    bool is_counted; /* has reader_recount done its work? */
    struct trace_block_state state;
    struct trace_callsites sites; /* state has them, if the file has any */
    struct trace_alive alive;
    struct trace_decoder *decoder;
    uint8_t *chunk;
    size_t chunk_capacity;
    struct hb_trace_info info;
    char damage[HB_TRACE_ERROR_MAX]; /* "" if none was met */
};

static bool reader_pread(struct hb_trace_reader *reader, void *to, size_t length, uint64_t offset) {
    size_t done = 0;

    while (done < length) {
        ssize_t got = pread(reader->fd, (char *)to + done, length - done, (off_t)(offset + done));

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static bool reader_grow(struct hb_trace_reader *reader, size_t length) {
    uint8_t *chunk;

    if (length <= reader->chunk_capacity)
        return true;
    chunk = realloc(reader->chunk, length);
    if (chunk == NULL)
        return false;
    reader->chunk = chunk;
    reader->chunk_capacity = length;
    return true;
}

/* Read the chunk at offset into reader->chunk. Returns NULL, or what is wrong. */
static const char *chunk_read(struct hb_trace_reader *reader, uint64_t offset, uint32_t *tag,
                              uint32_t *length) {
    uint8_t head[TRACE_CHUNK_HEAD_BYTES];

    if (offset > reader->file_bytes || reader->file_bytes - offset < sizeof head)
        return "the file is cut off here";
    if (!reader_pread(reader, head, sizeof head, offset))
        return "the file cannot be read here";
    *tag = trace_get_u32(head);
    *length = trace_get_u32(head + 4);
    if (*tag != TRACE_TAG_BLOCK && *tag != TRACE_TAG_END)
        return "no block starts here";
    if (*length > TRACE_CHUNK_BYTES_MAX)
        return "the length of this block is impossible";
    if (*length > reader->file_bytes - offset - sizeof head)
        return "the file is cut off in this block";
    if (!reader_grow(reader, *length))
        return "out of memory for this block";
    if (!reader_pread(reader, reader->chunk, *length, offset + sizeof head))
        return "the file cannot be read here";
    return NULL;
}

/* Take info from the END chunk in reader->chunk. */
static bool footer_read(struct hb_trace_reader *reader, uint32_t length,
                        struct hb_trace_info *info) {
    const uint8_t *payload = reader->chunk;
    size_t rest = length;
    size_t text_length;
    char *text = malloc(TRACE_FOOTER_BYTES_MAX);
    bool good;

    if (text == NULL)
        return false;
    text_length = trace_frame_read(reader->decoder, &payload, &rest, text, TRACE_FOOTER_BYTES_MAX);
    good = text_length != SIZE_MAX && rest == 0 && trace_footer_parse(text, text_length, info) &&
           info->has_times == reader->state.has_times &&
           info->has_sites == (reader->state.sites != NULL);
    free(text);
    return good;
}

/* Could a file of this length hold as much as its info says? A bound on what callers set aside. */
static bool info_is_possible(const struct hb_trace_reader *reader,
                             const struct hb_trace_info *info) {
    uint64_t blocks = reader->file_bytes / TRACE_CHUNK_BYTES_MIN;

    return info->op_count <= blocks * HB_TRACE_BLOCK_OPS && info->object_count <= info->op_count &&
           info->peak_live_objects <= info->object_count &&
           info->site_count <= (info->has_sites ? HB_TRACE_SITES_MAX : 0) &&
           info->thread_count <= HB_TRACE_THREADS_MAX;
}

/* Find the END chunk by the trailer. Returns false if the file has no sound end. */
static bool end_find(struct hb_trace_reader *reader) {
    uint8_t trailer[TRACE_TRAILER_BYTES];
    uint32_t tag, length;
    uint64_t end;

    if (reader->file_bytes < TRACE_HEADER_BYTES + TRACE_CHUNK_HEAD_BYTES + sizeof trailer ||
        !reader_pread(reader, trailer, sizeof trailer, reader->file_bytes - sizeof trailer) ||
        memcmp(trailer + 8, TRACE_END_MAGIC, TRACE_MAGIC_BYTES) != 0)
        return false;
    end = trace_get_u64(trailer);
    if (chunk_read(reader, end, &tag, &length) != NULL || tag != TRACE_TAG_END ||
        end + TRACE_CHUNK_HEAD_BYTES + length + sizeof trailer != reader->file_bytes)
        return false;
    if (!footer_read(reader, length, &reader->info) || !info_is_possible(reader, &reader->info))
        return false;
    reader->end_offset = end;
    reader->info.is_whole = true;
    return true;
}

static void reader_rewind(struct hb_trace_reader *reader) {
    reader->state = (struct trace_block_state){.has_times = reader->state.has_times,
                                               .version = reader->state.version,
                                               .sites = reader->state.sites};
    reader->offset = TRACE_HEADER_BYTES;
    trace_block_drop(reader->decoder);
    reader->is_over = false;
    reader->damage[0] = '\0';
    trace_alive_clear(&reader->alive);
    trace_callsites_clear(&reader->sites);
}

static bool reader_stop(struct hb_trace_reader *reader, const char *complaint) {
    reader->is_over = true;
    if (complaint != NULL)
        trace_fail(reader->damage,
                   "damaged at byte %" PRIu64 ", in block %" PRIu64 ": %s; the %" PRIu64
                   " whole blocks before it can be read",
                   reader->offset, reader->state.number, complaint, reader->state.number);
    return false;
}

/* The END chunk of a file whose trailer is damaged: what it says of itself may still be sound. The
 * counts in it are for reader_recount to replace, so it is taken once, while that reads. */
static bool reader_end_lost(struct hb_trace_reader *reader, uint32_t length) {
    struct hb_trace_info *info;

    if (reader->is_counted)
        return reader_stop(reader, "the end of the file is damaged");
    info = calloc(1, sizeof *info);
    if (info != NULL && footer_read(reader, length, info))
        reader->info = *info;
    reader->info.is_whole = false;
    free(info);
    return reader_stop(reader, "the end of the file is damaged");
}

/* The END chunk has come: is it where and what it should be? */
static bool reader_end(struct hb_trace_reader *reader, uint32_t length) {
    if (!reader->info.is_whole)
        return reader_end_lost(reader, length);
    if (reader->offset != reader->end_offset)
        return reader_stop(reader, "the trace ends before its end");
    if (reader->state.op_count != reader->info.op_count ||
        reader->state.births != reader->info.object_count ||
        reader->sites.count != reader->info.site_count)
        return reader_stop(reader, "blocks are missing");
    return reader_stop(reader, NULL);
}

/* Decode the next block. Returns false at the end and at damage. */
static bool reader_advance(struct hb_trace_reader *reader) {
    uint32_t tag, length;
    const char *complaint;

    if (reader->is_over)
        return false;
    complaint = chunk_read(reader, reader->offset, &tag, &length);
    if (complaint != NULL)
        return reader_stop(reader, complaint);
    if (tag == TRACE_TAG_END)
        return reader_end(reader, length);
    complaint =
        trace_block_decode(reader->decoder, &reader->state, &reader->alive, reader->chunk, length);
    if (complaint != NULL)
        return reader_stop(reader, complaint);
    if (reader->info.is_whole && (reader->state.op_count > reader->info.op_count ||
                                  reader->state.births > reader->info.object_count)) {
        trace_block_drop(reader->decoder);
        reader->state.number--;
        return reader_stop(reader, "it holds more operations than the trace says it has");
    }
    reader->offset += TRACE_CHUNK_HEAD_BYTES + length;
    return true;
}

static size_t reader_step(struct hb_trace_reader *reader, const struct hb_op **ops) {
    size_t count = trace_block_take(reader->decoder, ops);

    while (count == 0 && reader_advance(reader))
        count = trace_block_take(reader->decoder, ops);
    return count;
}

/* Replace the counts of info by those of the blocks that can be read. Leaves the reader at the
 * damage. */
static bool reader_recount(struct hb_trace_reader *reader) {
    struct trace_tally *tally = trace_tally_create();
    const struct hb_op *ops;
    size_t count;

    if (tally == NULL)
        return false;
    reader_rewind(reader);
    while ((count = reader_step(reader, &ops)) > 0)
        for (size_t i = 0; i < count; i++)
            trace_tally_add(tally, &ops[i]);
    trace_tally_read(tally, &reader->info);
    trace_tally_destroy(tally);
    reader->is_counted = true;
    reader->info.is_whole = false;
    reader->info.has_times = reader->state.has_times;
    reader->info.has_sites = reader->state.sites != NULL;
    reader->info.site_count = reader->sites.count;
    return true;
}

static bool header_read(struct hb_trace_reader *reader, const char *path, char *error) {
    uint8_t header[TRACE_HEADER_BYTES];
    uint32_t version, flags, known = TRACE_HAS_TIMES;

    if (reader->file_bytes < sizeof header || !reader_pread(reader, header, sizeof header, 0) ||
        memcmp(header, TRACE_MAGIC, TRACE_MAGIC_BYTES) != 0)
        return trace_fail(error, "%s is not a heapbench trace", path);
    version = trace_get_u32(header + 8);
    flags = trace_get_u32(header + 12);
    if (version < 1 || version > TRACE_VERSION)
        return trace_fail(error,
                          "%s is a trace of format version %" PRIu32 "; this program reads 1 to %d",
                          path, version, TRACE_VERSION);
    known |= version > 1 ? TRACE_HAS_SITES : 0;
    if ((flags & ~known) != 0)
        return trace_fail(error, "%s uses features (flags %" PRIx32 ") that this program lacks",
                          path, flags);
    reader->state.has_times = (flags & TRACE_HAS_TIMES) != 0;
    reader->state.version = version;
    reader->state.sites = (flags & TRACE_HAS_SITES) != 0 ? &reader->sites : NULL;
    return true;
}

static bool file_open(struct hb_trace_reader *reader, const char *path, char *error) {
    struct stat status;

    /* O_NONBLOCK: a FIFO must not make us wait; it has no meaning for a file. */
    reader->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (reader->fd < 0 || fstat(reader->fd, &status) != 0)
        return trace_fail(error, "cannot open %s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return trace_fail(error, "%s is not a regular file", path);
    reader->file_bytes = (uint64_t)status.st_size;
    return header_read(reader, path, error);
}

static bool reader_start(struct hb_trace_reader *reader, const char *path, char *error) {
    trace_alive_init(&reader->alive);
    if (!file_open(reader, path, error))
        return false;
    reader->decoder = trace_decoder_create();
    if (reader->decoder == NULL)
        return trace_fail(error, "out of memory to read %s", path);
    if (!end_find(reader)) {
        memset(&reader->info, 0, sizeof reader->info);
        if (!reader_recount(reader))
            return trace_fail(error, "out of memory to read %s", path);
    }
    reader_rewind(reader);
    return true;
}

struct hb_trace_reader *hb_trace_open(const char *path, char *error) {
    struct hb_trace_reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL) {
        trace_fail(error, "out of memory to read %s", path);
        return NULL;
    }
    reader->fd = -1;
    if (!reader_start(reader, path, error)) {
        hb_trace_close(reader);
        return NULL;
    }
    return reader;
}

const struct hb_trace_info *hb_trace_get_info(const struct hb_trace_reader *reader) {
    return &reader->info;
}

size_t hb_trace_next(struct hb_trace_reader *reader, const struct hb_op **ops) {
    size_t count = reader_step(reader, ops);

    if (count == 0 && reader->damage[0] != '\0' && reader->info.is_whole) {
        reader_recount(reader);
        reader->info.is_whole = false;
    }
    return count;
}

const char *hb_trace_damage(const struct hb_trace_reader *reader) {
    return reader->damage[0] != '\0' ? reader->damage : NULL;
}

const struct trace_callsites *hb_trace_sites(const struct hb_trace_reader *reader) {
    return reader->state.sites;
}

void hb_trace_close(struct hb_trace_reader *reader) {
    if (reader == NULL)
        return;
    if (reader->fd >= 0)
        close(reader->fd);
    trace_alive_clear(&reader->alive);
    trace_callsites_clear(&reader->sites);
    trace_decoder_destroy(reader->decoder);
    free(reader->chunk);
    free(reader);
}
