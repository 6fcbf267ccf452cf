/* buddy_table.h -- a buddy system as a table: its block sizes (orders), how each splits, and what
 * follows from that.
 *
 * A system adds its orders by rising size, buddy_table_add(table, units, left): a block of `units`
 * units of 16 bytes splits into a left part of `left` units and a right one of the rest, both of
 * orders added before; 0 if it does not split. buddy_table_finish derives the rest. An order of one
 * unit is a fragment: no request gets it, it waits for its buddy.
 */
#ifndef HB_BUDDY_TABLE_H
#define HB_BUDDY_TABLE_H

#include <stdbool.h>

#include "allocators/mechanism/block.h"

enum {
    BUDDY_ORDERS_MAX = 63,
    BUDDY_NONE = 63, /* no order: a root's parent; what lies below the first root */
    BUDDY_SIDES = 128,
    BUDDY_QUICK_BYTES = 4096 /* blocks up to this are found by table */
};

#define BUDDY_UNITS_MAX ((size_t)3 << 30) /* 48 GiB */

/* In a header: bits 0-3 flags, 4-9 order, 10-16 birth, 17-23 memory. A birth is the order that the
 * block was split from, twice, + 1 for a right part; a root's is 2 * BUDDY_NONE. */
enum { BUDDY_ORDER_SHIFT = 4, BUDDY_BIRTH_SHIFT = 10, BUDDY_MEMORY_SHIFT = 17 };
#define BUDDY_BIRTH_MASK ((uint64_t)127 << BUDDY_BIRTH_SHIFT)
#define BUDDY_ROOT       (2 * BUDDY_NONE)

struct buddy_order {
    size_t bytes;
    uint8_t left, right; /* orders it splits into; BUDDY_NONE if it does not split */
    uint64_t left_leads; /* orders for which the left part is split on, not the right one */
    uint64_t sources;    /* orders that are this one, or are split into it sooner or later */
};

/* What a birth says: where the buddy is, and its header's flag and birth if it is free and whole.
 */
struct buddy_side {
    ptrdiff_t distance;
    uint64_t free_buddy;
};

struct buddy_table {
    unsigned count;
    unsigned first; /* the smallest order that a request gets: 1 if order 0 is a fragment */
    struct buddy_order order[BUDDY_ORDERS_MAX + 1]; /* the last one: BUDDY_NONE, no bytes */
    struct buddy_side side[BUDDY_SIDES];
    uint8_t quick[BUDDY_QUICK_BYTES / HB_ALIGNMENT + 1]; /* order by units needed */
};

static inline unsigned buddy_table_find(const struct buddy_table *table, size_t bytes) {
    unsigned order = 0;
    while (order < table->count && table->order[order].bytes != bytes)
        order++;
    return order < table->count ? order : BUDDY_NONE;
}

static inline void buddy_table_add(struct buddy_table *table, size_t units, size_t left) {
    struct buddy_order *order = &table->order[table->count];
    order->bytes = units * HB_ALIGNMENT;
    order->left = order->right = BUDDY_NONE;
    if (left) {
        order->left = (uint8_t)buddy_table_find(table, left * HB_ALIGNMENT);
        order->right = (uint8_t)buddy_table_find(table, (units - left) * HB_ALIGNMENT);
    }
    table->count++;
}

/* The smallest order >= bytes that leads to target; BUDDY_NONE if there is none. */
static inline unsigned buddy_table_above(const struct buddy_table *table, size_t bytes,
                                         unsigned target) {
    uint64_t sources = table->order[target].sources;
    for (unsigned order = target; order < table->count; order++)
        if (sources >> order & 1 && table->order[order].bytes >= bytes)
            return order;
    return BUDDY_NONE;
}

/* The smallest order that a block of need bytes may have; BUDDY_NONE if there is none. */
static inline unsigned buddy_table_order(const struct buddy_table *table, size_t need) {
    unsigned order = table->first;
    while (order < table->count && table->order[order].bytes < need)
        order++;
    return order < table->count ? order : BUDDY_NONE;
}

static inline bool buddy_leads(const struct buddy_table *table, unsigned source, unsigned target) {
    return source != BUDDY_NONE && table->order[target].sources >> source & 1;
}

/* Which orders each order leads to, and by which part: the smaller of the two that lead there. */
static inline void buddy_table_lead(struct buddy_table *table) {
    for (unsigned target = 0; target < table->count; target++) {
        table->order[target].sources = (uint64_t)1 << target;
        for (unsigned source = target + 1; source < table->count; source++) {
            struct buddy_order *order = &table->order[source];
            bool left = buddy_leads(table, order->left, target);
            bool right = buddy_leads(table, order->right, target);
            if (left || right)
                table->order[target].sources |= (uint64_t)1 << source;
            if (left && (!right || order->left <= order->right))
                order->left_leads |= (uint64_t)1 << target;
        }
    }
}

static inline void buddy_table_finish(struct buddy_table *table) {
    table->first = table->order[0].bytes < BLOCK_MIN_BYTES;
    table->order[BUDDY_NONE].left = table->order[BUDDY_NONE].right = BUDDY_NONE;
    buddy_table_lead(table);
    for (unsigned parent = 0; parent <= BUDDY_NONE; parent++)
        for (unsigned right = 0; right < 2; right++) {
            const struct buddy_order *order = &table->order[parent];
            ptrdiff_t left_bytes = (ptrdiff_t)table->order[order->left].bytes;
            uint64_t buddy = (uint64_t)(2 * parent + !right) << BUDDY_BIRTH_SHIFT;
            table->side[2 * parent + right] =
                (struct buddy_side){right ? -left_bytes : left_bytes, buddy | BLOCK_FREE};
        }
    table->side[BUDDY_ROOT].free_buddy = UINT64_MAX; /* no header is that: roots stay apart */
    for (size_t units = 0; units <= BUDDY_QUICK_BYTES / HB_ALIGNMENT; units++)
        table->quick[units] = (uint8_t)buddy_table_order(table, units * HB_ALIGNMENT);
}

#endif
