#include "papers/traces.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/measure/thp.h"
#include "harness/passes/passes.h"

static uint64_t memory_limit(void) {
    return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / 5 * 4;
}

/* Run one pass of a plan whose other settings are given. */
static bool measure(struct hb_plan *plan, bool (*pass)(struct hb_plan *),
                    const struct hb_spec *specs, size_t count, const char *path,
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
    plan->cells = cells;
    plan->cell_count = count;
    plan->program = &program;
    plan->core = &core;
    plan->thp = &thp;
    plan->memory_limit = memory_limit();
    bool measured = pass(plan);
    for (size_t i = 0; i < count; i++) {
        results[i] = cells[i].result;
        free(cells[i].timed);
    }
    hb_program_free(&program);
    if (!measured)
        snprintf(error, 512, "interrupted");
    return measured;
}

bool hb_paper_spaces(const struct hb_spec *specs, size_t count, const char *path, bool touches,
                     struct hb_result *results, char *error) {
    struct hb_plan plan = {.touch = touches ? TOUCH_PAGE : TOUCH_NONE};
    return measure(&plan, hb_pass_space, specs, count, path, results, error);
}

bool hb_paper_times(const struct hb_spec *specs, size_t count, const char *path, uint64_t repeats,
                    struct hb_result *results, char *error) {
    struct hb_plan plan = {.touch = -1, .repeats = repeats, .seed = 1, .warm_ns = HB_WARM_NS};
    return hb_spec_parse("null", &plan.floor, error) == HB_SPEC_OK &&
           measure(&plan, hb_pass_time, specs, count, path, results, error);
}

bool hb_paper_space(const struct hb_spec *spec, const char *path, bool touches,
                    struct hb_result *result, char *error) {
    return hb_paper_spaces(spec, 1, path, touches, result, error);
}
