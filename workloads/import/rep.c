/* rep.c -- trace files of the malloc lab (CMU 15-213; Bryant & O'Hallaron, Computer Systems).
 *
 * Four numbers, a line each, then a call a line: `a ID SIZE`, `r ID SIZE`, `f ID`. The second
 * number is how many ids there are, the third how many calls; variants use the other two
 * differently. An r of an id that does not live is realloc(NULL, SIZE), `f -1` is free(NULL). Leaks
 * are normal.
 */
#include "workloads/import/formats.h"
#include "workloads/import/lines.h"
#include "workloads/import/scan.h"

enum { HEADER_NUMBERS = 4, NUMBER_OF_IDS = 1, NUMBER_OF_CALLS = 2 };

struct rep {
    unsigned header_count;
    uint64_t header[HEADER_NUMBERS];
    uint64_t call_count;
};

static bool header_scan(const char *at, uint64_t *number) {
    scan_blanks(&at);
    scan_text(&at, "-"); /* a weight may be */
    return scan_decimal(&at, number) && scan_end(at);
}

static enum line_verdict header_line(struct rep *rep, struct input *input, const char *line) {
    if (header_scan(line, &rep->header[rep->header_count])) {
        rep->header_count++;
        return LINE_READ;
    }
    input_fail_line(input, "a malloc lab trace begins with four numbers, one a line; this is none");
    return LINE_REFUSED;
}

/* Numbers behind the letter: the id, and the size unless it is f. */
static bool call_scan(const char *at, uint64_t *id, uint64_t *size) {
    char letter = *at++;

    if (letter == '\0' || !strchr("arf", letter) || !scan_is_blank(*at))
        return false;
    scan_blanks(&at);
    if (!scan_decimal(&at, id))
        return false;
    scan_blanks(&at);
    return (letter == 'f' || scan_decimal(&at, size)) && scan_end(at);
}

static bool is_free_of_null(const char *at) {
    if (*at++ != 'f')
        return false;
    scan_blanks(&at);
    return scan_text(&at, "-1") && scan_end(at);
}

static void rep_call(struct calls *calls, char letter, uint64_t address, uint64_t size) {
    if (letter == 'f')
        calls_free(calls, 0, address);
    else if (letter == 'a' || !calls_is_live(calls, address))
        calls_birth(calls, HB_OP_MALLOC, 0, address, size, 0);
    else
        calls_realloc(calls, 0, address, size > 0 ? address : 0, size);
}

static enum line_verdict rep_line(void *state, struct input *input, struct calls *calls,
                                  const char *line) {
    struct rep *rep = state;
    uint64_t id = 0, size = 0;

    if (rep->header_count < HEADER_NUMBERS)
        return header_line(rep, input, line);
    if (rep->call_count >= rep->header[NUMBER_OF_CALLS])
        return LINE_LAST;
    scan_blanks(&line);
    if (is_free_of_null(line))
        calls_free(calls, 0, 0);
    else if (call_scan(line, &id, &size) && id < rep->header[NUMBER_OF_IDS])
        rep_call(calls, *line, calls_address_of_id(id), size);
    else
        return LINE_SKIPPED;
    rep->call_count++;
    return LINE_READ;
}

static bool rep_read(struct input *input, struct calls *calls) {
    struct rep rep = {0};
    bool is_good = lines_read(input, calls, true, rep_line, &rep);
    bool is_short = rep.call_count + calls->losses.skipped_lines < rep.header[NUMBER_OF_CALLS];
    if (is_short && calls->losses.cut_at == 0)
        calls->losses.cut_at = input->line;
    return is_good;
}

static bool rep_recognise(const char *head, size_t length) {
    char line[LINES_PEEK_BYTES];
    uint64_t id, size;
    unsigned count = 0;

    for (const char *at = head; (at = lines_peek(at, head + length, line)) != NULL;) {
        const char *text = line;
        if (scan_end(line))
            continue;
        scan_blanks(&text);
        if (count == HEADER_NUMBERS)
            return call_scan(text, &id, &size) || is_free_of_null(text);
        if (!header_scan(line, &id))
            return false;
        count++;
    }
    return false;
}

const struct import_format import_rep = {
    .said = {"rep", "the malloc lab's traces: four numbers, then a 0 512, r 0 640, f 0"},
    .known_losses = "threads, calloc and alignments unknown",
    .unit = "line",
    .recognise = rep_recognise,
    .read = rep_read,
};
