/* ledger.h -- operations of a program executed one by one, with what they ask for booked: live and
 * allocated bytes, where each block was placed. For the passes where time does not matter.
 */
#ifndef HB_LEDGER_H
#define HB_LEDGER_H

#include <stdbool.h>

#include "harness/worker/stream.h"
#include "harness/worker/worker.h"

struct ledger {
    struct worker *worker;
    uint64_t *requests; /* of each slot */
    struct stream stream;
    uint64_t op; /* number of the next one */
    uint64_t live_bytes;
    uint64_t allocated_bytes; /* requested so far; a realloc's new size in full */
    uint64_t hash;            /* of all placements */
};

/* At the first operation. */
void ledger_open(struct ledger *ledger, struct worker *worker);

bool ledger_is_done(const struct ledger *ledger);

/* Execute the next operation. Returns whether it counts: failures, and frees of what failed, do
 * not. */
bool ledger_step(struct ledger *ledger);

/* Execute the operations up to op stop, and it too, or up to the last. */
void ledger_reach(struct ledger *ledger, uint64_t stop);

/* Free what the trace leaves live. */
void ledger_free_left(struct ledger *ledger);

#endif
