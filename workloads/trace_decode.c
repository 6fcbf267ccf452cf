/* trace_decode.c -- the payload of a BLOCK chunk back into operations, trusting nothing.
 *
 * Speed: loading a trace must cost less than replaying it. A byte plane holds one byte per value,
 * so columns unpack without a branch, and a table of forms, not a switch, says which columns an
 * operation takes from: the order of mallocs and frees is what branch predictors miss. A block is
 * checked whole, then handed out in runs that stay in the cache until the caller has read them.
 */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "workloads/trace_decoder.h"

struct trace_decoder *trace_decoder_create(void) {
    struct trace_decoder *decoder = calloc(1, sizeof *decoder);

    if (decoder == NULL)
        return NULL;
    decoder->zstd = ZSTD_createDCtx();
    if (decoder->zstd == NULL) {
        free(decoder);
        return NULL;
    }
    return decoder;
}

void trace_decoder_destroy(struct trace_decoder *decoder) {
    if (decoder == NULL)
        return;
    ZSTD_freeDCtx(decoder->zstd);
    free(decoder->site_names);
    free(decoder);
}

size_t trace_frame_read(struct trace_decoder *decoder, const uint8_t **payload, size_t *length,
                        void *to, size_t room) {
    size_t frame = ZSTD_findFrameCompressedSize(*payload, *length);
    unsigned long long content;
    size_t got;

    if (ZSTD_isError(frame))
        return SIZE_MAX;
    content = ZSTD_getFrameContentSize(*payload, frame);
    if (content == 0 || content > room) /* also unknown, which is huge */
        return SIZE_MAX;
    got = ZSTD_decompressDCtx(decoder->zstd, to, (size_t)content, *payload, frame);
    if (got != content)
        return SIZE_MAX;
    *payload += frame;
    *length -= frame;
    return got;
}

static const char *head_read(struct trace_decoder *decoder, uint32_t version,
                             const uint8_t **payload, size_t *length) {
    uint8_t bytes[TRACE_BLOCK_HEAD_BYTES];
    size_t expected = version == 1 ? TRACE_BLOCK_HEAD_BYTES_V1 : TRACE_BLOCK_HEAD_BYTES;

    if (trace_frame_read(decoder, payload, length, bytes, sizeof bytes) != expected)
        return "its head fails its checksum";
    trace_head_parse(&decoder->head, bytes, version);
    return NULL;
}

static bool table_is_possible(const struct trace_block_head *head) {
    return head->count[COLUMN_FORM_TYPE] <= FORMS_MAX &&
           head->count[COLUMN_FORM_REFERENCE] <= FORMS_MAX &&
           head->count[COLUMN_FORM_SIZE] <= FORMS_MAX;
}

/* The laws of a block's head; reading the columns checks the counts that the forms imply. */
static const char *head_complaint(const struct trace_block_head *head,
                                  const struct trace_block_state *state) {
    if (head->number != state->number || head->births_before != state->births ||
        head->base_ns != state->last_ns)
        return "it does not follow the block before it";
    if (head->flags != trace_flags(state))
        return "its flags are not the file's";
    if (head->op_count == 0 || head->op_count > HB_TRACE_BLOCK_OPS)
        return "its number of operations is impossible";
    if (head->count[COLUMN_FORM] != head->op_count ||
        head->count[COLUMN_THREAD] != head->op_count ||
        head->count[COLUMN_TIME] != trace_time_count(head->op_count, state->has_times) ||
        !table_is_possible(head) || !trace_sites_are_possible(head, state))
        return "its columns have impossible lengths";
    for (int i = 0; i < TRACE_COLUMNS; i++)
        if ((head->count[i] > head->op_count && i != COLUMN_SITE_VALUE) ||
            head->width[i] > trace_column_width_max[i] ||
            (head->count[i] == 0 && head->width[i] != 0))
            return "its columns have impossible lengths";
    return NULL;
}

static void planes_join(uint64_t *restrict values, const struct trace_decoder *decoder,
                        size_t count, uint64_t width) {
    const uint8_t *p0 = decoder->planes[0], *p1 = decoder->planes[1];
    const uint8_t *p2 = decoder->planes[2], *p3 = decoder->planes[3];

    switch (width) {
    case 0:
        memset(values, 0, count * sizeof *values);
        return;
    case 1:
        for (size_t i = 0; i < count; i++)
            values[i] = p0[i];
        return;
    case 2:
        for (size_t i = 0; i < count; i++)
            values[i] = p0[i] | (uint32_t)p1[i] << 8;
        return;
    case 3:
        for (size_t i = 0; i < count; i++)
            values[i] = p0[i] | (uint32_t)p1[i] << 8 | (uint32_t)p2[i] << 16;
        return;
    default:
        for (size_t i = 0; i < count; i++)
            values[i] =
                p0[i] | (uint32_t)p1[i] << 8 | (uint32_t)p2[i] << 16 | (uint32_t)p3[i] << 24;
    }
    for (uint64_t plane = 4; plane < width; plane++)
        for (size_t i = 0; i < count; i++)
            values[i] |= (uint64_t)decoder->planes[plane][i] << (8 * plane);
}

