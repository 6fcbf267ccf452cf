/* trace_curve.h -- live bytes over the operations of a trace, as at most so many means. */
#ifndef HB_TRACE_CURVE_H
#define HB_TRACE_CURVE_H

#include "workloads/trace.h"

enum { HB_TRACE_CURVE_POINTS = 500 };

/* Point i is of the operations i * step to (i + 1) * step - 1, thread marks left out. */
struct hb_trace_curve {
    uint64_t step;     /* operations in each point; the last may have fewer */
    uint64_t op_count; /* in all */
    size_t count;      /* of points */
    double mean_bytes[HB_TRACE_CURVE_POINTS];
};

/* Start a curve of a trace of at most op_count operations. */
void hb_trace_curve_start(struct hb_trace_curve *curve, uint64_t op_count);

/* The next operation left so many bytes live. */
void hb_trace_curve_add(struct hb_trace_curve *curve, uint64_t live_bytes);

/* After the last operation: turn the sums into means. */
void hb_trace_curve_finish(struct hb_trace_curve *curve);

#endif
