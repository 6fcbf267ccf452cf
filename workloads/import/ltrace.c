/* ltrace.c -- the log of ltrace(1).
 *
 *   [PID ][TIME ][CALLER->]FUNCTION[@LIBRARY](ARGUMENTS) = RESULT
 *
 * or `[pid N] ` before it. A call that another thread interrupts is split: `FUNCTION(ARGUMENTS
 * <unfinished ...>`, or <no return ...>, and later `<... FUNCTION resumed> ) = RESULT`, of the same
 * pid. Calls inside such a call of the same pid, and those that libc makes, are its own doing and
 * left out. Functions that ltrace does not know, as memalign, show four arguments, the first of
 * which are right. Other lines are ignored.
 */
#include "workloads/import/ltrace_line.h"

#include <stdlib.h>

#include "workloads/import/formats.h"
#include "workloads/import/lines.h"

enum { ALIGNMENT_MAX = 1 << 30, FIRST_CALLS = 16 };

/* A call between its two lines. */
struct open_call {
    struct ltrace_line line;
    struct calls_pending pending; /* of a realloc */
    unsigned depth;               /* split calls inside it */
    bool is_open;
};

struct ltrace {
    struct livemap index_of; /* pid -> index of its open call */
    struct open_call *calls; /* one for each pid that ever had one */
    size_t count, capacity;
    bool has_start;
    uint64_t start_ns;
};

static struct open_call *open_call_find(const struct ltrace *ltrace, uint64_t pid) {
    uint64_t index;
    if (!livemap_find(&ltrace->index_of, pid, &index) || !ltrace->calls[index].is_open)
        return NULL;
    return &ltrace->calls[index];
}

/* NULL when out of memory. */
static struct open_call *open_call_make(struct ltrace *ltrace, uint64_t pid) {
    uint64_t index;
    if (livemap_find(&ltrace->index_of, pid, &index))
        return &ltrace->calls[index];
    if (ltrace->count == ltrace->capacity) {
        size_t capacity = ltrace->capacity ? 2 * ltrace->capacity : FIRST_CALLS;
        struct open_call *calls = realloc(ltrace->calls, capacity * sizeof *calls);
        if (!calls)
            return NULL;
        ltrace->calls = calls;
        ltrace->capacity = capacity;
    }
    if (!livemap_add(&ltrace->index_of, pid, ltrace->count))
        return NULL;
    return &ltrace->calls[ltrace->count++];
}

static uint32_t line_thread(struct calls *calls, const struct ltrace_line *line) {
    return line->has_pid ? calls_thread(calls, line->pid) : 0;
}

static uint64_t product(uint64_t a, uint64_t b) {
    uint64_t result;
    return __builtin_mul_overflow(a, b, &result) ? UINT64_MAX : result;
}

/* ltrace may show something else than the alignment. */
static void aligned_call(struct calls *calls, uint32_t thread, uint64_t pointer, uint64_t alignment,
                         uint64_t size) {
    bool is_sound = alignment > 0 && alignment <= ALIGNMENT_MAX && !(alignment & (alignment - 1));
    calls->losses.guessed += !is_sound;
    calls_birth(calls, is_sound ? HB_OP_ALIGNED : HB_OP_MALLOC, thread, pointer, size, alignment);
}

static void birth_call(struct calls *calls, const struct ltrace_line *line, uint32_t thread,
                       uint64_t result) {
    const uint64_t *argument = line->arguments;
    switch (line->function->kind) {
    case LTRACE_MALLOC:
        calls_birth(calls, HB_OP_MALLOC, thread, result, argument[0], 0);
        break;
    case LTRACE_CALLOC:
        calls_calloc(calls, thread, result, argument[0], argument[1]);
        break;
    case LTRACE_ALIGNED:
        aligned_call(calls, thread, result, argument[0], argument[1]);
        break;
    case LTRACE_NEW_ALIGNED:
        aligned_call(calls, thread, result, argument[1], argument[0]);
        break;
    case LTRACE_VALLOC:
        calls_birth(calls, HB_OP_ALIGNED, thread, result, argument[0], CALLS_PAGE_BYTES);
        break;
    case LTRACE_PVALLOC:
        calls_birth(calls, HB_OP_ALIGNED, thread, result, calls_pages(argument[0]),
                    CALLS_PAGE_BYTES);
        break;
    default: /* posix_memalign tells nobody where */
        calls->losses.lost_pointers += result == 0;
        calls->losses.failed_calls += result != 0;
    }
}

