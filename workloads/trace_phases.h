/* trace_phases.h -- the phases of a trace: stretches in which live bytes follow a straight line.
 *
 * The curve of live bytes is cut where straight lines, one a phase, fitted by least squares and
 * free to jump between phases, leave the least sum of squared differences: segmented least squares
 * (Bellman 1961, "On the approximation of curves by line segments using dynamic programming"). The
 * number of phases is the least that explains HB_TRACE_PHASES_EXPLAINED of the curve's variance. */
#ifndef HB_TRACE_PHASES_H
#define HB_TRACE_PHASES_H

#include "workloads/trace_curve.h"

/* Phases at most; when their number is not given, at most the second. */
enum { HB_TRACE_PHASES_MAX = 16, HB_TRACE_PHASES_BY_ITSELF_MAX = 8 };

#define HB_TRACE_PHASES_EXPLAINED 0.99

/* Phase i, from 0, is the operations start[i] to start[i + 1] - 1; the last ends with the trace. */
struct hb_trace_phases {
    size_t count;
    uint64_t start[HB_TRACE_PHASES_MAX + 1];
    double explained_ratio; /* of the variance of the curve; 1 if that is 0 */
};

/* Find wanted phases, or as many as it takes where wanted is 0. There may be fewer: none is shorter
 * than a fiftieth of the trace, nor than 3 points of the curve. Returns false if memory ran out. */
bool hb_trace_phases_find(struct hb_trace_phases *phases, const struct hb_trace_curve *curve,
                          size_t wanted);

/* Read the trace at path (or a generator, op_source.h) for its curve, then find its phases. False
 * with one line in error. */
bool hb_trace_phases_read(struct hb_trace_phases *phases, const char *path, size_t wanted,
                          char *error);

#endif
