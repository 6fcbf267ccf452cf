/* packed.h -- the bytes of a file as they lie in it, read in one pass. */
#ifndef IMPORT_PACKED_H
#define IMPORT_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PACKED_BYTES = 128 << 10 };

struct packed {
    int fd;
    int failure; /* errno of a read that failed, or 0 */
    bool is_at_end;
    size_t start, end; /* of what has been read and not yet been taken */
    uint64_t offset;   /* of bytes[start] in the file */
    uint8_t bytes[PACKED_BYTES];
};

/* Have at least wanted bytes at hand (PACKED_BYTES at most), fewer only at the end of the file or
 * when reading fails. Returns how many there are; *bytes points to them. */
size_t packed_peek(struct packed *packed, size_t wanted, const uint8_t **bytes);

/* Take the next count bytes, which have been peeked. */
void packed_take(struct packed *packed, size_t count);

/* Pass over count bytes, peeked or not. Returns false if the file ends before. */
bool packed_skip(struct packed *packed, uint64_t count);

#endif
