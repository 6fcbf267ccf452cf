/* plot.h -- what claims saw as pictures: the staircase of sizes, the pinned heap, the isolated
 * deaths. */
#ifndef HB_TOUR_PLOT_H
#define HB_TOUR_PLOT_H

#include "harness/plot/plot.h"
#include "harness/tour/claim.h"

/* A claim's facts on one allocator. */
struct tour_seen {
    char name[HB_SPEC_MAX];
    struct tour_facts facts;
};

/* Has the claim a picture? */
bool tour_has_plot(const struct tour_claim *claim);

/* Draw it of what was seen on count allocators (one at least): tour-NAME.png in plots->folder, with
 * its data and script. */
enum hb_plot_status tour_plot(const struct tour_claim *claim, const struct tour_seen *seen,
                              size_t count, const struct hb_plots *plots, char *error);

#endif
