/* claims.c -- the order of the tour. */
#include "harness/tour/claim.h"

extern const struct tour_claim tour_claim_segments, tour_claim_break, tour_claim_resident;

const struct tour_claim *const tour_claims[] = {
    &tour_claim_segments,
    &tour_claim_break,
    &tour_claim_resident,
    NULL,
};
