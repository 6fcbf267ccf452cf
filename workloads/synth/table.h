/* table.h -- draws from a finite table of weights, each in constant time: Walker's alias method as
 * Vose builds it (Walker, ACM TOMS 3:3, 1977; Vose, IEEE TSE 17:9, 1991). Zipf's law and any
 * measured distribution are such tables.
 */
#ifndef HB_SYNTH_TABLE_H
#define HB_SYNTH_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "workloads/synth/prng.h"

struct synth_table {
    size_t count;
    struct synth_column {
        uint64_t threshold; /* of 2^64: below it this value, else the other */
        uint64_t other;
    } * columns;
};

/* Values 0 to count - 1 with these weights, of which one at least is above 0. False without memory.
 */
bool synth_table_make(struct synth_table *table, const double *weights, size_t count);

void synth_table_free(struct synth_table *table);

/* The product's high half chooses the column, its low half, uniform too, the side. */
static inline size_t synth_table_draw(const struct synth_table *table, struct synth_prng *prng) {
    unsigned __int128 product = (unsigned __int128)synth_random_bits(prng) * table->count;
    size_t value = (size_t)(product >> 64);
    const struct synth_column *column = &table->columns[value];
    return (uint64_t)product < column->threshold ? value : (size_t)column->other;
}

/* Zipf's law: the weight of rank k is k^-exponent. */
double synth_zipf_weight(size_t rank, double exponent);

#endif
