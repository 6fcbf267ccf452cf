/* segregated.c -- segregated fits: an array of bins by size, over a heap of blocks that split and
 * merge at once.
 *
 * Source: Wilson, Johnstone, Neely and Boles 1995, section 3.6 (segregated fits); Lea's malloc.
 *
 * Decides: the last freed block of the request's own size, for sizes below 1 KiB; else the last
 * freed block of the next larger bin that is not empty. Above, a bin holds a range of sizes: of the
 * request's own range the first that fits among the 16 last freed. That approximates best fit, with
 * lifo order. Layout, split, merge, growth and trim are mechanism/tagged.h's.
 *
 * Cost: O(1), at most 16 blocks looked at. Waste: as best fit, plus what a range's bin hides.
 * Laws: T1-T4, S1-S3 of mechanism/tagged.h.
 */
#include "allocators/mechanism/index_bins.h"
#include "allocators/mechanism/tagged_check.h"

static const struct tagged_policy segregated_policy = {
    .insert = bins_insert, .remove = bins_remove, .find = bins_find, .count = bins_count};

static bool segregated_open(void *state, const struct hb_config *config,
                            struct hb_backend *backend) {
    tagged_open(state, config, backend);
    return true;
}

static void *segregated_alloc(void *state, size_t request) {
    return tagged_alloc(state, &segregated_policy, request);
}

static void *segregated_alloc_aligned(void *state, size_t alignment, size_t request) {
    return tagged_alloc_aligned(state, &segregated_policy, alignment, request);
}

static void segregated_free(void *state, void *payload) {
    tagged_free(state, &segregated_policy, payload);
}

static void *segregated_resize(void *state, void *payload, size_t request) {
    return tagged_resize(state, &segregated_policy, payload, request);
}

static size_t segregated_usable(void *state, const void *payload) {
    (void)state;
    return tagged_usable(payload);
}

static bool segregated_walk(void *state, hb_block_visit *visit, void *context) {
    return tagged_walk(state, visit, context);
}

static bool segregated_check(void *state, struct hb_violation *violation) {
    return tagged_check(state, &segregated_policy, violation);
}

static void segregated_stats(void *state, struct hb_stats *stats) {
    *stats = ((struct tagged_heap *)state)->stats;
}

static const struct hb_allocator segregated = {
    .family = "segregated",
    .state_bytes = sizeof(struct index_bins),
    .open = segregated_open,
    .alloc = segregated_alloc,
    .alloc_aligned = segregated_alloc_aligned,
    .free = segregated_free,
    .resize = segregated_resize,
    .usable = segregated_usable,
    .walk = segregated_walk,
    .check = segregated_check,
    .stats = segregated_stats,
};

static const struct hb_allocator *segregated_variant(const struct hb_config *config) {
    (void)config;
    return &segregated;
}

static const struct hb_option *const segregated_options[] = {
    &hb_option_backend,        &hb_option_grow,    &hb_option_trim,
    &hb_option_mmap_threshold, &hb_option_preset,  &hb_option_scale,
    &hb_option_limit,          &hb_option_fail_at, NULL};

extern const struct hb_family hb_family_segregated;
const struct hb_family hb_family_segregated = {
    .name = "segregated",
    .summary = "bins of one size, then of ranges; splits and merges",
    .source = "Wilson et al. 1995, 3.6; Lea",
    .options = segregated_options,
    .variant = segregated_variant,
};