static bool planes_read(struct trace_decoder *decoder, enum trace_column column,
                        const uint8_t **payload, size_t *length) {
    size_t count = decoder->head.count[column];

    for (uint64_t i = 0; i < decoder->head.width[column]; i++)
        if (trace_frame_read(decoder, payload, length, decoder->planes[i], count) != count)
            return false;
    return true;
}

bool trace_column_read(struct trace_decoder *decoder, enum trace_column column, uint64_t *values,
                       const uint8_t **payload, size_t *length) {
    if (!planes_read(decoder, column, payload, length))
        return false;
    planes_join(values, decoder, decoder->head.count[column], decoder->head.width[column]);
    return true;
}

static bool byte_column_read(struct trace_decoder *decoder, enum trace_column column,
                             uint8_t *values, const uint8_t **payload, size_t *length) {
    size_t count = decoder->head.count[column];

    if (decoder->head.width[column] != 0)
        return trace_frame_read(decoder, payload, length, values, count) == count;
    memset(values, 0, count);
    return true;
}

static bool threads_read(struct trace_decoder *decoder, const uint8_t **payload, size_t *length) {
    uint64_t width = decoder->head.width[COLUMN_THREAD];
    size_t count = decoder->head.count[COLUMN_THREAD];

    if (!planes_read(decoder, COLUMN_THREAD, payload, length))
        return false;
    for (uint64_t i = width; i < 2; i++)
        memset(decoder->planes[i], 0, count);
    for (size_t i = 0; i < count; i++)
        decoder->threads[i] = (uint16_t)(decoder->planes[0][i] | decoder->planes[1][i] << 8);
    return true;
}

/* The columns, in the order of the file. */
static const char *columns_read(struct trace_decoder *decoder, const uint8_t *payload,
                                size_t length) {
    if (!byte_column_read(decoder, COLUMN_FORM, decoder->op_forms, &payload, &length) ||
        !threads_read(decoder, &payload, &length) ||
        !trace_column_read(decoder, COLUMN_AGE, decoder->ages, &payload, &length) ||
        !trace_column_read(decoder, COLUMN_SIZE, decoder->sizes, &payload, &length) ||
        !byte_column_read(decoder, COLUMN_ALIGNMENT, decoder->alignments, &payload, &length) ||
        !trace_column_read(decoder, COLUMN_TIME, decoder->times, &payload, &length) ||
        !byte_column_read(decoder, COLUMN_FORM_TYPE, decoder->form_types, &payload, &length) ||
        !trace_column_read(decoder, COLUMN_FORM_REFERENCE, decoder->form_references, &payload,
                           &length) ||
        !trace_column_read(decoder, COLUMN_FORM_SIZE, decoder->form_sizes, &payload, &length) ||
        !trace_sites_read(decoder, &payload, &length))
        return "a column fails its checksum";
    return length == 0 ? NULL : "bytes follow its columns";
}

static const char *forms_make(struct trace_decoder *decoder, uint32_t version) {
    if (version == 1) {
        decoder->form_count = trace_forms_plain(decoder->forms);
        return NULL;
    }
    decoder->form_count = decoder->head.count[COLUMN_FORM_TYPE];
    return trace_forms_read(decoder->forms, &decoder->head, decoder->form_types,
                            decoder->form_references, decoder->form_sizes);
}

static const char *values_check(const struct trace_decoder *decoder) {
    uint8_t form_max = 0, alignment_max = 0;

    for (size_t i = 0; i < decoder->head.op_count; i++)
        form_max = decoder->op_forms[i] > form_max ? decoder->op_forms[i] : form_max;
    for (size_t i = 0; i < decoder->head.count[COLUMN_ALIGNMENT]; i++)
        if (decoder->alignments[i] > alignment_max)
            alignment_max = decoder->alignments[i];
    if (form_max >= decoder->form_count)
        return "an operation is of no known kind";
    if (alignment_max > HB_TRACE_ALIGNMENT_LOG2_MAX)
        return "an alignment is too large";
    return NULL;
}

