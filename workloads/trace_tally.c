/* trace_tally.c -- who lives, how large, and the counts that follow. */
#include "workloads/trace_tally.h"

#include <stdlib.h>
#include <string.h>

#include "workloads/trace_format.h"
#include "workloads/trace_sizes.h"

struct trace_tally {
    struct trace_sizes sizes; /* of the live objects */
    unsigned __int128 live_bytes;
    unsigned __int128 peak_live_bytes;
    unsigned __int128 total_bytes;
    uint8_t thread_seen[HB_TRACE_THREADS_MAX / 8];
    struct hb_trace_info info;
};

struct trace_tally *trace_tally_create(void) {
    return calloc(1, sizeof(struct trace_tally));
}

void trace_tally_destroy(struct trace_tally *tally) {
    if (tally == NULL)
        return;
    trace_sizes_clear(&tally->sizes);
    free(tally);
}

static const char *tally_birth(struct trace_tally *tally, const struct hb_op *op) {
    if (op->object != tally->info.object_count)
        return "a birth must carry the next object number";
    if (!trace_sizes_add(&tally->sizes, op->object, op->size))
        return "out of memory for the live objects";
    tally->info.object_count++;
    tally->live_bytes += op->size;
    return NULL;
}

static const char *tally_free(struct trace_tally *tally, const struct hb_op *op) {
    const uint64_t *size = trace_sizes_find(&tally->sizes, op->object);

    if (size == NULL)
        return "a free names an object that is not alive";
    tally->live_bytes -= *size;
    trace_sizes_remove(&tally->sizes, op->object);
    return NULL;
}

static const char *tally_realloc(struct trace_tally *tally, const struct hb_op *op) {
    uint64_t *size = trace_sizes_find(&tally->sizes, op->object);

    if (size == NULL)
        return "a realloc names an object that is not alive";
    tally->live_bytes += op->size;
    tally->live_bytes -= *size;
    *size = op->size;
    return NULL;
}

static const char *op_complaint(const struct hb_op *op) {
    if (op->kind >= HB_OP_KINDS)
        return "an unknown kind of operation";
    if (op->thread >= HB_TRACE_THREADS_MAX)
        return "a thread number too large";
    if (op->size > HB_TRACE_SIZE_MAX)
        return "a size too large";
    if (op->size != 0 && !trace_kind_has_size[op->kind])
        return "a free or thread mark with a size";
    if (op->alignment_log2 != 0 && op->kind != HB_OP_ALIGNED)
        return "an alignment that only an aligned call may have";
    if (op->alignment_log2 > HB_TRACE_ALIGNMENT_LOG2_MAX)
        return "an alignment too large";
    if (op->object != 0 && (op->kind == HB_OP_THREAD_START || op->kind == HB_OP_THREAD_END))
        return "a thread mark with an object";
    return NULL;
}

static const char *tally_object(struct trace_tally *tally, const struct hb_op *op) {
    if (trace_kind_is_birth[op->kind])
        return tally_birth(tally, op);
    if (op->kind == HB_OP_FREE)
        return tally_free(tally, op);
    if (op->kind == HB_OP_REALLOC)
        return tally_realloc(tally, op);
    return NULL;
}

static void tally_count(struct trace_tally *tally, const struct hb_op *op) {
    struct hb_trace_info *info = &tally->info;
    uint8_t *seen = &tally->thread_seen[op->thread / 8];
    uint8_t bit = (uint8_t)(1u << op->thread % 8);

    info->kind_count[op->kind]++;
    info->op_count += op->kind <= HB_OP_FREE;
    info->thread_count += (*seen & bit) == 0;
    *seen |= bit;
    tally->total_bytes += op->size;
    if (op->size > info->largest_bytes)
        info->largest_bytes = op->size;
    if (op->time_ns > info->duration_ns)
        info->duration_ns = op->time_ns;
    if (tally->sizes.live_count > info->peak_live_objects)
        info->peak_live_objects = tally->sizes.live_count;
    if (tally->live_bytes > tally->peak_live_bytes)
        tally->peak_live_bytes = tally->live_bytes;
}

const char *trace_tally_add(struct trace_tally *tally, const struct hb_op *op) {
    const char *complaint = op_complaint(op);

    if (complaint == NULL)
        complaint = tally_object(tally, op);
    if (complaint == NULL)
        tally_count(tally, op);
    return complaint;
}

static uint64_t bytes_clamp(unsigned __int128 bytes) {
    return bytes > UINT64_MAX ? UINT64_MAX : (uint64_t)bytes;
}

void trace_tally_read(const struct trace_tally *tally, struct hb_trace_info *info) {
    info->op_count = tally->info.op_count;
    memcpy(info->kind_count, tally->info.kind_count, sizeof info->kind_count);
    info->object_count = tally->info.object_count;
    info->peak_live_objects = tally->info.peak_live_objects;
    info->peak_live_bytes = bytes_clamp(tally->peak_live_bytes);
    info->total_bytes = bytes_clamp(tally->total_bytes);
    info->largest_bytes = tally->info.largest_bytes;
    info->thread_count = tally->info.thread_count;
    info->duration_ns = tally->info.duration_ns;
}
