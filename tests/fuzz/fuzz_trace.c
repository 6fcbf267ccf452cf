/* fuzz_trace.c -- whatever bytes a trace holds, its operations are well formed.
 *
 * Checksums stop nearly every mutated file at once, so there are two ways in: an input whose first
 * byte is even is the file; an odd one is the contents of blocks, which are wrapped as the format
 * wants. What is read must satisfy an independent ledger.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "workloads/trace_block.h"
#include "workloads/trace_footer.h"
#include "workloads/trace_tally.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct trace_encoder *encoder;
static uint8_t file[8 << 20];
static size_t length;

static uint64_t input_take(const uint8_t **data, size_t *size) {
    if (*size == 0)
        return 0;
    --*size;
    return *(*data)++;
}

static void frame_put(const void *bytes, size_t count) {
    length += trace_frame_write(encoder, bytes, count, file + length, sizeof file - length);
}

static void column_put(const uint8_t **data, size_t *size, uint64_t count, uint64_t width) {
    static uint8_t plane[512];

    for (uint64_t i = 0; i < width && count > 0; i++) {
        for (uint64_t k = 0; k < count; k++)
            plane[k] = (uint8_t)input_take(data, size);
        frame_put(plane, count);
    }
}

/* The bytes of a head. Version 1 has fewer words; the library no longer writes it. */
static size_t head_print(const struct trace_block_head *head, uint32_t version, uint8_t *to) {
    uint8_t *at = to + 40;

    trace_head_print(head, to);
    if (version > 1)
        return TRACE_BLOCK_HEAD_BYTES;
    for (int i = 0; i < TRACE_COLUMNS_V1; i++, at += 8)
        trace_put_u64(at, head->count[i]);
    for (int i = 0; i < TRACE_COLUMNS_V1; i++, at += 8)
        trace_put_u64(at, head->width[i]);
    return TRACE_BLOCK_HEAD_BYTES_V1;
}

/* The names of up to 7 call sites that are new, short and perhaps alike, a line each. */
static char names[64];
static size_t names_length;

static uint64_t names_take(const uint8_t **data, size_t *size) {
    uint64_t count = input_take(data, size) % 8;

    names_length = 0;
    for (uint64_t i = 0; i < count; i++) {
        names[names_length++] = (char)input_take(data, size);
        names[names_length++] = '\n';
    }
    return count;
}

/* Their hashes, as the column's eight planes, and the names. */
static void names_put(const struct trace_block_head *head) {
    uint8_t plane[8];

    for (uint64_t i = 0; i < 8; i++) {
        for (size_t k = 0; k < head->count[COLUMN_SITE_VALUE]; k++)
            plane[k] = (uint8_t)(trace_callsite_hash(names + 2 * k, 1) >> (8 * i));
        frame_put(plane, head->count[COLUMN_SITE_VALUE]);
    }
    frame_put(names, names_length);
}

/* A block with a head that is right in what no fuzzer would guess. */
static void block_put(struct trace_block_head *head, uint32_t version, const uint8_t **data,
                      size_t *size) {
    int columns = version == 1 ? TRACE_COLUMNS_V1 : TRACE_COLUMNS;
    size_t start = length;
    uint8_t bytes[TRACE_BLOCK_HEAD_BYTES];

    length += TRACE_CHUNK_HEAD_BYTES;
    head->op_count = 1 + input_take(data, size) % 64;
    for (int i = 0; i < columns; i++) {
        head->count[i] = i <= COLUMN_THREAD ? head->op_count : input_take(data, size);
        head->width[i] = input_take(data, size) % 9;
    }
    head->count[COLUMN_TIME] = trace_time_count(head->op_count, head->flags & TRACE_HAS_TIMES);
    head->count[COLUMN_SITE_VALUE] = 0;
    if (version > 1 && (head->flags & TRACE_HAS_SITES) != 0)
        head->count[COLUMN_SITE_VALUE] = names_take(data, size);
    head->width[COLUMN_SITE_VALUE] = head->count[COLUMN_SITE_VALUE] > 0 ? 8 : 0;
    frame_put(bytes, head_print(head, version, bytes));
    for (int i = 0; i < columns && i != COLUMN_SITE_VALUE; i++)
        column_put(data, size, head->count[i], head->width[i]);
    if (head->count[COLUMN_SITE_VALUE] > 0)
        names_put(head);
    head->sites_before += head->count[COLUMN_SITE_VALUE];
    trace_put_u32(file + start, TRACE_TAG_BLOCK);
    trace_put_u32(file + start + 4, (uint32_t)(length - start - TRACE_CHUNK_HEAD_BYTES));
    head->number++;
    head->births_before += input_take(data, size);
}

static void file_wrap(const uint8_t *data, size_t size) {
    struct trace_block_head head = {0};
    uint32_t version = 1 + (uint32_t)input_take(&data, &size) % TRACE_VERSION;
    size_t end;

    head.flags = input_take(&data, &size) % (version > 1 ? 4 : 2);
    memcpy(file, TRACE_MAGIC, TRACE_MAGIC_BYTES);
    trace_put_u32(file + 8, version);
    trace_put_u32(file + 12, (uint32_t)head.flags);
    length = TRACE_HEADER_BYTES;
    for (uint64_t blocks = input_take(&data, &size) % 4; blocks > 0; blocks--)
        block_put(&head, version, &data, &size);
    end = length;
    length += TRACE_CHUNK_HEAD_BYTES;
    if (size > 0)
        frame_put(data, size);
    trace_put_u32(file + end, TRACE_TAG_END);
    trace_put_u32(file + end + 4, (uint32_t)(length - end - TRACE_CHUNK_HEAD_BYTES));
    trace_put_u64(file + length, end);
    memcpy(file + length + 8, TRACE_END_MAGIC, TRACE_MAGIC_BYTES);
    length += TRACE_TRAILER_BYTES;
}

/* Only births and reallocs have one, and it has a name. */
static bool site_is_sound(const struct hb_trace_reader *reader, const struct hb_op *op) {
    const struct trace_callsites *sites = hb_trace_sites(reader);

    return op->site == 0 || (op->kind <= HB_OP_REALLOC && sites != NULL &&
                             trace_callsite_name(sites, op->site) != NULL);
}

static void trace_read(const char *path) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    struct trace_tally *tally;
    struct hb_trace_info found;
    const struct hb_op *ops;
    size_t count;

    if (reader == NULL)
        return;
    tally = trace_tally_create();
    while ((count = hb_trace_next(reader, &ops)) > 0)
        for (size_t i = 0; i < count; i++)
            if (trace_tally_add(tally, &ops[i]) != NULL || !site_is_sound(reader, &ops[i]))
                abort();
    trace_tally_read(tally, &found);
    if (found.op_count != hb_trace_get_info(reader)->op_count ||
        found.object_count != hb_trace_get_info(reader)->object_count)
        abort();
    trace_tally_destroy(tally);
    hb_trace_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int fd = -1;
    char path[64];

    if (size < 1 || size > 1 << 16)
        return -1;
    if (fd < 0) {
        fd = memfd_create("trace", 0);
        encoder = trace_encoder_create();
    }
    if (data[0] % 2 == 0) {
        memcpy(file, data + 1, size - 1);
        length = size - 1;
    } else
        file_wrap(data + 1, size - 1);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, file, length, 0) != (ssize_t)length)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    trace_read(path);
    return 0;
}
