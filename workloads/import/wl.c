/* wl.c -- the workloads of glibc's dj/malloc branch: bytes that say what to do, and big-endian
 * integers of 7 bits a byte, the high bit set in all but the last.
 *
 *   8 POINTERS, 9 SYNCS, 10 THREADS and for each thread 11 FILE_OFFSET, 1
 *
 * and at each offset, until 1: 0 nothing, 2 malloc P SIZE, 3 calloc P SIZE (the product), 4 realloc
 * NEW OLD SIZE, 5 free P, 6 write SYNC, 7 read SYNC, 12 memalign P ALIGNMENT SIZE, 13 valloc P
 * SIZE, 14 pvalloc P SIZE. P is the number of a variable, 0 is NULL. A read waits for the write of
 * the same SYNC: that is all that is known of the order, so the threads are played in turn, a call
 * each.
 */
#include "workloads/import/formats.h"

#include <stdlib.h>

#include "workloads/import/wl_threads.h"

enum opcode {
    NOTHING = 0,
    END = 1,
    MALLOC = 2,
    CALLOC = 3,
    REALLOC = 4,
    FREE = 5,
    SYNC_WRITE = 6,
    SYNC_READ = 7,
    POINTERS = 8,
    SYNCS = 9,
    THREADS = 10,
    THREAD = 11,
    MEMALIGN = 12,
    VALLOC = 13,
    PVALLOC = 14,
    OPCODES
};

/* How many integers follow. */
static const uint8_t operand_counts[OPCODES] = {
    [MALLOC] = 2,    [CALLOC] = 2,   [REALLOC] = 3, [FREE] = 1,    [SYNC_WRITE] = 1,
    [SYNC_READ] = 1, [POINTERS] = 1, [SYNCS] = 1,   [THREADS] = 1, [THREAD] = 1,
    [MEMALIGN] = 3,  [VALLOC] = 2,   [PVALLOC] = 2,
};

struct step {
    uint8_t opcode;
    uint64_t operand[3];
};

static enum wl_verdict step_read(struct wl *wl, struct wl_cursor *cursor, struct step *step) {
    enum wl_verdict verdict = wl_byte(wl, cursor, &step->opcode);
    if (verdict != WL_GOOD)
        return verdict;
    if (step->opcode >= OPCODES)
        return WL_WRONG;
    for (unsigned i = 0; i < operand_counts[step->opcode] && verdict == WL_GOOD; i++)
        verdict = wl_integer(wl, cursor, &step->operand[i]);
    return verdict;
}

static uint64_t address_of(uint64_t pointer) {
    return pointer ? calls_address_of_id(pointer) : 0;
}

static bool call_do(struct calls *calls, uint32_t thread, const struct step *step) {
    const uint64_t *operand = step->operand;
    uint64_t address = address_of(operand[0]);
    switch (step->opcode) {
    case MALLOC:
        calls_birth(calls, HB_OP_MALLOC, thread, address, operand[1], 0);
        return true;
    case CALLOC:
        calls_birth(calls, HB_OP_CALLOC, thread, address, operand[1], 0);
        return true;
    case REALLOC:
        calls_realloc(calls, thread, address_of(operand[1]), address, operand[2]);
        return true;
    case FREE:
        calls_free(calls, thread, address);
        return true;
    case MEMALIGN:
        calls_birth(calls, HB_OP_ALIGNED, thread, address, operand[2], operand[1]);
        return true;
    case VALLOC:
        calls_birth(calls, HB_OP_ALIGNED, thread, address, operand[1], CALLS_PAGE_BYTES);
        return true;
    case PVALLOC:
        calls_birth(calls, HB_OP_ALIGNED, thread, address, calls_pages(operand[1]),
                    CALLS_PAGE_BYTES);
        return true;
    default:
        return step->opcode == NOTHING;
    }
}

