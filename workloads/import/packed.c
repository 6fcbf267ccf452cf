/* packed.c -- see packed.h. */
#include "workloads/import/packed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void packed_read(struct packed *packed) {
    ssize_t got;

    memmove(packed->bytes, packed->bytes + packed->start, packed->end - packed->start);
    packed->end -= packed->start;
    packed->start = 0;
    do
        got = read(packed->fd, packed->bytes + packed->end, PACKED_BYTES - packed->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        packed->failure = errno;
    if (got > 0)
        packed->end += (size_t)got;
    else
        packed->is_at_end = true;
}

size_t packed_peek(struct packed *packed, size_t wanted, const uint8_t **bytes) {
    while (packed->end - packed->start < wanted && !packed->is_at_end)
        packed_read(packed);
    *bytes = packed->bytes + packed->start;
    return packed->end - packed->start;
}

void packed_take(struct packed *packed, size_t count) {
    packed->start += count;
    packed->offset += count;
}

bool packed_skip(struct packed *packed, uint64_t count) {
    const uint8_t *bytes;

    while (count > 0) {
        size_t have = packed_peek(packed, 1, &bytes);
        size_t step = have < count ? have : (size_t)count;
        if (have == 0)
            return false;
        packed_take(packed, step);
        count -= step;
    }
    return true;
}
