/* trace_curve.h -- live bytes over the operations of a trace, as at most so many means. */
#ifndef HB_TRACE_CURVE_H
#define HB_TRACE_CURVE_H

#include "workloads/trace.h"

enum { HB_TRACE_CURVE_POINTS = 500 };

/* Point i is of the operations i * step to (i + 1) * step - 1, thread marks left out. Where there
 * are too many for one step, it is doubled, so that more than half of the points are used. */
struct hb_trace_curve {
    uint64_t step;     /* operations in each point; the last may have fewer */
    uint64_t op_count; /* in all */
    size_t count;      /* of points */
    double mean_bytes[HB_TRACE_CURVE_POINTS];
};

void hb_trace_curve_start(struct hb_trace_curve *curve);

/* After each of the next operations, so many bytes are live. */
void hb_trace_curve_hold(struct hb_trace_curve *curve, uint64_t live_bytes, uint64_t op_count);

/* After the last operation: turn the sums into means. */
void hb_trace_curve_finish(struct hb_trace_curve *curve);

#endif
