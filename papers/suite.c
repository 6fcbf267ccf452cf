#include "papers/suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd.h"

static bool is_among(const char *name, const char *const *only) {
    for (; *only; only++)
        if (strcmp(name, *only) == 0)
            return true;
    return false;
}

bool hb_paper_suite_open(struct hb_paper_suite *suite, const char *const *only) {
    size_t used = 0;
    *suite = (struct hb_paper_suite){.names = hb_trace_names()};
    for (size_t i = 0; suite->names && suite->names[i]; i++) {
        char *name = suite->names[i];
        if (suite->count == HB_PAPER_TRACES_MAX || (only && !is_among(name, only)))
            continue;
        suite->names[i] = suite->names[suite->count];
        suite->names[suite->count] = name;
        used += (size_t)snprintf(suite->tics + used, sizeof suite->tics - used, "%s'%.20s' %zu",
                                 used ? ", " : "", name, suite->count);
        suite->count++;
    }
    return suite->count > 0;
}

void hb_paper_suite_close(struct hb_paper_suite *suite) {
    for (size_t i = 0; suite->names && suite->names[i]; i++)
        free(suite->names[i]);
    free(suite->names);
}

static int number_order(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double hb_paper_median(const double *values, size_t count) {
    double sorted[HB_PAPER_TRACES_MAX];
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            sorted[known++] = values[i];
    qsort(sorted, known, sizeof *sorted, number_order);
    return known ? (sorted[known / 2] + sorted[(known - 1) / 2]) / 2 : NAN;
}
