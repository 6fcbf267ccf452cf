/* dj.c -- the binary traces of glibc's dj/malloc branch: 64-byte records in the host's byte order.
 *
 *   i32 thread @0, u32 @4 whose low byte is the type, u64 ptr1 @8, ptr2 @16, size @24, size2 @32,
 *   size3 @40
 *
 * Type 255 comes first: ptr1 is 0x1234. 0 is unused, a file may be padded with it. 1 malloc, 2
 * calloc (the product), 6 valloc, 7 pvalloc: ptr2, size. 3 free: ptr1. 4 realloc: ptr1 old, ptr2
 * new, size. 5 memalign: ptr2, size2 the alignment, size. 8 posix_memalign: ptr1 errno, ptr2,
 * size2, size.
 *
 * Threads claim a record before they fill it, so that a birth may stand before the free that made
 * its address available: it waits until that free.
 */
#include "workloads/import/formats.h"

#include <string.h>

#include "workloads/import/waiting.h"
#include "workloads/trace_format.h"

enum { RECORD_BYTES = 64, MAGIC_POINTER = 0x1234 };

enum type {
    UNUSED,
    MALLOC,
    CALLOC,
    FREE,
    REALLOC,
    MEMALIGN,
    VALLOC,
    PVALLOC,
    POSIX_MEMALIGN,
    MAGIC = 255
};

struct record {
    uint32_t thread, type;
    uint64_t ptr1, ptr2, size, size2;
};

struct dj {
    bool is_swapped; /* the other byte order */
    struct waiting waiting;
};

static uint64_t u64_get(const uint8_t *at, bool is_swapped) {
    uint64_t value = trace_get_u64(at);
    return is_swapped ? __builtin_bswap64(value) : value;
}

static uint32_t u32_get(const uint8_t *at, bool is_swapped) {
    uint32_t value = trace_get_u32(at);
    return is_swapped ? __builtin_bswap32(value) : value;
}

static struct record record_get(const uint8_t *at, bool is_swapped) {
    return (struct record){.thread = u32_get(at, is_swapped),
                           .type = u32_get(at + 4, is_swapped) & 0xff,
                           .ptr1 = u64_get(at + 8, is_swapped),
                           .ptr2 = u64_get(at + 16, is_swapped),
                           .size = u64_get(at + 24, is_swapped),
                           .size2 = u64_get(at + 32, is_swapped)};
}

static bool record_is_magic(const uint8_t *at, bool is_swapped) {
    struct record record = record_get(at, is_swapped);
    return record.type == MAGIC && record.ptr1 == MAGIC_POINTER;
}

/* What a record of a birth says. */
static struct waiting_call birth_of(const struct record *record, uint32_t thread) {
    struct waiting_call call = {.kind = HB_OP_ALIGNED,
                                .thread = thread,
                                .address = record->ptr2,
                                .size = record->size,
                                .alignment = CALLS_PAGE_BYTES};
    if (record->type == MALLOC)
        call.kind = HB_OP_MALLOC;
    else if (record->type == CALLOC)
        call.kind = HB_OP_CALLOC;
    else if (record->type == PVALLOC)
        call.size = calls_pages(record->size);
    else if (record->type != VALLOC)
        call.alignment = record->size2;
    if (record->type == POSIX_MEMALIGN && record->ptr1 != 0)
        call.address = 0;
    return call;
}

static bool dj_record(struct dj *dj, struct calls *calls, const struct record *record) {
    struct waiting_call call;

    if (record->type == UNUSED || record->type == MAGIC)
        return true;
    if (record->type > POSIX_MEMALIGN)
        return false;
    uint32_t thread = calls_thread(calls, record->thread);
    switch (record->type) {
    case FREE:
        waiting_free(&dj->waiting, calls, thread, record->ptr1);
        break;
    case REALLOC:
        waiting_realloc(&dj->waiting, calls, thread, record->ptr1, record->ptr2, record->size);
        break;
    default:
        call = birth_of(record, thread);
        waiting_birth(&dj->waiting, calls, &call);
    }
    return true;
}

static void records_read(struct dj *dj, struct input *input, struct calls *calls) {
    const uint8_t *bytes;
    size_t have;

    while (!calls->is_failed && (have = input_peek(input, RECORD_BYTES, &bytes)) >= RECORD_BYTES) {
        for (size_t i = 0; i < have / RECORD_BYTES && !calls->is_failed; i++) {
            struct record record = record_get(bytes + i * RECORD_BYTES, dj->is_swapped);
            uint64_t number = input->offset / RECORD_BYTES + i;
            if (!dj_record(dj, calls, &record) && calls->losses.skipped_lines++ == 0)
                calls->losses.first_skipped = number;
        }
        input_take(input, have / RECORD_BYTES * RECORD_BYTES);
    }
    if (input_peek(input, 1, &bytes) > 0 || input_is_cut(input))
        calls->losses.cut_at = input->offset / RECORD_BYTES;
}

static bool dj_read(struct input *input, struct calls *calls) {
    const uint8_t *bytes;
    struct dj dj = {0};

    if (input_peek(input, RECORD_BYTES, &bytes) < RECORD_BYTES ||
        (!record_is_magic(bytes, false) && !record_is_magic(bytes, true)))
        return !input_failed(input) &&
               input_fail_byte(input, "a dj/malloc trace begins with a record of type 255 and "
                                      "0x1234; this does not");
    dj.is_swapped = !record_is_magic(bytes, false);
    if (waiting_init(&dj.waiting))
        records_read(&dj, input, calls);
    else
        calls->is_failed = true;
    waiting_finish(&dj.waiting, calls);
    return !input_failed(input);
}

static bool dj_recognise(const char *head, size_t length) {
    const uint8_t *bytes = (const uint8_t *)head;
    return length >= RECORD_BYTES &&
           (record_is_magic(bytes, false) || record_is_magic(bytes, true));
}

const struct import_format import_dj = {
    .said = {"dj",
             "the binary traces of glibc's dj/malloc: 64-byte records, the first 255, 0x1234"},
    .known_losses = "",
    .unit = "record",
    .recognise = dj_recognise,
    .read = dj_read,
};
