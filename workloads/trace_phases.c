/* trace_phases.c -- segmented least squares over the curve of live bytes.
 *
 * 1. Sums of x, y, xx, xy, yy over the first i points give the error of the best line through any
 *    stretch in constant time: with centred sums, Syy - Sxy^2 / Sxx.
 * 2. least[k][i], the least error of the first i points in k stretches, is the least over j of
 *    least[k - 1][j] + error(j, i); from[k][i] is that j.
 * O(phases * points^2): some millions of steps.
 */
#include "workloads/trace_phases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/op_source.h"
#include "workloads/trace_format.h"
#include "workloads/trace_sizes.h"

enum { POINTS = HB_TRACE_CURVE_POINTS, SHORTEST_PART = 50, SHORTEST_POINTS = 3 };

struct sums {
    double x, y, xx, xy, yy;
};

struct search {
    size_t count;    /* of points */
    size_t shortest; /* stretch, in points */
    struct sums sums[POINTS + 1];
    double least[HB_TRACE_PHASES_MAX + 1][POINTS + 1];
    uint16_t from[HB_TRACE_PHASES_MAX + 1][POINTS + 1];
};

/* Both axes go from 0 to 1, so that rounding errors stay far below any real step. */
static void sums_fill(struct search *search, const struct hb_trace_curve *curve) {
    double most = 1;

    for (size_t i = 0; i < curve->count; i++)
        most = fmax(most, curve->mean_bytes[i]);
    for (size_t i = 0; i < curve->count; i++) {
        double x = (double)i / (double)curve->count, y = curve->mean_bytes[i] / most;
        const struct sums *before = &search->sums[i];

        search->sums[i + 1] = (struct sums){before->x + x, before->y + y, before->xx + x * x,
                                            before->xy + x * y, before->yy + y * y};
    }
}

/* Squared differences from the mean (is_level), or from the best line, of points low to high - 1.
 */
static double error_of(const struct search *search, size_t low, size_t high, bool is_level) {
    const struct sums *a = &search->sums[low], *b = &search->sums[high];
    double n = (double)(high - low), x = b->x - a->x, y = b->y - a->y;
    double xx = b->xx - a->xx - x * x / n;
    double xy = b->xy - a->xy - x * y / n;
    double yy = b->yy - a->yy - y * y / n;

    return fmax(0, is_level || xx <= 0 ? yy : yy - xy * xy / xx);
}

static void stretch_choose(struct search *search, size_t phases, size_t end) {
    double *least = &search->least[phases][end];

    *least = INFINITY;
    for (size_t j = (phases - 1) * search->shortest; j + search->shortest <= end; j++) {
        double error = search->least[phases - 1][j] + error_of(search, j, end, false);

        if (error < *least) {
            *least = error;
            search->from[phases][end] = (uint16_t)j;
        }
    }
}

static void search_extend(struct search *search, size_t phases) {
    for (size_t end = 0; end <= search->count; end++)
        stretch_choose(search, phases, end);
}

static void phases_trace_back(const struct search *search, const struct hb_trace_curve *curve,
                              struct hb_trace_phases *phases) {
    size_t end = search->count;

    phases->start[phases->count] = curve->op_count;
    for (size_t k = phases->count; k > 0; k--) {
        end = search->from[k][end];
        phases->start[k - 1] = end * curve->step;
    }
}

static void search_run(struct search *search, struct hb_trace_phases *phases, size_t wanted) {
    size_t most = wanted != 0 ? wanted : HB_TRACE_PHASES_BY_ITSELF_MAX;
    double variance = error_of(search, 0, search->count, true);

    for (size_t i = 0; i <= search->count; i++)
        search->least[0][i] = i == 0 ? 0 : INFINITY;
    for (size_t k = 1; k <= most && k <= HB_TRACE_PHASES_MAX; k++) {
        search_extend(search, k);
        if (isinf(search->least[k][search->count]))
            return;
        phases->count = k;
        phases->explained_ratio =
            variance <= 0 ? 1 : 1 - search->least[k][search->count] / variance;
        if (wanted == 0 && phases->explained_ratio >= HB_TRACE_PHASES_EXPLAINED)
            return;
    }
}

bool hb_trace_phases_find(struct hb_trace_phases *phases, const struct hb_trace_curve *curve,
                          size_t wanted) {
    struct search *search = calloc(1, sizeof *search);

    memset(phases, 0, sizeof *phases);
    phases->explained_ratio = 1;
    if (search == NULL)
        return false;
    search->count = curve->count;
    search->shortest = curve->count / SHORTEST_PART;
    if (search->shortest < SHORTEST_POINTS)
        search->shortest = curve->count < SHORTEST_POINTS ? 1 : SHORTEST_POINTS;
    if (curve->count > 0) {
        sums_fill(search, curve);
        search_run(search, phases, wanted);
        phases_trace_back(search, curve, phases);
    }
    free(search);
    return true;
}

/* What is live after the operation, which the reader has checked. */
static bool live_follow(struct trace_sizes *sizes, const struct hb_op *op, uint64_t *live) {
    uint64_t *size;

    if (trace_kind_is_birth[op->kind]) {
        *live += op->size;
        return trace_sizes_add(sizes, op->object, op->size);
    }
    size = trace_sizes_find(sizes, op->object);
    *live += op->size - *size;
    *size = op->size;
    if (op->kind == HB_OP_FREE)
        trace_sizes_remove(sizes, op->object);
    return true;
}

static bool curve_read(struct hb_trace_curve *curve, struct hb_op_source *source) {
    struct trace_sizes sizes = {0};
    const struct hb_op *ops;
    uint64_t live = 0;
    size_t count;
    bool good = true;

    hb_trace_curve_start(curve);
    while (good && (count = hb_op_source_next(source, &ops)) > 0)
        for (size_t i = 0; i < count && good; i++) {
            if (ops[i].kind > HB_OP_FREE)
                continue;
            good = live_follow(&sizes, &ops[i], &live);
            hb_trace_curve_hold(curve, live, 1);
        }
    trace_sizes_clear(&sizes);
    hb_trace_curve_finish(curve);
    return good;
}

bool hb_trace_phases_read(struct hb_trace_phases *phases, const char *path, size_t wanted,
                          char *error) {
    struct hb_op_source *source = hb_op_source_open(path, error);
    struct hb_trace_curve curve;
    bool good;

    if (source == NULL)
        return false;
    good = curve_read(&curve, source) && hb_trace_phases_find(phases, &curve, wanted);
    hb_op_source_close(source);
    return good || trace_fail(error, "out of memory to find the phases of %s", path);
}
