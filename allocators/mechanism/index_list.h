/* index_list.h -- the textbook mechanism: one list of all free blocks in the order of their ranks,
 * searched from its head. Kept for studies of search length, and as the oracle for the trees.
 */
#ifndef HB_INDEX_LIST_H
#define HB_INDEX_LIST_H

#include "allocators/mechanism/order.h"

struct list_node {
    struct block *next, *prev;
};

struct index_list {
    struct tagged_heap heap; /* first, so that the engine's pointer is ours */
    struct block *head, *tail;
    bool has_rover;
    uint64_t rover;
};

HB_INLINE struct list_node *list_node(struct block *block) {
    return (struct list_node *)block->payload;
}

/* The last block that ranks before a new one; NULL if the new one is first. */
HB_INLINE struct block *list_place(struct index_list *index, enum hb_order order, uint64_t key) {
    if (order == HB_ORDER_LIFO)
        return NULL;
    if (order == HB_ORDER_FIFO)
        return index->tail;
    struct block *place = NULL;
    for (struct block *at = index->head; at && order_key(&index->heap, order, at) < key;
         at = list_node(at)->next)
        place = at;
    return place;
}

HB_INLINE void list_insert(struct index_list *index, enum hb_order order, struct block *block) {
    struct block *prev = list_place(index, order, order_enter(&index->heap, order, block));
    struct block *next = prev ? list_node(prev)->next : index->head;
    *list_node(block) = (struct list_node){next, prev};
    *(prev ? &list_node(prev)->next : &index->head) = block;
    *(next ? &list_node(next)->prev : &index->tail) = block;
}

HB_INLINE void list_remove(struct index_list *index, struct block *block) {
    struct list_node node = *list_node(block);
    *(node.prev ? &list_node(node.prev)->next : &index->head) = node.next;
    *(node.next ? &list_node(node.next)->prev : &index->tail) = node.prev;
}

HB_INLINE struct block *list_find_first(struct index_list *index, size_t need) {
    struct block *at = index->head;
    for (; at && block_bytes(at) < need; at = list_node(at)->next)
        index->heap.stats.search_steps++;
    index->heap.stats.search_steps += at != NULL;
    return at;
}

HB_INLINE struct block *list_find_next(struct index_list *index, enum hb_order order, size_t need) {
    struct tagged_heap *heap = &index->heap;
    for (struct block *at = index->head; at && index->has_rover; at = list_node(at)->next) {
        heap->stats.search_steps++;
        if (order_before(order, index->rover, order_key(heap, order, at)) &&
            block_bytes(at) >= need)
            return at;
    }
    return list_find_first(index, need);
}

HB_INLINE struct block *list_find_smallest(struct index_list *index, size_t need) {
    struct block *best = NULL;
    for (struct block *at = index->head; at; at = list_node(at)->next) {
        index->heap.stats.search_steps++;
        if (block_bytes(at) >= need && (!best || block_bytes(at) < block_bytes(best)))
            best = at;
    }
    return best;
}

HB_INLINE struct block *list_find_largest(struct index_list *index, size_t need) {
    struct block *best = NULL;
    for (struct block *at = index->head; at; at = list_node(at)->next) {
        index->heap.stats.search_steps++;
        if (block_bytes(at) >= need && (!best || block_bytes(at) > block_bytes(best)))
            best = at;
    }
    return best;
}

HB_INLINE void list_set_rover(struct index_list *index, enum hb_order order, struct block *block) {
    if (order != HB_ORDER_ADDRESS && !block_rank(block))
        order_enter(&index->heap, order, block);
    index->rover = order_key(&index->heap, order, block);
    index->has_rover = true;
}

static inline void list_count(struct index_list *index, enum hb_order order,
                              struct tagged_ledger *ledger) {
    const struct tagged_heap *heap = &index->heap;
    for (struct block *at = index->head; at; at = list_node(at)->next) {
        struct block *next = list_node(at)->next;
        ledger->blocks++;
        ledger->bytes += block_bytes(at);
        if (next && (!tagged_holds(heap, next) || !order_before(order, order_key(heap, order, at),
                                                                order_key(heap, order, next)))) {
            ledger->broken = "S3 the list is in the order of ranks";
            ledger->where = next;
            return;
        }
    }
}

#endif
