/* lines.h -- formats of one call a line. */
#ifndef IMPORT_LINES_H
#define IMPORT_LINES_H

#include "workloads/import/calls.h"
#include "workloads/import/input.h"

enum line_verdict {
    LINE_READ,
    LINE_SKIPPED, /* not understood */
    LINE_LAST,    /* read, and the trace ends with it */
    LINE_REFUSED  /* the input's error says why */
};

/* What a format makes of one line. state is the format's own. */
typedef enum line_verdict line_reader(void *state, struct input *input, struct calls *calls,
                                      const char *line);

/* Read every line. Blank ones are passed over, those that are not understood are counted; a last
 * line without newline counts as cut and is left out, unless takes_bare: such a format is written
 * by hand. Returns false if the reader refused or the input failed. */
bool lines_read(struct input *input, struct calls *calls, bool takes_bare, line_reader *reader,
                void *state);

/* One line of a head, to recognise by: copied to line, which holds LINES_PEEK_BYTES, cut if longer.
 * Returns what follows it, NULL if there is none. */
enum { LINES_PEEK_BYTES = 512 };
const char *lines_peek(const char *at, const char *end, char *line);

#endif
