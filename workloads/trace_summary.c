/* trace_summary.c -- how large and how long-lived the objects of a trace are. */
#include "workloads/trace_summary.h"

#include <string.h>

#include "workloads/trace_format.h"

static unsigned number_class(uint64_t number) {
    return number == 0 ? 0 : 64 - (unsigned)__builtin_clzll(number);
}

const char *hb_trace_summarize(struct hb_op_source *source, struct hb_trace_summary *summary) {
    const struct hb_op *ops;
    uint64_t births = 0, frees = 0;
    size_t count;

    memset(summary, 0, sizeof *summary);
    while ((count = hb_op_source_next(source, &ops)) > 0)
        for (size_t i = 0; i < count; i++) {
            const struct hb_op *op = &ops[i];

            births += trace_kind_is_birth[op->kind];
            if (trace_kind_has_size[op->kind])
                summary->request_count[number_class(op->size)]++;
            if (op->kind != HB_OP_FREE)
                continue;
            summary->lifetime_count[number_class(births - 1 - op->object)]++;
            frees++;
        }
    summary->immortal_count = births - frees;
    return hb_op_source_damage(source);
}
