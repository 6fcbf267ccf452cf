/* tlsf.c -- two-level segregated fit.
 *
 * Source: Masmano, Ripoll, Crespo and Real, TLSF: a New Dynamic Memory Allocator for Real-Time
 * Systems, ECRTS 2004.
 *
 * Decides: a good fit without looking at sizes. Lists by size, 2^sl to each power of two (sl=5),
 * one size a list below 16 * 2^sl bytes. The request is rounded up to where a list begins; of the
 * first list from there that has blocks the last freed is taken: every block there fits. Before the
 * heap grows, its free tail is used if it fits. Layout, split, merge at once and growth are
 * mechanism/tagged.h's; so is trim, but what was given back and is taken again raises the trim
 * threshold by as much.
 *
 * Cost: O(1), in the worst case too, but for the system's when the heap grows: a search is the
 * lowest bits of two words.
 *
 * Waste: the list that the request falls into is passed over, unless it begins there, though blocks
 * in it may fit, those larger than the request by less than one part in 2^sl: the heap may grow, or
 * a larger block be split, while one that fits is free.
 *
 * Laws: T1-T4, S1-S3 of mechanism/tagged.h.
 *
 * Departs from the paper: the heap grows and shrinks by the backend, the paper's is a pool of fixed
 * size; the free tail is used before growth; a header takes 8 bytes of a live block and the
 * smallest block is 32; lists of one size below 16 * 2^sl bytes, where the paper leaves small sizes
 * open.
 */
#include "allocators/mechanism/index_levels.h"

#define TLSF(NAME, SL)                                                                             \
    LEVELS_POLICIES(NAME, SL)                                                                      \
    TAGGED_VARIANTS(NAME, "tlsf", index_levels, NAME##_open)

TLSF(tlsf_1, 1)
TLSF(tlsf_2, 2)
TLSF(tlsf_3, 3)
TLSF(tlsf_4, 4)
TLSF(tlsf_5, 5)
TLSF(tlsf_6, 6)

static const struct hb_allocator *tlsf_variant(const struct hb_config *config) {
    static const struct hb_allocator *const variants[][2] = {
        {&tlsf_1, &tlsf_1_tuned}, {&tlsf_2, &tlsf_2_tuned}, {&tlsf_3, &tlsf_3_tuned},
        {&tlsf_4, &tlsf_4_tuned}, {&tlsf_5, &tlsf_5_tuned}, {&tlsf_6, &tlsf_6_tuned}};
    return variants[config->sl - 1][tagged_wants_tuned(config)];
}

static const struct hb_option *const tlsf_options[] = {&hb_option_sl,
                                                       &hb_option_backend,
                                                       &hb_option_coalesce,
                                                       &hb_option_split,
                                                       &hb_option_grow,
                                                       &hb_option_trim,
                                                       &hb_option_mmap_threshold,
                                                       &hb_option_preset,
                                                       &hb_option_scale,
                                                       &hb_option_limit,
                                                       &hb_option_fail_at,
                                                       &hb_option_guard,
                                                       NULL};

extern const struct hb_family hb_family_tlsf;
const struct hb_family hb_family_tlsf = {
    .name = "tlsf",
    .summary = "lists by size on two levels: a good fit in constant time",
    .source = "Masmano et al. 2004",
    .options = tlsf_options,
    .variant = tlsf_variant,
    .standard = &tlsf_5,
};
