/* calls.c -- see calls.h. */
#include "workloads/import/calls.h"

#include <string.h>

bool calls_init(struct calls *calls) {
    memset(calls, 0, sizeof *calls);
    return livemap_init(&calls->live) && livemap_init(&calls->threads);
}

void calls_clear(struct calls *calls) {
    livemap_free(&calls->live);
    livemap_free(&calls->threads);
}

static void calls_append(struct calls *calls, enum hb_op_kind kind, uint32_t thread,
                         uint64_t object, uint64_t size, unsigned alignment_log2) {
    struct hb_op op = {.object = object,
                       .size = size,
                       .time_ns = calls->time_ns,
                       .thread = thread,
                       .kind = (uint8_t)kind,
                       .alignment_log2 = (uint8_t)alignment_log2,
                       .site = kind < HB_OP_FREE ? calls->site : 0};
    calls->op_count += kind <= HB_OP_FREE;
    if (!calls->is_failed && !hb_trace_append(calls->writer, &op))
        calls->is_failed = true;
}

static void map_add(struct calls *calls, struct livemap *map, uint64_t key, uint64_t value) {
    if (!livemap_add(map, key, value))
        calls->is_failed = true;
}

/* Threads beyond what a trace can tell apart are one, which has no marks. */
static void thread_mark(struct calls *calls, enum hb_op_kind kind, uint32_t thread) {
    if (thread < HB_TRACE_THREADS_MAX - 1)
        calls_append(calls, kind, thread, 0, 0, 0);
}

static uint64_t thread_key(uint64_t id) {
    return id < UINT64_MAX ? id + 1 : id;
}

uint32_t calls_thread(struct calls *calls, uint64_t id) {
    uint64_t number;
    if (livemap_find(&calls->threads, thread_key(id), &number))
        return (uint32_t)number;
    number = HB_TRACE_THREADS_MAX - 1;
    if (calls->thread_count < number)
        number = calls->thread_count++;
    else
        calls->losses.shared_threads++;
    map_add(calls, &calls->threads, thread_key(id), number);
    thread_mark(calls, HB_OP_THREAD_START, (uint32_t)number);
    return (uint32_t)number;
}

void calls_thread_end(struct calls *calls, uint64_t id) {
    uint64_t number;
    if (livemap_take(&calls->threads, thread_key(id), &number))
        thread_mark(calls, HB_OP_THREAD_END, (uint32_t)number);
}

/* An object that still lives where another comes to be died without our seeing it. */
static void calls_settle(struct calls *calls, uint32_t thread, uint64_t address, uint64_t object) {
    uint64_t forgotten;
    if (livemap_take(&calls->live, address, &forgotten)) {
        calls->losses.implied_frees++;
        calls_append(calls, HB_OP_FREE, thread, forgotten, 0, 0);
    }
    map_add(calls, &calls->live, address, object);
}

static unsigned alignment_log2(uint64_t alignment) {
    return alignment <= 1 ? 0 : 64 - (unsigned)__builtin_clzll(alignment - 1);
}

void calls_birth(struct calls *calls, enum hb_op_kind kind, uint32_t thread, uint64_t address,
                 uint64_t size, uint64_t alignment) {
    unsigned log2 = kind == HB_OP_ALIGNED ? alignment_log2(alignment) : 0;
    if (address == 0) {
        calls->losses.failed_calls++;
        return;
    }
    if (size > HB_TRACE_SIZE_MAX || log2 > HB_TRACE_ALIGNMENT_LOG2_MAX) {
        calls->losses.large_calls++;
        return;
    }
    calls_settle(calls, thread, address, calls->next_object);
    calls_append(calls, kind, thread, calls->next_object++, size, log2);
}

void calls_calloc(struct calls *calls, uint32_t thread, uint64_t address, uint64_t count,
                  uint64_t size) {
    uint64_t product;
    if (__builtin_mul_overflow(count, size, &product))
        product = UINT64_MAX;
    calls_birth(calls, HB_OP_CALLOC, thread, address, product, 0);
}

void calls_free(struct calls *calls, uint32_t thread, uint64_t address) {
    uint64_t object;
    if (address == 0)
        calls->losses.null_frees++;
    else if (livemap_take(&calls->live, address, &object))
        calls_append(calls, HB_OP_FREE, thread, object, 0, 0);
    else
        calls->losses.unmatched_frees++;
}

void calls_realloc(struct calls *calls, uint32_t thread, uint64_t from, uint64_t to,
                   uint64_t size) {
    struct calls_pending pending;
    if (from == 0 && to == 0 && size == 0) {
        calls->losses.failed_calls++;
        return;
    }
    calls_realloc_begin(calls, from, &pending);
    calls_realloc_end(calls, &pending, thread, to, size);
}

void calls_realloc_begin(struct calls *calls, uint64_t from, struct calls_pending *pending) {
    pending->address = from;
    pending->has_object = from != 0 && livemap_take(&calls->live, from, &pending->object);
}

/* The object stays where it was. */
static void realloc_undo(struct calls *calls, const struct calls_pending *pending,
                         uint32_t thread) {
    calls->losses.failed_calls++;
    if (pending->has_object)
        calls_settle(calls, thread, pending->address, pending->object);
}

void calls_realloc_end(struct calls *calls, const struct calls_pending *pending, uint32_t thread,
                       uint64_t to, uint64_t size) {
    if (to == 0 && (size > 0 || pending->address == 0)) {
        realloc_undo(calls, pending, thread);
        return;
    }
    calls->losses.unmatched_frees += pending->address != 0 && !pending->has_object;
    /* realloc(p, 0) frees; where it yields a pointer, that is another object. */
    if (pending->has_object && (size == 0 || size > HB_TRACE_SIZE_MAX))
        calls_append(calls, HB_OP_FREE, thread, pending->object, 0, 0);
    else if (pending->has_object) {
        calls_settle(calls, thread, to, pending->object);
        calls_append(calls, HB_OP_REALLOC, thread, pending->object, size, 0);
        return;
    }
    if (to != 0)
        calls_birth(calls, HB_OP_MALLOC, thread, to, size, 0);
}

bool calls_is_live(const struct calls *calls, uint64_t address) {
    uint64_t object;
    return livemap_find(&calls->live, address, &object);
}
