#include "papers/hugepage-packing/packing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/synth/distribution.h"

enum { WORDS = PACKING_PAGES / 64 };

struct huge_page {
    uint64_t used[WORDS];   /* pages in use, a bit each */
    uint64_t ranges[WORDS]; /* bit n - 1: there is a free range of n pages */
    uint32_t longest;       /* free range */
    uint32_t pages, spans;  /* in use */
    uint64_t freed_at;      /* number of the last free into it */
};

struct span {
    uint32_t huge, first, pages;
};

struct filler {
    const struct packing *packing;
    struct synth_prng prng;
    struct huge_page *huge;                   /* by address */
    uint32_t huge_most, huge_end, huge_count; /* room; above the last ever; not empty */
    struct span *spans;
    uint64_t span_count, span_most;
    uint64_t live_pages, frees;
    double sums[PACKING_SPAN_MAX]; /* of the weights of 1 to n + 1 pages */
};

static void sums_make(double *sums, uint32_t most) {
    double sum = 0;
    for (uint32_t pages = 1; pages <= most; pages++)
        sums[pages - 1] = sum += 1.0 / ((double)pages * pages);
}

double packing_span_mean(uint32_t span_most) {
    double pages = 0, weights = 0;
    for (uint32_t n = 1; n <= span_most; n++) {
        pages += 1.0 / n;
        weights += 1.0 / ((double)n * n);
    }
    return pages / weights;
}

static uint32_t span_draw(struct filler *filler) {
    double at = synth_random_unit(&filler->prng) * filler->sums[filler->packing->span_most - 1];
    uint32_t pages = 1;
    while (pages < filler->packing->span_most && filler->sums[pages - 1] < at)
        pages++;
    return pages;
}

/* The first bit from `from` on that is `set`; PACKING_PAGES if there is none. */
static uint32_t bit_find(const uint64_t *bits, uint32_t from, bool set) {
    for (uint32_t word = from / 64; word < WORDS; word++) {
        uint64_t value = set ? bits[word] : ~bits[word];
        if (word == from / 64)
            value &= ~UINT64_C(0) << from % 64;
        if (value)
            return word * 64 + (uint32_t)__builtin_ctzll(value);
    }
    return PACKING_PAGES;
}

static void ranges_update(struct huge_page *huge) {
    memset(huge->ranges, 0, sizeof huge->ranges);
    huge->longest = 0;
    for (uint32_t first = 0; (first = bit_find(huge->used, first, false)) < PACKING_PAGES;) {
        uint32_t end = bit_find(huge->used, first, true), pages = end - first;
        huge->ranges[(pages - 1) / 64] |= UINT64_C(1) << (pages - 1) % 64;
        huge->longest = pages > huge->longest ? pages : huge->longest;
        first = end;
    }
}

/* Its smallest free range of at least so many pages; there is one. */
static uint32_t range_fitting(const struct huge_page *huge, uint32_t pages) {
    return bit_find(huge->ranges, pages - 1, true) + 1;
}

/* Is a better than b for a span of so many pages? Both have room, a has the higher address. */
static bool is_better(const struct huge_page *a, const struct huge_page *b, uint32_t pages,
                      enum packing_policy policy) {
    if (policy == PACKING_FULLNESS)
        return a->pages > b->pages;
    if (policy == PACKING_LONGEST_RANGE)
        return a->longest != b->longest ? a->longest < b->longest : a->spans > b->spans;
    uint32_t range_a = range_fitting(a, pages), range_b = range_fitting(b, pages);
    if (range_a != range_b)
        return range_a < range_b;
    return policy == PACKING_BEST_FIT_HIGH ||
           (policy == PACKING_BEST_FIT_LAST && a->freed_at > b->freed_at);
}

/* The huge page to place in: one in use that has room, else the empty one of lowest address. */
static uint32_t huge_choose(const struct filler *filler, uint32_t pages) {
    uint32_t best = filler->huge_end, empty = filler->huge_end;
    for (uint32_t i = 0; i < filler->huge_end; i++) {
        const struct huge_page *huge = &filler->huge[i];
        if (!huge->pages)
            empty = empty == filler->huge_end ? i : empty;
        else if (huge->longest >= pages &&
                 (best == filler->huge_end ||
                  is_better(huge, &filler->huge[best], pages, filler->packing->policy)))
            best = i;
    }
    return best == filler->huge_end ? empty : best;
}

