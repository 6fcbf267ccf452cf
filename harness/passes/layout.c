#include "harness/passes/layout.h"

#include "harness/measure/statistics.h"

enum { LAYOUT_MAX = 65536, STACK_MAX = 4096, LAYOUT_STEP = 64 };

struct hb_layout hb_layout_draw(size_t *order, size_t count, uint64_t *random) {
    struct hb_layout layout;
    layout.break_offset = hb_random(random) % LAYOUT_MAX / LAYOUT_STEP * LAYOUT_STEP;
    layout.stack_offset = hb_random(random) % STACK_MAX / LAYOUT_STEP * LAYOUT_STEP;
    hb_shuffle(order, count, random);
    return layout;
}

void hb_layout_job(const struct hb_layout *layout, const struct hb_plan *plan, struct job *job,
                   enum job_pass pass, const struct hb_spec *spec) {
    hb_plan_job(plan, job, pass, spec, TOUCH_FIRST);
    job->break_offset = layout->break_offset;
    job->stack_offset = layout->stack_offset;
}
