/* bohra.c -- traces of A. Bohra and E. Gabber, "Are mallocs free of fragmentation?", USENIX 2001:
 * lines `Allocate TAG SIZE` and `Free TAG`. A tag names an object until its Free.
 */
#include "workloads/import/formats.h"
#include "workloads/import/lines.h"
#include "workloads/import/scan.h"

static bool line_scan(const char *at, bool *is_birth, uint64_t *tag, uint64_t *size) {
    scan_blanks(&at);
    *size = 0;
    *is_birth = scan_text(&at, "Allocate ");
    if (!*is_birth && !scan_text(&at, "Free "))
        return false;
    scan_blanks(&at);
    if (!scan_any(&at, tag))
        return false;
    scan_blanks(&at);
    return (!*is_birth || scan_decimal(&at, size)) && scan_end(at);
}

static enum line_verdict bohra_line(void *state, struct input *input, struct calls *calls,
                                    const char *line) {
    uint64_t tag, size;
    bool is_birth;

    (void)state;
    (void)input;
    if (!line_scan(line, &is_birth, &tag, &size))
        return LINE_SKIPPED;
    if (is_birth)
        calls_birth(calls, HB_OP_MALLOC, 0, calls_address_of_id(tag), size, 0);
    else
        calls_free(calls, 0, calls_address_of_id(tag));
    return LINE_READ;
}

static bool bohra_read(struct input *input, struct calls *calls) {
    return lines_read(input, calls, true, bohra_line, NULL);
}

static bool bohra_recognise(const char *head, size_t length) {
    char line[LINES_PEEK_BYTES];
    uint64_t tag, size;
    bool is_birth;

    for (const char *at = head; (at = lines_peek(at, head + length, line)) != NULL;)
        if (!scan_end(line))
            return line_scan(line, &is_birth, &tag, &size);
    return false;
}

const struct import_format import_bohra = {
    .said = {"bohra", "Bohra & Gabber's traces: Allocate 17 64, Free 17"},
    .known_losses = "threads, calloc, realloc and alignments unknown",
    .unit = "line",
    .recognise = bohra_recognise,
    .read = bohra_read,
};
