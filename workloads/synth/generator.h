/* generator.h -- what a generator is: a table of options, and steps that emit operations.
 *
 * A step emits SYNTH_STEP_OPS operations and marks at most, and in some few steps one; whatever
 * comes behind the number of operations asked for is cut off. Objects that live then stay live: an
 * ending that frees them would be a phase of its own.
 */
#ifndef HB_GENERATOR_H
#define HB_GENERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/synth/config.h"
#include "workloads/trace.h"

enum { SYNTH_STEP_OPS = 64, SYNTH_BLOCK_OPS = 4096 };

/* Where a step writes. */
struct synth_out {
    struct hb_op *ops;
    size_t count;
    size_t marks;        /* of count, those that are no operations */
    uint64_t born;       /* objects so far */
    const char *problem; /* NULL: none */
};

struct hb_generator {
    const char *name;
    const char *summary; /* what it does to a heap, one line */
    const char *source;  /* the publication */
    const struct synth_use *uses;
    size_t state_bytes; /* zeroed before open */

    /* Prepare the state. False with one line in error (HB_TRACE_ERROR_MAX bytes). */
    bool (*open)(void *state, const struct synth_config *config, char *error);

    /* Emit the next operations. False at the end of what it has to say, or with out->problem. */
    bool (*step)(void *state, struct synth_out *out);

    /* Free what the state holds; also after a failed open. May be NULL. */
    void (*close)(void *state);
};

static inline struct hb_op *synth_emit(struct synth_out *out, enum hb_op_kind kind, uint32_t thread,
                                       uint64_t object, uint64_t size) {
    struct hb_op *op = &out->ops[out->count++];
    *op = (struct hb_op){.object = object, .size = size, .thread = thread, .kind = kind};
    return op;
}

/* An object is born. Returns its number. */
static inline uint64_t synth_born(struct synth_out *out, enum hb_op_kind kind, uint32_t thread,
                                  uint64_t size) {
    synth_emit(out, kind, thread, out->born, size);
    return out->born++;
}

/* A thread starts or ends. */
static inline void synth_mark(struct synth_out *out, enum hb_op_kind kind, uint32_t thread) {
    synth_emit(out, kind, thread, 0, 0);
    out->marks++;
}

static inline void synth_free(struct synth_out *out, uint32_t thread, uint64_t object) {
    synth_emit(out, HB_OP_FREE, thread, object, 0);
}

static inline bool synth_fail(struct synth_out *out, const char *problem) {
    out->problem = problem;
    return false;
}

#endif
