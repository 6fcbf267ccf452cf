/* trace_decode_sites.c -- the call sites of a block, trusting nothing. */
#include <stdlib.h>
#include <string.h>

#include "workloads/trace_decoder.h"

bool trace_sites_are_possible(const struct trace_block_head *head,
                              const struct trace_block_state *state) {
    if (state->sites == NULL)
        return head->sites_before == 0 && head->count[COLUMN_SITE] == 0 &&
               head->count[COLUMN_SITE_VALUE] == 0;
    return head->sites_before == state->sites->count &&
           head->count[COLUMN_SITE_VALUE] <= HB_TRACE_SITES_MAX - head->sites_before;
}

static bool names_read(struct trace_decoder *decoder, const uint8_t **payload, size_t *length) {
    decoder->site_names_length = 0;
    if (decoder->head.count[COLUMN_SITE_VALUE] == 0)
        return true;
    if (decoder->site_names == NULL)
        decoder->site_names = malloc(TRACE_SITE_NAMES_MAX);
    if (decoder->site_names == NULL)
        return false;
    decoder->site_names_length =
        trace_frame_read(decoder, payload, length, decoder->site_names, TRACE_SITE_NAMES_MAX);
    return decoder->site_names_length != SIZE_MAX;
}

bool trace_sites_read(struct trace_decoder *decoder, const uint8_t **payload, size_t *length) {
    return trace_column_read(decoder, COLUMN_SITE, decoder->sites, payload, length) &&
           trace_column_read(decoder, COLUMN_SITE_VALUE, decoder->site_hashes, payload, length) &&
           names_read(decoder, payload, length);
}

/* Each birth and realloc has a site that there is. */
static const char *numbers_check(const struct trace_decoder *decoder) {
    uint64_t expected = 0, most = 0;

    for (size_t i = 0; i < decoder->head.op_count; i++)
        expected += trace_kind_has_size[decoder->forms[decoder->op_forms[i]].kind];
    if (expected != decoder->head.count[COLUMN_SITE])
        return "its call sites do not fit its kinds of operations";
    for (size_t i = 0; i < expected; i++)
        most = decoder->sites[i] > most ? decoder->sites[i] : most;
    if (most > decoder->head.sites_before + decoder->head.count[COLUMN_SITE_VALUE])
        return "an operation's call site is not in the trace";
    return NULL;
}

/* A line each, of a length that a name may have, with the hash that the column says. */
static const char *names_take(const struct trace_decoder *decoder, struct trace_callsites *sites) {
    const char *at = decoder->site_names, *end;

    if (decoder->head.count[COLUMN_SITE_VALUE] == 0)
        return NULL;
    end = at + decoder->site_names_length;
    for (size_t i = 0; i < decoder->head.count[COLUMN_SITE_VALUE]; i++) {
        const char *line_end = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        size_t length = line_end == NULL ? 0 : (size_t)(line_end - at);

        if (length == 0 || length >= HB_TRACE_TEXT_MAX || memchr(at, '\0', length) != NULL)
            return "the name of a call site is impossible";
        if (trace_callsite_hash(at, length) != decoder->site_hashes[i])
            return "the name of a call site is not that of its hash";
        if (sites->names_bytes + length >= TRACE_SITE_NAMES_ALL_MAX)
            return "the names of its call sites are too long";
        if (!trace_callsite_append(sites, at, length))
            return "out of memory for its call sites";
        at = line_end + 1;
    }
    return at == end ? NULL : "bytes follow the names of its call sites";
}

const char *trace_sites_check(struct trace_decoder *decoder, struct trace_block_state *state) {
    struct trace_callsites *sites = state->sites;
    uint32_t count = sites->count;
    size_t names_bytes = sites->names_bytes;
    const char *complaint = numbers_check(decoder);

    if (complaint == NULL)
        complaint = names_take(decoder, sites);
    if (complaint != NULL) {
        sites->count = count;
        sites->names_bytes = names_bytes;
    }
    return complaint;
}
