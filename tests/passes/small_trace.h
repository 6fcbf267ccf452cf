/* small_trace.h -- a trace made operation by operation, for tests that know what it must give. */
#ifndef HB_TEST_SMALL_TRACE_H
#define HB_TEST_SMALL_TRACE_H

#include "tests/passes/bench.h"
#include "workloads/trace.h"

struct small_trace {
    struct hb_trace_writer *writer;
    uint64_t births;
};

/* At NAME in the folder. */
static inline void trace_begin(struct small_trace *trace, const struct bench_folder *folder,
                               const char *name) {
    char path[128], error[HB_TRACE_ERROR_MAX];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    *trace = (struct small_trace){.writer = hb_trace_create(path, false, error)};
    if (!trace->writer)
        fail_msg("%s", error);
}

static inline void trace_add(struct small_trace *trace, enum hb_op_kind kind, uint64_t object,
                             uint64_t bytes) {
    struct hb_op op = {.kind = (uint8_t)kind, .object = object, .size = bytes};
    if (!hb_trace_append(trace->writer, &op))
        fail_msg("%s", hb_trace_writer_error(trace->writer));
}

/* Returns the object. */
static inline uint64_t trace_malloc(struct small_trace *trace, uint64_t bytes) {
    trace_add(trace, HB_OP_MALLOC, trace->births, bytes);
    return trace->births++;
}

static inline void trace_realloc(struct small_trace *trace, uint64_t object, uint64_t bytes) {
    trace_add(trace, HB_OP_REALLOC, object, bytes);
}

static inline void trace_free(struct small_trace *trace, uint64_t object) {
    trace_add(trace, HB_OP_FREE, object, 0);
}

static inline void trace_end(struct small_trace *trace) {
    char error[HB_TRACE_ERROR_MAX];
    if (!hb_trace_finish(trace->writer, NULL, error))
        fail_msg("%s", error);
}

#endif
