/* segments.c -- claim: the heap begins after the uninitialised data, and the break is its end. */
#include <string.h>
#include <unistd.h>

#include "harness/tour/claim.h"
#include "harness/tour/observe.h"

enum { GROWTH = 135168 + 1000 }; /* any that is not whole pages */
enum { IN_ORDER, AFTER_DATA, BREAK_IS_END, BELOW_MAPPINGS };

static const char *const promises[] = {
    [IN_ORDER] = "A program's code, initialised data and uninitialised data lie in this order.",
    [AFTER_DATA] = "The heap begins after the uninitialised data, and nothing lies between.",
    [BREAK_IS_END] = "The program break is the end of the heap: the first byte beyond it.",
    [BELOW_MAPPINGS] = "Mappings and the stack lie above the heap, which grows towards them.",
    NULL,
};

extern char edata, end; /* the linker's, see end(3) */
static int initialised = 1;
static int uninitialised;

static void mapping_note(void *context, const struct tour_mapping *mapping) {
    struct tour_segments *seen = context;
    bool is_program =
        mapping->start <= (uintptr_t)&uninitialised && (uintptr_t)&uninitialised < mapping->end;
    if (is_program)
        seen->program_end = mapping->end;
    if (strcmp(mapping->name, "[heap]") == 0) {
        seen->heap_start = mapping->start;
        seen->heap_end = mapping->end;
    } else if (seen->heap_end && !seen->mappings) {
        seen->mappings = mapping->start;
    }
}

static void observe(struct tour_subject *subject, struct tour_facts *facts) {
    struct tour_segments *seen = &facts->segments;
    int local;
    (void)subject;
    seen->code = (uintptr_t)observe;
    seen->data = (uintptr_t)&initialised;
    seen->bss = (uintptr_t)&uninitialised;
    seen->data_end = (uintptr_t)&edata;
    seen->bss_end = (uintptr_t)&end;
    seen->stack = (uintptr_t)&local;
    seen->first_break = (uintptr_t)sbrk(0);
    if (sbrk(GROWTH) == (void *)-1)
        return;
    seen->now = (uintptr_t)sbrk(0);
    tour_mappings(mapping_note, seen);
}

static void check(const struct tour_facts *facts, struct tour_findings *findings) {
    const struct tour_segments *seen = &facts->segments;
    uint64_t page = 4096, heap = seen->heap_start;
    if (!heap) {
        for (unsigned i = AFTER_DATA; i <= BELOW_MAPPINGS; i++)
            tour_cannot_tell(findings, i, "/proc/self/maps shows no [heap] here");
    }
    tour_judge(findings, IN_ORDER,
               seen->code < seen->data && seen->data < seen->data_end &&
                   seen->data_end <= seen->bss && seen->bss < seen->bss_end,
               "code %#llx, initialised %#llx, uninitialised %#llx", (unsigned long long)seen->code,
               (unsigned long long)seen->data, (unsigned long long)seen->bss);
    if (!heap)
        return;
    tour_judge(findings, AFTER_DATA,
               heap >= seen->bss_end && heap >= seen->program_end && seen->first_break == heap,
               "the heap begins at %#llx, the uninitialised data end at %#llx",
               (unsigned long long)heap, (unsigned long long)seen->bss_end);
    tour_judge(findings, BREAK_IS_END,
               seen->now <= seen->heap_end && seen->heap_end - seen->now < page,
               "the break is %#llx, the heap's mapping ends at %#llx",
               (unsigned long long)seen->now, (unsigned long long)seen->heap_end);
    tour_judge(findings, BELOW_MAPPINGS,
               seen->mappings >= seen->heap_end && seen->stack > seen->heap_end,
               "the heap ends at %#llx, a mapping lies at %#llx, the stack at %#llx",
               (unsigned long long)seen->heap_end, (unsigned long long)seen->mappings,
               (unsigned long long)seen->stack);
}

static void place(struct tour_paper *paper, uint64_t address, const char *what) {
    tour_line(paper, "%14llx  %s", (unsigned long long)address, what);
}

static void show(const struct tour_facts *facts, struct tour_paper *paper) {
    const struct tour_segments *seen = &facts->segments;
    char text[96];
    tour_text(
        paper,
        "Where a process keeps its things: addresses (hexadecimal) of its own variables, of the "
        "linker's marks, of /proc/self/maps. The highest stands first.");
    tour_gap(paper);
    place(paper, seen->stack, "stack: a local variable");
    place(paper, seen->mappings, "mappings: libraries, large blocks");
    place(paper, seen->now, "<- the break, sbrk(0)");
    tour_line(paper, "%14s  |  heap, %llu bytes", "",
              (unsigned long long)(seen->now - seen->first_break));
    place(paper, seen->heap_start, "<- the heap begins");
    snprintf(text, sizeof text, "end of uninitialised data, %llu bytes below",
             (unsigned long long)(seen->heap_start - seen->bss_end));
    place(paper, seen->bss_end, text);
    place(paper, seen->bss, "an uninitialised variable");
    place(paper, seen->data, "an initialised variable");
    place(paper, seen->code, "code: a function");
    tour_gap(paper);
    if (facts->is_randomised)
        tour_text(paper, "The kernel leaves a gap of random length below the heap here: address "
                         "randomisation could not be turned off for this process.");
    else
        tour_text(paper,
                  "Address randomisation is off in this process; else the kernel would leave "
                  "a gap of random length below the heap.");
}

extern const struct tour_claim tour_claim_segments;
const struct tour_claim tour_claim_segments = {
    .name = "segments",
    .title = "The heap begins after the data, and the break is its end",
    .promises = promises,
    .observe = observe,
    .check = check,
    .show = show,
};
