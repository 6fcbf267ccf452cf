/* trace_writer.c -- an .hbt file, written block by block under a temporary name. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workloads/trace_block.h"
#include "workloads/trace_footer.h"
#include "workloads/trace_tally.h"
#include "workloads/trace_unfinished.h"

enum { NAME_TRIES = 1000 };

struct hb_trace_writer {
    int fd;
    char *path;
    char *temporary; /* "" before it exists and after it is gone */
    uint64_t offset;
    struct trace_encoder *encoder;
    struct trace_tally *tally;
    struct trace_block_state state;
    struct trace_callsites sites; /* state has them, if the trace keeps any */
    struct hb_op ops[HB_TRACE_BLOCK_OPS];
    size_t op_count;
    uint64_t appended_count;
    char error[HB_TRACE_ERROR_MAX]; /* "" while all is well */
};

static bool writer_write(struct hb_trace_writer *writer, const void *bytes, size_t length) {
    size_t done = 0;

    while (done < length) {
        ssize_t put = write(writer->fd, (const char *)bytes + done, length - done);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return trace_fail(writer->error, "cannot write %s: %s", writer->path, strerror(errno));
        done += (size_t)put;
    }
    writer->offset += length;
    return true;
}

static bool chunk_write(struct hb_trace_writer *writer, uint32_t tag, const uint8_t *payload,
                        size_t length) {
    uint8_t head[TRACE_CHUNK_HEAD_BYTES];

    if (length == 0)
        return trace_fail(writer->error, "cannot compress a block of %s", writer->path);
    trace_put_u32(head, tag);
    trace_put_u32(head + 4, (uint32_t)length);
    return writer_write(writer, head, sizeof head) && writer_write(writer, payload, length);
}

static bool block_write(struct hb_trace_writer *writer) {
    const uint8_t *payload;
    size_t length;

    if (writer->op_count == 0)
        return true;
    length = trace_block_encode(writer->encoder, &writer->state, writer->ops, writer->op_count,
                                &payload);
    writer->op_count = 0;
    return chunk_write(writer, TRACE_TAG_BLOCK, payload, length);
}

static bool header_write(struct hb_trace_writer *writer) {
    uint8_t header[TRACE_HEADER_BYTES];

    memcpy(header, TRACE_MAGIC, TRACE_MAGIC_BYTES);
    trace_put_u32(header + 8, TRACE_VERSION);
    trace_put_u32(header + 12, trace_flags(&writer->state));
    return writer_write(writer, header, sizeof header);
}

static bool footer_write(struct hb_trace_writer *writer, const struct hb_trace_info *said) {
    struct hb_trace_info info = {0};
    uint8_t trailer[TRACE_TRAILER_BYTES];
    uint8_t *payload = malloc(2 * TRACE_FOOTER_BYTES_MAX);
    char *text = malloc(TRACE_FOOTER_BYTES_MAX);
    uint64_t end = writer->offset;
    size_t length = 0;

    if (said != NULL)
        info = *said;
    info.has_times = writer->state.has_times;
    info.has_sites = writer->state.sites != NULL;
    info.site_count = writer->state.sites_before;
    trace_tally_read(writer->tally, &info);
    if (payload != NULL && text != NULL)
        length = trace_frame_write(writer->encoder, text, trace_footer_print(&info, text), payload,
                                   2 * TRACE_FOOTER_BYTES_MAX);
    if (chunk_write(writer, TRACE_TAG_END, payload, length)) {
        trace_put_u64(trailer, end);
        memcpy(trailer + 8, TRACE_END_MAGIC, TRACE_MAGIC_BYTES);
        writer_write(writer, trailer, sizeof trailer);
    }
    free(payload);
    free(text);
    return writer->error[0] == '\0';
}

/* Make an empty file beside path that no other process has. */
static bool temporary_make(struct hb_trace_writer *writer) {
    const char *slash = strrchr(writer->path, '/');
    int folder_length = slash == NULL ? 0 : (int)(slash + 1 - writer->path);
    size_t room = (size_t)folder_length + 64;

    writer->temporary = calloc(1, room);
    if (writer->temporary == NULL)
        return trace_fail(writer->error, "out of memory to write %s", writer->path);
    for (int i = 0; i < NAME_TRIES && writer->fd < 0; i++) {
        snprintf(writer->temporary, room, "%.*s.hbt-%ld-%d.tmp", folder_length, writer->path,
                 (long)getpid(), i);
        writer->fd = trace_unfinished_make(writer->temporary);
        if (writer->fd < 0 && errno != EEXIST)
            break;
    }
    if (writer->fd >= 0)
        return true;
    trace_fail(writer->error, "cannot write in the folder of %s: %s", writer->path,
               strerror(errno));
    writer->temporary[0] = '\0';
    return false;
}

static bool writer_start(struct hb_trace_writer *writer, const char *path) {
    struct stat status;

    writer->path = strdup(path);
    writer->encoder = trace_encoder_create();
    writer->tally = trace_tally_create();
    if (writer->path == NULL || writer->encoder == NULL || writer->tally == NULL)
        return trace_fail(writer->error, "out of memory to write %s", path);
    if (lstat(path, &status) == 0)
        return trace_fail(writer->error, "%s exists already; remove it or choose another name",
                          path);
    if (path[0] == '\0' || path[strlen(path) - 1] == '/')
        return trace_fail(writer->error, "'%s' is not the name of a file", path);
    return temporary_make(writer) && header_write(writer);
}

