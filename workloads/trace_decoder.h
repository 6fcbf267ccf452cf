/* trace_decoder.h -- what the parts of the decoder share: trace_decode.c reads and checks a block,
 * trace_decode_sites.c its call sites, trace_take.c hands it out. */
#ifndef TRACE_DECODER_H
#define TRACE_DECODER_H

#include <zstd.h>

#include "workloads/trace_block.h"
#include "workloads/trace_form.h"

enum { RUN_OPS = 8192, VALUES_MAX = HB_TRACE_BLOCK_OPS + 1 /* read ahead of the last */ };

struct trace_decoder {
    ZSTD_DCtx *zstd;
    /* The block: its columns, and how far it has been handed out. */
    struct trace_block_head head;
    struct trace_form forms[FORMS_MAX];
    size_t form_count;
    uint8_t form_types[FORMS_MAX];
    uint64_t form_references[FORMS_MAX], form_sizes[FORMS_MAX];
    uint8_t op_forms[VALUES_MAX];
    uint8_t alignments[VALUES_MAX];
    uint16_t threads[VALUES_MAX];
    uint64_t ages[VALUES_MAX];
    uint64_t references[VALUES_MAX]; /* object * 2 + does it die, of each realloc and free */
    size_t reference_count;
    uint64_t last[HB_TRACE_THREADS_MAX]; /* object of each thread's last realloc or free */
    uint64_t sizes[VALUES_MAX];
    uint64_t times[VALUES_MAX];
    size_t next_op, next_reference, next_size, next_alignment;
    uint64_t births;
    /* Where the file has call sites: of each birth and realloc, and the names that are new. */
    uint64_t sites[VALUES_MAX], site_hashes[VALUES_MAX];
    char *site_names; /* TRACE_SITE_NAMES_MAX bytes, or NULL */
    size_t site_names_length, next_site;
    uint8_t planes[TRACE_VALUE_BYTES_MAX][HB_TRACE_BLOCK_OPS];
    struct hb_op ops[RUN_OPS];
};

/* Read the column of the head's count and width off a payload, into values. */
bool trace_column_read(struct trace_decoder *decoder, enum trace_column column, uint64_t *values,
                       const uint8_t **payload, size_t *length);

/* Do the head's call sites follow from the blocks before it? */
bool trace_sites_are_possible(const struct trace_block_head *head,
                              const struct trace_block_state *state);

/* Read the columns of call sites and the names of the new ones off a payload. */
bool trace_sites_read(struct trace_decoder *decoder, const uint8_t **payload, size_t *length);

/* Check the call sites of a block that is otherwise right, and take the new ones in. Returns NULL,
 * or what is wrong with them. */
const char *trace_sites_check(struct trace_decoder *decoder, struct trace_block_state *state);

#endif
