/* shrink.c -- the rounds of a shrink, and candidates as files. */
#include "workloads/transform/shrink.h"

#include <stdlib.h>
#include <string.h>

#include "workloads/trace_format.h"
#include "workloads/transform/rewrite.h"
#include "workloads/transform/shrink_steps.h"
#include "workloads/transform/source.h"

enum { OPS_AT_FIRST = 4096 };

static bool candidate_add(struct hb_candidate *candidate, size_t *capacity,
                          const struct hb_op *op) {
    if (candidate->count == *capacity) {
        size_t larger = *capacity == 0 ? OPS_AT_FIRST : 2 * *capacity;
        struct hb_op *ops = realloc(candidate->ops, larger * sizeof *ops);

        if (ops == NULL)
            return false;
        candidate->ops = ops;
        *capacity = larger;
    }
    candidate->ops[candidate->count++] = *op;
    return true;
}

static bool sites_copy(struct trace_callsites *sites, const struct trace_callsites *from) {
    for (uint32_t i = 1; i <= from->count; i++) {
        const char *name = trace_callsite_name(from, i);

        if (!trace_callsite_append(sites, name, strlen(name)))
            return false;
    }
    return true;
}

bool hb_shrink_read(struct hb_shrink *shrink, const char *path, char *error) {
    struct hb_source source;
    const struct hb_op *op;
    size_t capacity = 0;
    bool good = true;

    if (!hb_source_open(&source, path, error))
        return false;
    shrink->best = (struct hb_candidate){.has_times = hb_op_source_info(source.from)->has_times};
    while (good && (op = hb_source_next(&source)) != NULL)
        good = candidate_add(&shrink->best, &capacity, op);
    if (good && hb_op_source_sites(source.from) != NULL) {
        good = sites_copy(&shrink->sites, hb_op_source_sites(source.from));
        shrink->best.sites = &shrink->sites;
    }
    hb_source_close(&source);
    return good || trace_fail(error, "out of memory to hold %s", path);
}

bool hb_candidate_write(const struct hb_candidate *candidate, const char *path,
                        const struct hb_trace_info *said, const char *note, char *error) {
    struct hb_rewrite rewrite;
    bool good = true;

    if (!hb_rewrite_begin(&rewrite, path, candidate->has_times, said, error))
        return false;
    rewrite.sites = candidate->sites;
    if (candidate->sites != NULL && (said == NULL || !said->has_sites))
        good = hb_trace_keep_sites(rewrite.writer) || trace_fail(error, "cannot write %s", path);
    for (size_t i = 0; i < candidate->count && good; i++)
        good = hb_rewrite_op(&rewrite, &candidate->ops[i]);
    return hb_rewrite_end(&rewrite, good, note);
}

void hb_shrink_free(struct hb_shrink *shrink) {
    free(shrink->best.ops);
    trace_callsites_clear(&shrink->sites);
    shrink->best = (struct hb_candidate){NULL, 0, false, NULL};
}

static const struct step {
    const char *name;
    shrink_step *run;
} steps[] = {
    {"end", shrink_end},     {"objects", shrink_objects}, {"reallocs", shrink_reallocs},
    {"frees", shrink_frees}, {"kinds", shrink_kinds},     {"threads", shrink_threads},
    {"sizes", shrink_sizes}, {"times", shrink_times},
};

bool hb_shrink_run(struct hb_shrink *shrink, char *error) {
    struct shrinking shrinking = {.shrink = shrink, .round = 1};
    bool good = shrinking_start(&shrinking), has_changed = true;

    for (; good && has_changed && !shrink->is_stopped; shrinking.round++) {
        has_changed = false;
        for (size_t i = 0; i < sizeof steps / sizeof steps[0] && !shrink->is_stopped; i++) {
            shrinking.has_changed = false;
            good = good && steps[i].run(&shrinking);
            if (shrinking.has_changed)
                shrink->report(shrink->context, steps[i].name);
            has_changed |= shrinking.has_changed;
        }
    }
    shrinking_end(&shrinking);
    return good || trace_fail(error, "out of memory to shrink the trace");
}