/* Play a thread up to and with its next call. */
static enum wl_verdict thread_play(struct wl *wl, struct calls *calls, size_t number) {
    struct wl_thread *thread = &wl->threads[number];
    struct step step;

    for (;;) {
        enum wl_verdict verdict = step_read(wl, &thread->cursor, &step);
        if (verdict != WL_GOOD)
            return verdict;
        if (step.opcode == END)
            return WL_END;
        if (step.opcode == SYNC_READ && !wl_sync_is_written(wl, step.operand[0]))
            return wl_thread_wait(wl, number, step.operand[0]) ? WL_WAITS : WL_WRONG;
        if (step.opcode == SYNC_WRITE && !wl_sync_write(wl, step.operand[0]))
            return WL_WRONG;
        if (step.opcode == SYNC_READ || step.opcode == SYNC_WRITE)
            continue;
        if (!call_do(calls, calls_thread(calls, number), &step))
            return WL_WRONG;
        if (step.opcode != NOTHING)
            return WL_GOOD;
    }
}

static bool threads_play(struct wl *wl, struct input *input, struct calls *calls) {
    size_t number;
    while (!calls->is_failed && wl_thread_next(wl, &number)) {
        enum wl_verdict verdict = thread_play(wl, calls, number);
        if (verdict == WL_WRONG)
            return wl_fail(wl, input, number);
        if (verdict == WL_GOOD)
            wl_thread_ready(wl, number);
        if (verdict == WL_CUT && calls->losses.cut_at == 0)
            calls->losses.cut_at = wl->length;
        if (verdict == WL_END)
            calls_thread_end(calls, number);
    }
    calls->losses.stuck_threads = wl->waiting_count;
    return true;
}

static bool head_step(struct wl *wl, const struct step *step) {
    switch (step->opcode) {
    case POINTERS:
        return true;
    case SYNCS:
        return wl_syncs(wl, step->operand[0]);
    case THREADS:
        return wl_threads(wl, step->operand[0]);
    case THREAD:
        return wl_thread_add(wl, step->operand[0]);
    default:
        return false;
    }
}

/* The head: how many syncs and threads there are, and where the threads begin. */
static bool head_read(struct wl *wl, struct input *input) {
    struct wl_cursor cursor = {0};
    struct step step;
    bool is_good;

    do
        is_good = step_read(wl, &cursor, &step) == WL_GOOD;
    while (is_good && head_step(wl, &step));
    free(cursor.bytes);
    if (is_good && step.opcode == END && wl->thread_count > 0)
        return true;
    input->offset = cursor.offset;
    return input_fail_byte(input, "the head of a dj/malloc workload ends here, and should not; the "
                                  "file is damaged, or of another format");
}

static bool wl_read(struct input *input, struct calls *calls) {
    struct wl wl;
    bool is_good = wl_open(&wl, input) && head_read(&wl, input) && threads_play(&wl, input, calls);
    if (input_is_cut(input) && calls->losses.cut_at == 0)
        calls->losses.cut_at = wl.length > 0 ? wl.length : 1;
    wl_close(&wl);
    return is_good && !input_failed(input);
}

static bool integer_skip(const uint8_t **at, const uint8_t *end) {
    for (int i = 0; i < 10 && *at < end; i++)
        if (*(*at)++ < 0x80)
            return true;
    return false;
}

static bool wl_recognise(const char *head, size_t length) {
    static const uint8_t opcodes[] = {POINTERS, SYNCS, THREADS, THREAD};
    const uint8_t *at = (const uint8_t *)head, *end = at + length;

    for (size_t i = 0; i < sizeof opcodes; i++)
        if (at >= end || *at++ != opcodes[i] || !integer_skip(&at, end))
            return false;
    return true;
}

const struct import_format import_wl = {
    .said = {"wl", "the workloads of glibc's dj/malloc (.wl)"},
    .known_losses = "order between threads known only as far as they wait for each other",
    .unit = "byte",
    .recognise = wl_recognise,
    .read = wl_read,
};
