/* results.c -- one result in memory: its fields, null, and its arrays. */
#include "harness/results/results.h"

#include <math.h>
#include <stdlib.h>

#define FIELD_ENTRY(kind, name, unit, description)                                                 \
    {HB_KIND_##kind, #name, unit, description, offsetof(struct hb_result, name)},

const struct hb_result_field hb_result_fields[] = {HB_RESULT_FIELDS(FIELD_ENTRY)};
const size_t hb_result_field_count = sizeof hb_result_fields / sizeof hb_result_fields[0];

static void field_set_null(struct hb_result *result, const struct hb_result_field *field) {
    char *place = (char *)result + field->offset;

    switch (field->kind) {
    case HB_KIND_TEXT:
        place[0] = '\0';
        break;
    case HB_KIND_COUNT:
        *(uint64_t *)place = HB_COUNT_NULL;
        break;
    case HB_KIND_REAL:
        *(double *)place = NAN;
        break;
    case HB_KIND_COUNTS:
        *(struct hb_counts *)place = (struct hb_counts){0, NULL};
        break;
    case HB_KIND_REALS:
        *(struct hb_reals *)place = (struct hb_reals){0, NULL};
        break;
    }
}

void hb_result_init(struct hb_result *result) {
    for (size_t i = 0; i < hb_result_field_count; i++)
        field_set_null(result, &hb_result_fields[i]);
    result->schema = HB_RESULT_SCHEMA;
}

void hb_result_clear(struct hb_result *result) {
    for (size_t i = 0; i < hb_result_field_count; i++) {
        const struct hb_result_field *field = &hb_result_fields[i];
        void *place = (char *)result + field->offset;

        if (field->kind == HB_KIND_COUNTS)
            free(((struct hb_counts *)place)->values);
        else if (field->kind == HB_KIND_REALS)
            free(((struct hb_reals *)place)->values);
    }
    hb_result_init(result);
}

/* Make room for one value more. Capacity is the next power of two, so it needs no field. */
static void *array_grow(void *values, size_t count, size_t value_bytes) {
    if (count >= HB_ARRAY_MAX)
        return NULL;
    bool is_full = (count & (count - 1)) == 0;
    if (!is_full)
        return values;
    return realloc(values, (count == 0 ? 1 : 2 * count) * value_bytes);
}

bool hb_counts_append(struct hb_counts *counts, uint64_t value) {
    uint64_t *values = array_grow(counts->values, counts->count, sizeof value);
    if (!values)
        return false;
    counts->values = values;
    counts->values[counts->count++] = value;
    return true;
}

bool hb_reals_append(struct hb_reals *reals, double value) {
    double *values = array_grow(reals->values, reals->count, sizeof value);
    if (!values)
        return false;
    reals->values = values;
    reals->values[reals->count++] = value;
    return true;
}

void hb_results_free(struct hb_result *results, size_t count) {
    for (size_t i = 0; results && i < count; i++)
        hb_result_clear(&results[i]);
    free(results);
}
