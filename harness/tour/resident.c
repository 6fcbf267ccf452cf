/* resident.c -- claim: moving the break takes no physical memory; touching a page does. */
#include <unistd.h>

#include "harness/tour/claim.h"
#include "harness/tour/observe.h"

enum { MOVE_IS_FREE, TOUCH_TAKES, ONE_FAULT_EACH, LOWERED_IS_GONE, COMES_ZEROED };
enum { STEP_MOVED, STEP_FEW, STEP_MORE, STEP_ALL, STEP_AGAIN };

static const char *const promises[] = {
    [MOVE_IS_FREE] = "Moving the break takes no physical memory.",
    [TOUCH_TAKES] = "The first byte written to a page makes this page resident, and no other.",
    [ONE_FAULT_EACH] = "Each first touch is a page fault: the kernel finds a page frame then.",
    [LOWERED_IS_GONE] = "Lowering the break gives the pages above it back at once.",
    [COMES_ZEROED] = "Pages that come from the kernel are zero, also where others were before.",
    NULL,
};

static const char *const step_names[TOUR_RESIDENT_STEPS] = {
    "break moved", "4 touched  ", "16 touched ", "all touched", "down and up"};

/* Is the page written to in this step? */
static bool step_touches(size_t step, size_t page) {
    static const size_t every[] = {[STEP_FEW] = 16, [STEP_MORE] = 4, [STEP_ALL] = 1};
    return step >= STEP_FEW && step <= STEP_ALL && page % every[step] == 0;
}

static void pages_touch(const struct tour_resident *seen, const struct tour_resident_step *step,
                        const bool *was_touched) {
    for (size_t i = 0; i < TOUR_RESIDENT_PAGES; i++)
        if (step->is_touched[i] && !was_touched[i])
            *(volatile char *)(seen->start + i * seen->page) = 1;
}

static void step_run(struct tour_resident *seen, size_t number) {
    struct tour_resident_step *step = &seen->steps[number];
    const struct tour_resident_step *last = number ? step - 1 : step;
    size_t bytes = TOUR_RESIDENT_PAGES * seen->page;
    for (size_t i = 0; i < TOUR_RESIDENT_PAGES; i++) {
        bool stays = number && number != STEP_AGAIN && last->is_touched[i];
        step->is_touched[i] = stays || step_touches(number, i);
        step->touched += step->is_touched[i];
    }
    uint64_t before = tour_minor_faults();
    if (number == STEP_AGAIN &&
        (sbrk(-(intptr_t)bytes) == (void *)-1 || sbrk((intptr_t)bytes) == (void *)-1))
        return;
    if (number != STEP_AGAIN)
        pages_touch(seen, step, last->is_touched);
    step->faults = tour_minor_faults() - before;
    tour_resident_pages(seen->start, TOUR_RESIDENT_PAGES, seen->page, step->is_resident);
}

static void observe(struct tour_subject *subject, struct tour_facts *facts) {
    struct tour_resident *seen = &facts->resident;
    (void)subject;
    seen->page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t pad = (seen->page - (uintptr_t)sbrk(0) % seen->page) % seen->page;
    if (sbrk((intptr_t)(pad + TOUR_RESIDENT_PAGES * seen->page)) == (void *)-1)
        return;
    seen->start = (uintptr_t)sbrk(0) - TOUR_RESIDENT_PAGES * seen->page;
    for (size_t i = 0; i < TOUR_RESIDENT_STEPS; i++)
        step_run(seen, i);
    seen->read_after_return = *(volatile unsigned char *)seen->start;
}

static size_t count(const bool *pages) {
    size_t sum = 0;
    for (size_t i = 0; i < TOUR_RESIDENT_PAGES; i++)
        sum += pages[i];
    return sum;
}

static size_t count_wrong(const struct tour_resident_step *step) {
    size_t wrong = 0;
    for (size_t i = 0; i < TOUR_RESIDENT_PAGES; i++)
        wrong += step->is_touched[i] != step->is_resident[i];
    return wrong;
}

