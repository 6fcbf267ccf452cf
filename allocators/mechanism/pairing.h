/* pairing.h -- pairing heaps of free blocks, the lowest address at the root (Fredman, Sedgewick,
 * Sleator & Tarjan 1986), in the blocks themselves. A new node waits in a list, the auxiliary area
 * of Stasko & Vitter (1987): a block that is taken out again before the next look at the lowest was
 * never compared with any other. The look pairs what waits, and taking a node out its children:
 * O(log n) amortised.
 */
#ifndef HB_PAIRING_H
#define HB_PAIRING_H

#include "allocators/mechanism/tagged.h"

struct pairing_node {
    block_ref next, prev; /* siblings; the first child's prev is its parent, the root's 0 */
    block_ref child;      /* the first */
};

struct pairing {
    block_ref root;    /* its prev and next are 0 */
    block_ref waiting; /* the first of a list of single nodes; its prev is 0 */
    block_ref sink;    /* where there is no neighbour to tell */
};

HB_INLINE struct pairing_node *pairing_node(const struct tagged_heap *heap, block_ref reference) {
    return (struct pairing_node *)block_referred(heap, reference)->payload;
}

/* Two roots: the lower becomes the parent. Its own next and prev stay as they are. */
HB_INLINE block_ref pairing_link(const struct tagged_heap *heap, block_ref a, block_ref b) {
    block_ref low = a < b ? a : b, high = a < b ? b : a;
    struct pairing_node *parent = pairing_node(heap, low), *node = pairing_node(heap, high);
    block_ref next = parent->child;
    node->next = next;
    node->prev = low;
    if (next)
        pairing_node(heap, next)->prev = high;
    parent->child = high;
    return low;
}

/* One heap of a list of siblings, at least two: pairs from left to right, then all from right to
 * left. */
HB_APART block_ref pairing_combine(const struct tagged_heap *heap, block_ref first) {
    block_ref paired = 0;
    while (first) {
        block_ref second = pairing_node(heap, first)->next;
        block_ref rest = second ? pairing_node(heap, second)->next : 0;
        block_ref root = second ? pairing_link(heap, first, second) : first;
        pairing_node(heap, root)->next = paired;
        paired = root;
        first = rest;
    }
    block_ref root = paired;
    for (paired = pairing_node(heap, root)->next; paired;) {
        block_ref rest = pairing_node(heap, paired)->next;
        root = pairing_link(heap, root, paired);
        paired = rest;
    }
    return root;
}

/* Where a node says which is before it, or the sink, without a branch: either is as likely. */
HB_INLINE block_ref *pairing_prev(const struct tagged_heap *heap, struct pairing *pairing,
                                  block_ref reference) {
    uintptr_t prev = (uintptr_t)&pairing_node(heap, reference)->prev;
    uintptr_t none = (uintptr_t)0 - (reference == 0);
    return (block_ref *)((prev & ~none) | ((uintptr_t)&pairing->sink & none));
}

HB_INLINE void pairing_insert(const struct tagged_heap *heap, struct pairing *pairing,
                              block_ref reference) {
    block_ref next = pairing->waiting;
    *pairing_node(heap, reference) = (struct pairing_node){.next = next};
    *pairing_prev(heap, pairing, next) = reference;
    pairing->waiting = reference;
}

HB_INLINE void pairing_set_root(const struct tagged_heap *heap, struct pairing *pairing,
                                block_ref root) {
    struct pairing_node *node = pairing_node(heap, root);
    node->next = node->prev = 0;
    pairing->root = root;
}

/* One heap, or 0, of a list of siblings. */
HB_INLINE block_ref pairing_of_list(const struct tagged_heap *heap, block_ref first) {
    return first && pairing_node(heap, first)->next ? pairing_combine(heap, first) : first;
}

/* Nothing waits any more. */
static inline void pairing_settle(const struct tagged_heap *heap, struct pairing *pairing) {
    if (!pairing->waiting)
        return;
    block_ref heaped = pairing_of_list(heap, pairing->waiting);
    pairing->waiting = 0;
    pairing_set_root(heap, pairing,
                     pairing->root ? pairing_link(heap, pairing->root, heaped) : heaped);
}

/* Take the root out. */
HB_INLINE void pairing_pop(const struct tagged_heap *heap, struct pairing *pairing) {
    block_ref first = pairing_of_list(heap, pairing_node(heap, pairing->root)->child);
    if (first)
        pairing_set_root(heap, pairing, first);
    else
        pairing->root = 0;
}

