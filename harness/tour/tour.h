/* tour.h -- a tour: which claims are shown, on which allocators, and how. */
#ifndef HB_TOUR_H
#define HB_TOUR_H

#include "harness/tour/plot.h"
#include "harness/tour/run.h"

struct tour_plan {
    const struct tour_claim *const *claims; /* claim_count of them */
    size_t claim_count;
    const struct hb_spec *specs; /* asked for; spec_count 0: each claim's own choice */
    size_t spec_count;
    bool waits;                   /* for Enter, between claims */
    const struct hb_plots *plots; /* where pictures are drawn, or NULL */
};

/* Show it. False if a claim could not be tried (one line on stderr each), or if interrupted. */
bool tour_show(const struct tour_plan *plan, struct tour_paper *paper);

/* The claims and their promises. */
void tour_list(struct tour_paper *paper);

#endif
