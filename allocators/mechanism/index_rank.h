/* index_rank.h -- all free blocks in one tree by rank, each node with the size of the largest block
 * below it: answers "lowest rank that fits" (first fit) and "lowest rank above a rover that fits"
 * (next fit) by one walk down, O(log heap).
 */
#ifndef HB_INDEX_RANK_H
#define HB_INDEX_RANK_H

#include "allocators/mechanism/digital.h"
#include "allocators/mechanism/order.h"

struct index_rank {
    struct tagged_heap heap; /* first, so that the engine's pointer is ours */
    block_ref root;
    unsigned bits; /* of the keys on the tree's paths */
    bool has_rover;
    uint64_t rover;
};

HB_INLINE uint32_t rank_units(const struct tagged_heap *heap, block_ref reference) {
    return (uint32_t)(block_bytes(block_referred(heap, reference)) / HB_ALIGNMENT);
}

HB_INLINE uint32_t rank_most(const struct tagged_heap *heap, block_ref reference) {
    const struct digital_node *node = digital_node(heap, reference);
    uint32_t most = rank_units(heap, reference);
    for (int side = 0; side < 2; side++)
        if (node->child[side] && digital_node(heap, node->child[side])->most > most)
            most = digital_node(heap, node->child[side])->most;
    return most;
}

/* Recompute `most` from a changed node up to the root; above `sure` stop where nothing changes. */
HB_INLINE void rank_update(const struct tagged_heap *heap, block_ref reference, block_ref sure) {
    bool may_stop = !sure;
    while (reference) {
        struct digital_node *node = digital_node(heap, reference);
        uint32_t most = rank_most(heap, reference);
        if (may_stop && node->most == most)
            return;
        node->most = most;
        may_stop |= reference == sure;
        reference = node->parent;
    }
}

static inline void rank_raise(struct index_rank *index, unsigned bits) {
    for (; index->bits < bits; index->bits++) {
        block_ref changed = digital_raise(&index->heap, &index->root);
        rank_update(&index->heap, changed, index->root);
    }
}

HB_INLINE void rank_grown(struct index_rank *index, enum hb_order order) {
    if (order == HB_ORDER_ADDRESS)
        rank_raise(index, order_bits(&index->heap, order));
}

HB_INLINE void rank_insert(struct index_rank *index, enum hb_order order, struct block *block) {
    struct tagged_heap *heap = &index->heap;
    uint64_t key = order_enter(heap, order, block);
    if (order != HB_ORDER_ADDRESS && HB_UNLIKELY(key >> index->bits))
        rank_raise(index, order_bits(heap, order));
    block_ref reference = block_reference(heap, block), parent = 0, *link = &index->root;
    uint32_t units = (uint32_t)(block_bytes(block) / HB_ALIGNMENT);
    for (uint64_t path = key << (64 - index->bits); *link; path <<= 1) {
        parent = *link;
        struct digital_node *node = digital_node(heap, parent);
        if (node->most < units)
            node->most = units;
        link = &node->child[path >> 63];
    }
    *link = reference;
    *digital_node(heap, reference) = (struct digital_node){.parent = parent, .most = units};
}

HB_INLINE void rank_remove(struct index_rank *index, struct block *block) {
    block_ref reference = block_reference(&index->heap, block);
    block_ref above = digital_node(&index->heap, reference)->parent;
    block_ref *link = digital_link(&index->heap, &index->root, above, reference);
    block_ref changed = digital_remove(&index->heap, &index->root, reference);
    rank_update(&index->heap, changed, *link); /* *link: the leaf that took its place, or 0 */
}

/* The first in rank of the subtree's blocks of at least units, and of best (0: none yet). */
HB_INLINE block_ref rank_first(struct index_rank *index, enum hb_order order, block_ref reference,
                               uint32_t units, block_ref best) {
    struct tagged_heap *heap = &index->heap;
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

HB_INLINE struct block *rank_find_first(struct index_rank *index, enum hb_order order,
                                        size_t need) {
    block_ref found = rank_first(index, order, index->root, (uint32_t)(need / HB_ALIGNMENT), 0);
    return found ? block_referred(&index->heap, found) : NULL;
}

/* As rank_first over the whole tree, but only of the blocks that come after the rover. */
HB_INLINE block_ref rank_after(struct index_rank *index, enum hb_order order, uint32_t units) {
    struct tagged_heap *heap = &index->heap;
    unsigned near = order_first_side(order);
    block_ref best = 0, fallback = 0, reference = index->root;
    uint64_t path = index->rover << (64 - index->bits);
    for (; reference && digital_node(heap, reference)->most >= units; path <<= 1) {
        const struct block *block = block_referred(heap, reference);
        const struct digital_node *node = digital_node(heap, reference);
        uint64_t key = order_key(heap, order, block);
        heap->stats.search_steps++;
        if (block_bytes(block) / HB_ALIGNMENT >= units && order_before(order, index->rover, key) &&
            (!best || order_before(order, key, order_key(heap, order, block_referred(heap, best)))))
            best = reference;
        block_ref far = node->child[!near];
        bool turns_near = path >> 63 == near;
        if (turns_near && far && digital_node(heap, far)->most >= units)
            fallback = far; /* all after the rover; a lower one comes before this */
        reference = node->child[turns_near ? near : !near];
    }
    return rank_first(index, order, fallback, units, best);
}

HB_INLINE struct block *rank_find_next(struct index_rank *index, enum hb_order order, size_t need) {
    uint32_t units = (uint32_t)(need / HB_ALIGNMENT);
    block_ref found = index->has_rover ? rank_after(index, order, units) : 0;
    if (!found)
        found = rank_first(index, order, index->root, units, 0);
    return found ? block_referred(&index->heap, found) : NULL;
}

/* A block made by growth was never in the tree: it counts as newly freed. */
HB_INLINE void rank_set_rover(struct index_rank *index, enum hb_order order, struct block *block) {
    if (order != HB_ORDER_ADDRESS && !block_rank(block))
        order_enter(&index->heap, order, block);
    index->rover = order_key(&index->heap, order, block);
    index->has_rover = true;
    if (index->rover >> index->bits)
        rank_raise(index, highest_bit(index->rover) + 1);
}

static inline void rank_count(struct index_rank *index, struct tagged_ledger *ledger) {
    const struct tagged_heap *heap = &index->heap;
    digital_count(heap, index->root, ledger);
    for (block_ref at = index->root; at && !ledger->broken; at = digital_successor(heap, at))
        if (digital_node(heap, at)->most != rank_most(heap, at)) {
            ledger->broken = "S3 a node knows the largest block below it";
            ledger->where = block_referred(heap, at);
        }
}

#endif
