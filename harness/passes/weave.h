/* weave.h -- a trace for concurrent replay: the operations of each thread in their order, and
 * between threads only what must be so: an object is used after its birth, and in the order of its
 * uses. Nothing else of the recorded order is kept, least of all the reuse of addresses.
 */
#ifndef HB_WEAVE_H
#define HB_WEAVE_H

#include "harness/passes/program.h"

/* Read the trace at path twice, with requests multiplied by scale; threads_max 0 keeps its threads,
 * else thread t becomes t modulo threads_max. False, with one line in error (512 bytes), if it
 * cannot be read, is damaged, has more than 1024 threads or does not fit memory. */
bool hb_program_weave(struct hb_program *program, const char *path, uint64_t scale,
                      uint64_t threads_max, char *error);

#endif
