/* program.h -- a trace as what the worker replays (harness/worker/program.h), in memory that
 * workers share. A trace too long for that is streamed: only its first part is kept, and each
 * worker is fed with all of it (feed.h).
 */
#ifndef HB_PASSES_PROGRAM_H
#define HB_PASSES_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/worker/program.h"

/* Words of a trace that is kept whole: 64 MiB of them. */
#define HB_PROGRAM_WORDS_MAX (UINT64_C(8) << 20)

struct hb_program {
    int file; /* a memory file, for the worker */
    struct program_header *header;
    size_t capacity;        /* bytes mapped */
    bool is_streamed;       /* the file holds the first words only */
    const char *path;       /* of the trace */
    uint64_t trace_threads; /* of a woven program: those of the trace, before any are merged */
};

/* Read the whole trace at path, which must stay valid, with requests multiplied by scale; more than
 * words_max words of it are streamed. False, with one line in error (512 bytes), if it cannot be
 * read, is damaged, or has more than 2^29 objects live at once. */
bool hb_program_compile(struct hb_program *program, const char *path, uint64_t scale,
                        uint64_t words_max, char *error);

void hb_program_free(struct hb_program *program);

#endif