static void writer_free(struct hb_trace_writer *writer) {
    if (writer->fd >= 0)
        close(writer->fd);
    if (writer->temporary != NULL && writer->temporary[0] != '\0')
        unlink(writer->temporary);
    trace_unfinished_forget(writer->temporary);
    trace_encoder_destroy(writer->encoder);
    trace_tally_destroy(writer->tally);
    trace_callsites_clear(&writer->sites);
    free(writer->temporary);
    free(writer->path);
    free(writer);
}

struct hb_trace_writer *hb_trace_create(const char *path, bool has_times, char *error) {
    struct hb_trace_writer *writer = calloc(1, sizeof *writer);

    if (writer == NULL) {
        trace_fail(error, "out of memory to write %s", path);
        return NULL;
    }
    writer->fd = -1;
    writer->state.has_times = has_times;
    if (writer_start(writer, path))
        return writer;
    memcpy(error, writer->error, HB_TRACE_ERROR_MAX);
    writer_free(writer);
    return NULL;
}

bool hb_trace_keep_sites(struct hb_trace_writer *writer) {
    uint8_t flags[4];

    writer->state.sites = &writer->sites;
    trace_put_u32(flags, trace_flags(&writer->state));
    if (pwrite(writer->fd, flags, sizeof flags, TRACE_HEADER_BYTES - 4) == sizeof flags)
        return true;
    return trace_fail(writer->error, "cannot write %s: %s", writer->path, strerror(errno));
}

/* Bytes of names that wait to be written with the next block. */
static size_t names_waiting(const struct hb_trace_writer *writer) {
    const struct trace_callsites *sites = &writer->sites;

    if (writer->state.sites_before == sites->count)
        return 0;
    return sites->names_bytes - sites->sites[writer->state.sites_before].name_at;
}

uint16_t hb_trace_add_site(struct hb_trace_writer *writer, const char *name) {
    size_t length = strlen(name);

    if (writer->state.sites == NULL || length == 0 || length >= HB_TRACE_TEXT_MAX ||
        strchr(name, '\n') != NULL ||
        writer->sites.names_bytes + length >= TRACE_SITE_NAMES_ALL_MAX)
        return 0;
    if (names_waiting(writer) + length >= TRACE_SITE_NAMES_MAX &&
        (writer->op_count == 0 || writer->error[0] != '\0' || !block_write(writer)))
        return 0;
    return trace_callsite_add(&writer->sites, name);
}

static const char *site_complaint(const struct hb_trace_writer *writer, const struct hb_op *op) {
    if (op->site == 0)
        return NULL;
    if (op->kind >= HB_OP_KINDS || !trace_kind_has_size[op->kind])
        return "a free or thread mark with a call site";
    return op->site <= writer->sites.count ? NULL : "a call site that was not added";
}

bool hb_trace_append(struct hb_trace_writer *writer, const struct hb_op *op) {
    const char *complaint;

    if (writer->error[0] != '\0')
        return false;
    complaint = site_complaint(writer, op);
    if (complaint == NULL)
        complaint = trace_tally_add(writer->tally, op);
    if (complaint != NULL)
        return trace_fail(writer->error, "operation %" PRIu64 ": %s", writer->appended_count,
                          complaint);
    writer->appended_count++;
    writer->ops[writer->op_count++] = *op;
    return writer->op_count < HB_TRACE_BLOCK_OPS || block_write(writer);
}

const char *hb_trace_writer_error(const struct hb_trace_writer *writer) {
    return writer->error[0] != '\0' ? writer->error : NULL;
}

/* Give the temporary file its name, unless that has been taken meanwhile. */
static bool writer_place(struct hb_trace_writer *writer) {
    int fd = writer->fd;

    writer->fd = -1;
    if (close(fd) != 0)
        return trace_fail(writer->error, "cannot write %s: %s", writer->path, strerror(errno));
    if (renameat2(AT_FDCWD, writer->temporary, AT_FDCWD, writer->path, RENAME_NOREPLACE) == 0) {
        writer->temporary[0] = '\0';
        return true;
    }
    /* Not every file system can rename so; a hard link never replaces either. */
    if (errno != EEXIST && link(writer->temporary, writer->path) == 0)
        return true;
    if (errno == EEXIST)
        return trace_fail(writer->error, "%s exists already; it was not replaced", writer->path);
    return trace_fail(writer->error, "cannot name %s: %s", writer->path, strerror(errno));
}

bool hb_trace_finish(struct hb_trace_writer *writer, const struct hb_trace_info *info,
                     char *error) {
    bool good = writer->error[0] == '\0' && block_write(writer) && footer_write(writer, info) &&
                writer_place(writer);

    if (!good)
        memcpy(error, writer->error, HB_TRACE_ERROR_MAX);
    writer_free(writer);
    return good;
}

void hb_trace_discard(struct hb_trace_writer *writer) {
    if (writer != NULL)
        writer_free(writer);
}
