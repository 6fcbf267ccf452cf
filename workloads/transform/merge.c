/* merge.c -- several traces as one: each one's threads are threads of their own.
 *
 * By operations, each trace has done the same part of its operations at any time, as far as whole
 * numbers go, so that all end together; by time, the operation with the least time comes next; in
 * sequence, one trace follows the other. Ties go to the trace named first.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/trace_format.h"
#include "workloads/transform/job.h"
#include "workloads/transform/note.h"
#include "workloads/transform/threads.h"

struct merge {
    const struct hb_transform *transform;
    struct hb_source sources[HB_TRANSFORM_PATHS_MAX];
    const struct hb_op *next[HB_TRANSFORM_PATHS_MAX]; /* of each source; NULL at its end */
    uint64_t taken[HB_TRANSFORM_PATHS_MAX];           /* operations of each that were written */
    uint64_t total[HB_TRANSFORM_PATHS_MAX];           /* that each says it has, at least 1 */
    uint64_t start_ns[HB_TRANSFORM_PATHS_MAX];        /* in sequence: when each begins */
    struct hb_rewrite rewrite;
    struct hb_threads threads;
    char *error;
};

/* Does a's next operation come before b's */
static bool source_is_before(const struct merge *merge, size_t a, size_t b) {
    if (merge->transform->merge_order == HB_MERGE_BY_TIME)
        return merge->next[a]->time_ns < merge->next[b]->time_ns;
    if (merge->transform->merge_order == HB_MERGE_IN_SEQUENCE)
        return false;
    return (unsigned __int128)merge->taken[a] * merge->total[b] <
           (unsigned __int128)merge->taken[b] * merge->total[a];
}

/* The source whose turn it is; path_count if all have ended. */
static size_t source_choose(const struct merge *merge) {
    size_t count = merge->transform->path_count, best = count;

    for (size_t i = 0; i < count; i++)
        if (merge->next[i] != NULL && (best == count || source_is_before(merge, i, best)))
            best = i;
    return best;
}

static bool source_take(struct merge *merge, size_t i) {
    struct hb_op op = *merge->next[i];

    op.time_ns += merge->start_ns[i];
    if (op.kind <= HB_OP_FREE)
        op.object = op.object * merge->transform->path_count + i;
    merge->taken[i] += op.kind <= HB_OP_FREE;
    merge->rewrite.sites = hb_op_source_sites(merge->sources[i].from);
    if (!hb_threads_map(&merge->threads, i, &op.thread, merge->error) ||
        !hb_rewrite_op(&merge->rewrite, &op))
        return false;
    merge->next[i] = hb_source_next(&merge->sources[i]);
    return true;
}

static uint64_t sum(uint64_t a, uint64_t b) {
    return a + b < a ? UINT64_MAX : a + b;
}

/* A text of all sources: each that differs from the one before it. */
static void text_join(char *text, const char *addition) {
    size_t length = strlen(text), added = strlen(addition);

    if (added == 0 || (length >= added && strcmp(text + length - added, addition) == 0))
        return;
    hb_note_append(text, addition);
}

static void said_join(struct hb_trace_info *said, const struct hb_trace_info *more) {
    said->null_frees = sum(said->null_frees, more->null_frees);
    said->failed_calls = sum(said->failed_calls, more->failed_calls);
    said->dropped_calls = sum(said->dropped_calls, more->dropped_calls);
    said->early_calls = sum(said->early_calls, more->early_calls);
    said->signal_calls = sum(said->signal_calls, more->signal_calls);
    said->unmatched_frees = sum(said->unmatched_frees, more->unmatched_frees);
    if (said->cost_ns_per_op_x1000 != more->cost_ns_per_op_x1000)
        said->cost_ns_per_op_x1000 = 0;
    said->has_sites = said->has_sites || more->has_sites;
    text_join(said->command, more->command);
    text_join(said->source, more->source);
    text_join(said->note, more->note);
}

/* How many operations a trace has; of a generator they must be counted. At least 1. */
static bool total_find(struct merge *merge, size_t i) {
    const char *path = merge->transform->paths[i];
    struct hb_source source;

    merge->total[i] = hb_op_source_info(merge->sources[i].from)->op_count;
    if (hb_op_source_is_generated(path)) {
        if (!hb_source_open(&source, path, merge->error))
            return false;
        while (hb_source_next(&source) != NULL)
            continue;
        merge->total[i] = source.op_count;
        hb_source_close(&source);
    }
    merge->total[i] += merge->total[i] == 0;
    return true;
}

static bool sources_open(struct merge *merge, struct hb_trace_info *said, bool *has_times) {
    const struct hb_transform *transform = merge->transform;
    uint64_t start_ns = 0;

    *has_times = true;
    for (size_t i = 0; i < transform->path_count; i++) {
        const struct hb_trace_info *info;

        if (!hb_source_open(&merge->sources[i], transform->paths[i], merge->error) ||
            !total_find(merge, i))
            return false;
        info = hb_op_source_info(merge->sources[i].from);
        *has_times = *has_times && info->has_times;
        if (i == 0)
            *said = *info;
        else
            said_join(said, info);
        if (transform->merge_order == HB_MERGE_IN_SEQUENCE)
            merge->start_ns[i] = start_ns;
        start_ns = sum(start_ns, info->duration_ns);
    }
    return true;
}

static bool sources_merge(struct merge *merge) {
    size_t count = merge->transform->path_count, i;

    for (i = 0; i < count; i++)
        merge->next[i] = hb_source_next(&merge->sources[i]);
    while ((i = source_choose(merge)) < count)
        if (!source_take(merge, i))
            return false;
    return true;
}

static bool merge_end(struct merge *merge, bool good, struct hb_transform_result *result) {
    static const char *const orders[] = {"by operations", "by time", "in sequence"};
    char note[HB_JOB_NOTE_MAX] = "";

    hb_note_add(note, sizeof note, "merge: %zu traces, %s", merge->transform->path_count,
                orders[merge->transform->merge_order]);
    for (size_t i = 0; i < merge->transform->path_count && good; i++) {
        result->read_count += merge->sources[i].op_count;
        hb_job_damage(&merge->sources[i], result, note);
    }
    result->written_count = merge->rewrite.written_count;
    good = hb_rewrite_end(&merge->rewrite, good, note);
    result->is_unwritten = merge->rewrite.is_unwritten;
    return good;
}

bool hb_transform_merge(const struct hb_transform *transform, struct hb_transform_result *result,
                        char *error) {
    struct merge *merge = calloc(1, sizeof *merge);
    struct hb_trace_info said;
    bool has_times, good;

    memset(result, 0, sizeof *result);
    if (merge == NULL)
        return trace_fail(error, "out of memory to merge traces");
    merge->transform = transform;
    merge->error = error;
    good = sources_open(merge, &said, &has_times) &&
           hb_rewrite_begin(&merge->rewrite, transform->out, has_times, &said, error);
    if (good)
        good = merge_end(merge, sources_merge(merge), result);
    for (size_t i = 0; i < transform->path_count; i++)
        hb_source_close(&merge->sources[i]);
    hb_threads_clear(&merge->threads);
    free(merge);
    return good;
}
