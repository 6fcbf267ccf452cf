/* mtrace.c -- the log of glibc's mtrace(3).
 *
 *   [@ [FILE:][(SYMBOL±OFFSET)][0xADDRESS] ]CALL
 *
 * `+ PTR SIZE` is malloc, calloc (the product) or an aligned call; `- PTR` a free; `< OLD` and then
 * `> NEW SIZE` a realloc; `! PTR SIZE` a realloc that failed; `= Start` and `= End` frame it all.
 * SIZE is hexadecimal with 0x, but zero is 0. A second `= Start` before an `= End` comes from a
 * forked child that writes into the same file.
 */
#include "workloads/import/formats.h"
#include "workloads/import/lines.h"
#include "workloads/import/scan.h"

struct mtrace {
    bool is_started;
    bool has_pending; /* `<` has been seen, `>` is to come */
    struct calls_pending pending;
};

/* Beyond the caller, whose file name may hold anything: calls have no ']'. */
static const char *caller_skip(const char *line) {
    const char *bracket;
    scan_blanks(&line);
    if (*line != '@')
        return line;
    bracket = strrchr(line, ']');
    if (bracket == NULL)
        return "";
    line = bracket + 1;
    scan_blanks(&line);
    return line;
}

static bool is_call(const char *at) {
    uint64_t pointer;
    if (*at == '\0' || !strchr("+-<>!", *at) || at[1] != ' ')
        return false;
    at += 2;
    return scan_pointer(&at, &pointer);
}

static enum line_verdict frame_line(struct mtrace *mtrace, struct calls *calls, const char *at) {
    if (scan_text(&at, "= Start") && scan_end(at)) {
        calls->losses.copies += mtrace->is_started;
        mtrace->is_started = true;
        return LINE_READ;
    }
    if (scan_text(&at, "= End") && scan_end(at)) {
        mtrace->is_started = false;
        return LINE_READ;
    }
    return LINE_SKIPPED;
}

static void realloc_end(struct mtrace *mtrace, struct calls *calls, uint64_t to, uint64_t size) {
    if (!mtrace->has_pending) {
        calls->losses.split_calls++;
        calls_birth(calls, HB_OP_MALLOC, 0, to, size, 0);
        return;
    }
    mtrace->has_pending = false;
    calls_realloc_end(calls, &mtrace->pending, 0, to, size);
}

/* `<` without `>`: what became of the object is unknown; it is taken as freed. */
static void realloc_drop(struct mtrace *mtrace, struct calls *calls) {
    if (!mtrace->has_pending)
        return;
    mtrace->has_pending = false;
    calls->losses.split_calls++;
    calls_realloc_end(calls, &mtrace->pending, 0, 0, 0);
}

static enum line_verdict mtrace_line(void *state, struct input *input, struct calls *calls,
                                     const char *line) {
    struct mtrace *mtrace = state;
    const char *at = caller_skip(line);
    uint64_t pointer, size = 0;
    char verb = *at;

    (void)input;
    if (!is_call(at))
        return verb == '=' ? frame_line(mtrace, calls, at) : LINE_SKIPPED;
    at += 2;
    bool has_size = verb != '-' && verb != '<';
    if (!scan_pointer(&at, &pointer))
        return LINE_SKIPPED;
    scan_blanks(&at);
    if ((has_size && !scan_any(&at, &size)) || !scan_end(at))
        return LINE_SKIPPED;
    if (verb != '>')
        realloc_drop(mtrace, calls);
    if (verb == '+')
        calls_birth(calls, HB_OP_MALLOC, 0, pointer, size, 0);
    else if (verb == '-')
        calls_free(calls, 0, pointer);
    else if (verb == '>')
        realloc_end(mtrace, calls, pointer, size);
    else if (verb == '!')
        calls->losses.failed_calls++;
    else {
        mtrace->has_pending = true;
        calls_realloc_begin(calls, pointer, &mtrace->pending);
    }
    return LINE_READ;
}

static bool mtrace_read(struct input *input, struct calls *calls) {
    struct mtrace mtrace = {0};
    bool is_good = lines_read(input, calls, false, mtrace_line, &mtrace);
    realloc_drop(&mtrace, calls);
    return is_good;
}

static bool mtrace_recognise(const char *head, size_t length) {
    char line[LINES_PEEK_BYTES];

    for (const char *at = head; (at = lines_peek(at, head + length, line)) != NULL;) {
        const char *call = caller_skip(line);
        if (!scan_end(line))
            return is_call(call) || strncmp(call, "= Start", 7) == 0;
    }
    return false;
}

const struct import_format import_mtrace = {
    .said = {"mtrace", "the log of glibc's mtrace(3): @ ./a.out:[0x401136] + 0x4052a0 0x18"},
    .known_losses = "threads, calloc and alignments unknown",
    .unit = "line",
    .recognise = mtrace_recognise,
    .read = mtrace_read,
};
