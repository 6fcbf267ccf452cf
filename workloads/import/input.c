/* input.c -- see input.h. */
#include "workloads/import/input.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/import/unpack.h"
#include "workloads/trace_format.h"

bool input_open(struct input *input, const char *path, char *error) {
    *input = (struct input){.path = path, .error = error};
    error[0] = '\0';
    input->unpack = unpack_open(path, error);
    if (!input->unpack)
        return false;
    input->bytes = malloc(INPUT_BYTES + 1);
    if (input->bytes)
        return true;
    input_close(input);
    return trace_fail(error, "out of memory to read %s", path);
}

void input_close(struct input *input) {
    if (input->unpack)
        unpack_close(input->unpack);
    free(input->bytes);
    input->unpack = NULL;
    input->bytes = NULL;
}

static void input_read(struct input *input) {
    memmove(input->bytes, input->bytes + input->start, input->end - input->start);
    input->end -= input->start;
    input->start = 0;
    size_t got = unpack_read(input->unpack, input->bytes + input->end, INPUT_BYTES - input->end);
    input->end += got;
    if (got > 0)
        return;
    input->is_at_end = true;
    if (unpack_error(input->unpack) && !input->error[0])
        trace_fail(input->error, "%s", unpack_error(input->unpack));
}

size_t input_peek(struct input *input, size_t wanted, const uint8_t **bytes) {
    while (input->end - input->start < wanted && !input->is_at_end)
        input_read(input);
    *bytes = input->bytes + input->start;
    return input->end - input->start;
}

void input_take(struct input *input, size_t count) {
    input->start += count;
    input->offset += count;
}

/* Pass over a line that is too long. */
static void line_skip(struct input *input) {
    const uint8_t *bytes, *end = NULL;
    size_t have;

    while (!end && (have = input_peek(input, 1, &bytes)) > 0) {
        end = memchr(bytes, '\n', have);
        input_take(input, end ? (size_t)(end - bytes) + 1 : have);
    }
    input->long_lines++;
}

/* The length of the line at the start of the buffer, without its newline. */
static size_t line_find(struct input *input, const uint8_t **bytes) {
    size_t have = input_peek(input, 1, bytes);
    const uint8_t *end = memchr(*bytes, '\n', have);

    if (!end && have <= INPUT_LINE_MAX) {
        have = input_peek(input, INPUT_LINE_MAX + 1, bytes);
        end = memchr(*bytes, '\n', have);
    }
    input->is_bare = !end;
    return end ? (size_t)(end - *bytes) : have;
}

char *input_line(struct input *input) {
    for (;;) {
        const uint8_t *bytes;
        size_t length = line_find(input, &bytes);
        if (input->error[0] || (length == 0 && input->is_bare))
            return NULL;
        input->line++;
        if (length > INPUT_LINE_MAX) {
            line_skip(input);
            continue;
        }
        char *text = (char *)input->bytes + input->start;
        input_take(input, length + !input->is_bare);
        if (length > 0 && text[length - 1] == '\r')
            length--;
        text[length] = '\0';
        return text;
    }
}

bool input_failed(const struct input *input) {
    return input->error[0] != '\0';
}

bool input_is_cut(const struct input *input) {
    return unpack_is_cut(input->unpack);
}

bool input_fail_line(struct input *input, const char *what) {
    return trace_fail(input->error, "%s:%" PRIu64 ": %s", input->path, input->line, what);
}

bool input_fail_byte(struct input *input, const char *what) {
    return trace_fail(input->error, "%s: byte %" PRIu64 ": %s", input->path, input->offset, what);
}
