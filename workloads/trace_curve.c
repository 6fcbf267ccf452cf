/* trace_curve.c -- live bytes over the operations of a trace. */
#include "workloads/trace_curve.h"

#include <string.h>

void hb_trace_curve_start(struct hb_trace_curve *curve) {
    memset(curve, 0, sizeof *curve);
    curve->step = 1;
}

static void step_double(struct hb_trace_curve *curve) {
    double *sums = curve->mean_bytes;

    for (size_t i = 0; i < HB_TRACE_CURVE_POINTS / 2; i++)
        sums[i] = sums[2 * i] + sums[2 * i + 1];
    for (size_t i = HB_TRACE_CURVE_POINTS / 2; i < HB_TRACE_CURVE_POINTS; i++)
        sums[i] = 0;
    curve->step *= 2;
}

void hb_trace_curve_hold(struct hb_trace_curve *curve, uint64_t live_bytes, uint64_t op_count) {
    while (op_count > 0) {
        if (curve->op_count == curve->step * HB_TRACE_CURVE_POINTS)
            step_double(curve);
        uint64_t point = curve->op_count / curve->step;
        uint64_t room = curve->step - curve->op_count % curve->step;
        uint64_t held = op_count < room ? op_count : room;

        curve->mean_bytes[point] += (double)live_bytes * (double)held;
        curve->count = (size_t)point + 1;
        curve->op_count += held;
        op_count -= held;
    }
}

void hb_trace_curve_finish(struct hb_trace_curve *curve) {
    for (size_t i = 0; i < curve->count; i++) {
        uint64_t left = curve->op_count - i * curve->step;

        curve->mean_bytes[i] /= (double)(left < curve->step ? left : curve->step);
    }
}
