/* index_levels.h -- free blocks in lists by size on two levels, each with bit maps, so that a block
 * that surely fits is found in constant time (Masmano et al. 2004).
 *
 * In units of 16 bytes: the first level divides sizes at powers of two, the second divides each of
 * those ranges into 2^SL equal ones (Masmano's SLI = SL). With r a size in units and t = floor(log2
 * r), its list is
 *     row 0, column r                             where r < 2^SL: one size a list
 *     row t - SL + 1, column r / 2^(t-SL) - 2^SL  above
 * SL = 0 leaves one list a power of two: the index of half-fit (Ogasawara 1995).
 *
 * A search must not look at sizes, so it begins at the first list whose smallest size is at least
 * the request: that of r + 2^(t-SL) - 1.
 *
 * SL is a constant wherever these functions are called.
 */
#ifndef HB_INDEX_LEVELS_H
#define HB_INDEX_LEVELS_H

#include "allocators/mechanism/ring.h"
#include "allocators/mechanism/tagged_variant.h"

enum {
    LEVELS_SL_MAX = 6,
    LEVELS_UNIT_BITS = 32, /* of a size in units: HB_HEAP_REACH / 16 */
    LEVELS_ROWS_MAX = LEVELS_UNIT_BITS + 1,
    LEVELS_RINGS_MAX = (LEVELS_UNIT_BITS + 1 - LEVELS_SL_MAX) << LEVELS_SL_MAX
};

struct index_levels {
    struct tagged_heap heap;            /* first, so that the engine's pointer is ours */
    uint64_t rows;                      /* bit: the row has blocks */
    uint64_t row[LEVELS_ROWS_MAX];      /* bit: the row's column has blocks */
    struct ring ring[LEVELS_RINGS_MAX]; /* row by row */
};

static inline void levels_open(struct index_levels *index, unsigned sl) {
    for (unsigned at = 0; at < (LEVELS_ROWS_MAX - sl) << sl; at++)
        ring_open(&index->ring[at]);
}

/* The list of blocks of this many units: row << sl | column. */
HB_INLINE unsigned levels_of(size_t units, unsigned sl) {
    if (units >> sl == 0)
        return (unsigned)units;
    unsigned step = highest_bit(units) - sl;
    return ((step + 1) << sl) + ((unsigned)(units >> step) - (1u << sl));
}

/* The first list all of whose blocks have this many units. */
HB_INLINE unsigned levels_from(size_t units, unsigned sl) {
    if (units >> sl)
        units += ((size_t)1 << (highest_bit(units) - sl)) - 1;
    return levels_of(units, sl);
}

HB_INLINE void levels_insert(struct index_levels *index, unsigned sl, struct block *block) {
    unsigned list = levels_of(block_bytes(block) / HB_ALIGNMENT, sl);
    ring_push(&index->ring[list], block);
    index->row[list >> sl] |= (uint64_t)1 << (list & ((1u << sl) - 1));
    index->rows |= (uint64_t)1 << (list >> sl);
}

/* A ring has become empty. */
HB_INLINE void levels_clear(struct index_levels *index, unsigned sl, const struct ring *ring) {
    unsigned list = (unsigned)(ring - index->ring), row = list >> sl;
    index->row[row] &= ~((uint64_t)1 << (list & ((1u << sl) - 1)));
    if (!index->row[row])
        index->rows &= ~((uint64_t)1 << row);
}

HB_INLINE void levels_remove(struct index_levels *index, unsigned sl, struct block *block) {
    const struct ring *ring = ring_of(block)->next;
    bool was_last = ring == ring_of(block)->prev;
    ring_remove(block);
    if (was_last)
        levels_clear(index, sl, ring);
}

