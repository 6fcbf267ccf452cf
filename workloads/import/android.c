/* android.c -- the text traces of Android's memory_replay.
 *
 *   TID: OP 0xPTR [ARGUMENTS] [START_NS END_NS]
 *
 * malloc P SIZE · calloc P COUNT SIZE · realloc NEW OLD SIZE · memalign P ALIGNMENT SIZE · free P ·
 * thread_done 0x0 [END_NS]. Numbers are decimal, pointers 0x and hexadecimal; the space behind the
 * colon may be missing. A thread id may come back after thread_done: as another thread.
 */
#include "workloads/import/formats.h"
#include "workloads/import/lines.h"
#include "workloads/import/scan.h"

struct android {
    bool has_start;
    uint64_t start_ns;
};

enum { NUMBERS_MAX = 5 };

static const struct verb {
    const char *name;
    int kind; /* enum hb_op_kind */
    unsigned number_count;
} verbs[] = {
    {"malloc ", HB_OP_MALLOC, 1},    {"free ", HB_OP_FREE, 0},
    {"calloc ", HB_OP_CALLOC, 2},    {"realloc ", HB_OP_REALLOC, 2},
    {"memalign ", HB_OP_ALIGNED, 2}, {"thread_done ", HB_OP_THREAD_END, 0},
};

/* The numbers behind the pointer: the call's, then perhaps its times. Returns their count. */
static bool numbers_scan(const char **at, const struct verb *verb, uint64_t *numbers,
                         unsigned *count) {
    *count = 0;
    while (!scan_end(*at) && *count < NUMBERS_MAX) {
        scan_blanks(at);
        bool is_old = verb->kind == HB_OP_REALLOC && *count == 0;
        if (!(is_old ? scan_pointer(at, &numbers[*count]) : scan_decimal(at, &numbers[*count])))
            return false;
        (*count)++;
    }
    unsigned times = *count - verb->number_count;
    bool is_end = verb->kind == HB_OP_THREAD_END;
    return *count >= verb->number_count && scan_end(*at) &&
           (times == 0 || (is_end ? times <= 2 : times == 2));
}

static void android_set_time(struct android *android, struct calls *calls, uint64_t ns) {
    if (!android->has_start)
        android->start_ns = ns;
    android->has_start = true;
    calls->time_ns = ns > android->start_ns ? ns - android->start_ns : 0;
}

static void android_call(struct calls *calls, const struct verb *verb, uint64_t id,
                         uint64_t pointer, const uint64_t *numbers) {
    uint32_t thread = calls_thread(calls, id);
    switch (verb->kind) {
    case HB_OP_MALLOC:
        calls_birth(calls, HB_OP_MALLOC, thread, pointer, numbers[0], 0);
        break;
    case HB_OP_CALLOC:
        calls_calloc(calls, thread, pointer, numbers[0], numbers[1]);
        break;
    case HB_OP_ALIGNED:
        calls_birth(calls, HB_OP_ALIGNED, thread, pointer, numbers[1], numbers[0]);
        break;
    case HB_OP_REALLOC:
        calls_realloc(calls, thread, numbers[0], pointer, numbers[1]);
        break;
    case HB_OP_FREE:
        calls_free(calls, thread, pointer);
        break;
    default:
        calls_thread_end(calls, id);
    }
}

static bool line_scan(const char *line, const struct verb **verb, uint64_t *id, uint64_t *pointer,
                      const char **rest) {
    scan_blanks(&line);
    if (!scan_decimal(&line, id) || !scan_text(&line, ":"))
        return false;
    scan_blanks(&line);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (!scan_text(&line, verbs[i].name))
            continue;
        *verb = &verbs[i];
        scan_blanks(&line);
        bool is_good = scan_prefixed_hex(&line, pointer);
        *rest = line;
        return is_good;
    }
    return false;
}

static enum line_verdict android_line(void *state, struct input *input, struct calls *calls,
                                      const char *line) {
    uint64_t id, pointer, numbers[NUMBERS_MAX];
    const struct verb *verb;
    const char *rest;
    unsigned count;

    (void)input;
    if (!line_scan(line, &verb, &id, &pointer, &rest) ||
        !numbers_scan(&rest, verb, numbers, &count))
        return LINE_SKIPPED;
    if (count > verb->number_count)
        android_set_time(state, calls, numbers[verb->number_count]);
    android_call(calls, verb, id, pointer, numbers);
    return LINE_READ;
}

static bool android_read(struct input *input, struct calls *calls) {
    struct android android = {0};
    return lines_read(input, calls, false, android_line, &android);
}

static bool android_recognise(const char *head, size_t length) {
    char line[LINES_PEEK_BYTES];
    const struct verb *verb;
    uint64_t id, pointer;
    const char *rest;

    for (const char *at = head; (at = lines_peek(at, head + length, line)) != NULL;)
        if (!scan_end(line))
            return line_scan(line, &verb, &id, &pointer, &rest);
    return false;
}

const struct import_format import_android = {
    .said = {"android", "the text of Android's memory_replay: 123: malloc 0x7f10 64"},
    .known_losses = "",
    .unit = "line",
    .recognise = android_recognise,
    .read = android_read,
};
