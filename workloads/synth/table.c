#include "workloads/synth/table.h"

#include <stdlib.h>

#include "workloads/synth/real.h"

struct builder {
    double *share; /* of each value, 1 in the mean */
    size_t *small, *large;
    size_t small_count, large_count;
};

static void share_sort(struct builder *builder, size_t value) {
    if (builder->share[value] < 1)
        builder->small[builder->small_count++] = value;
    else
        builder->large[builder->large_count++] = value;
}

/* What a small one lacks to fill its column, a large one gives. */
static void columns_fill(struct builder *builder, struct synth_column *columns) {
    while (builder->small_count && builder->large_count) {
        size_t small = builder->small[--builder->small_count];
        size_t large = builder->large[--builder->large_count];
        columns[small].threshold = (uint64_t)(builder->share[small] * 0x1p64);
        columns[small].other = large;
        builder->share[large] -= 1 - builder->share[small];
        share_sort(builder, large);
    }
}

bool synth_table_make(struct synth_table *table, const double *weights, size_t count) {
    struct builder builder = {malloc(count * sizeof(double)), malloc(count * sizeof(size_t)),
                              malloc(count * sizeof(size_t)), 0, 0};
    double total = 0;
    table->count = count;
    table->columns = malloc(count * sizeof *table->columns);
    bool made = builder.share && builder.small && builder.large && table->columns;
    for (size_t i = 0; made && i < count; i++)
        total += weights[i];
    for (size_t i = 0; made && i < count; i++) {
        builder.share[i] = weights[i] / total * (double)count;
        table->columns[i] = (struct synth_column){UINT64_MAX, i};
        share_sort(&builder, i);
    }
    if (made)
        columns_fill(&builder, table->columns);
    free(builder.share);
    free(builder.small);
    free(builder.large);
    return made;
}

void synth_table_free(struct synth_table *table) {
    free(table->columns);
    table->columns = NULL;
}

double synth_zipf_weight(size_t rank, double exponent) {
    return synth_exp(-exponent * synth_log((double)rank));
}