/* The first list with blocks, from list on; -1 if there is none. */
HB_INLINE int levels_first(const struct index_levels *index, unsigned sl, unsigned list) {
    unsigned row = list >> sl;
    if (HB_UNLIKELY(row >= LEVELS_ROWS_MAX - sl))
        return -1;
    uint64_t columns = index->row[row] >> (list & ((1u << sl) - 1));
    if (columns)
        return (int)(list + lowest_bit(columns));
    uint64_t rows = index->rows >> row >> 1;
    if (!rows)
        return -1;
    row += 1 + lowest_bit(rows);
    return (int)(row << sl | lowest_bit(index->row[row]));
}

HB_INLINE struct block *levels_take(struct index_levels *index, unsigned sl, size_t need,
                                    size_t *bytes) {
    int list = levels_first(index, sl, levels_from(need / HB_ALIGNMENT, sl));
    if (HB_UNLIKELY(list < 0))
        return NULL;
    index->heap.stats.search_steps++;
    struct block *block = ring_pop(&index->ring[list]);
    if (index->ring[list].next == &index->ring[list])
        levels_clear(index, sl, &index->ring[list]);
    *bytes = block_bytes(block);
    return block;
}

/* The account of one list. */
static inline void levels_count_list(const struct index_levels *index, unsigned sl, unsigned list,
                                     struct tagged_ledger *ledger) {
    const struct ring *ring = &index->ring[list];
    bool marked = index->row[list >> sl] >> (list & ((1u << sl) - 1)) & 1;
    if (marked != (ring->next != ring))
        ledger->broken = "S3 a list's bit says whether it has blocks";
    ring_count(&index->heap, ring, ledger);
    for (const struct ring *at = ring->next; at != ring && !ledger->broken; at = at->next)
        if (levels_of(block_bytes(block_of(at)) / HB_ALIGNMENT, sl) != list) {
            ledger->broken = "S3 a block is in its size's list";
            ledger->where = block_of(at);
        }
}

static inline void levels_count(const struct index_levels *index, unsigned sl,
                                struct tagged_ledger *ledger) {
    for (unsigned row = 0; row < LEVELS_ROWS_MAX - sl && !ledger->broken; row++) {
        if ((index->rows >> row & 1) != (index->row[row] != 0))
            ledger->broken = "S3 a row's bit says whether it has blocks";
        for (unsigned column = 0; column < 1u << sl && !ledger->broken; column++)
            levels_count_list(index, sl, row << sl | column, ledger);
    }
}

/* The index with SL as a policy's functions, NAME_insert, NAME_remove, NAME_take, NAME_count. */
#define LEVELS_FUNCTIONS(NAME, SL)                                                                 \
    static void NAME##_insert(struct tagged_heap *heap, struct block *block) {                     \
        levels_insert((struct index_levels *)heap, SL, block);                                     \
    }                                                                                              \
    static void NAME##_remove(struct tagged_heap *heap, struct block *block) {                     \
        levels_remove((struct index_levels *)heap, SL, block);                                     \
    }                                                                                              \
    static struct block *NAME##_take(struct tagged_heap *heap, size_t need, size_t *bytes) {       \
        return levels_take((struct index_levels *)heap, SL, need, bytes);                          \
    }                                                                                              \
    static void NAME##_count(struct tagged_heap *heap, struct tagged_ledger *ledger) {             \
        levels_count((struct index_levels *)heap, SL, ledger);                                     \
    }

/* Those, NAME_open, and policies of them (tagged_variant.h). */
#define LEVELS_POLICIES(NAME, SL)                                                                  \
    static bool NAME##_open(void *state, const struct hb_config *config,                           \
                            struct hb_backend *backend) {                                          \
        levels_open(state, SL);                                                                    \
        tagged_open(state, config, backend);                                                       \
        return true;                                                                               \
    }                                                                                              \
    LEVELS_FUNCTIONS(NAME, SL)                                                                     \
    TAGGED_POLICIES(NAME, .insert = NAME##_insert, .remove = NAME##_remove, .take = NAME##_take,   \
                    .count = NAME##_count, .learns_trim = true)

#endif
