/* buddy.c -- the buddy systems.
 *
 * Sources: Knowlton, A Fast Storage Allocator (1965), binary; Hirschberg, A Class of Dynamic Memory
 * Allocation Algorithms (1973), Fibonacci; Shen and Peterson, A Weighted Buddy Method (1974);
 * Wise, The Double Buddy System (1978), and Page and Hagins, Improving the Performance of Buddy
 * Systems (1986), double; recombination for all: Cranston and Thomas (1975).
 *
 * Decides: the sizes of blocks, in units of 16 bytes, and how each splits.
 *
 *   system     sizes                      a block splits into
 *   binary     2^k, k >= 1                two halves
 *   fibonacci  1, 2, 3, 5, 8, 13, ...     the two sizes before it
 *   weighted   2^k and 3 * 2^k            4m into 3m and m, 3m into 2m and m
 *   double     2^k and 3 * 2^k, k >= 1    two halves: two binary systems, and 3 that does not split
 *
 * A request gets the smallest size that holds it and its 8-byte header, two units at least. Where
 * one unit is a size, it only comes about as the rest of a split: nobody gets it, and it waits for
 * its buddy. All else is mechanism/buddies.h's.
 *
 * Cost: O(log heap), at most a split or merge for each size. Waste: internal fragmentation; for
 * sizes uniform up to a power of two binary allocates 4/3 of what is requested, Fibonacci 1.245,
 * weighted and double 1.166 (Russell 1977; Peterson and Norman 1977; tests/allocators/test_buddy.c
 * derives them from the tables).
 * Laws: D1-D5 of mechanism/buddies.h.
 *
 * Departs from the papers: the heap is no single block of fixed size but a row of them, roots, that
 * grows; in the double system a root serves the one of the two systems that it was made for.
 */
#include "allocators/mechanism/buddies_check.h"
#include "allocators/mechanism/fresh.h"

/* The size after a power of two or three times one. */
static size_t weighted_next(size_t units) {
    if (units == 1)
        return 2;
    return units & (units - 1) ? units / 3 * 4 : units / 2 * 3;
}

static void binary_fill(struct buddy_table *table) {
    for (size_t units = 2; units <= BUDDY_UNITS_MAX; units *= 2)
        buddy_table_add(table, units, units > 2 ? units / 2 : 0);
}

static void fibonacci_fill(struct buddy_table *table) {
    buddy_table_add(table, 1, 0);
    buddy_table_add(table, 2, 0);
    for (size_t before = 2, units = 3; units <= BUDDY_UNITS_MAX;) {
        size_t sum = before + units;
        buddy_table_add(table, units, before);
        before = units;
        units = sum;
    }
}

static void weighted_fill(struct buddy_table *table) {
    for (size_t units = 1; units <= BUDDY_UNITS_MAX; units = weighted_next(units))
        if (units & (units - 1))
            buddy_table_add(table, units, units / 3 * 2);
        else
            buddy_table_add(table, units, units / 4 * 3);
}

static void double_fill(struct buddy_table *table) {
    for (size_t units = 2; units <= BUDDY_UNITS_MAX; units = weighted_next(units))
        buddy_table_add(table, units, units > 3 ? units / 2 : 0);
}

static bool buddy_open(void *state, const struct hb_config *config, struct hb_backend *backend) {
    struct buddies *heap = state;
    switch ((enum hb_buddy_system)config->system) {
    case HB_BUDDY_BINARY:
        binary_fill(&heap->table);
        break;
    case HB_BUDDY_FIBONACCI:
        fibonacci_fill(&heap->table);
        break;
    case HB_BUDDY_WEIGHTED:
        weighted_fill(&heap->table);
        break;
    case HB_BUDDY_DOUBLE:
        double_fill(&heap->table);
        break;
    }
    buddies_open(heap, config, backend);
    return true;
}

static void *buddy_alloc(void *state, size_t request) {
    return buddies_alloc(state, request);
}

static void *buddy_calloc(void *state, size_t request) {
    return fresh_calloc(((struct buddies *)state)->backend, buddy_alloc, state, request);
}

static void *buddy_alloc_aligned(void *state, size_t alignment, size_t request) {
    return buddies_alloc_aligned(state, alignment, request);
}

static void buddy_free(void *state, void *payload) {
    buddies_free(state, payload);
}

static void *buddy_resize(void *state, void *payload, size_t request) {
    return buddies_resize(state, payload, request);
}

static size_t buddy_usable(void *state, const void *payload) {
    return buddies_usable(state, payload);
}

static bool buddy_walk(void *state, hb_block_visit *visit, void *context) {
    return buddies_walk(state, visit, context);
}

static bool buddy_check(void *state, struct hb_violation *violation) {
    return buddies_check(state, violation);
}

static void buddy_stats(void *state, struct hb_stats *stats) {
    *stats = ((struct buddies *)state)->stats;
}

static const struct hb_allocator buddy = {
    .family = "buddy",
    .state_bytes = sizeof(struct buddies),
    .open = buddy_open,
    .alloc = buddy_alloc,
    .calloc = buddy_calloc,
    .alloc_aligned = buddy_alloc_aligned,
    .free = buddy_free,
    .resize = buddy_resize,
    .usable = buddy_usable,
    .walk = buddy_walk,
    .check = buddy_check,
    .stats = buddy_stats,
};

static const struct hb_allocator *buddy_variant(const struct hb_config *config) {
    (void)config;
    return &buddy;
}

static const struct hb_option *const buddy_options[] = {
    &hb_option_system,         &hb_option_backend, &hb_option_grow,   &hb_option_trim,
    &hb_option_mmap_threshold, &hb_option_decay,   &hb_option_preset, &hb_option_scale,
    &hb_option_limit,          &hb_option_fail_at, &hb_option_guard,  NULL};

extern const struct hb_family hb_family_buddy;
const struct hb_family hb_family_buddy = {
    .name = "buddy",
    .summary = "blocks of a system's sizes that split in two and merge with their buddy",
    .source = "Knowlton 1965; Hirschberg 1973; Shen & Peterson 1974; Wise 1978; Page & Hagins 1986",
    .options = buddy_options,
    .variant = buddy_variant,
    .standard = &buddy,
};
