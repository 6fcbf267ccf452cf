/* ring.h -- free blocks in a ring: a list through their payloads that begins and ends at a head, so
 * that neither end is a special case. The last pushed comes first.
 */
#ifndef HB_RING_H
#define HB_RING_H

#include "allocators/mechanism/tagged.h"

struct ring {
    struct ring *next, *prev;
};

HB_INLINE struct ring *ring_of(struct block *block) {
    return (struct ring *)block->payload;
}

HB_INLINE void ring_open(struct ring *head) {
    head->next = head->prev = head;
}

HB_INLINE void ring_push(struct ring *head, struct block *block) {
    struct ring *node = ring_of(block), *next = head->next;
    node->next = next;
    node->prev = head;
    next->prev = node;
    head->next = node;
}

/* It comes last. */
HB_INLINE void ring_append(struct ring *head, struct block *block) {
    ring_push(head->prev, block);
}

HB_INLINE void ring_remove(struct block *block) {
    struct ring *next = ring_of(block)->next, *prev = ring_of(block)->prev;
    next->prev = prev;
    prev->next = next;
}

/* The first block, taken out; NULL if there is none. */
HB_INLINE struct block *ring_pop(struct ring *head) {
    struct ring *node = head->next;
    if (node == head)
        return NULL;
    head->next = node->next;
    node->next->prev = head;
    return block_of(node);
}

/* Account for a ring's blocks; S3 if a link back is wrong. */
static inline void ring_count(const struct tagged_heap *heap, const struct ring *head,
                              struct tagged_ledger *ledger) {
    const struct ring *prev = head;
    for (const struct ring *at = head->next; at != head; prev = at, at = at->next) {
        if (!tagged_holds(heap, block_of(at)) || at->prev != prev) {
            ledger->broken = "S3 a block knows the one before in its list";
            ledger->where = block_of(prev);
            return;
        }
        ledger->blocks++;
        ledger->bytes += block_bytes(block_of(at));
    }
}

#endif
