/* program.h -- compile a trace into what the worker replays (harness/worker/program.h). */
#ifndef HB_PASSES_PROGRAM_H
#define HB_PASSES_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/worker/program.h"

struct hb_program {
    int file; /* a memory file, for the worker */
    struct program_header *header;
    size_t capacity; /* bytes mapped */
};

/* Read the whole trace at path with requests multiplied by scale. False, with one line in error
 * (512 bytes), if it cannot be read, is damaged, or has more than 2^29 objects live at once. */
bool hb_program_compile(struct hb_program *program, const char *path, uint64_t scale, char *error);

void hb_program_free(struct hb_program *program);

#endif
