/* packing.h -- spans of pages placed in huge pages, one policy, one load.
 *
 * A huge page of 2 MiB is 256 pages of 8 KiB. A span is a run of pages within one. Spans arrive as
 * a Poisson process and stay for an exponential time of mean 1: a live load that swings about its
 * mean. At time drop_time a part of them, drawn at random, is freed at once, and arrivals fall in
 * the same proportion. A huge page that is empty goes back to the system (the filler of Hunter,
 * Kennelly, Turner, Gove, Moseley & Ranganathan, Beyond malloc efficiency to fleet efficiency, OSDI
 * 2021).
 *
 * What arrives and what goes does not depend on the policy: equal seeds, equal loads.
 */
#ifndef HB_PAPERS_PACKING_H
#define HB_PAPERS_PACKING_H

#include <stdbool.h>
#include <stdint.h>

enum { PACKING_PAGES = 256, PACKING_SAMPLES_MAX = 256, PACKING_SPAN_MAX = 128 };

enum packing_policy {
    PACKING_BEST_FIT,      /* the smallest free range anywhere; ties: lowest address */
    PACKING_BEST_FIT_HIGH, /* the same; ties: highest address */
    PACKING_BEST_FIT_LAST, /* the same; ties: the huge page that was freed into last */
    PACKING_FULLNESS,      /* the huge page with most pages in use */
    PACKING_LONGEST_RANGE, /* that with the shortest longest free range, then with most spans */
    PACKING_POLICIES
};

struct packing {
    enum packing_policy policy;
    uint64_t seed;
    uint64_t live_pages; /* before the drop, mean */
    uint32_t span_most;  /* pages of a span: 1 to so many, n with weight 1/n^2 */
    double kept;         /* part of the load that stays at the drop */
    double drop_time, end_time, sample_time;
};

struct packing_sample {
    uint64_t live_pages, huge_pages; /* in use; not empty */
};

struct packing_result {
    struct packing_sample samples[PACKING_SAMPLES_MAX]; /* sample i is at time i * sample_time */
    uint64_t sample_count;
    uint64_t arrivals;
};

/* Mean pages of a span. */
double packing_span_mean(uint32_t span_most);

/* False without memory. */
bool packing_run(const struct packing *packing, struct packing_result *result);

#endif
