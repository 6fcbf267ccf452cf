/* distribution.h -- draws from continuous distributions, each by the method of its source.
 */
#ifndef HB_SYNTH_DISTRIBUTION_H
#define HB_SYNTH_DISTRIBUTION_H

#include <math.h>

#include "workloads/synth/prng.h"
#include "workloads/synth/real.h"

/* By inversion: -mean ln u. */
static inline double synth_draw_exponential(struct synth_prng *prng, double mean) {
    return -mean * synth_log(synth_random_unit(prng));
}

/* Coefficient of variation 2: two exponentials of balanced means (each carries half of the whole),
 * the first with p = (1 + sqrt((c^2 - 1) / (c^2 + 1))) / 2, c = 2 (Morse, Queues, inventories and
 * maintenance, 1958). */
static inline double synth_draw_hyperexponential(struct synth_prng *prng, double mean) {
    static const double p = 0.88729833462074169; /* (1 + sqrt(3/5)) / 2 */
    double part = synth_random_unit(prng) < p ? p : 1 - p;
    return synth_draw_exponential(prng, mean / (2 * part));
}

/* Marsaglia's polar method; the second of each pair is let go, so that a draw depends on nothing
 * before it (Marsaglia & Bray, SIAM Review 6, 1964). */
static inline double synth_draw_normal(struct synth_prng *prng, double mean, double deviation) {
    double u, square;
    do {
        double v = 2 * synth_random_unit(prng) - 1;
        u = 2 * synth_random_unit(prng) - 1;
        square = u * u + v * v;
    } while (square >= 1);
    return mean + deviation * u * sqrt(-2 * synth_log(square) / square);
}

/* How often in a row: 0, 1, 2, … with mean given, by inversion. */
static inline uint64_t synth_draw_geometric(struct synth_prng *prng, double mean) {
    double draw = synth_log(synth_random_unit(prng)) / synth_log(mean / (mean + 1));
    return (uint64_t)draw;
}

#endif
