/* claim.h -- a claim about heaps that is shown by doing it.
 *
 * A claim is one file. Its promises are sentences, each true or not. observe does what they are
 * about, in a process of its own, and notes numbers; check judges each promise by those numbers;
 * show tells and draws them. The display and the tests use the same check, so that the tour does
 * not say what is not so.
 */
#ifndef HB_TOUR_CLAIM_H
#define HB_TOUR_CLAIM_H

#include "harness/tour/facts.h"
#include "harness/tour/paper.h"
#include "harness/tour/subject.h"

enum { TOUR_PROMISES_MAX = 8, TOUR_HOW_MAX = 240 };

enum tour_verdict {
    TOUR_SILENT, /* the promise is not about this allocator */
    TOUR_HOLDS,
    TOUR_DIFFERS, /* how says in what */
    TOUR_UNKNOWN  /* it cannot be seen here; how says why */
};

struct tour_findings {
    enum tour_verdict verdicts[TOUR_PROMISES_MAX];
    char how[TOUR_PROMISES_MAX][TOUR_HOW_MAX];
};

struct tour_claim {
    const char *name;            /* as on the command line */
    const char *title;           /* a sentence */
    const char *const *promises; /* NULL-terminated */
    const char *const *subjects; /* specs it is shown on by default, NULL-terminated; NULL: none */
    const char *only;            /* "" or what a subject must be; said where it is not */
    bool (*suits)(enum tour_kind); /* NULL: any */

    /* In the worker: do it and note what is seen. */
    void (*observe)(struct tour_subject *subject, struct tour_facts *facts);
    void (*check)(const struct tour_facts *facts, struct tour_findings *findings);
    void (*tell)(struct tour_paper *paper); /* what is done, once for all subjects; NULL: nothing */
    void (*show)(const struct tour_facts *facts, struct tour_paper *paper);
};

/* In the order of the tour, NULL-terminated. */
extern const struct tour_claim *const tour_claims[];

/* Judge a promise by its number: where it does not hold, the format says how it differs. */
void tour_judge(struct tour_findings *findings, unsigned promise, bool holds, const char *format,
                ...) __attribute__((format(printf, 4, 5)));

/* The promise cannot be looked at here. */
void tour_cannot_tell(struct tour_findings *findings, unsigned promise, const char *why);

/* TOUR_DIFFERS if a promise does; else TOUR_UNKNOWN if one is; else TOUR_HOLDS. */
enum tour_verdict tour_sum(const struct tour_findings *findings);

#endif
