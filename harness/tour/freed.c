/* freed.c -- claim: free does not lower the break, but at the top. */
#include "harness/tour/claim.h"
#include "harness/tour/observe.h"

enum { STAYS, GIVEN_AGAIN, TOP_WAITS, TOP_FALLS };
enum { STEP_FULL, STEP_ONE, STEP_AGAIN, STEP_BEFORE, STEP_AFTER };
enum { REQUEST = 16000, MIDDLE = TOUR_FREED_BLOCKS / 2, TRIM = 128 << 10, PAGE = 4096 };

static const char *const promises[] = {
    [STAYS] = "free does not lower the break while a live block lies above.",
    [GIVEN_AGAIN] =
        "The freed block waits on a free list, and the next malloc of its size gets it.",
    [TOP_WAITS] = "A free block at the top is kept while it is below the trim threshold, 128 KiB.",
    [TOP_FALLS] = "From there on the break is lowered by whole pages; a part is kept for later.",
    NULL,
};

static const char *const subjects[] = {"glibc", "bestfit", NULL};

static const char *const step_names[TOUR_FREED_STEPS] = {
    "64 blocks   ", "one freed   ", "malloc again", "top freed   ", "one more    "};

static bool suits(enum tour_kind kind) {
    return kind == TOUR_LIBC || kind == TOUR_TAGGED;
}

static void step_note(struct tour_subject *subject, struct tour_freed *seen, size_t step,
                      const bool *is_live) {
    uint64_t end = seen->payloads[0];
    for (size_t i = 0; i < TOUR_FREED_BLOCKS; i++) {
        seen->steps[step].is_live[i] = is_live[i];
        const void *payload = (const void *)seen->payloads[i];
        if (is_live[i])
            end = seen->payloads[i] + subject->allocator->usable(subject->state, payload);
    }
    seen->steps[step].at_break = tour_kernel_break();
    seen->steps[step].tail = seen->steps[step].at_break - end;
}

static void observe(struct tour_subject *subject, struct tour_facts *facts) {
    struct tour_freed *seen = &facts->freed;
    bool is_live[TOUR_FREED_BLOCKS];
    seen->request = REQUEST;
    for (size_t i = 0; i < TOUR_FREED_BLOCKS; i++) {
        seen->payloads[i] = (uintptr_t)tour_alloc(subject, REQUEST);
        is_live[i] = true;
        if (!seen->payloads[i])
            return;
    }
    step_note(subject, seen, STEP_FULL, is_live);
    tour_free(subject, (void *)seen->payloads[MIDDLE]);
    is_live[MIDDLE] = false;
    step_note(subject, seen, STEP_ONE, is_live);
    seen->given_again = (uintptr_t)tour_alloc(subject, REQUEST);
    is_live[MIDDLE] = seen->given_again == seen->payloads[MIDDLE];
    step_note(subject, seen, STEP_AGAIN, is_live);
    if (!is_live[MIDDLE]) /* another block, perhaps at the top */
        tour_free(subject, (void *)seen->given_again);
    for (size_t i = TOUR_FREED_BLOCKS - 1; i > MIDDLE && !seen->fell; i--) {
        step_note(subject, seen, STEP_BEFORE, is_live);
        tour_free(subject, (void *)seen->payloads[i]);
        is_live[i] = false;
        step_note(subject, seen, STEP_AFTER, is_live);
        seen->fell = seen->steps[STEP_AFTER].at_break < seen->steps[STEP_BEFORE].at_break;
    }
}

static void check(const struct tour_facts *facts, struct tour_findings *findings) {
    const struct tour_freed *seen = &facts->freed;
    const struct tour_freed_step *steps = seen->steps;
    uint64_t freed_tail =
        steps[STEP_AFTER].tail + (steps[STEP_BEFORE].at_break - steps[STEP_AFTER].at_break);
    tour_judge(findings, STAYS,
               steps[STEP_ONE].at_break == steps[STEP_FULL].at_break &&
                   !steps[STEP_ONE].is_live[MIDDLE],
               "it went from %#llx to %#llx", (unsigned long long)steps[STEP_FULL].at_break,
               (unsigned long long)steps[STEP_ONE].at_break);
    tour_judge(findings, GIVEN_AGAIN,
               seen->given_again == seen->payloads[MIDDLE] &&
                   steps[STEP_AGAIN].at_break == steps[STEP_ONE].at_break,
               "%#llx was freed, %#llx was given", (unsigned long long)seen->payloads[MIDDLE],
               (unsigned long long)seen->given_again);
    tour_judge(findings, TOP_WAITS, seen->fell && freed_tail >= TRIM,
               seen->fell ? "the break fell with %llu free bytes at the top"
                          : "the break did not fall, with %llu free bytes at the top",
               (unsigned long long)freed_tail);
    tour_judge(findings, TOP_FALLS,
               seen->fell && steps[STEP_BEFORE].tail < TRIM + PAGE && steps[STEP_AFTER].tail > 0 &&
                   steps[STEP_AFTER].tail < freed_tail,
               "%llu free bytes at the top were kept, then of %llu %llu",
               (unsigned long long)steps[STEP_BEFORE].tail, (unsigned long long)freed_tail,
               (unsigned long long)steps[STEP_AFTER].tail);
}

static void tell(struct tour_paper *paper) {
    tour_text(paper,
              "%d blocks of %d bytes are taken; one in the middle is freed; the same is asked "
              "for again; then blocks are freed from the top down until the break moves.",
              TOUR_FREED_BLOCKS, REQUEST);
}

static void show(const struct tour_facts *facts, struct tour_paper *paper) {
    const struct tour_freed *seen = &facts->freed;
    (void)facts;
    tour_text(paper, "From 0x%llx on:", (unsigned long long)seen->payloads[0]);
    tour_gap(paper);
    for (size_t i = 0; i < TOUR_FREED_STEPS; i++) {
        char cells[TOUR_FREED_BLOCKS];
        for (size_t j = 0; j < TOUR_FREED_BLOCKS; j++)
            cells[j] = seen->steps[i].is_live[j]                     ? TOUR_FULL
                       : seen->payloads[j] < seen->steps[i].at_break ? TOUR_EMPTY
                                                                     : ' ';
        tour_cells(paper, step_names[i], cells, TOUR_FREED_BLOCKS);
    }
    tour_legend(paper, "live", NULL, "free, still the heap's");
    tour_gap(paper);
    for (size_t i = 0; i < TOUR_FREED_STEPS; i++)
        tour_line(paper, "%-13s break 0x%llx, top free %llu", step_names[i],
                  (unsigned long long)seen->steps[i].at_break,
                  (unsigned long long)seen->steps[i].tail);
}

extern const struct tour_claim tour_claim_freed;
const struct tour_claim tour_claim_freed = {
    .name = "free",
    .title = "free does not lower the break, but at the top",
    .promises = promises,
    .subjects = subjects,
    .only = "its heap is no row of blocks below the break",
    .suits = suits,
    .observe = observe,
    .check = check,
    .tell = tell,
    .show = show,
};
