/* lines.c -- see lines.h. */
#include "workloads/import/lines.h"

#include <string.h>

#include "workloads/import/scan.h"

static void line_count_skipped(struct calls *calls, const struct input *input) {
    if (calls->losses.skipped_lines++ == 0)
        calls->losses.first_skipped = input->line;
}

bool lines_read(struct input *input, struct calls *calls, bool takes_bare, line_reader *reader,
                void *state) {
    enum line_verdict verdict = LINE_READ;
    const char *line;

    while (verdict < LINE_LAST && !calls->is_failed && (line = input_line(input)) != NULL) {
        if (input->is_bare && !takes_bare) {
            calls->losses.cut_at = input->line;
            break;
        }
        if (scan_end(line))
            continue;
        verdict = reader(state, input, calls, line);
        if (verdict == LINE_SKIPPED)
            line_count_skipped(calls, input);
    }
    if (input_is_cut(input) && calls->losses.cut_at == 0)
        calls->losses.cut_at = input->line > 0 ? input->line : 1;
    calls->losses.long_lines = input->long_lines;
    return verdict != LINE_REFUSED && !input_failed(input);
}

const char *lines_peek(const char *at, const char *end, char *line) {
    const char *stop;
    size_t length;

    if (at == NULL || at >= end)
        return NULL;
    stop = memchr(at, '\n', (size_t)(end - at));
    length = (size_t)((stop ? stop : end) - at);
    if (length > LINES_PEEK_BYTES - 1)
        length = LINES_PEEK_BYTES - 1;
    memcpy(line, at, length);
    if (length > 0 && line[length - 1] == '\r')
        length--;
    line[length] = '\0';
    return stop ? stop + 1 : end;
}
