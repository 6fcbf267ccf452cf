/* trace_block.h -- a block of operations, between memory and the payload of a BLOCK chunk. */
#ifndef TRACE_BLOCK_H
#define TRACE_BLOCK_H

#include "workloads/trace_alive.h"
#include "workloads/trace_callsite.h"
#include "workloads/trace_format.h"

/* What one block hands to the next, the same while writing and while reading. */
struct trace_block_state {
    uint64_t number;
    uint64_t op_count; /* marks left out; counted while reading only */
    uint64_t births;
    uint64_t last_ns;
    bool has_times;
    uint32_t version;              /* of the file; while reading only */
    struct trace_callsites *sites; /* NULL: the file has none */
    uint32_t sites_before;         /* sites of the blocks before this one */
};

/* The flags of a file. */
static inline uint32_t trace_flags(const struct trace_block_state *state) {
    return (state->has_times ? TRACE_HAS_TIMES : 0) | (state->sites != NULL ? TRACE_HAS_SITES : 0);
}

struct trace_encoder;
struct trace_decoder;

struct trace_encoder *trace_encoder_create(void);
void trace_encoder_destroy(struct trace_encoder *encoder);

/* Encode the count valid operations of a block, 1 to HB_TRACE_BLOCK_OPS, as a payload that the
 * encoder owns. Returns its length, 0 if the compressor failed. */
size_t trace_block_encode(struct trace_encoder *encoder, struct trace_block_state *state,
                          const struct hb_op *ops, size_t count, const uint8_t **payload);

/* Compress length bytes as one frame of a payload. Returns its length, 0 on failure. */
size_t trace_frame_write(struct trace_encoder *encoder, const void *bytes, size_t length,
                         uint8_t *to, size_t room);

struct trace_decoder *trace_decoder_create(void);
void trace_decoder_destroy(struct trace_decoder *decoder);

/* Decode and check a payload. Returns NULL, or what is wrong with it. */
const char *trace_block_decode(struct trace_decoder *decoder, struct trace_block_state *state,
                               struct trace_alive *alive, const uint8_t *payload, size_t length);

/* The next run of operations of the decoded block, which the decoder owns until the next call.
 * Returns their number, 0 after the last. */
size_t trace_block_take(struct trace_decoder *decoder, const struct hb_op **ops);

/* Forget the decoded block. */
void trace_block_drop(struct trace_decoder *decoder);

/* Take one frame of at most room bytes off a payload. Returns its content's length and moves
 * *payload and *length beyond it; SIZE_MAX if there is no such frame or its checksum is wrong. */
size_t trace_frame_read(struct trace_decoder *decoder, const uint8_t **payload, size_t *length,
                        void *to, size_t room);

#endif
