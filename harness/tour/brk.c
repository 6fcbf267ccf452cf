/* brk.c -- claim: sbrk and brk move the break to the byte; memory comes in whole pages. */
#include <unistd.h>

#include "harness/tour/claim.h"
#include "harness/tour/observe.h"

enum { RETURNS_OLD, READS, SETS, LOWERS, IS_EXACT, MAPS_PAGES };

static const char *const promises[] = {
    [RETURNS_OLD] = "sbrk(increment) moves the break and returns where it was before.",
    [READS] = "sbrk(0) reads the break and moves nothing.",
    [SETS] = "brk(address) sets the break, and returns 0.",
    [LOWERS] = "A negative increment, or a lower address, lowers it.",
    [IS_EXACT] = "The break itself is not rounded: it is kept to the byte.",
    [MAPS_PAGES] = "The memory behind it is rounded: whole pages are mapped, up to the next one.",
    NULL,
};

struct plan {
    enum tour_break_call call;
    int64_t argument; /* of brk: above where the break was at the start */
};

static const struct plan plans[TOUR_BREAK_STEPS] = {
    {TOUR_SBRK, 0},     {TOUR_SBRK, 100},  {TOUR_SBRK, 3996}, {TOUR_SBRK, 1},
    {TOUR_SBRK, -1000}, {TOUR_BRK, 12345}, {TOUR_BRK, 0},
};

static void observe(struct tour_subject *subject, struct tour_facts *facts) {
    struct tour_break *seen = &facts->brk;
    (void)subject;
    seen->page = (uint64_t)sysconf(_SC_PAGESIZE);
    seen->start = tour_kernel_break();
    for (size_t i = 0; i < TOUR_BREAK_STEPS; i++) {
        struct tour_break_step *step = &seen->steps[i];
        *step = (struct tour_break_step){.call = plans[i].call, .increment = plans[i].argument};
        step->before = tour_kernel_break();
        step->returned = step->call == TOUR_SBRK ? (int64_t)sbrk((intptr_t)step->increment)
                                                 : brk((char *)seen->start + step->increment);
        step->after = tour_kernel_break();
        step->mapped = tour_heap_mapping().end;
    }
}

static uint64_t expected_after(const struct tour_break *seen, const struct tour_break_step *step) {
    uint64_t from = step->call == TOUR_SBRK ? step->before : seen->start;
    return from + (uint64_t)step->increment;
}

static void step_judge(const struct tour_break *seen, const struct tour_break_step *step,
                       struct tour_findings *findings) {
    bool moved = step->after == expected_after(seen, step);
    uint64_t pages = (step->after + seen->page - 1) / seen->page * seen->page;
    if (step->call == TOUR_BRK && findings->verdicts[SETS] != TOUR_DIFFERS)
        tour_judge(findings, SETS, moved && step->returned == 0,
                   "brk returned %lld, the break is %#llx", (long long)step->returned,
                   (unsigned long long)step->after);
    if (step->call == TOUR_SBRK && findings->verdicts[RETURNS_OLD] != TOUR_DIFFERS)
        tour_judge(findings, RETURNS_OLD, (uint64_t)step->returned == step->before,
                   "sbrk(%lld) returned %#llx, the break had been %#llx",
                   (long long)step->increment, (unsigned long long)step->returned,
                   (unsigned long long)step->before);
    if (step->call == TOUR_SBRK && step->increment == 0)
        tour_judge(findings, READS,
                   step->after == step->before && (uint64_t)step->returned == step->after,
                   "sbrk(0) returned %#llx and left the break at %#llx",
                   (unsigned long long)step->returned, (unsigned long long)step->after);
    if (step->increment < 0)
        tour_judge(findings, LOWERS, step->after < step->before,
                   "the break went from %#llx to %#llx", (unsigned long long)step->before,
                   (unsigned long long)step->after);
    if (findings->verdicts[IS_EXACT] != TOUR_DIFFERS)
        tour_judge(findings, IS_EXACT, moved, "after a move by %lld the break is %#llx, not %#llx",
                   (long long)step->increment, (unsigned long long)step->after,
                   (unsigned long long)expected_after(seen, step));
    if (findings->verdicts[MAPS_PAGES] != TOUR_DIFFERS && step->after != seen->start)
        tour_judge(findings, MAPS_PAGES, step->mapped == pages,
                   "the break is %#llx, the mapping ends at %#llx", (unsigned long long)step->after,
                   (unsigned long long)step->mapped);
}

static void check(const struct tour_facts *facts, struct tour_findings *findings) {
    for (size_t i = 0; i < TOUR_BREAK_STEPS; i++)
        step_judge(&facts->brk, &facts->brk.steps[i], findings);
}

static void show(const struct tour_facts *facts, struct tour_paper *paper) {
    const struct tour_break *seen = &facts->brk;
    tour_text(
        paper,
        "The break, and the end of the memory mapped behind it, as bytes above where it was at "
        "first, 0x%llx. A page is %llu bytes.",
        (unsigned long long)seen->start, (unsigned long long)seen->page);
    tour_gap(paper);
    tour_line(paper, "%-16s %8s %7s %8s", "call", "returned", "break", "mapped");
    for (size_t i = 0; i < TOUR_BREAK_STEPS; i++) {
        const struct tour_break_step *step = &seen->steps[i];
        char call[32], returned[32];
        bool is_sbrk = step->call == TOUR_SBRK;
        snprintf(call, sizeof call, is_sbrk ? "sbrk(%lld)" : "brk(+%lld)",
                 (long long)step->increment);
        snprintf(returned, sizeof returned, is_sbrk ? "+%lld" : "%lld",
                 (long long)(is_sbrk ? step->returned - (int64_t)seen->start : step->returned));
        tour_line(paper, "%-16s %8s %+7lld %+8lld", call, returned,
                  (long long)(step->after - seen->start),
                  (long long)(step->mapped ? step->mapped - seen->start : 0));
    }
    tour_gap(paper);
    tour_text(paper,
              "After sbrk(100) the heap is 100 bytes long, and a page is mapped: the rest of "
              "the page can be written too, but is not the heap's. malloc asks for many pages "
              "at once, so that it seldom has to ask.");
}

extern const struct tour_claim tour_claim_break;
const struct tour_claim tour_claim_break = {
    .name = "break",
    .title = "sbrk and brk move the break to the byte; memory comes in whole pages",
    .promises = promises,
    .observe = observe,
    .check = check,
    .show = show,
};