/* The lowest, taken out; 0 if there is none. */
HB_INLINE block_ref pairing_take(const struct tagged_heap *heap, struct pairing *pairing) {
    block_ref waiting = pairing->waiting;
    if (waiting) {
        if (!pairing_node(heap, waiting)->next && waiting - 1 < pairing->root - 1) {
            pairing->waiting = 0; /* no root, 0, is beyond all */
            return waiting;
        }
        pairing_settle(heap, pairing);
    }
    block_ref lowest = pairing->root;
    if (lowest)
        pairing_pop(heap, pairing);
    return lowest;
}

/* Take a node with children out. */
HB_APART void pairing_remove_parent(const struct tagged_heap *heap, struct pairing *pairing,
                                    block_ref reference) {
    struct pairing_node *node = pairing_node(heap, reference);
    if (reference == pairing->root) {
        pairing_pop(heap, pairing);
        return;
    }
    struct pairing_node *before = pairing_node(heap, node->prev);
    *(before->child == reference ? &before->child : &before->next) = node->next;
    if (node->next)
        pairing_node(heap, node->next)->prev = node->prev;
    pairing_link(heap, pairing->root, pairing_of_list(heap, node->child));
}

HB_INLINE void pairing_remove(const struct tagged_heap *heap, struct pairing *pairing,
                              block_ref reference) {
    const struct pairing_node *node = pairing_node(heap, reference);
    block_ref next = node->next, prev = node->prev;
    if (node->child) {
        pairing_remove_parent(heap, pairing, reference);
        return;
    }
    struct pairing_node *before = pairing_node(heap, prev);
    if (!prev)
        *(pairing->root == reference ? &pairing->root : &pairing->waiting) = next;
    else
        *(before->child == reference ? &before->child : &before->next) = next;
    *pairing_prev(heap, pairing, next) = prev;
}

/* From the last of a list of siblings to their parent; *lowest: of the siblings. */
static inline block_ref pairing_climb(const struct tagged_heap *heap, block_ref at,
                                      block_ref *lowest) {
    *lowest = at;
    for (;;) {
        block_ref before = pairing_node(heap, at)->prev;
        if (pairing_node(heap, before)->child == at)
            return before;
        at = before;
        *lowest = at < *lowest ? at : *lowest;
    }
}

/* The node after this one in a walk over all, parents first; 0 at the end. S3 if a child is lower
 * than its parent. */
static inline block_ref pairing_successor(const struct tagged_heap *heap, block_ref root,
                                          block_ref at, struct tagged_ledger *ledger) {
    if (pairing_node(heap, at)->child)
        return pairing_node(heap, at)->child;
    while (at != root) {
        block_ref lowest, next = pairing_node(heap, at)->next;
        if (next)
            return next;
        at = pairing_climb(heap, at, &lowest);
        if (lowest < at) {
            ledger->broken = "S3 a parent comes before its children";
            ledger->where = block_referred(heap, at);
        }
    }
    return 0;
}

/* Whether a link is right: there may be a node, and it says which is before it. */
static inline bool pairing_links(const struct tagged_heap *heap, block_ref reference,
                                 block_ref before) {
    return tagged_holds(heap, block_referred(heap, reference)) &&
           pairing_node(heap, reference)->prev == before;
}

/* Account for one tree; S3 if a link back is wrong. */
static inline void pairing_count_tree(const struct tagged_heap *heap, block_ref root,
                                      struct tagged_ledger *ledger) {
    for (block_ref at = root; at && !ledger->broken;
         at = pairing_successor(heap, root, at, ledger)) {
        const struct pairing_node *node = pairing_node(heap, at);
        ledger->blocks++;
        ledger->bytes += block_bytes(block_referred(heap, at));
        if ((at == root && !pairing_links(heap, at, 0)) ||
            (node->child && !pairing_links(heap, node->child, at)) ||
            (at != root && node->next && !pairing_links(heap, node->next, at))) {
            ledger->broken = "S3 a block knows the one before in its heap";
            ledger->where = block_referred(heap, at);
        }
    }
}

/* The same for all. */
static inline void pairing_count(const struct tagged_heap *heap, const struct pairing *pairing,
                                 struct tagged_ledger *ledger) {
    pairing_count_tree(heap, pairing->root, ledger);
    block_ref before = 0;
    for (block_ref at = pairing->waiting; at && !ledger->broken;
         before = at, at = pairing_node(heap, at)->next) {
        if (!pairing_links(heap, at, before)) {
            ledger->broken = "S3 a block knows the one before that waits";
            ledger->where = block_referred(heap, before ? before : at);
            return;
        }
        ledger->blocks++;
        ledger->bytes += block_bytes(block_referred(heap, at));
    }
}

#endif
