/* trace_decode.c -- the payload of a BLOCK chunk back into operations, trusting nothing.
 *
 * Speed: loading a trace must cost less than replaying it. A byte plane holds one byte per value, so
 * columns unpack without a branch, and a table per kind, not a switch, says which columns an
 * operation takes from: the order of mallocs and frees is what branch predictors miss.
 */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "workloads/trace_block.h"

struct trace_decoder {
    ZSTD_DCtx *zstd;
    uint64_t values[TRACE_COLUMNS][HB_TRACE_BLOCK_OPS + 1]; /* + 1: read ahead of the last */
    uint8_t planes[TRACE_VALUE_BYTES_MAX][HB_TRACE_BLOCK_OPS];
    struct hb_op ops[HB_TRACE_BLOCK_OPS];
};

struct trace_decoder *trace_decoder_create(void)
{
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

void trace_decoder_destroy(struct trace_decoder *decoder)
{
    if (decoder == NULL)
        return;
    ZSTD_freeDCtx(decoder->zstd);
    free(decoder);
}

size_t trace_frame_read(struct trace_decoder *decoder, const uint8_t **payload, size_t *length,
                        void *to, size_t room)
{
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

static const char *head_read(struct trace_decoder *decoder, struct trace_block_head *head,
                             const uint8_t **payload, size_t *length)
{
    uint8_t bytes[TRACE_BLOCK_HEAD_BYTES];
    uint64_t words[TRACE_BLOCK_HEAD_BYTES / 8];

    if (trace_frame_read(decoder, payload, length, bytes, sizeof bytes) != sizeof bytes)
        return "its head fails its checksum";
    for (size_t i = 0; i < TRACE_BLOCK_HEAD_BYTES / 8; i++)
        words[i] = trace_get_u64(bytes + 8 * i);
    memcpy(head, words, sizeof words);
    return NULL;
}

/* The laws of a block's head; reading the columns checks the counts that the kinds imply. */
static const char *head_complaint(const struct trace_block_head *head,
                                  const struct trace_block_state *state)
{
    if (head->number != state->number || head->births_before != state->births
        || head->base_ns != state->last_ns)
        return "it does not follow the block before it";
    if (head->flags != (state->has_times ? TRACE_HAS_TIMES : 0))
        return "its flags are not the file's";
    if (head->op_count == 0 || head->op_count > HB_TRACE_BLOCK_OPS)
        return "its number of operations is impossible";
    if (head->count[COLUMN_KIND] != head->op_count || head->count[COLUMN_THREAD] != head->op_count
        || head->count[COLUMN_TIME] != trace_time_count(head->op_count, state->has_times))
        return "its columns have impossible lengths";
    for (int i = 0; i < TRACE_COLUMNS; i++)
        if (head->count[i] > head->op_count || head->width[i] > trace_column_width_max[i]
            || (head->count[i] == 0 && head->width[i] != 0))
            return "its columns have impossible lengths";
    return NULL;
}

static void planes_join(uint64_t *restrict values, const struct trace_decoder *decoder,
                        size_t count, uint64_t width)
{
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
            values[i] = p0[i] | (uint32_t)p1[i] << 8 | (uint32_t)p2[i] << 16
                        | (uint32_t)p3[i] << 24;
    }
    for (uint64_t plane = 4; plane < width; plane++)
        for (size_t i = 0; i < count; i++)
            values[i] |= (uint64_t)decoder->planes[plane][i] << (8 * plane);
}

static bool column_read(struct trace_decoder *decoder, uint64_t *values, size_t count,
                        uint64_t width, const uint8_t **payload, size_t *length)
{
    for (uint64_t i = 0; i < width; i++)
        if (trace_frame_read(decoder, payload, length, decoder->planes[i], count) != count)
            return false;
    planes_join(values, decoder, count, width);
    return true;
}

/* What each byte of the kind column takes: one bit per column or counter. */
enum { TAKES_AGE = 1, TAKES_SIZE = 2, TAKES_ALIGNMENT = 4, BIRTH = 8, DEATH = 16 };

static const uint8_t kind_takes[HB_OP_KINDS] = {
    [HB_OP_MALLOC] = TAKES_SIZE | BIRTH,
    [HB_OP_CALLOC] = TAKES_SIZE | BIRTH,
    [HB_OP_ALIGNED] = TAKES_SIZE | TAKES_ALIGNMENT | BIRTH,
    [HB_OP_REALLOC] = TAKES_SIZE | TAKES_AGE,
    [HB_OP_FREE] = TAKES_AGE | DEATH,
};

/* All ones if the bit is set, to keep or drop a value without a branch. */
static inline uint64_t mask_if(unsigned takes, unsigned bit)
{
    return 0 - (uint64_t)((takes & bit) != 0);
}

/* Fill in all but the times. Leaves each reference in the age column, with its death in the low bit,
 * for references_check. Sets *births to the births after the block. */
static bool ops_fill(struct trace_decoder *decoder, const struct trace_block_head *head,
                     uint64_t *births)
{
    uint64_t *ages = decoder->values[COLUMN_AGE];
    const uint64_t *sizes = decoder->values[COLUMN_SIZE];
    const uint64_t *alignments = decoder->values[COLUMN_ALIGNMENT];
    size_t age = 0, size = 0, alignment = 0;
    uint64_t born = *births;
    uint64_t unborn = 0;

    for (size_t i = 0; i < head->op_count; i++) {
        uint8_t kind = (uint8_t)decoder->values[COLUMN_KIND][i];
        unsigned takes = kind_takes[kind];
        uint64_t referred = born - 1 - ages[age];
        struct hb_op *op = &decoder->ops[i];

        unborn |= (uint64_t)(ages[age] >= born) & mask_if(takes, TAKES_AGE);
        ages[age] = takes & TAKES_AGE ? referred << 1 | (takes & DEATH) / DEATH : ages[age];
        op->object = (referred & mask_if(takes, TAKES_AGE)) | (born & mask_if(takes, BIRTH));
        op->size = sizes[size] & mask_if(takes, TAKES_SIZE);
        op->thread = (uint32_t)decoder->values[COLUMN_THREAD][i];
        op->kind = kind;
        op->alignment_log2 = (uint8_t)(alignments[alignment] & mask_if(takes, TAKES_ALIGNMENT));
        age += (takes & TAKES_AGE) != 0;
        size += (takes & TAKES_SIZE) != 0;
        alignment += (takes & TAKES_ALIGNMENT) != 0;
        born += (takes & BIRTH) != 0;
    }
    *births = born;
    return unborn == 0 && age == head->count[COLUMN_AGE] && size == head->count[COLUMN_SIZE]
           && alignment == head->count[COLUMN_ALIGNMENT];
}

/* Apart from ops_fill, so that this loop's loads wait for no other work. */
static bool references_check(const uint64_t *references, size_t count, struct trace_alive *alive)
{
    for (size_t i = 0; i < count; i++)
        if (!trace_alive_visit(alive, references[i] >> 1, references[i] & 1))
            return false;
    return true;
}

/* Times; those of single operations, or each step's for all the operations up to the next. */
static void times_fill(struct trace_decoder *decoder, size_t count,
                       struct trace_block_state *state)
{
    const uint64_t *steps = decoder->values[COLUMN_TIME];

