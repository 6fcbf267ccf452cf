/* note.c -- texts that traces carry along. */
#include "workloads/transform/note.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "workloads/trace.h"

static const char joint[] = "; ", gap[] = " ...";

/* The longest start of text that has at most so many bytes and ends between two characters of
 * UTF-8. */
static size_t text_start(const char *text, size_t most) {
    size_t length = strlen(text);

    if (length <= most)
        return length;
    while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

void hb_note_append(char *text, const char *addition) {
    size_t length = strlen(text);
    size_t added = text_start(addition, HB_TRACE_TEXT_MAX - 1);
    size_t joined = length == 0 ? 0 : strlen(joint);
    size_t room = HB_TRACE_TEXT_MAX - 1 - added;

    if (length + joined > room) {
        size_t kept = strlen(gap) + joined;

        length = room < kept ? 0 : text_start(text, room - kept);
        joined = room < kept ? 0 : joined;
        if (room >= kept)
            memcpy(text + length, gap, strlen(gap));
        length += room < kept ? 0 : strlen(gap);
    }
    memcpy(text + length, joint, joined);
    memcpy(text + length + joined, addition, added);
    text[length + joined + added] = '\0';
}

void hb_note_add(char *text, size_t size, const char *format, ...) {
    size_t length = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + length, size - length, format, arguments);
    va_end(arguments);
}
