/* trace_footer.c -- what a trace says of itself, as lines "key value".
 *
 * Numbers are decimal. In texts a newline is written \n and a backslash \\, so that a line is a
 * line.
 */
#include "workloads/trace_footer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/trace_format.h"

enum field_type { FIELD_U64, FIELD_U32, FIELD_BOOL, FIELD_TEXT };

struct field {
    const char *key;
    size_t offset;
    enum field_type type;
};

#define FIELD(name, type)                                                                          \
    { #name, offsetof(struct hb_trace_info, name), type }
#define KIND(name, kind)                                                                           \
    { name, offsetof(struct hb_trace_info, kind_count[kind]), FIELD_U64 }

static const struct field fields[] = {
    FIELD(op_count, FIELD_U64),
    KIND("malloc_count", HB_OP_MALLOC),
    KIND("calloc_count", HB_OP_CALLOC),
    KIND("aligned_count", HB_OP_ALIGNED),
    KIND("realloc_count", HB_OP_REALLOC),
    KIND("free_count", HB_OP_FREE),
    KIND("thread_start_count", HB_OP_THREAD_START),
    KIND("thread_end_count", HB_OP_THREAD_END),
    FIELD(object_count, FIELD_U64),
    FIELD(peak_live_objects, FIELD_U64),
    FIELD(peak_live_bytes, FIELD_U64),
    FIELD(total_bytes, FIELD_U64),
    FIELD(largest_bytes, FIELD_U64),
    FIELD(thread_count, FIELD_U32),
    FIELD(duration_ns, FIELD_U64),
    FIELD(has_times, FIELD_BOOL),
    FIELD(has_sites, FIELD_BOOL),
    FIELD(site_count, FIELD_U32),
    FIELD(null_frees, FIELD_U64),
    FIELD(failed_calls, FIELD_U64),
    FIELD(dropped_calls, FIELD_U64),
    FIELD(early_calls, FIELD_U64),
    FIELD(signal_calls, FIELD_U64),
    FIELD(unmatched_frees, FIELD_U64),
    FIELD(cost_ns_per_op_x1000, FIELD_U64),
    FIELD(command, FIELD_TEXT),
    FIELD(source, FIELD_TEXT),
    FIELD(note, FIELD_TEXT),
};

enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static uint64_t field_number(const struct field *field, const struct hb_trace_info *info) {
    const void *at = (const char *)info + field->offset;

    switch (field->type) {
    case FIELD_U64:
        return *(const uint64_t *)at;
    case FIELD_U32:
        return *(const uint32_t *)at;
    case FIELD_BOOL:
        return *(const bool *)at;
    case FIELD_TEXT:
        break;
    }
    return 0;
}

static size_t text_escape(const char *from, char *to) {
    size_t length = 0;

    for (size_t i = 0; i < HB_TRACE_TEXT_MAX - 1 && from[i] != '\0'; i++) {
        if (from[i] == '\n' || from[i] == '\\')
            to[length++] = '\\';
        to[length++] = from[i] == '\n' ? 'n' : from[i];
    }
    return length;
}

/* A trace without call sites says nothing of them. */
static bool field_is_of_sites(const struct field *field) {
    return field->offset == offsetof(struct hb_trace_info, has_sites) ||
           field->offset == offsetof(struct hb_trace_info, site_count);
}

size_t trace_footer_print(const struct hb_trace_info *info, char *text) {
    size_t length = 0;

    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *field = &fields[i];

        if (!info->has_sites && field_is_of_sites(field))
            continue;
        length += (size_t)sprintf(text + length, "%s ", field->key);
        if (field->type == FIELD_TEXT)
            length += text_escape((const char *)info + field->offset, text + length);
        else
            length += (size_t)sprintf(text + length, "%" PRIu64, field_number(field, info));
        text[length++] = '\n';
    }
    return length;
}

static bool text_unescape(const char *from, size_t length, char *to) {
    size_t written = 0;

    for (size_t i = 0; i < length; i++) {
        char c = from[i];

        if (c == '\0' || written >= HB_TRACE_TEXT_MAX - 1)
            return false;
        if (c == '\\') {
            if (++i == length || (from[i] != 'n' && from[i] != '\\'))
                return false;
            c = from[i] == 'n' ? '\n' : '\\';
        }
        to[written++] = c;
    }
    to[written] = '\0';
    return true;
}

static bool number_parse(const char *text, size_t length, uint64_t *number) {
    *number = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned char)text[i] - '0';

        if (digit > 9 || __builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, digit, number))
            return false;
    }
    return length > 0;
}

static bool field_parse(const struct field *field, const char *text, size_t length,
                        struct hb_trace_info *info) {
    void *at = (char *)info + field->offset;
    uint64_t number;

    if (field->type == FIELD_TEXT)
        return text_unescape(text, length, at);
    if (!number_parse(text, length, &number))
        return false;
    switch (field->type) {
    case FIELD_U64:
        *(uint64_t *)at = number;
        return true;
    case FIELD_U32:
        *(uint32_t *)at = (uint32_t)number;
        return number <= UINT32_MAX;
    case FIELD_BOOL:
        *(bool *)at = number == 1;
        return number <= 1;
    case FIELD_TEXT:
        break;
    }
    return false;
}

static bool line_parse(const char *line, size_t length, struct hb_trace_info *info) {
    const char *space = memchr(line, ' ', length);
    size_t key_length;

    if (space == NULL)
        return false;
    key_length = (size_t)(space - line);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (strlen(fields[i].key) == key_length && memcmp(fields[i].key, line, key_length) == 0)
            return field_parse(&fields[i], space + 1, length - key_length - 1, info);
    return true;
}

bool trace_footer_parse(const char *text, size_t length, struct hb_trace_info *info) {
    while (length > 0) {
        const char *end = memchr(text, '\n', length);

        if (end == NULL || !line_parse(text, (size_t)(end - text), info))
            return false;
        length -= (size_t)(end + 1 - text);
        text = end + 1;
    }
    return true;
}
