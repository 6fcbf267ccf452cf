/* rawimage.c -- see rawimage.h. */
#include "tests/recorder/rawimage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct raw_header rawimage_header(uint64_t buffer, uint64_t word_count, uint64_t flushed_count) {
    struct raw_header header = {.header_bytes = RAW_HEADER_BYTES,
                                .ring_bytes = RAW_RING_BYTES,
                                .pid = RAWIMAGE_PID,
                                .image_ticks = RAWIMAGE_TICKS,
                                .buffer = buffer,
                                .has_times = 1,
                                .has_sites = 1,
                                .first = {RAWIMAGE_TICKS, 5000},
                                .latest = {RAWIMAGE_TICKS + 1000000000, 1000005000},
                                .logged_words = word_count,
                                .flushed_words = flushed_count,
                                .command_bytes = 14};
    memcpy(header.magic, RAW_MAGIC, sizeof header.magic);
    memcpy(header.command, "echo\0it's me\0\0", 14);
    return header;
}

void rawimage_write(const char *folder, uint64_t buffer, const uint64_t *words, size_t count,
                    size_t flushed_count) {
    char path[256];
    char *image = calloc(1, RAW_HEADER_BYTES + RAW_RING_BYTES);
    struct raw_header header = rawimage_header(buffer, count, flushed_count);
    snprintf(path, sizeof path, "%s/7-1000-%u.raw", folder, (unsigned)buffer);
    FILE *file = fopen(path, "wb");
    if (!image || !file)
        abort();
    memcpy(image, &header, sizeof header);
    memcpy(image + RAW_HEADER_BYTES, words + flushed_count, (count - flushed_count) * 8);
    fwrite(image, 1, RAW_HEADER_BYTES + RAW_RING_BYTES, file);
    fwrite(words, 8, flushed_count, file);
    fclose(file);
    free(image);
}
