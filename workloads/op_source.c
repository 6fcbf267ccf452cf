#include "workloads/op_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/synth/synth.h"
#include "workloads/trace_tally.h"

struct hb_op_source {
    struct hb_trace_reader *reader; /* of a file, or: */
    struct hb_synth *synth;
    struct trace_tally *tally; /* of a generator that counts */
    struct hb_trace_info info;
    char problem[HB_TRACE_ERROR_MAX]; /* of an operation that the tally refused, or "" */
};

bool hb_op_source_is_generated(const char *from) {
    return strncmp(from, HB_SYNTH_PREFIX, strlen(HB_SYNTH_PREFIX)) == 0;
}

static bool source_start(struct hb_op_source *source, const char *from, char *error) {
    struct hb_synth_spec spec;
    if (!hb_op_source_is_generated(from)) {
        source->reader = hb_trace_open(from, error);
        return source->reader != NULL;
    }
    if (!hb_synth_parse(from, &spec, error))
        return false;
    source->synth = hb_synth_open(&spec, error);
    snprintf(source->info.command, sizeof source->info.command, "%s", spec.canonical);
    snprintf(source->info.source, sizeof source->info.source, "generated");
    return source->synth != NULL;
}

struct hb_op_source *hb_op_source_open(const char *from, char *error) {
    struct hb_op_source *source = calloc(1, sizeof *source);
    if (!source) {
        snprintf(error, HB_TRACE_ERROR_MAX, "not enough memory");
        return NULL;
    }
    source->info.is_whole = true;
    if (source_start(source, from, error))
        return source;
    free(source);
    return NULL;
}

bool hb_op_source_count(struct hb_op_source *source) {
    if (source->synth && !source->tally)
        source->tally = trace_tally_create();
    return source->reader || source->tally;
}

const struct hb_trace_info *hb_op_source_info(struct hb_op_source *source) {
    if (source->reader)
        return hb_trace_get_info(source->reader);
    if (source->tally)
        trace_tally_read(source->tally, &source->info);
    return &source->info;
}

/* How many of them are sound; the first that is not is noted. */
static size_t source_tally(struct hb_op_source *source, const struct hb_op *ops, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const char *problem = trace_tally_add(source->tally, &ops[i]);
        if (problem) {
            snprintf(source->problem, sizeof source->problem, "%s", problem);
            source->info.is_whole = false;
            return i;
        }
    }
    return count;
}

size_t hb_op_source_next(struct hb_op_source *source, const struct hb_op **ops) {
    if (source->reader)
        return hb_trace_next(source->reader, ops);
    if (source->problem[0])
        return 0;
    size_t count = hb_synth_next(source->synth, ops);
    return source->tally ? source_tally(source, *ops, count) : count;
}

const char *hb_op_source_damage(const struct hb_op_source *source) {
    if (source->reader)
        return hb_trace_damage(source->reader);
    return source->problem[0] ? source->problem : hb_synth_problem(source->synth);
}

const struct trace_callsites *hb_op_source_sites(const struct hb_op_source *source) {
    return source->reader ? hb_trace_sites(source->reader) : NULL;
}

void hb_op_source_close(struct hb_op_source *source) {
    if (source->reader)
        hb_trace_close(source->reader);
    if (source->tally)
        trace_tally_destroy(source->tally);
    if (source->synth)
        hb_synth_close(source->synth);
    free(source);
}