    for (size_t i = 0; i < count; i++) {
        if (state->has_times || i % TRACE_TIME_STEP == 0)
            state->last_ns += trace_unzigzag(*steps++);
        decoder->ops[i].time_ns = state->last_ns;
    }
}

static const char *columns_read(struct trace_decoder *decoder, const struct trace_block_head *head,
                                const uint8_t *payload, size_t length)
{
    for (int i = 0; i < TRACE_COLUMNS; i++)
        if (!column_read(decoder, decoder->values[i], head->count[i], head->width[i], &payload,
                         &length))
            return "a column fails its checksum";
    if (length != 0)
        return "bytes follow its columns";
    for (size_t i = 0; i < head->op_count; i++)
        if (decoder->values[COLUMN_KIND][i] >= HB_OP_KINDS)
            return "an operation is of no known kind";
    for (size_t i = 0; i < head->count[COLUMN_ALIGNMENT]; i++)
        if (decoder->values[COLUMN_ALIGNMENT][i] > HB_TRACE_ALIGNMENT_LOG2_MAX)
            return "an alignment is too large";
    return NULL;
}

static const char *block_complaint(struct trace_decoder *decoder, struct trace_block_state *state,
                                   struct trace_alive *alive, struct trace_block_head *head,
                                   const uint8_t *payload, size_t length)
{
    const char *complaint = head_read(decoder, head, &payload, &length);
    uint64_t births = state->births;

    if (complaint == NULL)
        complaint = head_complaint(head, state);
    if (complaint == NULL)
        complaint = columns_read(decoder, head, payload, length);
    if (complaint != NULL)
        return complaint;
    if (!ops_fill(decoder, head, &births))
        return "its columns do not fit its kinds of operations";
    if (!trace_alive_birth(alive, births - state->births))
        return "out of memory for its live objects";
    if (!references_check(decoder->values[COLUMN_AGE], head->count[COLUMN_AGE], alive))
        return "a free or realloc names an object that is not alive";
    times_fill(decoder, head->op_count, state);
    state->births = births;
    state->number++;
    return NULL;
}

size_t trace_block_decode(struct trace_decoder *decoder, struct trace_block_state *state,
                          struct trace_alive *alive, const uint8_t *payload, size_t length,
                          const struct hb_op **ops, const char **complaint)
{
    struct trace_block_head head = {0};

    *complaint = block_complaint(decoder, state, alive, &head, payload, length);
    *ops = decoder->ops;
    return *complaint == NULL ? head.op_count : 0;
}
