/* layout.h -- a block of the passes that measure time: one worker for each allocator, in an
 * order shuffled anew, all with the same layout of stack and break. What drifts between blocks
 * cancels within one.
 */
#ifndef HB_LAYOUT_H
#define HB_LAYOUT_H

#include "harness/passes/passes.h"

struct hb_layout {
    uint64_t break_offset, stack_offset; /* bytes */
};

/* Draw a block's layout, and the order of count workers. */
struct hb_layout hb_layout_draw(size_t *order, size_t count, uint64_t *random);

/* A job of the plan in this block. */
void hb_layout_job(const struct hb_layout *layout, const struct hb_plan *plan, struct job *job,
                   enum job_pass pass, const struct hb_spec *spec);

#endif