/* Find the object of each realloc and free, and count what the forms take from the columns. Returns
 * the births. is_lone is a constant where this is called: all is done by thread 0. */
static inline __attribute__((always_inline)) uint64_t
references_fill(struct trace_decoder *decoder, uint64_t births_before, bool is_lone,
                uint64_t *ages_taken, uint64_t *others_taken) {
    uint64_t born = births_before, others = 0, lone_last = births_before;
    size_t references = 0, ages = 0;

    for (size_t i = 0; i < decoder->head.op_count; i++) {
        const struct trace_form *form = &decoder->forms[decoder->op_forms[i]];
        uint64_t *last = is_lone ? &lone_last : &decoder->last[decoder->threads[i]];
        uint64_t from = (*last & form->if_step) | ((born - 1) & ~form->if_step);
        uint64_t object = from - (form->reference + (decoder->ages[ages] & form->if_open_age));

        decoder->references[references] = object << 1 | form->frees;
        *last = (object & form->if_reference) | (*last & ~form->if_reference);
        references += form->references;
        ages += form->open_ages;
        born += form->births;
        others += form->open_sizes_and_alignments;
    }
    decoder->reference_count = references;
    *ages_taken = ages;
    *others_taken = others;
    return born - births_before;
}

/* Sets *births and *ops to those of the block. */
static const char *references_resolve(struct trace_decoder *decoder, uint64_t births_before,
                                      uint64_t *births, uint64_t *ops) {
    const struct trace_block_head *head = &decoder->head;
    uint64_t ages, others;

    if (head->width[COLUMN_THREAD] == 0)
        *births = references_fill(decoder, births_before, true, &ages, &others);
    else {
        for (size_t i = 0; i < HB_TRACE_THREADS_MAX; i++)
            decoder->last[i] = births_before;
        *births = references_fill(decoder, births_before, false, &ages, &others);
    }
    *ops = *births + decoder->reference_count;
    if (ages != head->count[COLUMN_AGE] ||
        others != (head->count[COLUMN_SIZE] | head->count[COLUMN_ALIGNMENT] << FORM_HALF))
        return "its columns do not fit its kinds of operations";
    return NULL;
}

/* An age beyond the first object has wrapped around to an object far above all births. */
static const char *references_check(const struct trace_decoder *decoder,
                                    struct trace_alive *alive) {
    for (size_t i = 0; i < decoder->reference_count; i++) {
        uint64_t object = decoder->references[i] >> 1;

        if (object >= alive->born_count)
            return "a free or realloc names an object from before the trace";
        if (!trace_alive_visit(alive, object, decoder->references[i] & 1))
            return "a free or realloc names an object that is not alive";
    }
    return NULL;
}

static const char *objects_check(struct trace_decoder *decoder, struct trace_block_state *state,
                                 struct trace_alive *alive) {
    uint64_t births, ops;
    const char *complaint = references_resolve(decoder, state->births, &births, &ops);

    if (complaint != NULL)
        return complaint;
    if (!trace_alive_birth(alive, births))
        return "out of memory for its live objects";
    state->births += births;
    state->op_count += ops;
    return references_check(decoder, alive);
}

/* Turn the steps of time into times. */
static void times_resolve(struct trace_decoder *decoder, struct trace_block_state *state) {
    for (size_t i = 0; i < decoder->head.count[COLUMN_TIME]; i++) {
        state->last_ns += trace_unzigzag(decoder->times[i]);
        decoder->times[i] = state->last_ns;
    }
}

const char *trace_block_decode(struct trace_decoder *decoder, struct trace_block_state *state,
                               struct trace_alive *alive, const uint8_t *payload, size_t length) {
    const char *complaint = head_read(decoder, state->version, &payload, &length);

    decoder->next_op = decoder->next_reference = decoder->next_size = 0;
    decoder->next_alignment = decoder->next_site = 0;
    decoder->births = state->births;
    if (complaint == NULL)
        complaint = head_complaint(&decoder->head, state);
    if (complaint == NULL)
        complaint = columns_read(decoder, payload, length);
    if (complaint == NULL)
        complaint = forms_make(decoder, state->version);
    if (complaint == NULL)
        complaint = values_check(decoder);
    if (complaint == NULL)
        complaint = objects_check(decoder, state, alive);
    if (complaint == NULL && state->sites != NULL)
        complaint = trace_sites_check(decoder, state);
    if (complaint != NULL) {
        decoder->head.op_count = 0;
        return complaint;
    }
    times_resolve(decoder, state);
    state->number++;
    return NULL;
}