static void pages_set(struct huge_page *huge, const struct span *span, bool used) {
    for (uint32_t i = span->first; i < span->first + span->pages; i++)
        if (used)
            huge->used[i / 64] |= UINT64_C(1) << i % 64;
        else
            huge->used[i / 64] &= ~(UINT64_C(1) << i % 64);
    ranges_update(huge);
}

/* Within a huge page: best fit, lowest address, for every policy. */
static uint32_t first_page_of(const struct huge_page *huge, uint32_t range) {
    for (uint32_t first = 0; (first = bit_find(huge->used, first, false)) < PACKING_PAGES;) {
        uint32_t end = bit_find(huge->used, first, true);
        if (end - first == range)
            return first;
        first = end;
    }
    return PACKING_PAGES;
}

static bool span_add(struct filler *filler) {
    struct span span = {.pages = span_draw(filler)};
    span.huge = huge_choose(filler, span.pages);
    if (span.huge == filler->huge_most || filler->span_count == filler->span_most)
        return false;
    struct huge_page *huge = &filler->huge[span.huge];
    if (!huge->pages) {
        filler->huge_end += span.huge == filler->huge_end;
        filler->huge_count++;
        ranges_update(huge);
    }
    span.first = first_page_of(huge, range_fitting(huge, span.pages));
    pages_set(huge, &span, true);
    huge->pages += span.pages;
    huge->spans++;
    filler->live_pages += span.pages;
    filler->spans[filler->span_count++] = span;
    return true;
}

static void span_remove(struct filler *filler, uint64_t number) {
    struct span span = filler->spans[number];
    struct huge_page *huge = &filler->huge[span.huge];
    filler->spans[number] = filler->spans[--filler->span_count];
    pages_set(huge, &span, false);
    huge->pages -= span.pages;
    huge->spans--;
    huge->freed_at = ++filler->frees;
    filler->live_pages -= span.pages;
    filler->huge_count -= !huge->pages;
}

static void drop(struct filler *filler) {
    for (uint64_t i = filler->span_count; i-- > 0;)
        if (synth_random_unit(&filler->prng) >= filler->packing->kept)
            span_remove(filler, i);
}

/* Arrivals at a rate, and each span ends at rate 1, so that the next event is after an exponential
 * time of their sum, an arrival in the proportion of the two, else the end of any span. */
static bool simulate(struct filler *filler, struct packing_result *result) {
    const struct packing *packing = filler->packing;
    double rate = (double)packing->live_pages / packing_span_mean(packing->span_most), now = 0;
    bool has_dropped = false;
    while (now < packing->end_time) {
        double all = rate + (double)filler->span_count;
        now += synth_draw_exponential(&filler->prng, 1 / all);
        while (result->sample_count < PACKING_SAMPLES_MAX &&
               (double)result->sample_count * packing->sample_time <= now)
            result->samples[result->sample_count++] =
                (struct packing_sample){filler->live_pages, filler->huge_count};
        if (!has_dropped && now >= packing->drop_time) {
            drop(filler);
            rate *= packing->kept;
            has_dropped = true;
        } else if (synth_random_unit(&filler->prng) * all >= rate) {
            span_remove(filler, synth_random_below(&filler->prng, filler->span_count));
        } else {
            result->arrivals++;
            if (!span_add(filler))
                return false;
        }
    }
    return true;
}

bool packing_run(const struct packing *packing, struct packing_result *result) {
    struct filler filler = {.packing = packing};
    memset(result, 0, sizeof *result);
    filler.huge_most = (uint32_t)(packing->live_pages / PACKING_PAGES * 8 + 64);
    filler.span_most = packing->live_pages * 2 + 1024;
    filler.huge = calloc(filler.huge_most, sizeof *filler.huge);
    filler.spans = calloc(filler.span_most, sizeof *filler.spans);
    sums_make(filler.sums, packing->span_most);
    synth_prng_seed(&filler.prng, packing->seed);
    bool ok = filler.huge && filler.spans && simulate(&filler, result);
    free(filler.huge);
    free(filler.spans);
    return ok;
}
