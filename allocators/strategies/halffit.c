/* halffit.c -- half-fit.
 *
 * Source: Ogasawara, An Algorithm with Constant Execution Time for Dynamic Storage Allocation,
 * RTCSA 1995.
 *
 * Decides: one list for each power of two: list i has the free blocks of 2^i to 2^(i+1) - 1 bytes.
 * A request of r bytes, header included, takes the last freed block of the first list from
 * ceil(log2 r) on that has blocks: every block there fits. Before the heap grows, its free tail is
 * used if it fits. Layout, split, merge at once and growth are mechanism/tagged.h's; so is trim,
 * but what was given back and is taken again raises the trim threshold by as much.
 *
 * Cost: O(1), in the worst case too, but for the system's when the heap grows: a search is the
 * lowest bit of one word.
 *
 * Waste: incomplete memory use, as the paper calls it: unless r is a power of two, free blocks of r
 * to 2^ceil(log2 r) - 1 bytes are passed over, up to half of the memory.
 *
 * Laws: T1-T4, S1-S3 of mechanism/tagged.h.
 *
 * Departs from the paper: the heap grows and shrinks by the backend, the paper's is a pool of fixed
 * size; the free tail is used before growth; a remainder below 32 bytes stays with the block.
 */
#include "allocators/mechanism/index_levels.h"

LEVELS_POLICIES(halffit, 0)
TAGGED_VARIANTS(halffit, "halffit", index_levels, halffit_open)

static const struct hb_allocator *halffit_variant(const struct hb_config *config) {
    return tagged_wants_tuned(config) ? &halffit_tuned : &halffit;
}

static const struct hb_option *const halffit_options[] = {
    &hb_option_backend, &hb_option_coalesce,       &hb_option_split,  &hb_option_grow,
    &hb_option_trim,    &hb_option_mmap_threshold, &hb_option_preset, &hb_option_scale,
    &hb_option_limit,   &hb_option_fail_at,        &hb_option_guard,  NULL};

extern const struct hb_family hb_family_halffit;
const struct hb_family hb_family_halffit = {
    .name = "halffit",
    .summary = "a list for each power of two, never searched",
    .source = "Ogasawara 1995",
    .options = halffit_options,
    .variant = halffit_variant,
    .standard = &halffit,
};
