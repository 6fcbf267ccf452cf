/* digital_most.h -- digital search trees by rank, each node with the size of the largest block
 * below it: "first in rank that fits" and "first after a key that fits" by one walk down.
 *
 * A tree's keys are ranks; a path starts at the highest bit in which they may differ.
 */
#ifndef HB_DIGITAL_MOST_H
#define HB_DIGITAL_MOST_H

#include "allocators/mechanism/digital.h"
#include "allocators/mechanism/order.h"

HB_INLINE uint32_t most_units(const struct tagged_heap *heap, block_ref reference) {
    return (uint32_t)(block_bytes(block_referred(heap, reference)) / HB_ALIGNMENT);
}

/* What `most` of a node has to be, by itself and its children. */
HB_INLINE uint32_t most_below(const struct tagged_heap *heap, block_ref reference) {
    const struct digital_node *node = digital_node(heap, reference);
    uint32_t most = most_units(heap, reference);
    for (int side = 0; side < 2; side++)
        if (node->child[side] && digital_node(heap, node->child[side])->most > most)
            most = digital_node(heap, node->child[side])->most;
    return most;
}

/* Recompute `most` from a changed node up to the root; above `sure` stop where nothing changes. */
HB_INLINE void most_update(const struct tagged_heap *heap, block_ref reference, block_ref sure) {
    bool may_stop = !sure;
    while (reference) {
        struct digital_node *node = digital_node(heap, reference);
        uint32_t most = most_below(heap, reference);
        if (may_stop && node->most == most)
            return;
        node->most = most;
        may_stop |= reference == sure;
        reference = node->parent;
    }
}

/* path: the key's bits, the first in the highest. */
HB_INLINE void most_insert(const struct tagged_heap *heap, block_ref *root, block_ref reference,
                           uint64_t path) {
    block_ref parent = 0, *link = root;
    uint32_t units = most_units(heap, reference);
    for (; *link; path <<= 1) {
        parent = *link;
        struct digital_node *node = digital_node(heap, parent);
        if (node->most < units)
            node->most = units;
        link = &node->child[path >> 63];
    }
    *link = reference;
    *digital_node(heap, reference) = (struct digital_node){.parent = parent, .most = units};
}

HB_INLINE void most_remove(const struct tagged_heap *heap, block_ref *root, block_ref reference) {
    block_ref above = digital_node(heap, reference)->parent;
    block_ref *link = digital_link(heap, root, above, reference);
    block_ref changed = digital_remove(heap, root, reference);
    most_update(heap, changed, *link); /* *link: the leaf that took its place, or 0 */
}

/* One more bit at the top of the path, 0 for all keys. */
static inline void most_raise(const struct tagged_heap *heap, block_ref *root) {
    block_ref changed = digital_raise(heap, root);
    most_update(heap, changed, *root);
}

/* The first in rank of the subtree's blocks of at least units, and of best (0: none yet). */
HB_INLINE block_ref most_first(struct tagged_heap *heap, enum hb_order order, block_ref reference,
                               uint32_t units, block_ref best) {
    unsigned near = order_first_side(order);
    uint64_t steps = 0;
    while (reference && digital_node(heap, reference)->most >= units) {
        const struct block *block = block_referred(heap, reference);
        const struct digital_node *node = digital_node(heap, reference);
        steps++;
        if (block_bytes(block) / HB_ALIGNMENT >= units &&
            (!best || order_before(order, order_key(heap, order, block),
                                   order_key(heap, order, block_referred(heap, best)))))
            best = reference;
        block_ref first = node->child[near];
        bool descends = first && digital_node(heap, first)->most >= units;
        reference = descends ? first : node->child[!near];
    }
    heap->stats.search_steps += steps;
    return best;
}

/* The same, but only of the blocks that come after the key whose path this is. */
HB_INLINE block_ref most_after(struct tagged_heap *heap, enum hb_order order, block_ref reference,
                               uint32_t units, uint64_t after, uint64_t path) {
    unsigned near = order_first_side(order);
    block_ref best = 0, fallback = 0;
    for (; reference && digital_node(heap, reference)->most >= units; path <<= 1) {
        const struct block *block = block_referred(heap, reference);
        const struct digital_node *node = digital_node(heap, reference);
        uint64_t key = order_key(heap, order, block);
        heap->stats.search_steps++;
        if (block_bytes(block) / HB_ALIGNMENT >= units && order_before(order, after, key) &&
            (!best || order_before(order, key, order_key(heap, order, block_referred(heap, best)))))
            best = reference;
        block_ref far = node->child[!near];
        bool turns_near = path >> 63 == near;
        if (turns_near && far && digital_node(heap, far)->most >= units)
            fallback = far; /* all after it; a lower one comes before this */
        reference = node->child[turns_near ? near : !near];
    }
    return most_first(heap, order, fallback, units, best);
}

static inline void most_count(const struct tagged_heap *heap, block_ref root,
                              struct tagged_ledger *ledger) {
    digital_count(heap, root, ledger);
    for (block_ref at = root; at && !ledger->broken; at = digital_successor(heap, at))
        if (digital_node(heap, at)->most != most_below(heap, at)) {
            ledger->broken = "S3 a node knows the largest block below it";
            ledger->where = block_referred(heap, at);
        }
}

#endif
