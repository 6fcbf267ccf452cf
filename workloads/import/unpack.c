/* unpack.c -- see unpack.h. */
#include "workloads/import/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "workloads/import/packed.h"
#include "workloads/import/zip.h"
#include "workloads/trace_format.h"

enum {
    GZIP_WINDOW = 16 + MAX_WBITS,
    DEFLATE_WINDOW = -MAX_WBITS,
    MAGIC_BYTES = 4,
    ROOM_MAX = 1 << 30 /* zlib counts in unsigned int */
};

/* How the file is packed. A zip archive is stored, deflated or zstd inside. */
enum packing { PLAIN, GZIP, ZSTD, STORED, DEFLATED };

struct unpack {
    enum packing packing;
    bool is_zip, is_done, is_cut;
    bool is_inside; /* between the head and the end mark of a member or frame */
    struct zip zip;
    uint32_t checksum; /* of what has been unpacked; kept for zip */
    z_stream inflate;
    ZSTD_DStream *zstd;
    const char *path;
    char error[HB_TRACE_ERROR_MAX];
    struct packed packed;
};

static size_t unpack_fail(struct unpack *unpack, const char *what) {
    trace_fail(unpack->error, "%s: damaged at byte %" PRIu64 ": %s", unpack->path,
               unpack->packed.offset, what);
    return 0;
}

static bool magic_is(struct packed *packed, const char *magic, size_t length) {
    const uint8_t *bytes;
    return packed_peek(packed, MAGIC_BYTES, &bytes) >= length && memcmp(bytes, magic, length) == 0;
}

static bool magic_is_gzip(struct packed *packed) {
    return magic_is(packed, "\037\213\010", 3);
}

/* A zstd file may begin with a skippable frame: 0x184d2a5?. */
static bool magic_is_zstd(struct packed *packed) {
    const uint8_t *bytes;
    return magic_is(packed, "\050\265\057\375", 4) ||
           (packed_peek(packed, 4, &bytes) >= 4 && (bytes[0] & 0xf0) == 0x50 &&
            memcmp(bytes + 1, "\052\115\030", 3) == 0);
}

static const char *unpack_prepare(struct unpack *unpack) {
    unpack->is_inside = true;
    if (unpack->packing == GZIP || unpack->packing == DEFLATED) {
        int window = unpack->packing == GZIP ? GZIP_WINDOW : DEFLATE_WINDOW;
        if (inflateInit2(&unpack->inflate, window) != Z_OK)
            return "out of memory to unpack it";
    }
    if (unpack->packing == ZSTD) {
        unpack->zstd = ZSTD_createDStream();
        if (!unpack->zstd)
            return "out of memory to unpack it";
    }
    return NULL;
}

static const char *unpack_recognise(struct unpack *unpack) {
    static const enum packing inner[] = {
        [ZIP_STORED] = STORED, [ZIP_DEFLATED] = DEFLATED, [ZIP_ZSTD] = ZSTD};
    if (magic_is_gzip(&unpack->packed))
        unpack->packing = GZIP;
    else if (magic_is_zstd(&unpack->packed))
        unpack->packing = ZSTD;
    else if (magic_is(&unpack->packed, ZIP_MAGIC, 4)) {
        const char *complaint = zip_open(&unpack->zip, &unpack->packed);
        if (complaint)
            return complaint;
        unpack->is_zip = true;
        unpack->packing = inner[unpack->zip.method];
    }
    return unpack_prepare(unpack);
}

struct unpack *unpack_open(const char *path, char *error) {
    struct unpack *unpack = calloc(1, sizeof *unpack);
    if (!unpack) {
        trace_fail(error, "out of memory to read %s", path);
        return NULL;
    }
    unpack->path = path;
    unpack->checksum = (uint32_t)crc32(0, NULL, 0);
    unpack->packed.fd = open(path, O_RDONLY | O_CLOEXEC);
    if (unpack->packed.fd < 0)
        trace_fail(error, "cannot read %s: %s", path, strerror(errno));
    const char *complaint = unpack->packed.fd < 0 ? "" : unpack_recognise(unpack);
    if (unpack->packed.failure)
        trace_fail(error, "cannot read %s: %s", path, strerror(unpack->packed.failure));
    else if (complaint && complaint[0])
        trace_fail(error, "cannot unpack %s: it is %s", path, complaint);
    if (!complaint && !unpack->packed.failure)
        return unpack;
    unpack_close(unpack);
    return NULL;
}

