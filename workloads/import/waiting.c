/* waiting.c -- see waiting.h. */
#include "workloads/import/waiting.h"

#include <stdlib.h>

enum { FIRST_NODES = 64 };

bool waiting_init(struct waiting *waiting) {
    *waiting = (struct waiting){0};
    return livemap_init(&waiting->first);
}

/* A free node's index, + 1; 0 when out of memory. */
static size_t node_make(struct waiting *waiting) {
    if (waiting->unused) {
        size_t made = waiting->unused;
        waiting->unused = waiting->nodes[made - 1].next;
        return made;
    }
    if (waiting->count == waiting->capacity) {
        size_t capacity = waiting->capacity ? 2 * waiting->capacity : FIRST_NODES;
        struct waiting_node *nodes = realloc(waiting->nodes, capacity * sizeof *nodes);
        if (!nodes)
            return 0;
        waiting->nodes = nodes;
        waiting->capacity = capacity;
    }
    return ++waiting->count;
}

static void queue_add(struct waiting *waiting, struct calls *calls,
                      const struct waiting_call *call) {
    size_t made = node_make(waiting);
    uint64_t first;

    if (!made) {
        calls->is_failed = true;
        return;
    }
    waiting->nodes[made - 1] = (struct waiting_node){.call = *call, .last = made, .is_used = true};
    if (livemap_find(&waiting->first, call->address, &first)) {
        waiting->nodes[waiting->nodes[first].last - 1].next = made;
        waiting->nodes[first].last = made;
    } else if (!livemap_add(&waiting->first, call->address, made - 1)) {
        calls->is_failed = true;
    }
}

static void call_do(struct calls *calls, const struct waiting_call *call) {
    if (call->kind == HB_OP_REALLOC)
        calls_realloc_end(calls, &call->pending, call->thread, call->address, call->size);
    else
        calls_birth(calls, call->kind, call->thread, call->address, call->size, call->alignment);
}

/* Nothing lives at the address any more: the first that waits for it may happen. */
static void queue_advance(struct waiting *waiting, struct calls *calls, uint64_t address) {
    uint64_t first;
    if (!livemap_take(&waiting->first, address, &first))
        return;
    struct waiting_node *node = &waiting->nodes[first];
    if (node->next) {
        waiting->nodes[node->next - 1].last = node->last;
        if (!livemap_add(&waiting->first, address, node->next - 1))
            calls->is_failed = true;
    }
    call_do(calls, &node->call);
    node->is_used = false;
    node->next = waiting->unused;
    waiting->unused = first + 1;
}

static bool is_taken(const struct waiting *waiting, const struct calls *calls, uint64_t address) {
    uint64_t first;
    return address != 0 &&
           (calls_is_live(calls, address) || livemap_find(&waiting->first, address, &first));
}

void waiting_birth(struct waiting *waiting, struct calls *calls, const struct waiting_call *call) {
    if (is_taken(waiting, calls, call->address))
        queue_add(waiting, calls, call);
    else
        call_do(calls, call);
}

void waiting_free(struct waiting *waiting, struct calls *calls, uint32_t thread, uint64_t address) {
    calls_free(calls, thread, address);
    if (address != 0)
        queue_advance(waiting, calls, address);
}

void waiting_realloc(struct waiting *waiting, struct calls *calls, uint32_t thread, uint64_t from,
                     uint64_t to, uint64_t size) {
    struct waiting_call call = {
        .kind = HB_OP_REALLOC, .thread = thread, .address = to, .size = size};

    if (to == 0) {
        calls_realloc(calls, thread, from, to, size);
        if (from != 0 && size == 0)
            queue_advance(waiting, calls, from);
        return;
    }
    calls_realloc_begin(calls, from, &call.pending);
    if (from != to && from != 0)
        queue_advance(waiting, calls, from);
    if (from != to && is_taken(waiting, calls, to))
        queue_add(waiting, calls, &call);
    else
        call_do(calls, &call);
}

void waiting_finish(struct waiting *waiting, struct calls *calls) {
    for (size_t i = 0; i < waiting->count; i++) {
        if (!waiting->nodes[i].is_used)
            continue;
        calls->losses.waiting++;
        call_do(calls, &waiting->nodes[i].call);
    }
    livemap_free(&waiting->first);
    free(waiting->nodes);
}
