/* run.h -- try a claim in a process of its own. */
#ifndef HB_TOUR_RUN_H
#define HB_TOUR_RUN_H

#include "harness/tour/claim.h"

enum { TOUR_ERROR_MAX = 512 };

/* Why this build cannot show a claim on such a heap; NULL if it can. */
const char *tour_obstacle(const struct tour_claim *claim, enum tour_kind kind);

/* Run the claim's observe on spec's heap (NULL: nobody's) in a fresh heapbench-tour, without
 * address randomisation where the system allows it, with an empty environment (so no MALLOC_
 * variable). False with one line in error. */
bool tour_run(const struct tour_claim *claim, const struct hb_spec *spec, struct tour_facts *facts,
              char *error);

#endif
