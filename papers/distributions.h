/* distributions.h -- the distributions of sizes that Shore and those after him took. */
#ifndef HB_PAPERS_DISTRIBUTIONS_H
#define HB_PAPERS_DISTRIBUTIONS_H

#include "workloads/synth/sizes.h"

enum { HB_PAPER_DISTRIBUTIONS = 4 };

/* In the order of their coefficients of variation. */
static const struct hb_paper_distribution {
    const char *name;
    enum synth_sizes_kind kind;
} hb_paper_distributions[HB_PAPER_DISTRIBUTIONS] = {
    {"normal", SYNTH_SIZES_NORMAL},
    {"uniform", SYNTH_SIZES_UNIFORM},
    {"exponential", SYNTH_SIZES_EXPONENTIAL},
    {"hyperexponential", SYNTH_SIZES_HYPEREXPONENTIAL},
};

#endif
