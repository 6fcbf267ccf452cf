#include "papers/traces.h"

#include <stdio.h>
#include <unistd.h>

#include "harness/measure/thp.h"
#include "harness/passes/passes.h"

static uint64_t memory_limit(void) {
    return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / 5 * 4;
}

bool hb_paper_spaces(const struct hb_spec *specs, size_t count, const char *path, bool touches,
                     struct hb_result *results, char *error) {
    static struct hb_cell cells[HB_PAPER_SPACES_MAX];
    struct hb_program program;
    struct hb_thp_choice thp = {0};
    struct hb_core core;
    cpu_set_t allowed;
    for (size_t i = 0; i < count; i++)
        hb_result_init(&results[i]);
    if (!hb_program_compile(&program, path, specs->config.scale, HB_PROGRAM_WORDS_MAX, error))
        return false;
    sched_getaffinity(0, sizeof allowed, &allowed);
    hb_core_init(&core, &allowed);
    for (size_t i = 0; i < count; i++) {
        cells[i] = (struct hb_cell){.spec = specs[i], .program = &program};
        hb_result_init(&cells[i].result);
    }
    struct hb_plan plan = {.cells = cells,
                           .cell_count = count,
                           .program = &program,
                           .touch = touches ? TOUCH_PAGE : TOUCH_NONE,
                           .core = &core,
                           .thp = &thp,
                           .memory_limit = memory_limit()};
    bool measured = hb_pass_space(&plan);
    for (size_t i = 0; i < count; i++)
        results[i] = cells[i].result;
    hb_program_free(&program);
    if (!measured)
        snprintf(error, 512, "interrupted");
    return measured;
}

bool hb_paper_space(const struct hb_spec *spec, const char *path, bool touches,
                    struct hb_result *result, char *error) {
    return hb_paper_spaces(spec, 1, path, touches, result, error);
}
