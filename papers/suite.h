/* suite.h -- the bundled traces as a paper goes through them. */
#ifndef HB_PAPERS_SUITE_H
#define HB_PAPERS_SUITE_H

#include <stdbool.h>
#include <stddef.h>

enum { HB_PAPER_TRACES_MAX = 64 };

struct hb_paper_suite {
    char **names; /* all; the first count are those to measure */
    size_t count;
    char tics[2048]; /* of a figure: each trace's name at its number */
};

/* The bundled traces, or of these only the ones in only (NULL-terminated; NULL: all). False without
 * memory, or if there are none. Close it in every case. */
bool hb_paper_suite_open(struct hb_paper_suite *suite, const char *const *only);

void hb_paper_suite_close(struct hb_paper_suite *suite);

/* Median of those of at most HB_PAPER_TRACES_MAX values that are numbers; NaN of none. */
double hb_paper_median(const double *values, size_t count);

#endif
