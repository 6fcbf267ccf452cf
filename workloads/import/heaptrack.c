/* heaptrack.c -- what `heaptrack --raw` writes.
 *
 * A line's first character is its type; numbers are hexadecimal, in lower case:
 *   v VERSION FILE_VERSION · X COMMAND_LINE · c MS · + SIZE TRACE PTR · - PTR
 * The others (x, I, m, s, S, t, R, A, k …) are about call stacks (heaptrack_sites.h) and the
 * process. A realloc is logged as a free and a malloc. Version 1.4 leaves out memalign and pvalloc,
 * though not their frees, and realloc(p, 0).
 *
 * An interpreted file, which heaptrack writes without --raw, has lines `a SIZE TRACE` and
 * `+ NUMBER_OF_A`: they say how much was allocated, but not which object is freed.
 */
#include "workloads/import/formats.h"
#include "workloads/import/heaptrack_sites.h"
#include "workloads/import/lines.h"
#include "workloads/import/scan.h"

#include <stdio.h>

enum { NS_PER_MS = 1000000 };

static const char interpreted[] =
    "this file has been interpreted by heaptrack: it does not say which object is freed; record "
    "again with heaptrack --raw";

/* COUNT hexadecimal numbers, one space before each, and no more. */
static bool hex_scan(const char *at, uint64_t *numbers, int count) {
    for (int i = 0; i < count; i++)
        if (!scan_text(&at, " ") || !scan_hex(&at, &numbers[i]))
            return false;
    return scan_end(at);
}

static enum line_verdict birth_line(struct heaptrack_sites *sites, struct input *input,
                                    struct calls *calls, const char *at) {
    uint64_t numbers[3];
    if (hex_scan(at, numbers, 3)) {
        if (calls->has_sites)
            calls->site = heaptrack_sites_find(sites, calls, numbers[1]);
        calls_birth(calls, HB_OP_MALLOC, 0, numbers[2], numbers[0], 0);
        return LINE_READ;
    }
    if (!hex_scan(at, numbers, 1))
        return LINE_SKIPPED;
    input_fail_line(input, interpreted);
    return LINE_REFUSED;
}

/* `x LENGTH PATH` is how version 3 writes texts; X has none. */
static enum line_verdict heaptrack_line(void *state, struct input *input, struct calls *calls,
                                        const char *line) {
    uint64_t number[2];

    if (calls->has_sites && !heaptrack_sites_line(state, line))
        calls->is_failed = true;
    switch (line[0]) {
    case '+':
        return birth_line(state, input, calls, line + 1);
    case '-':
        if (!hex_scan(line + 1, number, 1))
            return LINE_SKIPPED;
        calls_free(calls, 0, number[0]);
        return LINE_READ;
    case 'a':
        if (!hex_scan(line + 1, number, 2))
            return LINE_SKIPPED;
        input_fail_line(input, interpreted);
        return LINE_REFUSED;
    case 'X':
        if (line[1] == ' ')
            snprintf(calls->command, sizeof calls->command, "%s", line + 2);
        return LINE_READ;
    case 'c':
        if (!hex_scan(line + 1, number, 1) || number[0] > UINT64_MAX / NS_PER_MS)
            return LINE_SKIPPED;
        calls->time_ns = number[0] * NS_PER_MS;
        return LINE_READ;
    default:
        return strchr("vxImsStRAkif#", line[0]) ? LINE_READ : LINE_SKIPPED;
    }
}

static bool heaptrack_read(struct input *input, struct calls *calls) {
    struct heaptrack_sites sites = {0};
    bool is_good = lines_read(input, calls, false, heaptrack_line, &sites);
    heaptrack_sites_free(&sites);
    return is_good;
}

static bool heaptrack_recognise(const char *head, size_t length) {
    char line[LINES_PEEK_BYTES];
    uint64_t numbers[2];
    return lines_peek(head, head + length, line) != NULL && line[0] == 'v' &&
           (hex_scan(line + 1, numbers, 2) || hex_scan(line + 1, numbers, 1));
}

const struct import_format import_heaptrack = {
    .said = {"heaptrack", "what heaptrack --raw writes: + 18 8 561f255ad1d0"},
    .known_losses = "threads, calloc, realloc and alignments unknown",
    .unit = "line",
    .has_sites = true,
    .recognise = heaptrack_recognise,
    .read = heaptrack_read,
};
