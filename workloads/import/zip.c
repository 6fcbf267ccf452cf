/* zip.c -- see zip.h. After PKWARE's APPNOTE.TXT 6.3, sections 4.3.7 (local file header), 4.3.9
 * (data descriptor) and 4.5.3 (zip64). */
#include "workloads/import/zip.h"

#include <string.h>

#include "workloads/trace_format.h"

enum {
    HEAD_BYTES = 30,
    FLAG_ENCRYPTED = 1,
    FLAG_STREAMED = 8,
    EXTRA_ZIP64 = 1,
    DESCRIPTOR_BYTES_MAX = 24,
    SIGNATURE_BYTES = 4
};
#define ENTRY_SIGNATURE      UINT32_C(0x04034b50)
#define DESCRIPTOR_SIGNATURE UINT32_C(0x08074b50)
#define DIRECTORY_SIGNATURE  UINT32_C(0x02014b50)

static uint16_t get_u16(const uint8_t *at) {
    return (uint16_t)(at[0] | at[1] << 8);
}

/* The extra field of the head may hold the 64-bit sizes: first the unpacked, then the packed. */
static void extra_read(struct zip *zip, const uint8_t *extra, size_t length) {
    while (length >= 4) {
        size_t field = get_u16(extra + 2);
        if (field + 4 > length)
            return;
        if (get_u16(extra) == EXTRA_ZIP64 && field >= 16)
            zip->stored_bytes = trace_get_u64(extra + 12);
        extra += field + 4;
        length -= field + 4;
    }
}

const char *zip_open(struct zip *zip, struct packed *packed) {
    const uint8_t *head;
    if (packed_peek(packed, HEAD_BYTES, &head) < HEAD_BYTES)
        return "a zip archive that is cut in its first head";
    unsigned flags = get_u16(head + 6);
    size_t name = get_u16(head + 26), extra = get_u16(head + 28);
    zip->method = get_u16(head + 8);
    zip->is_streamed = flags & FLAG_STREAMED;
    zip->checksum = trace_get_u32(head + 14);
    zip->stored_bytes = trace_get_u32(head + 18);
    if (flags & FLAG_ENCRYPTED)
        return "an encrypted zip archive; unpack it first";
    packed_take(packed, HEAD_BYTES);
    if (!packed_skip(packed, name) || packed_peek(packed, extra, &head) < extra)
        return "a zip archive that is cut in its first head";
    if (zip->stored_bytes == UINT32_MAX)
        extra_read(zip, head, extra);
    packed_take(packed, extra);
    if (zip->method != ZIP_STORED && zip->method != ZIP_DEFLATED && zip->method != ZIP_ZSTD)
        return "a zip archive packed by another method than deflate or zstd; unpack it first";
    if (zip->method == ZIP_STORED && zip->is_streamed)
        return "a zip archive that does not say how long its file is; unpack it first";
    return NULL;
}

/* The descriptor has a signature or not, and sizes of 4 or 8 bytes: the next head's signature tells
 * where it ends. */
static size_t descriptor_bytes(const uint8_t *bytes, size_t length) {
    static const size_t lengths[] = {12, 16, 20, 24};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        if (lengths[i] + SIGNATURE_BYTES > length)
            break;
        uint32_t next = trace_get_u32(bytes + lengths[i]);
        if (next == ENTRY_SIGNATURE || next == DIRECTORY_SIGNATURE)
            return lengths[i];
    }
    return 0;
}

const char *zip_finish(const struct zip *zip, struct packed *packed, uint32_t found, bool *is_cut) {
    const uint8_t *bytes;
    uint32_t checksum = zip->checksum;
    size_t length = packed_peek(packed, DESCRIPTOR_BYTES_MAX + SIGNATURE_BYTES, &bytes);
    if (zip->is_streamed) {
        size_t descriptor = descriptor_bytes(bytes, length);
        *is_cut = descriptor == 0;
        if (*is_cut)
            return NULL;
        bool is_signed = trace_get_u32(bytes) == DESCRIPTOR_SIGNATURE;
        checksum = trace_get_u32(bytes + (is_signed ? SIGNATURE_BYTES : 0));
        packed_take(packed, descriptor);
    }
    if (checksum != found)
        return "a zip archive whose file has a wrong checksum; it is damaged";
    length = packed_peek(packed, SIGNATURE_BYTES, &bytes);
    if (length >= SIGNATURE_BYTES && trace_get_u32(bytes) == ENTRY_SIGNATURE)
        return "a zip archive of several files; unpack it, and import them one by one";
    *is_cut = length < SIGNATURE_BYTES || trace_get_u32(bytes) != DIRECTORY_SIGNATURE;
    return NULL;
}
