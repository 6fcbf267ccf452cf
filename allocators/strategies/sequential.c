/* sequential.c -- the sequential fits: first fit, next fit, best fit, worst fit.
 *
 * Source: Knuth, The Art of Computer Programming 1 (1973), section 2.5; Wilson, Johnstone, Neely
 * and Boles, Dynamic Storage Allocation: A Survey and Critical Review (1995), section 3.2.
 *
 * Decides: among the free blocks that are large enough,
 *   first fit  the one of lowest rank
 *   next fit   the one of lowest rank above the rover, else of lowest rank; the rover is the rank
 *              of the block last picked, by the policy or made by growth
 *   best fit   the smallest, ties by rank
 *   worst fit  the largest, ties by rank
 * and the rank (order=): a free block's address, newest first (lifo) or oldest first (fifo); a
 * merged block, a remainder and new space count as newly freed. All else, how blocks are laid out,
 * split, merged, grown and given back, is mechanism/tagged.h, the same for all.
 *
 * Finds it by index=tree in O(log heap) steps, or index=list as the textbook does, in O(free
 * blocks): both place every block alike.
 *
 * Cost: allocation and free O(log heap), amortised where order=address, with two neighbours merged
 * at once.
 * Waste: 8 bytes of header a block, rounding to 16, 32 at least; at most 16 bytes of unsplit
 * remainder; external fragmentation as the policy has it.
 * Laws: T1-T4, S1-S3 of mechanism/tagged.h.
 */
#include "allocators/mechanism/index_area.h"
#include "allocators/mechanism/index_first.h"
#include "allocators/mechanism/index_largest.h"
#include "allocators/mechanism/index_list.h"
#include "allocators/mechanism/index_rank.h"
#include "allocators/mechanism/index_size.h"
#include "allocators/mechanism/tagged_variant.h"

static bool rank_open(void *state, const struct hb_config *config, struct hb_backend *backend) {
    struct index_rank *index = state;
    index->bits = 1;
    tagged_open(&index->heap, config, backend);
    return true;
}

static bool address_open(void *state, const struct hb_config *config, struct hb_backend *backend) {
    struct index_area *index = state;
    area_open(index);
    tagged_open(&index->heap, config, backend);
    return true;
}

static bool tagged_plain_open(void *state, const struct hb_config *config,
                              struct hb_backend *backend) {
    tagged_open(state, config, backend);
    return true;
}

#define HEAP(heap, STATE) ((struct STATE *)(heap))

