/* blocks.c -- the blocks pass: the sizes of free blocks at moments spread over the replay. Each
 * walk visits the whole heap, so that there are few moments, in a replay of their own.
 */
#include "harness/worker/ledger.h"

struct moment {
    struct free_sizes *sizes;
    uint64_t scale;
};

static bool moment_visit(void *context, const struct hb_block *block) {
    struct moment *moment = context;
    if (block->kind == HB_BLOCK_FREE)
        free_sizes_add(moment->sizes, block->bytes, moment->scale);
    return true;
}

void worker_blocks(struct worker *worker) {
    struct report *report = worker->report;
    uint64_t ops = worker->program->op_count;
    uint64_t every = ops / (JOB_MOMENTS_MAX - 1) + 1;
    struct ledger ledger;
    ledger_open(&ledger, worker);
    for (uint64_t op = 0; op < ops; op++) {
        report->ops += ledger_step(&ledger);
        if (op % every != 0 && op + 1 != ops)
            continue;
        struct moment moment = {&report->moment_sizes[report->moment_count],
                                worker->spec.config.scale};
        report->moment_op[report->moment_count++] = op;
        worker->allocator->walk(worker->state, moment_visit, &moment);
    }
}
