/* peak.c -- a replay that stops at the first peak of the footprint and looks at the heap as it is
 * there: what its live blocks hold beyond what was asked for, and the sizes of its free blocks.
 */
#include "harness/worker/free_sizes.h"
#include "harness/worker/ledger.h"

static bool peak_visit(void *context, const struct hb_block *block) {
    const struct worker *worker = context;
    struct report *report = worker->report;
    if (block->kind == HB_BLOCK_LIVE || block->kind == HB_BLOCK_SPAN)
        report->live_block_bytes += block->bytes;
    if (block->kind == HB_BLOCK_FREE) {
        free_sizes_add(&report->free_sizes, block->bytes, worker->spec.config.scale);
        report->free_bytes += block->bytes;
        if (block->bytes > report->largest_free_bytes)
            report->largest_free_bytes = block->bytes;
    }
    return true;
}

void worker_peak(struct worker *worker) {
    struct ledger ledger;
    ledger_open(&ledger, worker);
    ledger_reach(&ledger, worker->job->stop_op);
    worker->report->footprint_bytes = worker->backend.held_bytes;
    worker->report->live_bytes = ledger.live_bytes;
    if (worker->allocator->walk)
        worker->allocator->walk(worker->state, peak_visit, worker);
}
