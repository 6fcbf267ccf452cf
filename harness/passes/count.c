/* count.c -- the cache pass with counters: the whole trace, cold, a few times, each in a fresh
 * worker; the median of each event. Groups that never got to run are counted again, each event
 * alone.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/measure/statistics.h"
#include "harness/passes/passes.h"

enum { RUNS = 3, ERROR_BYTES = 512 };

/* What was counted of one allocator; NaN where there is nothing. */
struct counted {
    uint64_t ops;
    double per_op[HB_COUNTERS_MAX];
    double running_ratio; /* the least of all */
};

static bool run_once(struct hb_plan *plan, const struct hb_spec *spec,
                     const struct hb_program *program, bool alone, struct report *report,
                     char *error) {
    const struct hb_events *events = &plan->cache->events;
    struct job job;
    hb_plan_job(plan, &job, JOB_CACHE, spec, TOUCH_FIRST);
    job.counter_count = (uint32_t)events->count;
    job.counts_alone = alone;
    memcpy(job.counters, events->codes, events->count * sizeof *events->codes);
    if (!hb_job_run(&job, program, report, error))
        return false;
    if (report->ops)
        return true;
    snprintf(error, ERROR_BYTES, "every request failed");
    return false;
}

static bool any_never_ran(const struct report *report, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!report->counts[i].refusal && !report->counts[i].running_ns)
            return true;
    return false;
}

/* What the parent could open, the worker could not: EBUSY and the like. */
static bool refusal_say(const struct hb_events *events, const struct report *report, char *error) {
    char reason[ERROR_BYTES / 2];
    for (size_t i = 0; i < events->count; i++) {
        if (!report->counts[i].refusal)
            continue;
        hb_event_refusal(&events->codes[i], (int)report->counts[i].refusal, reason, sizeof reason);
        snprintf(error, ERROR_BYTES, "%s: %s", events->names[i], reason);
        return true;
    }
    return false;
}

static bool count_cell(struct hb_plan *plan, const struct hb_spec *spec,
                       const struct hb_program *program, struct counted *counted, char *error) {
    static struct report report;
    const struct hb_events *events = &plan->cache->events;
    double values[HB_COUNTERS_MAX][RUNS];
    bool alone = false;
    counted->running_ratio = 1;
    for (int run = 0; run < RUNS; run++) {
        if (!run_once(plan, spec, program, alone, &report, error))
            return false;
        if (!alone && any_never_ran(&report, events->count)) {
            alone = true;
            if (!run_once(plan, spec, program, alone, &report, error))
                return false;
        }
        if (refusal_say(events, &report, error))
            return false;
        for (size_t i = 0; i < events->count; i++) {
            values[i][run] = hb_count_scaled(&report.counts[i]) / (double)report.ops;
            counted->running_ratio =
                fmin(counted->running_ratio, hb_count_running(&report.counts[i]));
        }
    }
    counted->ops = report.ops;
    for (size_t i = 0; i < events->count; i++) {
        bool whole = !isnan(values[i][0]) && !isnan(values[i][1]) && !isnan(values[i][2]);
        counted->per_op[i] = whole ? hb_median(values[i], RUNS).median : NAN;
    }
    return true;
}

static void fill_role(struct hb_result *result, enum hb_event_role role, double per_op,
                      bool is_floor) {
    double ignored;
    double *const fields[][2] = {
        [HB_EVENT_OTHER] = {&ignored, &ignored},
        [HB_EVENT_INSTRUCTIONS] = {&result->instructions_per_op,
                                   &result->floor_instructions_per_op},
        [HB_EVENT_L1D_MISSES] = {&result->l1d_misses_per_op, &result->floor_l1d_misses_per_op},
        [HB_EVENT_LLC_MISSES] = {&result->llc_misses_per_op, &result->floor_llc_misses_per_op},
        [HB_EVENT_DTLB_MISSES] = {&result->dtlb_misses_per_op, &ignored},
    };
    *fields[role][is_floor] = per_op;
}

static void fill_cell(struct hb_result *result, const struct hb_events *events,
                      const struct counted *counted, const struct counted *floor) {
    size_t used = 0;
    for (size_t i = 0; i < events->count; i++) {
        if (isnan(counted->per_op[i]) || used >= sizeof result->counters)
            continue;
        used += (size_t)snprintf(result->counters + used, sizeof result->counters - used, "%s%s",
                                 used ? "," : "", events->names[i]);
        hb_reals_append(&result->counters_per_op, counted->per_op[i]);
        fill_role(result, events->roles[i], counted->per_op[i], false);
        if (!floor)
            continue;
        hb_reals_append(&result->floor_counters_per_op, floor->per_op[i]);
        fill_role(result, events->roles[i], floor->per_op[i], true);
    }
    snprintf(result->cache_source, sizeof result->cache_source, "%s",
             hb_events_any_hardware(events) ? "pmu" : "software");
    result->cache_ops = counted->ops;
    result->counters_ops = counted->ops;
    result->counters_running_ratio = counted->running_ratio;
}

void hb_cache_count(struct hb_plan *plan) {
    struct counted counted, floor_counted;
    char error[ERROR_BYTES];
    bool has_floor = plan->touch <= TOUCH_FIRST &&
                     count_cell(plan, &plan->floor, plan->program, &floor_counted, error);
    for (size_t i = 0; has_floor && i < plan->cache->events.count; i++)
        has_floor = !isnan(floor_counted.per_op[i]);
    for (size_t i = 0; i < plan->cell_count && !hb_interrupted(); i++) {
        struct hb_cell *cell = &plan->cells[i];
        hb_plan_progress(plan, "cache", i, plan->cell_count);
        if (cell->result.error[0])
            continue;
        if (count_cell(plan, &cell->spec, cell->program, &counted, error))
            fill_cell(&cell->result, &plan->cache->events, &counted,
                      has_floor ? &floor_counted : NULL);
        else
            hb_cell_fail(cell, "cache", error);
    }
}
