/* pairing.h -- pairing heaps of free blocks, the lowest address at the root (Fredman, Sedgewick,
 * Sleator & Tarjan 1986), in the blocks themselves. Insertion looks at the root alone; taking a
 * node out pairs its children: O(log n) amortised.
 */
#ifndef HB_PAIRING_H
#define HB_PAIRING_H

#include "allocators/mechanism/tagged.h"

struct pairing_node {
    block_ref next, prev; /* siblings; the first child's prev is its parent, the root's 0 */
    block_ref child;      /* the first */
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
static inline block_ref pairing_combine(const struct tagged_heap *heap, block_ref first) {
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

HB_INLINE void pairing_insert(const struct tagged_heap *heap, block_ref *root,
                              block_ref reference) {
    struct pairing_node *node = pairing_node(heap, reference);
    node->child = 0;
    node->prev = 0;
    *root = *root ? pairing_link(heap, *root, reference) : reference;
    pairing_node(heap, *root)->prev = 0;
}

/* Take the root out. */
HB_INLINE void pairing_pop(const struct tagged_heap *heap, block_ref *root) {
    block_ref first = pairing_node(heap, *root)->child;
    if (first && pairing_node(heap, first)->next)
        first = pairing_combine(heap, first);
    if (first)
        pairing_node(heap, first)->prev = 0;
    *root = first;
}

HB_INLINE void pairing_remove(const struct tagged_heap *heap, block_ref *root,
                              block_ref reference) {
    struct pairing_node *node = pairing_node(heap, reference);
    if (!node->prev) {
        pairing_pop(heap, root);
        return;
    }
    struct pairing_node *before = pairing_node(heap, node->prev);
    if (before->child == reference)
        before->child = node->next;
    else
        before->next = node->next;
    if (node->next)
        pairing_node(heap, node->next)->prev = node->prev;
    if (node->child) {
        pairing_pop(heap, &reference); /* now: what was below it */
        *root = pairing_link(heap, *root, reference);
    }
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

/* Account for a heap; S3 if a link back is wrong. */
static inline void pairing_count(const struct tagged_heap *heap, block_ref root,
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

#endif
