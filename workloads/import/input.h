/* input.h -- what the importers read: the unpacked content of a file, as bytes or as lines. */
#ifndef IMPORT_INPUT_H
#define IMPORT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/trace.h"

enum {
    INPUT_BYTES = 256 << 10,   /* the buffer */
    INPUT_LINE_MAX = 64 << 10, /* bytes of a line; longer ones are passed over */
    INPUT_HEAD_BYTES = 64 << 10
};

struct unpack;

struct input {
    const char *path;
    struct unpack *unpack;
    uint8_t *bytes; /* INPUT_BYTES, and one for the end of a line */
    size_t start, end;
    bool is_at_end;
    uint64_t offset;     /* of bytes[start] in the content */
    uint64_t line;       /* number of the line last read, from 1 */
    uint64_t long_lines; /* longer than INPUT_LINE_MAX */
    bool is_bare;        /* the line last read has no newline: the last one, perhaps cut */
    char *error;         /* HB_TRACE_ERROR_MAX bytes; the first failure */
};

/* Open the file at path. Returns false with one line in error, which stays the input's. */
bool input_open(struct input *input, const char *path, char *error);
void input_close(struct input *input);

/* Have wanted bytes at hand, INPUT_BYTES at most; fewer at the end of the content or after a
 * failure. Returns how many there are; *bytes points to them. */
size_t input_peek(struct input *input, size_t wanted, const uint8_t **bytes);

/* Take the next count bytes, which have been peeked. */
void input_take(struct input *input, size_t count);

/* The next line without its end (\n or \r\n), NUL-terminated, valid until the next call. NULL at
 * the end of the content and after a failure. */
char *input_line(struct input *input);

/* Did reading fail? Then error says how. */
bool input_failed(const struct input *input);

/* Did the packed file end too early? */
bool input_is_cut(const struct input *input);

/* Fail with "PATH:LINE: …" or "PATH: byte OFFSET: …". Return false. */
bool input_fail_line(struct input *input, const char *what);
bool input_fail_byte(struct input *input, const char *what);

#endif
