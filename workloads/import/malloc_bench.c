/* malloc_bench.c -- traces of malloc-bench: protocol buffers (proto2), usually packed by gzip.
 *
 *   trace   = { 0x0A LENGTH line } [ 0x10 MAX_LIVE ]
 *   line    = one of 0x0A malloc, 0x12 free, 0x1A realloc, 0x22 calloc, each LENGTH and its fields
 *   malloc  = 1 result id, 2 size, 3 alignment     realloc = 1 result id, 2 id, 3 size
 *   free    = 1 id, 2 size hint, 3 alignment hint  calloc  = 1 result id, 2 count, 3 size
 *
 * All fields are varints. An absent id is NULL, an absent number 0; ids are used again.
 */
#include "workloads/import/formats.h"

#include <string.h>

enum { MESSAGE_BYTES_MAX = 4096, VARINT_BYTES_MAX = 10, FIELDS_MAX = 3 };

enum { TAG_LINE = 0x0A, TAG_MAX_LIVE = 0x10 };

enum { TAG_MALLOC = 0x0A, TAG_FREE = 0x12, TAG_REALLOC = 0x1A, TAG_CALLOC = 0x22 };

enum wire { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

struct span {
    const uint8_t *at, *end;
};

struct fields {
    uint64_t value[FIELDS_MAX + 1];
    bool has[FIELDS_MAX + 1];
};

static bool varint_take(struct span *span, uint64_t *value) {
    *value = 0;
    for (unsigned i = 0; i < VARINT_BYTES_MAX && span->at < span->end; i++) {
        uint8_t byte = *span->at++;
        if (i == VARINT_BYTES_MAX - 1 && byte > 1)
            return false;
        *value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80)
            return true;
    }
    return false;
}

/* Pass over the value of a field that is not ours. */
static bool value_skip(struct span *span, uint64_t tag) {
    uint64_t length = 0;
    switch (tag & 7) {
    case WIRE_VARINT:
        return varint_take(span, &length);
    case WIRE_64:
        length = 8;
        break;
    case WIRE_32:
        length = 4;
        break;
    case WIRE_BYTES:
        if (!varint_take(span, &length))
            return false;
        break;
    default:
        return false;
    }
    if (length > (uint64_t)(span->end - span->at))
        return false;
    span->at += length;
    return true;
}

static bool fields_read(struct span span, struct fields *fields) {
    uint64_t tag;
    memset(fields, 0, sizeof *fields);
    while (span.at < span.end) {
        if (!varint_take(&span, &tag))
            return false;
        uint64_t number = tag >> 3;
        bool is_ours = (tag & 7) == WIRE_VARINT && number >= 1 && number <= FIELDS_MAX;
        if (is_ours ? !varint_take(&span, &fields->value[number]) : !value_skip(&span, tag))
            return false;
        if (is_ours)
            fields->has[number] = true;
    }
    return true;
}

static uint64_t fields_address(const struct fields *fields, unsigned number) {
    return fields->has[number] ? calls_address_of_id(fields->value[number]) : 0;
}

static void call_do(struct calls *calls, uint64_t tag, const struct fields *fields) {
    uint64_t result = fields_address(fields, 1);
    const uint64_t *value = fields->value;

    if (tag == TAG_MALLOC)
        calls_birth(calls, value[3] > 0 ? HB_OP_ALIGNED : HB_OP_MALLOC, 0, result, value[2],
                    value[3]);
    else if (tag == TAG_FREE)
        calls_free(calls, 0, result);
    else if (tag == TAG_REALLOC)
        calls_realloc(calls, 0, fields_address(fields, 2), result, value[3]);
    else
        calls_calloc(calls, 0, result, value[2], value[3]);
}

static bool tag_is_call(uint64_t tag) {
    return tag == TAG_MALLOC || tag == TAG_FREE || tag == TAG_REALLOC || tag == TAG_CALLOC;
}

/* The calls of a line, usually one; calls NULL: only look whether it is one. */
static bool line_read(struct span line, struct calls *calls) {
    struct fields fields;
    uint64_t tag, length;

    while (line.at < line.end) {
        struct span call;
        if (!varint_take(&line, &tag))
            return false;
        if (!tag_is_call(tag)) {
            if (!value_skip(&line, tag))
                return false;
            continue;
        }
        if (!varint_take(&line, &length) || length > (uint64_t)(line.end - line.at))
            return false;
        call = (struct span){line.at, line.at + length};
        line.at += length;
        if (!fields_read(call, &fields))
            return false;
        if (calls)
            call_do(calls, tag, &fields);
    }
    return true;
}

/* The next field of the trace. Returns its bytes, 0 if they are not all there, and whether it is
 * sound. */
static size_t field_read(struct span bytes, struct calls *calls, bool *is_sound) {
    struct span span = bytes;
    uint64_t tag, length;

    *is_sound = true;
    if (!varint_take(&span, &tag) || (tag == TAG_LINE && !varint_take(&span, &length))) {
        *is_sound = bytes.end - bytes.at < 2 * VARINT_BYTES_MAX;
        return 0;
    }
    if (tag != TAG_LINE) {
        bool is_there = value_skip(&span, tag);
        *is_sound = is_there ? tag == TAG_MAX_LIVE : span.at == span.end;
        return is_there ? (size_t)(span.at - bytes.at) : 0;
    }
    *is_sound = length <= MESSAGE_BYTES_MAX;
    if (length > (uint64_t)(span.end - span.at))
        return 0;
    span.end = span.at + length;
    *is_sound = *is_sound && line_read(span, calls);
    return (size_t)(span.end - bytes.at);
}

static bool malloc_bench_read(struct input *input, struct calls *calls) {
    enum { FIELD_BYTES_MAX = MESSAGE_BYTES_MAX + 2 * VARINT_BYTES_MAX };
    const uint8_t *bytes;
    size_t have;

    while (!calls->is_failed && (have = input_peek(input, FIELD_BYTES_MAX, &bytes)) > 0) {
        bool is_sound;
        size_t length = field_read((struct span){bytes, bytes + have}, calls, &is_sound);
        if (!is_sound)
            return input_fail_byte(input, "no field of a malloc-bench trace; the file is damaged, "
                                          "or of another format");
        if (length == 0) {
            calls->losses.cut_at = input->offset;
            break;
        }
        input_take(input, length);
    }
    if (input_is_cut(input))
        calls->losses.cut_at = input->offset;
    return !input_failed(input);
}

static bool malloc_bench_recognise(const char *head, size_t length) {
    struct span span = {(const uint8_t *)head, (const uint8_t *)head + length};
    unsigned lines = 0;

    while (lines < 4 && span.at < span.end && *span.at == TAG_LINE) {
        bool is_sound;
        size_t field = field_read(span, NULL, &is_sound);
        if (field < 4 || !is_sound || !tag_is_call(span.at[2]))
            break;
        span.at += field;
        lines++;
    }
    return lines > 0 &&
           (lines == 4 || span.at == span.end || *span.at == TAG_LINE || *span.at == TAG_MAX_LIVE);
}

const struct import_format import_malloc_bench = {
    .said = {"malloc-bench", "malloc-bench's protocol buffers (.gz)"},
    .known_losses = "threads unknown",
    .unit = "byte",
    .recognise = malloc_bench_recognise,
    .read = malloc_bench_read,
};
