/* trace_curve.c -- live bytes over the operations of a trace. */
#include "workloads/trace_curve.h"

#include <string.h>

void hb_trace_curve_start(struct hb_trace_curve *curve, uint64_t op_count) {
    memset(curve, 0, sizeof *curve);
    curve->step = op_count / HB_TRACE_CURVE_POINTS + (op_count % HB_TRACE_CURVE_POINTS != 0);
    if (curve->step == 0)
        curve->step = 1;
}

void hb_trace_curve_add(struct hb_trace_curve *curve, uint64_t live_bytes) {
    uint64_t point = curve->op_count / curve->step;

    if (point >= HB_TRACE_CURVE_POINTS)
        return;
    curve->mean_bytes[point] += (double)live_bytes;
    curve->count = (size_t)point + 1;
    curve->op_count++;
}

void hb_trace_curve_finish(struct hb_trace_curve *curve) {
    for (size_t i = 0; i < curve->count; i++) {
        uint64_t left = curve->op_count - i * curve->step;

        curve->mean_bytes[i] /= (double)(left < curve->step ? left : curve->step);
    }
}
