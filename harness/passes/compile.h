/* compile.h -- a trace, read once from its start, becomes the words that a worker replays
 * (harness/worker/program.h). Memory is in proportion to the objects live at once.
 */
#ifndef HB_COMPILE_H
#define HB_COMPILE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/worker/program.h"

struct hb_compiler;

/* Open the trace at path, which must stay valid; requests are multiplied by scale. NULL with one
 * line in error (512 bytes) if it cannot be read. */
struct hb_compiler *hb_compiler_open(const char *path, uint64_t scale, char *error);

/* Write the words of the next operations, at most capacity (2 at least), whole operations only.
 * Returns how many; 0 at the end of the trace, or of what could be read of it. */
size_t hb_compiler_next(struct hb_compiler *compiler, uint64_t *words, size_t capacity);

/* What is known of the program so far: all of it after the last word. */
const struct program_header *hb_compiler_facts(const struct hb_compiler *compiler);

/* After the last word: was the whole trace compiled? False with one line in error (512 bytes) if it
 * is damaged, is empty, has sizes beyond 2^64 or more than 2^29 objects live at once. */
bool hb_compiler_succeeded(const struct hb_compiler *compiler, char *error);

/* After the last word: the slots of objects that are still live, *count of them, ascending; NULL
 * without memory. The caller frees them. */
uint64_t *hb_compiler_left(const struct hb_compiler *compiler, size_t *count);

void hb_compiler_close(struct hb_compiler *compiler);

#endif
