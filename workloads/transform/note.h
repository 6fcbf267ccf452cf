/* note.h -- texts that traces carry along: what was done to them, appended to what they said. */
#ifndef HB_TRANSFORM_NOTE_H
#define HB_TRANSFORM_NOTE_H

#include <stddef.h>

/* Append addition to text, which holds HB_TRACE_TEXT_MAX bytes, after "; " unless text is empty.
 * Where both do not fit, the end of what was there gives way to " ..."; the addition stays whole as
 * far as it fits by itself. */
void hb_note_append(char *text, const char *addition);

/* Append a formatted piece to text of size bytes; what does not fit is cut. */
void hb_note_add(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
