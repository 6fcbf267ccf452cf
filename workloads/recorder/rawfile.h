/* rawfile.h -- the files of struct raw_header: made, mapped and appended to by plain system calls,
 * with no descriptor kept open between them: a program may close or reuse any number it likes. */
#ifndef HB_RAWFILE_H
#define HB_RAWFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/recorder/raw.h"

/* Write FOLDER/PID-TICKS-BUFFER.raw into path of size bytes. Returns false if it is too long. */
bool rawfile_name(char *path, size_t size, const char *folder, uint64_t pid, uint64_t image_ticks,
                  uint64_t buffer);

/* Make the file, with disk space for header and ring, and map both. NULL if that fails. */
struct raw_header *rawfile_map(const char *path);

/* The ring of a mapped file. */
static inline uint64_t *rawfile_ring(struct raw_header *header) {
    return (uint64_t *)((char *)header + RAW_HEADER_BYTES);
}

/* Move all words out of the ring to the end of the file. If that fails nothing has changed. */
bool rawfile_flush(const char *path, struct raw_header *header);

/* Read at most size bytes of a file of /proc. Returns how many. */
size_t rawfile_read_text(const char *path, char *text, size_t size);

/* Leave a mark that a child process was not recorded; that it may fail does not matter. */
void rawfile_mark_child(const char *folder, uint64_t pid);

#endif
