/* quickfit.c -- quick fit: quick lists before a general fit.
 *
 * Source: Weinstock and Wulf, Quick Fit: An Efficient Algorithm for Heap Storage Allocation,
 * SIGPLAN Notices 23(10), 1988; Wilson et al. 1995, section 3.7 (deferred coalescing).
 *
 * Decides: a freed block of up to `quick` bytes, header included, waits unmerged in the list of its
 * exact size; a request of that block size takes the last freed. If none waits (and for larger
 * requests) the general fit decides, fit=best|first|segregated|tlsf as those strategies do in their
 * default order; with refill=tail the heap's free tail is carved first. If the general fit finds
 * nothing either, all waiting blocks are freed and merged, the smallest size first, in each the
 * last freed first, and the general fit is asked again before the heap grows. Remainders, and what
 * a shrink or an aligned request gives back, go to the general fit at once. Trim: what was given
 * back and is taken again raises the trim threshold by as much; waiting blocks never trim.
 *
 * Cost: a few instructions for a size that recurs; else the general fit's, and at times a flush, of
 * which each waiting block was freed once.
 *
 * Waste: waiting blocks serve no other size, and keep their neighbours from merging; a heap whose
 * blocks all wait does not shrink.
 *
 * Laws: T1-T4, S1-S3 of mechanism/tagged.h; Q1, Q2 of mechanism/quick.h.
 *
 * Departs from the paper: there an empty list is always refilled from the tail (refill=tail), and
 * the general fit's blocks are of larger sizes only; flushed blocks merge by boundary tags.
 */
#include "allocators/mechanism/index_bins.h"
#include "allocators/mechanism/index_first.h"
#include "allocators/mechanism/index_levels.h"
#include "allocators/mechanism/index_size.h"
#include "allocators/mechanism/quick.h"
#include "allocators/mechanism/tagged_variant.h"

struct quickfit {
    union {
        struct tagged_heap heap; /* with which each of the others begins */
        struct index_bins bins;
        struct index_first first;
        struct index_levels levels;
        struct index_size size;
    } index;
    struct quick_lists quick;
};

static struct quick_lists *quick_of(void *state) {
    return &((struct quickfit *)state)->quick;
}

static void size_address_insert(struct tagged_heap *heap, struct block *block) {
    size_insert((struct index_size *)heap, HB_ORDER_ADDRESS, block);
}

static void size_address_remove(struct tagged_heap *heap, struct block *block) {
    size_remove((struct index_size *)heap, HB_ORDER_ADDRESS, block);
}

static struct block *size_address_take(struct tagged_heap *heap, size_t need, size_t *bytes) {
    return size_take_smallest((struct index_size *)heap, HB_ORDER_ADDRESS, need, bytes);
}

static void size_address_count(struct tagged_heap *heap, struct tagged_ledger *ledger) {
    size_count((struct index_size *)heap, HB_ORDER_ADDRESS, ledger);
}

static void first_address_insert(struct tagged_heap *heap, struct block *block) {
    first_insert((struct index_first *)heap, HB_ORDER_ADDRESS, block);
}

static void first_address_remove(struct tagged_heap *heap, struct block *block) {
    first_remove((struct index_first *)heap, HB_ORDER_ADDRESS, block);
}

static struct block *first_address_take(struct tagged_heap *heap, size_t need, size_t *bytes) {
    return first_take((struct index_first *)heap, HB_ORDER_ADDRESS, need, bytes);
}

static void first_address_count(struct tagged_heap *heap, struct tagged_ledger *ledger) {
    first_count((struct index_first *)heap, HB_ORDER_ADDRESS, ledger);
}

LEVELS_FUNCTIONS(levels_5, 5)

static bool quickfit_open(void *state, const struct hb_config *config, struct hb_backend *backend) {
    struct quickfit *quickfit = state;
    if (config->fit == HB_FIT_FIRST)
        first_open(&quickfit->index.first, HB_ORDER_ADDRESS);
    else if (config->fit == HB_FIT_SEGREGATED)
        bins_open(&quickfit->index.bins);
    else if (config->fit == HB_FIT_TLSF)
        levels_open(&quickfit->index.levels, 5);
    else
        size_open(&quickfit->index.size, HB_ORDER_ADDRESS);
    quick_open(&quickfit->quick, config);
    tagged_open(state, config, backend);
    return true;
}

/* Quick lists over a general fit, the policy of the given members, behind the contract. */
#define QUICKFIT(NAME, ...)                                                                        \
    static bool NAME##_flush(struct tagged_heap *heap);                                            \
    static const struct tagged_policy NAME##_policy = {__VA_ARGS__, .flush = NAME##_flush,         \
                                                       .learns_trim = true};                       \
    static bool NAME##_flush(struct tagged_heap *heap) {                                           \
        return quick_flush(quick_of(heap), heap, &NAME##_policy);                                  \
    }                                                                                              \
    static void *NAME##_alloc(void *state, size_t request) {                                       \
        return quick_alloc(quick_of(state), state, &NAME##_policy, request);                       \
    }                                                                                              \
    static void NAME##_free(void *state, void *payload) {                                          \
        quick_free(quick_of(state), state, &NAME##_policy, payload);                               \
    }                                                                                              \
    static bool NAME##_check(void *state, struct hb_violation *violation) {                        \
        return quick_check(quick_of(state), state, &NAME##_policy, violation);                     \
    }                                                                                              \
    TAGGED_CONTRACT(NAME, "quickfit", quickfit, quickfit_open)

QUICKFIT(quick_best, .insert = size_address_insert, .remove = size_address_remove,
         .take = size_address_take, .count = size_address_count)
QUICKFIT(quick_first, .insert = first_address_insert, .remove = first_address_remove,
         .take = first_address_take, .count = first_address_count)
QUICKFIT(quick_segregated, .insert = bins_insert, .remove = bins_remove, .take = bins_take,
         .count = bins_count)
QUICKFIT(quick_tlsf, .insert = levels_5_insert, .remove = levels_5_remove, .take = levels_5_take,
         .count = levels_5_count)

static const struct hb_allocator *quickfit_variant(const struct hb_config *config) {
    static const struct hb_allocator *const variants[] = {&quick_best, &quick_first,
                                                          &quick_segregated, &quick_tlsf};
    return variants[config->fit];
}

static const struct hb_option *const quickfit_options[] = {&hb_option_fit,
                                                           &hb_option_quick,
                                                           &hb_option_refill,
                                                           &hb_option_backend,
                                                           &hb_option_grow,
                                                           &hb_option_trim,
                                                           &hb_option_mmap_threshold,
                                                           &hb_option_preset,
                                                           &hb_option_scale,
                                                           &hb_option_limit,
                                                           &hb_option_fail_at,
                                                           &hb_option_guard,
                                                           NULL};

extern const struct hb_family hb_family_quickfit;
const struct hb_family hb_family_quickfit = {
    .name = "quickfit",
    .summary = "lists of exact sizes, merging deferred, before a general fit",
    .source = "Weinstock & Wulf 1988",
    .options = quickfit_options,
    .variant = quickfit_variant,
    .standard = &quick_best,
};