static void faults_judge(const struct tour_resident *seen, struct tour_findings *findings) {
#ifdef HB_SANITIZED
    (void)seen;
    tour_cannot_tell(findings, ONE_FAULT_EACH, "this build's sanitizer has page faults of its own");
#else
    bool holds = true;
    for (size_t i = STEP_FEW; i <= STEP_ALL; i++)
        holds &= seen->steps[i].faults >= seen->steps[i].touched - seen->steps[i - 1].touched &&
                 seen->steps[i].faults <= seen->steps[i].touched - seen->steps[i - 1].touched + 2;
    tour_judge(findings, ONE_FAULT_EACH, holds, "%llu pages took %llu faults",
               (unsigned long long)seen->steps[STEP_FEW].touched,
               (unsigned long long)seen->steps[STEP_FEW].faults);
#endif
}

static void check(const struct tour_facts *facts, struct tour_findings *findings) {
    const struct tour_resident *seen = &facts->resident;
    size_t wrong = 0;
    tour_judge(findings, MOVE_IS_FREE, count(seen->steps[STEP_MOVED].is_resident) == 0,
               "of %d new pages %zu are resident", TOUR_RESIDENT_PAGES,
               count(seen->steps[STEP_MOVED].is_resident));
    for (size_t i = STEP_FEW; i <= STEP_ALL; i++)
        wrong += count_wrong(&seen->steps[i]);
    tour_judge(findings, TOUCH_TAKES, wrong == 0,
               "%zu pages are resident without a touch, or were touched and are not%s", wrong,
               facts->has_small_pages ? "" : "; huge pages could not be turned off");
    faults_judge(seen, findings);
    tour_judge(findings, LOWERED_IS_GONE, count(seen->steps[STEP_AGAIN].is_resident) == 0,
               "%zu pages are still resident", count(seen->steps[STEP_AGAIN].is_resident));
    tour_judge(findings, COMES_ZEROED, seen->read_after_return == 0, "a byte there reads %llu",
               (unsigned long long)seen->read_after_return);
}

static void show(const struct tour_facts *facts, struct tour_paper *paper) {
    const struct tour_resident *seen = &facts->resident;
    tour_text(paper,
              "The break moves up by %d pages of %llu bytes, from 0x%llx. Then some of them are "
              "written to, a byte each. mincore says which are in memory:",
              TOUR_RESIDENT_PAGES, (unsigned long long)seen->page, (unsigned long long)seen->start);
    tour_gap(paper);
    for (size_t i = 0; i < TOUR_RESIDENT_STEPS; i++) {
        char cells[TOUR_RESIDENT_PAGES];
        for (size_t j = 0; j < TOUR_RESIDENT_PAGES; j++)
            cells[j] = seen->steps[i].is_resident[j] ? TOUR_FULL : TOUR_EMPTY;
        tour_cells(paper, step_names[i], cells, TOUR_RESIDENT_PAGES);
    }
    tour_legend(paper, "resident", NULL, "not");
    tour_gap(paper);
    for (size_t i = 0; i < TOUR_RESIDENT_STEPS; i++)
        tour_line(paper, "%-12s %3zu resident, %3llu faults", step_names[i],
                  count(seen->steps[i].is_resident), (unsigned long long)seen->steps[i].faults);
    tour_gap(paper);
    tour_text(paper,
              "So a program's size says little of what it takes: resident memory does. Huge "
              "pages are %s in this process; with them, one touch takes 2 MiB.",
              facts->has_small_pages ? "off" : "not off");
}

extern const struct tour_claim tour_claim_resident;
const struct tour_claim tour_claim_resident = {
    .name = "resident",
    .title = "Moving the break takes no memory; touching a page does",
    .promises = promises,
    .observe = observe,
    .check = check,
    .show = show,
};
