/* fatal.h -- the last words of a process whose heap cannot go on. */
#ifndef HB_FATAL_H
#define HB_FATAL_H

#include <stdlib.h>
#include <unistd.h>

#include "allocators/text.h"

enum { HB_FATAL_MAX = 1024 };

/* Write one line to stderr, without stdio or malloc. The text is cut if it is longer than
 * HB_FATAL_MAX. */
static inline void hb_line_write(struct hb_text *text) {
    if (text->length + 1 >= text->size)
        text->length = text->size - 2;
    text->bytes[text->length++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, text->bytes, text->length);
    (void)ignored;
}

/* The heap is corrupt: say so and abort. */
__attribute__((noreturn)) static inline void hb_fatal(struct hb_text *text) {
    hb_line_write(text);
    abort();
}

#endif
