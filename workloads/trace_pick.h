/* trace_pick.h -- which forms (trace_form.h) a block of operations is written in. Any choice makes
 * a right file; this one makes a small one. */
#ifndef TRACE_PICK_H
#define TRACE_PICK_H

#include "workloads/trace_form.h"

struct trace_picker;

struct trace_picker *trace_picker_create(void);
void trace_picker_destroy(struct trace_picker *picker);

/* Choose forms for a block before which births objects had been born. */
void trace_pick(struct trace_picker *picker, const struct hb_op *ops, size_t count,
                uint64_t births);

/* What was chosen: row number i of the table. Returns false if there are no more rows. A reference
 * is an age, or the zigzag code of a step. */
bool trace_picked_form(const struct trace_picker *picker, size_t i, uint8_t *type,
                       uint64_t *reference, uint64_t *size);

/* The form of operation number i of the block, and its age if it is a realloc or free. *type says
 * what the form settles. */
uint8_t trace_picked(struct trace_picker *picker, size_t i, uint8_t *type, uint64_t *age);

#endif
