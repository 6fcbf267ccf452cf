#include "harness/adversary_trace.h"

#include <stdio.h>
#include <stdlib.h>

#include "workloads/trace.h"

/* A slot holds one object after the other: what each is called in the trace. */
static bool ops_append(struct hb_trace_writer *writer, const struct program_header *program,
                       uint64_t *object_in) {
    const uint64_t *word = program_words(program), *end = word + program->word_count;
    uint64_t objects = 0;
    bool ok = true;
    while (word < end && ok) {
        struct program_op done = program_next(&word);
        struct hb_op op = {.kind = HB_OP_FREE};
        if (done.kind != PROGRAM_FREE) {
            op.kind = HB_OP_MALLOC;
            op.size = done.request;
            object_in[done.slot] = objects++;
        }
        op.object = object_in[done.slot];
        ok = hb_trace_append(writer, &op);
    }
    return ok;
}

bool hb_adversary_trace_write(const struct hb_adversary *adversary, const struct hb_spec *spec,
                              const struct hb_program *program, const char *path, char *error) {
    struct hb_trace_info info = {0};
    uint64_t *object_in = calloc(program->header->slot_count, sizeof *object_in);
    struct hb_trace_writer *writer = object_in ? hb_trace_create(path, false, error) : NULL;
    if (!object_in)
        snprintf(error, HB_ADVERSARY_ERROR_MAX, "not enough memory for the trace");
    bool appended = writer && ops_append(writer, program->header, object_in);
    free(object_in);
    if (!writer)
        return false;
    if (!appended) {
        snprintf(error, HB_ADVERSARY_ERROR_MAX, "%s", hb_trace_writer_error(writer));
        hb_trace_discard(writer);
        return false;
    }
    snprintf(info.command, sizeof info.command, "heapbench adversary %s --alloc=%s",
             adversary->canonical, spec->canonical);
    snprintf(info.source, sizeof info.source, "adversary");
    return hb_trace_finish(writer, &info, error);
}
