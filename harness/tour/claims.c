/* claims.c -- the order of the tour. */
#include "harness/tour/claim.h"

extern const struct tour_claim tour_claim_segments, tour_claim_break, tour_claim_resident,
    tour_claim_threshold, tour_claim_block, tour_claim_sizes, tour_claim_freed, tour_claim_pinned,
    tour_claim_frames, tour_claim_header, tour_claim_isolated;

const struct tour_claim *const tour_claims[] = {
    &tour_claim_segments, &tour_claim_break,  &tour_claim_resident, &tour_claim_threshold,
    &tour_claim_block,    &tour_claim_sizes,  &tour_claim_freed,    &tour_claim_pinned,
    &tour_claim_frames,   &tour_claim_header, &tour_claim_isolated, NULL,
};
