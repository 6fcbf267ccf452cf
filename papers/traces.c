#include "papers/traces.h"

#include <stdio.h>
#include <unistd.h>

#include "harness/measure/thp.h"
#include "harness/passes/passes.h"

static uint64_t memory_limit(void) {
    return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / 5 * 4;
}

bool hb_paper_space(const struct hb_spec *spec, const char *path, bool touches,
                    struct hb_result *result, char *error) {
    struct hb_program program;
    struct hb_thp_choice thp = {0};
    struct hb_core core;
    cpu_set_t allowed;
    hb_result_init(result);
    if (!hb_program_compile(&program, path, spec->config.scale, HB_PROGRAM_WORDS_MAX, error))
        return false;
    sched_getaffinity(0, sizeof allowed, &allowed);
    hb_core_init(&core, &allowed);
    struct hb_cell cell = {.spec = *spec, .program = &program};
    hb_result_init(&cell.result);
    struct hb_plan plan = {.cells = &cell,
                           .cell_count = 1,
                           .program = &program,
                           .touch = touches ? TOUCH_PAGE : TOUCH_NONE,
                           .core = &core,
                           .thp = &thp,
                           .memory_limit = memory_limit()};
    bool measured = hb_pass_space(&plan);
    *result = cell.result;
    hb_program_free(&program);
    if (!measured)
        snprintf(error, 512, "interrupted");
    return measured;
}
