/* waiting.h -- calls whose address is still taken wait until the free that gives it back. */
#ifndef IMPORT_WAITING_H
#define IMPORT_WAITING_H

#include "workloads/import/calls.h"

struct waiting_call {
    enum hb_op_kind kind; /* a birth, or HB_OP_REALLOC */
    uint32_t thread;
    uint64_t address, size, alignment;
    struct calls_pending pending; /* of a realloc */
};

struct waiting_node {
    struct waiting_call call;
    size_t next; /* index of the next at the same address, or free node; + 1, 0 is none */
    size_t last; /* of the first: index of the last, + 1 */
    bool is_used;
};

/* The queues of all addresses. */
struct waiting {
    struct livemap first; /* address -> index of its first node */
    struct waiting_node *nodes;
    size_t count, capacity;
    size_t unused; /* the first free node, + 1 */
};

bool waiting_init(struct waiting *waiting);

void waiting_birth(struct waiting *waiting, struct calls *calls, const struct waiting_call *call);
void waiting_free(struct waiting *waiting, struct calls *calls, uint32_t thread, uint64_t address);
void waiting_realloc(struct waiting *waiting, struct calls *calls, uint32_t thread, uint64_t from,
                     uint64_t to, uint64_t size);

/* Those that still wait have waited in vain: they are counted and happen now. Frees the memory. */
void waiting_finish(struct waiting *waiting, struct calls *calls);

#endif
