/* weave.h -- a trace for replay on threads: the operations of each thread in their order, and
 * between threads only what must be so: an object is used after its birth, and in the order of its
 * uses. Nothing else of the recorded order is kept, least of all the reuse of addresses. A paced
 * program also keeps the recorded times, as far as the trace has them.
 */
#ifndef HB_WEAVE_H
#define HB_WEAVE_H

#include "harness/passes/program.h"

struct hb_weave {
    uint64_t scale;       /* requests are multiplied by it */
    uint64_t threads_max; /* 0 keeps the trace's threads, else thread t becomes t modulo this */
    double speed;         /* paced, so many times as fast as recorded; 0: not paced */
};

/* Read the trace at path twice. False, with one line in error (512 bytes), if it cannot be read, is
 * damaged, has more than 1024 threads, does not fit memory, or has no times and should be paced. */
bool hb_program_weave(struct hb_program *program, const char *path, const struct hb_weave *weave,
                      char *error);

#endif
