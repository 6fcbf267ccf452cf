/* sizes.h -- distributions of sizes by their mean, in whole bytes from 1 on. Shore's four (Shore,
 * On the external storage fragmentation produced by first-fit and best-fit allocation strategies,
 * CACM 18:8, 1975), and a constant.
 */
#ifndef HB_SYNTH_SIZES_H
#define HB_SYNTH_SIZES_H

#include "workloads/synth/distribution.h"

enum synth_sizes_kind {
    SYNTH_SIZES_UNIFORM,          /* 1 to 2 mean - 1: CV 0.577                    */
    SYNTH_SIZES_EXPONENTIAL,      /* CV 1                                         */
    SYNTH_SIZES_HYPEREXPONENTIAL, /* two exponentials of balanced means: CV 2     */
    SYNTH_SIZES_NORMAL,           /* standard deviation mean / 4: CV 0.25         */
    SYNTH_SIZES_FIXED
};

struct synth_sizes {
    enum synth_sizes_kind kind;
    uint64_t mean;
};

/* One size. Of a continuous distribution that begins at 0 it is 1 + floor of a draw whose mean is
 * mean - 1/2, as floor takes away 1/2 in the mean. */
static inline uint64_t synth_size_draw(const struct synth_sizes *sizes, struct synth_prng *prng) {
    double continuous = (double)sizes->mean - 0.5;
    switch (sizes->kind) {
    case SYNTH_SIZES_UNIFORM:
        return 1 + synth_random_below(prng, 2 * sizes->mean - 1);
    case SYNTH_SIZES_EXPONENTIAL:
        return 1 + (uint64_t)synth_draw_exponential(prng, continuous);
    case SYNTH_SIZES_HYPEREXPONENTIAL:
        return 1 + (uint64_t)synth_draw_hyperexponential(prng, continuous);
    case SYNTH_SIZES_NORMAL: {
        double size = synth_draw_normal(prng, (double)sizes->mean, (double)sizes->mean / 4) + 0.5;
        return size < 1 ? 1 : (uint64_t)size;
    }
    case SYNTH_SIZES_FIXED:
        break;
    }
    return sizes->mean;
}

#endif