static uint64_t realloc_size(const struct ltrace_line *line) {
    const uint64_t *argument = line->arguments;
    return line->function->kind == LTRACE_REALLOCARRAY ? product(argument[1], argument[2])
                                                       : argument[1];
}

/* What happens before the call returns. */
static void call_begin(struct calls *calls, const struct ltrace_line *line,
                       struct calls_pending *pending) {
    if (line->function->kind == LTRACE_FREE)
        calls_free(calls, line_thread(calls, line), line->arguments[0]);
    if (line->function->kind >= LTRACE_REALLOC)
        calls_realloc_begin(calls, line->arguments[0], pending);
}

static void call_end(struct calls *calls, const struct ltrace_line *line,
                     const struct calls_pending *pending, uint64_t result) {
    uint32_t thread = line_thread(calls, line);
    if (line->function->kind >= LTRACE_REALLOC)
        calls_realloc_end(calls, pending, thread, result, realloc_size(line));
    else if (line->function->kind != LTRACE_FREE)
        birth_call(calls, line, thread, result);
}

static void call_line(struct ltrace *ltrace, struct calls *calls, const struct ltrace_line *line) {
    struct calls_pending pending = {0};
    struct open_call *open = open_call_find(ltrace, line->pid);

    if (open) {
        open->depth += line->form == LTRACE_SPLIT;
        return;
    }
    if (line->is_inner)
        return;
    call_begin(calls, line, &pending);
    if (line->form == LTRACE_WHOLE) {
        call_end(calls, line, &pending, line->result);
        return;
    }
    open = open_call_make(ltrace, line->pid);
    if (open)
        *open = (struct open_call){.line = *line, .pending = pending, .is_open = true};
    else
        calls->is_failed = true;
}

static void resumed_line(struct ltrace *ltrace, struct calls *calls,
                         const struct ltrace_line *line) {
    struct open_call *open = open_call_find(ltrace, line->pid);

    if (open && open->depth > 0) {
        open->depth--;
    } else if (open && open->line.function == line->function) {
        open->is_open = false;
        call_end(calls, &open->line, &open->pending, line->result);
    } else {
        calls->losses.split_calls++;
    }
}

static void ltrace_set_time(struct ltrace *ltrace, struct calls *calls,
                            const struct ltrace_line *line) {
    if (!line->has_time)
        return;
    if (!ltrace->has_start)
        ltrace->start_ns = line->time_ns;
    ltrace->has_start = true;
    calls->time_ns = line->time_ns > ltrace->start_ns ? line->time_ns - ltrace->start_ns : 0;
}

static enum line_verdict ltrace_line(void *state, struct input *input, struct calls *calls,
                                     const char *text) {
    struct ltrace *ltrace = state;
    struct ltrace_line line;

    (void)input;
    if (!ltrace_line_read(text, &line))
        return line.function ? LINE_SKIPPED : LINE_READ;
    ltrace_set_time(ltrace, calls, &line);
    if (line.form == LTRACE_RESUMED)
        resumed_line(ltrace, calls, &line);
    else if (line.form == LTRACE_EXIT)
        calls_thread_end(calls, line.pid);
    else
        call_line(ltrace, calls, &line);
    return LINE_READ;
}

/* Calls whose end never came. An object that was being reallocated lives on. */
static void calls_close(struct ltrace *ltrace, struct calls *calls) {
    for (size_t i = 0; i < ltrace->count; i++) {
        const struct open_call *open = &ltrace->calls[i];
        if (open->is_open && open->line.function->kind != LTRACE_FREE)
            calls->losses.split_calls++;
    }
}

static bool ltrace_read(struct input *input, struct calls *calls) {
    struct ltrace ltrace = {0};
    bool is_good = true;

    if (livemap_init(&ltrace.index_of))
        is_good = lines_read(input, calls, false, ltrace_line, &ltrace);
    else
        calls->is_failed = true;
    calls_close(&ltrace, calls);
    livemap_free(&ltrace.index_of);
    free(ltrace.calls);
    return is_good;
}

static bool ltrace_recognise(const char *head, size_t length) {
    char text[LINES_PEEK_BYTES];
    struct ltrace_line line;

    for (const char *at = head; (at = lines_peek(at, head + length, text)) != NULL;)
        if (ltrace_line_read(text, &line) && line.form != LTRACE_EXIT)
            return true;
    return false;
}

const struct import_format import_ltrace = {
    .said = {"ltrace", "the log of ltrace -f -o: 123 malloc(24) = 0x55a9bf5df2a0"},
    .known_losses = "calls inside libraries unknown",
    .unit = "line",
    .recognise = ltrace_recognise,
    .read = ltrace_read,
};
