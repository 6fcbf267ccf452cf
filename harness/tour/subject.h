/* subject.h -- the allocator that a claim is shown on, opened in the worker. */
#ifndef HB_TOUR_SUBJECT_H
#define HB_TOUR_SUBJECT_H

#include "allocators/backend/backend.h"
#include "allocators/registry.h"
#include "harness/tour/facts.h"

struct tour_subject {
    enum tour_kind kind;
    struct hb_spec spec;
    const struct hb_allocator *allocator;
    void *state;
    struct hb_backend backend;
};

/* Whose heap a spec's is. */
enum tour_kind tour_kind_of(const struct hb_spec *spec);

/* Open spec ("": nobody's). False with one line in message (TOUR_MESSAGE_MAX bytes). */
bool tour_subject_open(struct tour_subject *subject, const char *spec, char *message);

/* malloc and free of the subject. */
void *tour_alloc(struct tour_subject *subject, size_t request);
void tour_free(struct tour_subject *subject, void *payload);

/* Bytes of a live payload's block, metadata included; 0 if they cannot be seen. */
size_t tour_block_bytes(struct tour_subject *subject, const void *payload);

/* The size that the 8 bytes before a payload name; for the kinds that have such a header. */
size_t tour_header_bytes(enum tour_kind kind, uint64_t header);

#endif
