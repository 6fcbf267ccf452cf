/* trace_take.c -- a decoded block handed out as operations. */
#include "workloads/trace_decoder.h"

/* Fill a run of operations. has_times and has_alignments are constants where this is called. */
static inline __attribute__((always_inline)) void
run_fill(struct trace_decoder *decoder, size_t count, bool has_times, bool has_alignments) {
    const uint8_t *op_forms = decoder->op_forms + decoder->next_op;
    const uint16_t *threads = decoder->threads + decoder->next_op;
    const uint64_t *times = decoder->times;
    const uint64_t *reference = decoder->references + decoder->next_reference;
    const uint64_t *size = decoder->sizes + decoder->next_size;
    const uint8_t *alignment = decoder->alignments + decoder->next_alignment;
    uint64_t births = decoder->births;

    times += has_times ? decoder->next_op : decoder->next_op / TRACE_TIME_STEP;
    for (size_t i = 0; i < count; i++) {
        const struct trace_form *form = &decoder->forms[op_forms[i]];
        struct hb_op *op = &decoder->ops[i];

        op->object = (*reference >> 1 & form->if_reference) | (births & form->if_birth);
        op->size = form->size | (*size & form->if_open_size);
        op->time_ns = times[has_times ? i : i / TRACE_TIME_STEP];
        op->thread = threads[i];
        op->kind = form->kind;
        op->alignment_log2 = 0;
        if (has_alignments) {
            op->alignment_log2 = (uint8_t)(*alignment & -form->alignments);
            alignment += form->alignments;
        }
        reference += form->references;
        size += form->open_sizes;
        births += form->births;
    }
    decoder->next_reference = (size_t)(reference - decoder->references);
    decoder->next_size = (size_t)(size - decoder->sizes);
    decoder->next_alignment = (size_t)(alignment - decoder->alignments);
    decoder->births = births;
}

/* Births and reallocs have sites; no other operation of the buffer ever gets one. */
static void sites_fill(struct trace_decoder *decoder, size_t count) {
    const uint64_t *site = decoder->sites + decoder->next_site;

    for (size_t i = 0; i < count; i++) {
        struct hb_op *op = &decoder->ops[i];
        uint64_t has_site = trace_kind_has_size[op->kind];

        op->site = (uint16_t)(*site & (0 - has_site));
        site += has_site;
    }
    decoder->next_site = (size_t)(site - decoder->sites);
}

size_t trace_block_take(struct trace_decoder *decoder, const struct hb_op **ops) {
    size_t left = (size_t)decoder->head.op_count - decoder->next_op;
    size_t count = left < RUN_OPS ? left : RUN_OPS;
    bool has_alignments = decoder->head.count[COLUMN_ALIGNMENT] != 0;

    if (decoder->head.flags & TRACE_HAS_TIMES)
        run_fill(decoder, count, true, true);
    else if (has_alignments)
        run_fill(decoder, count, false, true);
    else
        run_fill(decoder, count, false, false);
    if (decoder->head.flags & TRACE_HAS_SITES)
        sites_fill(decoder, count);
    decoder->next_op += count;
    *ops = decoder->ops;
    return count;
}

void trace_block_drop(struct trace_decoder *decoder) {
    decoder->head.op_count = decoder->next_op = 0;
}
