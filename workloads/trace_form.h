/* trace_form.h -- the forms of a block's operations: a table of up to 256 rows, one for each
 * operation that is frequent, "malloc of 24 bytes" or "free of the youngest".
 *
 * A form names a kind, and may settle the size, and which object a realloc or free is of: by its
 * age (births since its own), or by a step from the object that the thread's realloc or free
 * before was of. What it leaves open stands in the columns COLUMN_SIZE and COLUMN_AGE. One byte an
 * operation then says most of what it is, and the compressor finds the repeated rows of them. The
 * table of version 1 is fixed: the kinds, with all left open.
 */
#ifndef TRACE_FORM_H
#define TRACE_FORM_H

#include "workloads/trace_format.h"

enum {
    FORMS_MAX = 256,
    /* A form's type: its kind, and these. */
    FORM_KIND_MASK = 7,
    FORM_SETTLES_AGE = 1 << 3,
    FORM_SETTLES_STEP = 1 << 4,
    FORM_SETTLES_SIZE = 1 << 5,
    FORM_TYPE_END = 1 << 6
};

/* A form as the decoder uses it: masks to keep or drop, and what an operation takes. Counts of ages
 * and sizes are those of the columns, of references those of the operations. */
struct trace_form {
    uint64_t reference;   /* what it settles: an age, or a step negated; else 0 */
    uint64_t if_step;     /* all ones: counted from the thread's reference before */
    uint64_t if_open_age; /* all ones: the age stands in the column */
    uint64_t size;        /* what it settles, else 0 */
    uint64_t if_open_size;
    uint64_t if_reference, if_birth;
    uint64_t open_sizes_and_alignments; /* the low and the high half: one sum counts both */
    uint32_t references, births, frees, open_ages, open_sizes, alignments;
    uint8_t kind;
};

enum { FORM_HALF = 32 };

/* The table of version 1. Returns how many rows it has. */
size_t trace_forms_plain(struct trace_form *forms);

/* Make the table from its columns, which have as many values as the head says. Returns NULL, or
 * what is wrong with it. */
const char *trace_forms_read(struct trace_form *forms, const struct trace_block_head *head,
                             const uint8_t *types, const uint64_t *references,
                             const uint64_t *sizes);

#endif
