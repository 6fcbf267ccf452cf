/* unpack.h -- the content of a file, whether it is plain or packed by gzip, zstd or zip.
 *
 * Which it is is seen from its first bytes. Memory does not depend on the file's length. A packed
 * file that ends too early gives what can be unpacked of it and is_cut; one whose data or checksum
 * is wrong fails.
 */
#ifndef IMPORT_UNPACK_H
#define IMPORT_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unpack;

/* Open the file at path. Returns NULL, with one line in error (HB_TRACE_ERROR_MAX bytes), if it
 * cannot be read or unpacked. Free with unpack_close. */
struct unpack *unpack_open(const char *path, char *error);

/* Unpack the next bytes, room at most. Returns how many: 0 at the end, and after a failure. */
size_t unpack_read(struct unpack *unpack, void *to, size_t room);

/* What went wrong, one line, or NULL. */
const char *unpack_error(const struct unpack *unpack);

/* Did the packed data end before its end mark? */
bool unpack_is_cut(const struct unpack *unpack);

void unpack_close(struct unpack *unpack);

#endif
