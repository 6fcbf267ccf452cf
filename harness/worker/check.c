/* check.c -- the check pass: is the allocator right? Payloads are aligned and overlap no live one,
 * keep what was written to them, through realloc too; calloc's are zero; usable covers the request;
 * the strategy's own laws hold.
 */
#include <sys/mman.h>

#include "allocators/text.h"
#include "harness/worker/execute.h"
#include "harness/worker/stream.h"

struct check {
    struct worker *worker;
    uint64_t *requests;
    uint64_t *tree_left, *tree_right; /* of each slot: live payloads by address, a treap */
    uint64_t root;
    uint64_t op;
    uint64_t skipped; /* frees of what could not be allocated */
};

#define NO_SLOT UINT64_MAX

__attribute__((noreturn)) static void check_fail(const struct check *check, const char *what,
                                                 const void *payload) {
    char detail[160];
    struct hb_text text = hb_text_start(detail, sizeof detail);
    hb_text_add(&text, " (op ");
    hb_text_add_number(&text, check->op);
    hb_text_add(&text, ", payload at ");
    hb_text_add_number(&text, (uintptr_t)payload);
    hb_text_add(&text, ")");
    worker_fail(check->worker, what, detail);
}

/* A byte that depends on the slot and on the place in it. */
static unsigned char pattern(uint64_t slot, uint64_t at) {
    return (unsigned char)((slot * 0x9E3779B97F4A7C15u >> 56) + at * 31);
}

static void fill(const struct check *check, uint64_t slot, uint64_t from) {
    unsigned char *payload = check->worker->slots[slot];
    for (uint64_t at = from; at < check->requests[slot]; at++)
        payload[at] = pattern(slot, at);
}

static void verify(const struct check *check, uint64_t slot, uint64_t bytes, const char *what) {
    const unsigned char *payload = check->worker->slots[slot];
    for (uint64_t at = 0; at < bytes; at++)
        if (payload[at] != pattern(slot, at))
            check_fail(check, what, payload);
}

static uint64_t priority(uint64_t slot) {
    return (slot + 1) * UINT64_C(0xD6E8FEB86659FD93);
}

static uintptr_t address_of(const struct check *check, uint64_t slot) {
    return (uintptr_t)check->worker->slots[slot];
}

/* Split a treap into the payloads below address and the others (Seidel and Aragon 1996). */
static void tree_split(struct check *check, uint64_t slot, uintptr_t address, uint64_t *below,
                       uint64_t *above) {
    while (slot != NO_SLOT) {
        if (address_of(check, slot) < address) {
            *below = slot;
            below = &check->tree_right[slot];
        } else {
            *above = slot;
            above = &check->tree_left[slot];
        }
        slot = address_of(check, slot) < address ? check->tree_right[slot] : check->tree_left[slot];
    }
    *below = *above = NO_SLOT;
}

static void tree_insert(struct check *check, uint64_t slot) {
    uint64_t *link = &check->root;
    while (*link != NO_SLOT && priority(*link) > priority(slot))
        link = address_of(check, *link) < address_of(check, slot) ? &check->tree_right[*link]
                                                                  : &check->tree_left[*link];
    uint64_t rest = *link;
    *link = slot;
    tree_split(check, rest, address_of(check, slot), &check->tree_left[slot],
               &check->tree_right[slot]);
}

static void tree_remove(struct check *check, uint64_t slot) {
    uint64_t *link = &check->root;
    while (*link != slot)
        link = address_of(check, *link) < address_of(check, slot) ? &check->tree_right[*link]
                                                                  : &check->tree_left[*link];
    uint64_t left = check->tree_left[slot], right = check->tree_right[slot];
    while (left != NO_SLOT && right != NO_SLOT) {
        if (priority(left) > priority(right)) {
            *link = left;
            link = &check->tree_right[left];
            left = *link;
        } else {
            *link = right;
            link = &check->tree_left[right];
            right = *link;
        }
    }
    *link = left != NO_SLOT ? left : right;
}

/* The live payload with the highest address up to this one. */
static uint64_t tree_floor(const struct check *check, uintptr_t address) {
    uint64_t found = NO_SLOT, slot = check->root;
    while (slot != NO_SLOT) {
        bool below = address_of(check, slot) <= address;
        found = below ? slot : found;
        slot = below ? check->tree_right[slot] : check->tree_left[slot];
    }
    return found;
}

/* An object of 0 bytes was asked of the strategy as 1. */
static uint64_t extent(const struct check *check, uint64_t slot) {
    return check->requests[slot] + !check->requests[slot];
}

