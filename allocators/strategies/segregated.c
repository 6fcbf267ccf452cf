/* segregated.c -- segregated fits: an array of bins by size, over a heap of blocks that split and
 * merge at once.
 *
 * Source: Wilson, Johnstone, Neely and Boles 1995, section 3.6 (segregated fits); Lea's malloc.
 *
 * Decides: the last freed block of the request's own size, for sizes below 1 KiB; else the last
 * freed block of the next larger bin that is not empty. Above, a bin holds a range of sizes: of the
 * request's own range the first that fits among the 16 last freed. That approximates best fit, with
 * lifo order. Layout, split, merge and growth are mechanism/tagged.h's; so is trim, but what was
 * given back and is taken again raises the trim threshold by as much.
 *
 * Cost: O(1), at most 16 blocks looked at. Waste: as best fit, plus what a range's bin hides.
 * Laws: T1-T4, S1-S3 of mechanism/tagged.h.
 */
#include "allocators/mechanism/index_bins.h"
#include "allocators/mechanism/tagged_variant.h"

static bool segregated_open(void *state, const struct hb_config *config,
                            struct hb_backend *backend) {
    bins_open(state);
    tagged_open(state, config, backend);
    return true;
}

TAGGED_POLICIES(segregated, .insert = bins_insert, .remove = bins_remove, .take = bins_take,
                .count = bins_count, .learns_trim = true)
TAGGED_VARIANTS(segregated, "segregated", index_bins, segregated_open)

static const struct hb_allocator *segregated_variant(const struct hb_config *config) {
    return tagged_wants_tuned(config) ? &segregated_tuned : &segregated;
}

static const struct hb_option *const segregated_options[] = {
    &hb_option_backend, &hb_option_coalesce,       &hb_option_split,  &hb_option_grow,
    &hb_option_trim,    &hb_option_mmap_threshold, &hb_option_preset, &hb_option_scale,
    &hb_option_limit,   &hb_option_fail_at,        &hb_option_guard,  NULL};

extern const struct hb_family hb_family_segregated;
const struct hb_family hb_family_segregated = {
    .name = "segregated",
    .summary = "bins of one size, then of ranges; splits and merges",
    .source = "Wilson et al. 1995, 3.6; Lea",
    .options = segregated_options,
    .variant = segregated_variant,
    .standard = &segregated,
};