static size_t plain_read(struct unpack *unpack, void *to, size_t room) {
    const uint8_t *bytes;
    size_t have = packed_peek(&unpack->packed, 1, &bytes);
    size_t count = have < room ? have : room;
    if (unpack->packing == STORED) {
        count = count < unpack->zip.stored_bytes ? count : (size_t)unpack->zip.stored_bytes;
        unpack->zip.stored_bytes -= count;
        unpack->is_done = unpack->zip.stored_bytes == 0;
    }
    memcpy(to, bytes, count);
    packed_take(&unpack->packed, count);
    if (have == 0) {
        unpack->is_cut = unpack->packing == STORED && !unpack->is_done;
        unpack->is_done = true;
    }
    return count;
}

/* A gzip file may be several members one behind another; what is no member ends it. */
static void member_finish(struct unpack *unpack) {
    if (unpack->packing == GZIP && magic_is_gzip(&unpack->packed))
        inflateReset(&unpack->inflate);
    else
        unpack->is_done = true;
}

static size_t inflate_read(struct unpack *unpack, void *to, size_t room) {
    z_stream *stream = &unpack->inflate;
    const uint8_t *bytes;
    size_t have = packed_peek(&unpack->packed, 1, &bytes);

    if (have == 0) {
        unpack->is_cut = unpack->is_done = true;
        return 0;
    }
    room = room < ROOM_MAX ? room : ROOM_MAX;
    stream->next_in = (Bytef *)bytes;
    stream->avail_in = (uInt)have;
    stream->next_out = to;
    stream->avail_out = (uInt)room;
    int status = inflate(stream, Z_NO_FLUSH);
    packed_take(&unpack->packed, have - stream->avail_in);
    if (status == Z_STREAM_END)
        member_finish(unpack);
    else if (status != Z_OK && status != Z_BUF_ERROR)
        return unpack_fail(unpack, stream->msg ? stream->msg : "no deflated data");
    return room - stream->avail_out;
}

static size_t zstd_read(struct unpack *unpack, void *to, size_t room) {
    const uint8_t *bytes;
    size_t have = packed_peek(&unpack->packed, 1, &bytes);
    ZSTD_inBuffer in = {bytes, have, 0};
    ZSTD_outBuffer out = {to, room, 0};

    /* Without input it may still give what it holds back. */
    size_t left = ZSTD_decompressStream(unpack->zstd, &out, &in);
    if (ZSTD_isError(left))
        return unpack_fail(unpack, ZSTD_getErrorName(left));
    packed_take(&unpack->packed, in.pos);
    if (in.pos > 0 || out.pos > 0)
        unpack->is_inside = left != 0;
    unpack->is_done = (have == 0 && out.pos == 0) || (unpack->is_zip && left == 0);
    unpack->is_cut = unpack->is_done && unpack->is_inside;
    return out.pos;
}

static size_t packing_read(struct unpack *unpack, void *to, size_t room) {
    switch (unpack->packing) {
    case GZIP:
    case DEFLATED:
        return inflate_read(unpack, to, room);
    case ZSTD:
        return zstd_read(unpack, to, room);
    default:
        return plain_read(unpack, to, room);
    }
}

static void archive_finish(struct unpack *unpack) {
    if (!unpack->is_zip || !unpack->is_done || unpack->is_cut)
        return;
    const char *complaint =
        zip_finish(&unpack->zip, &unpack->packed, unpack->checksum, &unpack->is_cut);
    if (complaint)
        trace_fail(unpack->error, "cannot unpack %s: it is %s", unpack->path, complaint);
}

size_t unpack_read(struct unpack *unpack, void *to, size_t room) {
    size_t count = 0;
    while (count == 0 && !unpack->is_done && !unpack->error[0]) {
        count = packing_read(unpack, to, room);
        if (unpack->is_zip)
            unpack->checksum = (uint32_t)crc32_z(unpack->checksum, to, count);
        archive_finish(unpack);
        if (unpack->packed.failure)
            trace_fail(unpack->error, "cannot read %s: %s", unpack->path,
                       strerror(unpack->packed.failure));
    }
    return unpack->error[0] ? 0 : count;
}

const char *unpack_error(const struct unpack *unpack) {
    return unpack->error[0] ? unpack->error : NULL;
}

bool unpack_is_cut(const struct unpack *unpack) {
    return unpack->is_cut;
}

void unpack_close(struct unpack *unpack) {
    if (unpack->packing == GZIP || unpack->packing == DEFLATED)
        inflateEnd(&unpack->inflate);
    ZSTD_freeDStream(unpack->zstd);
    if (unpack->packed.fd >= 0)
        close(unpack->packed.fd);
    free(unpack);
}