/* Ours align all payloads to 16. C wants no more than an object of that size may need, and others
 * place those below 16 bytes by it. */
static unsigned natural_alignment_log2(const struct check *check, uint64_t slot) {
    uint64_t bytes = extent(check, slot);
    if (!check->worker->spec.family->is_foreign || bytes >= HB_ALIGNMENT)
        return 4;
    return 63 - (unsigned)__builtin_clzll(bytes);
}

static void check_place(struct check *check, uint64_t slot, unsigned alignment_log2) {
    uintptr_t start = address_of(check, slot), end = start + extent(check, slot);
    unsigned natural = natural_alignment_log2(check, slot);
    unsigned bits = alignment_log2 > natural ? alignment_log2 : natural;
    if (start & (((uintptr_t)1 << bits) - 1))
        check_fail(check, "a payload is not aligned", (void *)start);
    uint64_t below = tree_floor(check, end - 1);
    if (below != NO_SLOT && address_of(check, below) + extent(check, below) > start)
        check_fail(check, "a payload overlaps a live one", (void *)start);
    if (check->worker->allocator->usable(check->worker->state, (void *)start) < end - start)
        check_fail(check, "usable is less than the request", (void *)start);
    tree_insert(check, slot);
}

static void check_alloc(struct check *check, const struct program_op *op) {
    struct worker *worker = check->worker;
    unsigned char *payload = execute_alloc(worker->allocator, worker->state, op, TOUCH_NONE);
    worker->slots[op->slot] = payload;
    worker->report->failed_allocs += !payload;
    if (!payload)
        return;
    check->requests[op->slot] = op->request;
    check_place(check, op->slot, op->alignment_log2);
    for (uint64_t at = 0; op->kind == PROGRAM_CALLOC && at < op->request; at++)
        if (payload[at])
            check_fail(check, "calloc's memory is not zero", payload);
    fill(check, op->slot, 0);
}

static void check_realloc(struct check *check, const struct program_op *op) {
    struct worker *worker = check->worker;
    uint64_t old = check->requests[op->slot];
    verify(check, op->slot, old, "a live payload was overwritten");
    tree_remove(check, op->slot);
    void *payload = execute_realloc(worker->allocator, worker->state, worker->slots[op->slot],
                                    op->request, TOUCH_NONE);
    worker->report->failed_allocs += !payload;
    if (payload) {
        worker->slots[op->slot] = payload;
        check->requests[op->slot] = op->request;
    }
    uint64_t kept = check->requests[op->slot] < old ? check->requests[op->slot] : old;
    check_place(check, op->slot, 0);
    verify(check, op->slot, kept, "realloc lost the payload");
    fill(check, op->slot, kept);
}

static void check_free(struct check *check, const struct program_op *op) {
    struct worker *worker = check->worker;
    void *payload = worker->slots[op->slot];
    if (!payload) {
        check->skipped++;
        return;
    }
    verify(check, op->slot, check->requests[op->slot], "a live payload was overwritten");
    tree_remove(check, op->slot);
    worker->allocator->free(worker->state, payload);
    worker->slots[op->slot] = NULL;
}

static void check_laws(const struct check *check) {
    struct worker *worker = check->worker;
    struct hb_violation broken;
    if (worker->allocator->check && !worker->allocator->check(worker->state, &broken))
        check_fail(check, broken.law, broken.address);
}

void worker_check(struct worker *worker) {
    const struct program_header *program = worker->program;
    struct stream stream;
    struct program_op op;
    stream_open(&stream, worker);
    size_t bytes = program->slot_count * sizeof(uint64_t);
    struct check check = {.worker = worker,
                          .root = NO_SLOT,
                          .requests = worker_map(worker, bytes),
                          .tree_left = worker_map(worker, bytes),
                          .tree_right = worker_map(worker, bytes)};
    for (; stream_op(&stream, &op); check.op++) {
        if (op.kind == PROGRAM_FREE)
            check_free(&check, &op);
        else if (op.kind == PROGRAM_REALLOC && worker->slots[op.slot])
            check_realloc(&check, &op);
        else
            check_alloc(&check, &op);
        if (check.op % worker->job->check_every == 0)
            check_laws(&check);
    }
    worker->report->ops = program->op_count - worker->report->failed_allocs - check.skipped;
    for (uint64_t i = 0; i < program->left_count; i++) {
        op = (struct program_op){.slot = (uint32_t)program_left(program)[i]};
        check_free(&check, &op);
    }
    check_laws(&check);
}
