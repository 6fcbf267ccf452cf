#include "harness/worker/ledger.h"

#include "harness/worker/execute.h"

/* 64-bit FNV-1a (Fowler, Noll, Vo) over the little-endian bytes of value. */
static uint64_t fnv_add(uint64_t hash, uint64_t value) {
    for (int byte = 0; byte < 8; byte++) {
        hash ^= value >> 8 * byte & 0xFF;
        hash *= UINT64_C(0x100000001b3);
    }
    return hash;
}

/* A payload's offset in the heap; a span has none that would be the same everywhere. */
static void ledger_place(struct ledger *ledger, const void *payload) {
    const struct hb_backend *backend = &ledger->worker->backend;
    uint64_t offset = UINT64_MAX;
    if (hb_backend_in_heap(backend, payload))
        offset = (uint64_t)((const char *)payload - backend->heap_base);
    ledger->hash = fnv_add(ledger->hash, offset);
}

static bool ledger_alloc(struct ledger *ledger, const struct program_op *op) {
    struct worker *worker = ledger->worker;
    void *payload = execute_alloc(worker->allocator, worker->state, op, worker->job->touch);
    worker->slots[op->slot] = payload;
    ledger->requests[op->slot] = payload ? op->request : 0;
    if (!payload)
        return false;
    ledger->live_bytes += op->request;
    ledger->allocated_bytes += op->request;
    ledger_place(ledger, payload);
    return true;
}

static bool ledger_realloc(struct ledger *ledger, const struct program_op *op) {
    struct worker *worker = ledger->worker;
    void *old = worker->slots[op->slot];
    void *payload =
        execute_realloc(worker->allocator, worker->state, old, op->request, worker->job->touch);
    if (!payload)
        return false;
    worker->slots[op->slot] = payload;
    ledger->live_bytes += op->request - ledger->requests[op->slot];
    ledger->allocated_bytes += op->request;
    ledger->requests[op->slot] = op->request;
    if (payload != old || !hb_backend_in_heap(&worker->backend, payload))
        ledger_place(ledger, payload);
    return true;
}

static bool ledger_free(struct ledger *ledger, uint64_t slot) {
    struct worker *worker = ledger->worker;
    void *payload = worker->slots[slot];
    if (!payload)
        return false;
    worker->allocator->free(worker->state, payload);
    worker->slots[slot] = NULL;
    ledger->live_bytes -= ledger->requests[slot];
    return true;
}

void ledger_open(struct ledger *ledger, struct worker *worker) {
    *ledger = (struct ledger){.worker = worker, .hash = UINT64_C(0xcbf29ce484222325)};
    stream_open(&ledger->stream, worker);
    ledger->requests = worker_map(worker, worker->program->slot_count * sizeof *ledger->requests);
}

bool ledger_is_done(const struct ledger *ledger) {
    return ledger->op == ledger->worker->program->op_count;
}

bool ledger_step(struct ledger *ledger) {
    struct program_op op;
    if (!stream_op(&ledger->stream, &op))
        worker_fail(ledger->worker, "the worker's program is damaged", "");
    ledger->op++;
    if (op.kind == PROGRAM_FREE)
        return ledger_free(ledger, op.slot);
    bool resizes = op.kind == PROGRAM_REALLOC && ledger->worker->slots[op.slot];
    bool succeeded = resizes ? ledger_realloc(ledger, &op) : ledger_alloc(ledger, &op);
    ledger->worker->report->failed_allocs += !succeeded;
    return succeeded;
}

void ledger_reach(struct ledger *ledger, uint64_t stop) {
    while (!ledger_is_done(ledger) && ledger->op <= stop)
        ledger_step(ledger);
}

void ledger_free_left(struct ledger *ledger) {
    for (uint64_t slot = 0; slot < ledger->worker->program->slot_count; slot++)
        ledger_free(ledger, slot);
}
