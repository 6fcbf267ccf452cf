/* valgrind.c -- the log of valgrind --trace-malloc=yes.
 *
 *   --PID-- FUNCTION(ARGUMENTS) = 0xPTR          --PID-- FUNCTION(0xPTR)      the frees
 *
 * malloc(N) · calloc(N,SIZE) · memalign(al A, size N) for all aligned calls · the mangled names of
 * operator new (_Znwm, _Znam, …), with `size N, al A` where they align · realloc(0xOLD,N) ·
 * realloc(0x0,N)malloc(N) = 0xPTR · realloc(0xOLD,0)free(0xOLD), whose ` = 0` is a line of its own.
 * Pointers are 0x and upper case. What the program and valgrind say stands between, and is ignored.
 * With --trace-children the processes' calls are mixed: those of the first are taken.
 */
#include "workloads/import/formats.h"
#include "workloads/import/lines.h"
#include "workloads/import/scan.h"

struct valgrind {
    bool has_process;
    uint64_t process;
};

/* "--PID-- " */
static bool prefix_scan(const char **at, uint64_t *process) {
    const char *from = *at;
    if (!scan_text(&from, "--") || !scan_decimal(&from, process) || !scan_text(&from, "-- "))
        return false;
    *at = from;
    return true;
}

/* "(al A, size N)", "(size N, al A)" or "(N)" */
static bool request_scan(const char **at, uint64_t *size, uint64_t *alignment) {
    const char *from = *at;
    bool is_good = true;

    *alignment = 0;
    if (!scan_text(&from, "("))
        return false;
    if (scan_text(&from, "al "))
        is_good = scan_decimal(&from, alignment) && scan_text(&from, ", size ");
    else
        scan_text(&from, "size ");
    is_good = is_good && scan_decimal(&from, size);
    if (is_good && scan_text(&from, ", al "))
        is_good = scan_decimal(&from, alignment);
    *at = from;
    return is_good && scan_text(at, ")");
}

static bool result_scan(const char **at, uint64_t *pointer) {
    return scan_text(at, " = ") && scan_pointer(at, pointer) && scan_end(*at);
}

static bool birth_call(struct calls *calls, const char *at) {
    uint64_t size, alignment, pointer;
    if (!request_scan(&at, &size, &alignment) || !result_scan(&at, &pointer))
        return false;
    calls_birth(calls, alignment > 0 ? HB_OP_ALIGNED : HB_OP_MALLOC, 0, pointer, size, alignment);
    return true;
}

static bool calloc_call(struct calls *calls, const char *at) {
    uint64_t count, size, pointer;
    if (!scan_text(&at, "(") || !scan_decimal(&at, &count) || !scan_text(&at, ",") ||
        !scan_decimal(&at, &size) || !scan_text(&at, ")") || !result_scan(&at, &pointer))
        return false;
    calls_calloc(calls, 0, pointer, count, size);
    return true;
}

static bool free_call(struct calls *calls, const char *at) {
    uint64_t pointer;
    if (!scan_text(&at, "(") || !scan_pointer(&at, &pointer) || !scan_text(&at, ")") ||
        !scan_end(at))
        return false;
    calls_free(calls, 0, pointer);
    return true;
}

static bool realloc_call(struct calls *calls, const char *at) {
    uint64_t from, to, size;
    if (!scan_text(&at, "(") || !scan_pointer(&at, &from) || !scan_text(&at, ",") ||
        !scan_decimal(&at, &size) || !scan_text(&at, ")"))
        return false;
    if (scan_text(&at, "free"))
        return free_call(calls, at);
    if (scan_text(&at, "malloc"))
        return birth_call(calls, at);
    if (!result_scan(&at, &to))
        return false;
    calls_realloc(calls, 0, from, to, size);
    return true;
}

static const struct function {
    const char *name;
    bool is_stem; /* followed by the rest of a mangled name */
    bool (*call)(struct calls *calls, const char *at);
} functions[] = {
    {"malloc", false, birth_call},    {"free", false, free_call},
    {"_Zn", true, birth_call},        {"_Zd", true, free_call},
    {"realloc", false, realloc_call}, {"calloc", false, calloc_call},
    {"memalign", false, birth_call},
};

static const struct function *function_scan(const char **at) {
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        const char *from = *at;
        if (!scan_text(&from, functions[i].name))
            continue;
        if (functions[i].is_stem)
            from += strcspn(from, "( ");
        if (*from != '(')
            continue;
        *at = from;
        return &functions[i];
    }
    return NULL;
}

static enum line_verdict valgrind_line(void *state, struct input *input, struct calls *calls,
                                       const char *line) {
    struct valgrind *valgrind = state;
    const struct function *function;
    uint64_t process;

    (void)input;
    if (!prefix_scan(&line, &process) || (function = function_scan(&line)) == NULL)
        return LINE_READ;
    if (!valgrind->has_process)
        valgrind->process = process;
    valgrind->has_process = true;
    if (process != valgrind->process) {
        calls->losses.other_calls++;
        return LINE_READ;
    }
    return function->call(calls, line) ? LINE_READ : LINE_SKIPPED;
}

static bool valgrind_read(struct input *input, struct calls *calls) {
    struct valgrind valgrind = {0};
    return lines_read(input, calls, false, valgrind_line, &valgrind);
}

static bool valgrind_recognise(const char *head, size_t length) {
    char line[LINES_PEEK_BYTES];
    uint64_t process;

    for (const char *at = head; (at = lines_peek(at, head + length, line)) != NULL;) {
        const char *text = line;
        if (prefix_scan(&text, &process) && function_scan(&text) != NULL)
            return true;
    }
    return false;
}

const struct import_format import_valgrind = {
    .said = {"valgrind", "the log of valgrind --trace-malloc=yes: --123-- malloc(24) = 0x4A42040"},
    .known_losses = "threads unknown",
    .unit = "line",
    .recognise = valgrind_recognise,
    .read = valgrind_read,
};
