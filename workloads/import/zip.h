/* zip.h -- a zip archive with one file in it: what stands before and behind that file's data. */
#ifndef IMPORT_ZIP_H
#define IMPORT_ZIP_H

#include "workloads/import/packed.h"

#define ZIP_MAGIC "PK\003\004"

enum { ZIP_STORED = 0, ZIP_DEFLATED = 8, ZIP_ZSTD = 93 };

struct zip {
    int method;
    bool is_streamed; /* checksum and size stand behind the data */
    uint32_t checksum;
    uint64_t stored_bytes; /* of the data as they lie in the archive */
};

/* Read the head of the first entry. Returns NULL, or why it cannot be unpacked. */
const char *zip_open(struct zip *zip, struct packed *packed);

/* Read what is behind the data, whose checksum was found to be found. Returns NULL, or what is
 * wrong: a wrong checksum, a second entry. *is_cut: does the archive end there? */
const char *zip_finish(const struct zip *zip, struct packed *packed, uint32_t found, bool *is_cut);

#endif
