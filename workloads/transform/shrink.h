/* shrink.h -- a small trace for which a command still does what it did for a large one.
 *
 * Delta debugging (Zeller & Hildebrandt 2002, "Simplifying and isolating failure-inducing input").
 * Rounds of these steps, until one changes nothing:
 *   end       a shorter start of the trace, by bisection (the first round only)
 *   objects   ddmin: no single object can go
 *   reallocs  ddmin; then each as the size of what came before it
 *   frees     ddmin: what is not freed lives on
 *   kinds     callocs and aligned calls become mallocs
 *   threads   all become thread 0, marks go
 *   sizes     1, or halved, or with fewer binary digits; never larger
 *   times     become 0
 * All steps make something less and nothing more, so this ends. What it ends with is 1-minimal in
 * its objects: to remove any one of them fails the command. */
#ifndef HB_TRANSFORM_SHRINK_H
#define HB_TRANSFORM_SHRINK_H

#include "workloads/trace_callsite.h"

/* The verdict on a candidate. STOP: do not go on; it does not count. */
enum hb_verdict { HB_VERDICT_FAILS, HB_VERDICT_HOLDS, HB_VERDICT_STOP };

/* Operations, whose objects need not be numbered from 0 without gaps. */
struct hb_candidate {
    struct hb_op *ops;
    size_t count;
    bool has_times;
    struct trace_callsites *sites; /* what the operations' are; NULL: none */
};

struct hb_shrink {
    /* Does it still hold for this candidate? */
    enum hb_verdict (*test)(void *context, const struct hb_candidate *candidate);
    /* A step has ended, with a smaller best. */
    void (*report)(void *context, const char *step);
    void *context;
    struct hb_candidate best;     /* the smallest for which it held; hb_shrink_free frees it */
    struct trace_callsites sites; /* best has them, if the trace has any */
    bool is_stopped;              /* by a verdict: best need not be minimal */
};

/* Read the trace at path as shrink->best. Returns false with one line in error. */
bool hb_shrink_read(struct hb_shrink *shrink, const char *path, char *error);

/* Shrink best, for which it holds. Returns false with one line in error if memory ran out; best is
 * sound even then. */
bool hb_shrink_run(struct hb_shrink *shrink, char *error);

/* Write a candidate as a new trace at path; said and note as in a transform. */
bool hb_candidate_write(const struct hb_candidate *candidate, const char *path,
                        const struct hb_trace_info *said, const char *note, char *error);

void hb_shrink_free(struct hb_shrink *shrink);

#endif
