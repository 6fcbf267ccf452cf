/* digital.h -- digital search trees in the free blocks themselves (Coffman & Eve 1970; as an
 * allocator's index: Lea's tree bins).
 *
 * A node holds any key of its subtree's range; below it, child 0 holds the keys whose next bit is
 * 0. So every key in child 0's subtree is below every key in child 1's, no rotation is ever needed,
 * and the depth is at most the number of key bits: O(log heap size), about log2(n) for n scattered
 * keys. A node is deleted by putting any leaf below it in its place.
 *
 * A path is a key whose first bit stands in the highest bit: each step shifts it left.
 */
#ifndef HB_DIGITAL_H
#define HB_DIGITAL_H

#include "allocators/mechanism/tagged.h"

struct digital_node {
    block_ref child[2];
    block_ref parent;
    uint32_t most; /* index_rank.h: units of the largest block in the subtree */
};

typedef unsigned __int128 digital_path;
#define DIGITAL_PATH_BITS 128

HB_INLINE struct digital_node *digital_node(const struct tagged_heap *heap, block_ref reference) {
    return (struct digital_node *)block_referred(heap, reference)->payload;
}

HB_INLINE digital_path digital_path_of(digital_path key, unsigned bits) {
    return key << (DIGITAL_PATH_BITS - bits);
}

HB_INLINE unsigned digital_turn(digital_path path) {
    return (unsigned)(path >> (DIGITAL_PATH_BITS - 1));
}

/* Where the parent, or the root, points to a node. */
HB_INLINE block_ref *digital_link(const struct tagged_heap *heap, block_ref *root, block_ref parent,
                                  block_ref reference) {
    if (!parent)
        return root;
    struct digital_node *node = digital_node(heap, parent);
    return &node->child[node->child[1] == reference];
}

/* Hang a block into the first free place on its path. */
HB_INLINE void digital_insert(const struct tagged_heap *heap, block_ref *root, block_ref reference,
                              digital_path path) {
    block_ref parent = 0, *link = root;
    while (*link) {
        parent = *link;
        link = &digital_node(heap, parent)->child[digital_turn(path)];
        path <<= 1;
    }
    *link = reference;
    *digital_node(heap, reference) = (struct digital_node){.parent = parent};
}

/* A leaf below (or at) a node. */
HB_INLINE block_ref digital_leaf(const struct tagged_heap *heap, block_ref reference) {
    for (;;) {
        const struct digital_node *node = digital_node(heap, reference);
        block_ref down = node->child[1] ? node->child[1] : node->child[0];
        if (!down)
            return reference;
        reference = down;
    }
}

/* Put node `into` where node `from` is: its parent and children then refer to it. */
HB_INLINE void digital_replace(const struct tagged_heap *heap, block_ref *root, block_ref from,
                               block_ref into) {
    struct digital_node *old = digital_node(heap, from), *node = digital_node(heap, into);
    *digital_link(heap, root, old->parent, from) = into;
    *node = *old;
    for (int side = 0; side < 2; side++)
        if (node->child[side])
            digital_node(heap, node->child[side])->parent = into;
}

/* Take a node out. Returns the lowest node whose subtree has changed, 0 if none is left of it. */
HB_INLINE block_ref digital_remove(const struct tagged_heap *heap, block_ref *root,
                                   block_ref reference) {
    block_ref leaf = digital_leaf(heap, reference);
    block_ref above = digital_node(heap, leaf)->parent;
    *digital_link(heap, root, above, leaf) = 0;
    if (leaf == reference)
        return above;
    digital_replace(heap, root, reference, leaf);
    return above == reference ? leaf : above;
}

/* Give the tree one more key bit at the top, 0 for all its keys: some leaf becomes the new root.
 * Returns the lowest node whose subtree has changed, 0 for an empty tree. */
static inline block_ref digital_raise(const struct tagged_heap *heap, block_ref *root) {
    if (!*root)
        return 0;
    block_ref leaf = digital_leaf(heap, *root);
    block_ref above = digital_node(heap, leaf)->parent;
    *digital_link(heap, root, above, leaf) = 0;
    *digital_node(heap, leaf) = (struct digital_node){.child = {*root, 0}};
    if (*root)
        digital_node(heap, *root)->parent = leaf;
    *root = leaf;
    return above ? above : leaf;
}

/* The node after this one in a walk over all nodes, parents first; 0 at the end. */
static inline block_ref digital_successor(const struct tagged_heap *heap, block_ref reference) {
    const struct digital_node *node = digital_node(heap, reference);
    if (node->child[0] || node->child[1])
        return node->child[0] ? node->child[0] : node->child[1];
    for (block_ref parent; (parent = node->parent); reference = parent) {
        node = digital_node(heap, parent);
        if (node->child[0] == reference && node->child[1])
            return node->child[1];
    }
    return 0;
}

/* Whether the link to a node is right: there is one, and it says which is its parent. */
static inline bool digital_links(const struct tagged_heap *heap, block_ref reference,
                                 block_ref parent) {
    return tagged_holds(heap, block_referred(heap, reference)) &&
           digital_node(heap, reference)->parent == parent;
}

/* Account for a tree; S3 if a node's parent link is wrong. */
static inline void digital_count(const struct tagged_heap *heap, block_ref root,
                                 struct tagged_ledger *ledger) {
    if (root && !digital_links(heap, root, 0)) {
        ledger->broken = "S3 a root has no parent";
        ledger->where = block_referred(heap, root);
        return;
    }
    for (block_ref at = root; at; at = digital_successor(heap, at)) {
        const struct digital_node *node = digital_node(heap, at);
        ledger->blocks++;
        ledger->bytes += block_bytes(block_referred(heap, at));
        for (int side = 0; side < 2; side++)
            if (node->child[side] && !digital_links(heap, node->child[side], at)) {
                ledger->broken = "S3 a child's parent is its parent";
                ledger->where = block_referred(heap, node->child[side]);
                return;
            }
    }
}

#endif