/* First fit over bins by size and a tournament of their ranks. */
#define FIRST_COMMON(ORDER, KEY)                                                                   \
    static bool first_##ORDER##_open(void *state, const struct hb_config *config,                  \
                                     struct hb_backend *backend) {                                 \
        first_open(state, KEY);                                                                    \
        return tagged_plain_open(state, config, backend);                                          \
    }                                                                                              \
    HB_INLINE void first_##ORDER##_insert(struct tagged_heap *heap, struct block *block) {         \
        first_insert(HEAP(heap, index_first), KEY, block);                                         \
    }                                                                                              \
    HB_INLINE void first_##ORDER##_remove(struct tagged_heap *heap, struct block *block) {         \
        first_remove(HEAP(heap, index_first), KEY, block);                                         \
    }                                                                                              \
    HB_INLINE struct block *first_##ORDER##_take(struct tagged_heap *heap, size_t need,            \
                                                 size_t *bytes) {                                  \
        return first_take(HEAP(heap, index_first), KEY, need, bytes);                              \
    }                                                                                              \
    static void first_##ORDER##_count(struct tagged_heap *heap, struct tagged_ledger *ledger) {    \
        first_count(HEAP(heap, index_first), KEY, ledger);                                         \
    }                                                                                              \
    TAGGED_POLICIES(first_tree_##ORDER, .insert = first_##ORDER##_insert,                          \
                    .remove = first_##ORDER##_remove, .take = first_##ORDER##_take,                \
                    .count = first_##ORDER##_count)                                                \
    TAGGED_VARIANTS(first_tree_##ORDER, "firstfit", index_first, first_##ORDER##_open)

/* Next fit by age over the tree by rank. */
#define RANK_COMMON(ORDER, KEY)                                                                    \
    HB_INLINE void rank_##ORDER##_insert(struct tagged_heap *heap, struct block *block) {          \
        rank_insert(HEAP(heap, index_rank), KEY, block);                                           \
    }                                                                                              \
    static struct block *rank_##ORDER##_find_next(struct tagged_heap *heap, size_t need) {         \
        return rank_find_next(HEAP(heap, index_rank), KEY, need);                                  \
    }                                                                                              \
    static void rank_##ORDER##_picked(struct tagged_heap *heap, struct block *block) {             \
        rank_set_rover(HEAP(heap, index_rank), KEY, block);                                        \
    }                                                                                              \
    TAGGED_POLICIES(next_tree_##ORDER, .insert = rank_##ORDER##_insert, .remove = rank_all_remove, \
                    .find = rank_##ORDER##_find_next, .picked = rank_##ORDER##_picked,             \
                    .count = rank_all_count)                                                       \
    TAGGED_VARIANTS(next_tree_##ORDER, "nextfit", index_rank, rank_open)

/* Best fit over the bins by size. */
#define SIZE_COMMON(ORDER, KEY)                                                                    \
    static bool size_##ORDER##_open(void *state, const struct hb_config *config,                   \
                                    struct hb_backend *backend) {                                  \
        size_open(state, KEY);                                                                     \
        return tagged_plain_open(state, config, backend);                                          \
    }                                                                                              \
    HB_INLINE void size_##ORDER##_insert(struct tagged_heap *heap, struct block *block) {          \
        size_insert(HEAP(heap, index_size), KEY, block);                                           \
    }                                                                                              \
    HB_INLINE void size_##ORDER##_remove(struct tagged_heap *heap, struct block *block) {          \
        size_remove(HEAP(heap, index_size), KEY, block);                                           \
    }                                                                                              \
    HB_INLINE struct block *size_##ORDER##_take(struct tagged_heap *heap, size_t need,             \
                                                size_t *bytes) {                                   \
        return size_take_smallest(HEAP(heap, index_size), KEY, need, bytes);                       \
    }                                                                                              \
    static void size_##ORDER##_count(struct tagged_heap *heap, struct tagged_ledger *ledger) {     \
        size_count(HEAP(heap, index_size), KEY, ledger);                                           \
    }                                                                                              \
    TAGGED_POLICIES(best_tree_##ORDER, .insert = size_##ORDER##_insert,                            \
                    .remove = size_##ORDER##_remove, .take = size_##ORDER##_take,                  \
                    .count = size_##ORDER##_count)                                                 \
    TAGGED_VARIANTS(best_tree_##ORDER, "bestfit", index_size, size_##ORDER##_open)

/* Worst fit over them, the largest apart. */
#define LARGEST_COMMON(ORDER, KEY)                                                                 \
    static bool largest_##ORDER##_open(void *state, const struct hb_config *config,                \
                                       struct hb_backend *backend) {                               \
        size_open(state, KEY);                                                                     \
        return tagged_plain_open(state, config, backend);                                          \
    }                                                                                              \
    HB_INLINE void largest_##ORDER##_insert(struct tagged_heap *heap, struct block *block) {       \
        largest_insert(HEAP(heap, index_largest), KEY, block);                                     \
    }                                                                                              \
    HB_INLINE void largest_##ORDER##_remove(struct tagged_heap *heap, struct block *block) {       \
        largest_remove(HEAP(heap, index_largest), KEY, block);                                     \
    }                                                                                              \
    HB_INLINE struct block *largest_##ORDER##_take(struct tagged_heap *heap, size_t need,          \
                                                   size_t *bytes) {                                \
        return largest_take(HEAP(heap, index_largest), KEY, need, bytes);                          \
    }                                                                                              \
    static void largest_##ORDER##_count(struct tagged_heap *heap, struct tagged_ledger *ledger) {  \
        largest_count(HEAP(heap, index_largest), KEY, ledger);                                     \
    }                                                                                              \
    TAGGED_POLICIES(worst_tree_##ORDER, .insert = largest_##ORDER##_insert,                        \
                    .remove = largest_##ORDER##_remove, .take = largest_##ORDER##_take,            \
                    .count = largest_##ORDER##_count)                                              \
    TAGGED_VARIANTS(worst_tree_##ORDER, "worstfit", index_largest, largest_##ORDER##_open)

/* All four over the list. */
#define LIST_COMMON(ORDER, KEY)                                                                    \
    static void list_##ORDER##_insert(struct tagged_heap *heap, struct block *block) {             \
        list_insert(HEAP(heap, index_list), KEY, block);                                           \
    }                                                                                              \
    static void list_##ORDER##_count(struct tagged_heap *heap, struct tagged_ledger *ledger) {     \
        list_count(HEAP(heap, index_list), KEY, ledger);                                           \
    }                                                                                              \
    static struct block *list_##ORDER##_find_next(struct tagged_heap *heap, size_t need) {         \
        return list_find_next(HEAP(heap, index_list), KEY, need);                                  \
    }                                                                                              \
    static void list_##ORDER##_picked(struct tagged_heap *heap, struct block *block) {             \
        list_set_rover(HEAP(heap, index_list), KEY, block);                                        \
    }                                                                                              \
    LIST_POLICY(first, ORDER, list_all_find_first, NULL)                                           \
    LIST_POLICY(next, ORDER, list_##ORDER##_find_next, list_##ORDER##_picked)                      \
    LIST_POLICY(best, ORDER, list_all_find_smallest, NULL)                                         \
    LIST_POLICY(worst, ORDER, list_all_find_largest, NULL)

#define LIST_POLICY(FIT, ORDER, FIND, PICKED)                                                      \
    TAGGED_POLICIES(FIT##_list_##ORDER, .insert = list_##ORDER##_insert,                           \
                    .remove = list_all_remove, .find = FIND, .picked = PICKED,                     \
                    .count = list_##ORDER##_count)                                                 \
    TAGGED_VARIANTS(FIT##_list_##ORDER, #FIT "fit", index_list, tagged_plain_open)

static void rank_all_remove(struct tagged_heap *heap, struct block *block) {
    rank_remove(HEAP(heap, index_rank), block);
}

static void rank_all_count(struct tagged_heap *heap, struct tagged_ledger *ledger) {
    rank_count(HEAP(heap, index_rank), ledger);
}

static void list_all_remove(struct tagged_heap *heap, struct block *block) {
    list_remove(HEAP(heap, index_list), block);
}

static struct block *list_all_find_first(struct tagged_heap *heap, size_t need) {
    return list_find_first(HEAP(heap, index_list), need);
}

static struct block *list_all_find_smallest(struct tagged_heap *heap, size_t need) {
    return list_find_smallest(HEAP(heap, index_list), need);
}

static struct block *list_all_find_largest(struct tagged_heap *heap, size_t need) {
    return list_find_largest(HEAP(heap, index_list), need);
}

TAGGED_POLICIES(next_tree_address, .insert = area_insert, .remove = area_remove,
                .find = area_find_next, .picked = area_picked, .grown = area_grown,
                .count = area_count)
TAGGED_VARIANTS(next_tree_address, "nextfit", index_area, address_open)

FIRST_COMMON(address, HB_ORDER_ADDRESS)
FIRST_COMMON(lifo, HB_ORDER_LIFO)
FIRST_COMMON(fifo, HB_ORDER_FIFO)
RANK_COMMON(lifo, HB_ORDER_LIFO)
RANK_COMMON(fifo, HB_ORDER_FIFO)
SIZE_COMMON(address, HB_ORDER_ADDRESS)
LARGEST_COMMON(address, HB_ORDER_ADDRESS)
SIZE_COMMON(lifo, HB_ORDER_LIFO)
LARGEST_COMMON(lifo, HB_ORDER_LIFO)
SIZE_COMMON(fifo, HB_ORDER_FIFO)
LARGEST_COMMON(fifo, HB_ORDER_FIFO)
LIST_COMMON(address, HB_ORDER_ADDRESS)
LIST_COMMON(lifo, HB_ORDER_LIFO)
LIST_COMMON(fifo, HB_ORDER_FIFO)

static const struct hb_option *const sequential_options[] = {
    &hb_option_order,   &hb_option_index,
    &hb_option_backend, &hb_option_coalesce,
    &hb_option_split,   &hb_option_grow,
    &hb_option_trim,    &hb_option_mmap_threshold,
    &hb_option_preset,  &hb_option_scale,
    &hb_option_limit,   &hb_option_fail_at,
    &hb_option_guard,   NULL};

#define FAMILY(FIT, SUMMARY)                                                                       \
    static const struct hb_allocator *const FIT##_variants[2][2][3] = {                            \
        {{&FIT##_tree_address, &FIT##_tree_lifo, &FIT##_tree_fifo},                                \
         {&FIT##_list_address, &FIT##_list_lifo, &FIT##_list_fifo}},                               \
        {{&FIT##_tree_address_tuned, &FIT##_tree_lifo_tuned, &FIT##_tree_fifo_tuned},              \
         {&FIT##_list_address_tuned, &FIT##_list_lifo_tuned, &FIT##_list_fifo_tuned}}};            \
    static const struct hb_allocator *FIT##_variant(const struct hb_config *config) {              \
        return FIT##_variants[tagged_wants_tuned(config)][config->index][config->order];           \
    }                                                                                              \
    const struct hb_family hb_family_##FIT##fit = {                                                \
        .name = #FIT "fit",                                                                        \
        .summary = SUMMARY,                                                                        \
        .source = "Knuth 1973, 2.5; Wilson et al. 1995",                                           \
        .options = sequential_options,                                                             \
        .variant = FIT##_variant,                                                                  \
        .standard = &FIT##_tree_address,                                                           \
    };

extern const struct hb_family hb_family_firstfit, hb_family_nextfit, hb_family_bestfit,
    hb_family_worstfit;

FAMILY(first, "the fitting free block of lowest rank")
FAMILY(next, "the next fitting one after the block last picked")
FAMILY(best, "the smallest fitting free block")
FAMILY(worst, "the largest free block")
