/* isolated.c -- claim: isolated deaths leave a heap that is mostly free, and of no use. */
#include "harness/tour/claim.h"
#include "harness/tour/observe.h"

enum { MOSTLY_FREE, OF_NO_USE, GROWS };
enum { BLOCKS = 20001, REQUEST = 120, KEEP_EVERY = 10, LATER = 1000, LATER_REQUEST = 1200 };

static const char *const promises[] = {
    [MOSTLY_FREE] = "Where nine of ten neighbours die and one lives, 90% of the heap are free.",
    [OF_NO_USE] = "Not one of the requests that are larger than a hole is served from it.",
    [GROWS] = "So the heap grows by all of them: that is external fragmentation.",
    NULL,
};

static const char *const subjects[] = {"firstfit",   "nextfit",    "bestfit",
                                       "worstfit",   "segregated", "buddy",
                                       "segstorage", "glibc",      NULL};

static char *payloads[BLOCKS], *later[LATER];

static uint64_t held_bytes(const struct tour_subject *subject) {
    if (subject->kind == TOUR_LIBC)
        return tour_heap_mapping().end - tour_heap_mapping().start;
    return subject->backend.held_bytes;
}

static void extent_note(struct tour_subject *subject, struct tour_isolated *seen) {
    seen->low = UINT64_MAX;
    for (size_t i = 0; i < BLOCKS; i++) {
        uint64_t start = (uintptr_t)payloads[i], end = start + REQUEST;
        seen->low = start < seen->low ? start : seen->low;
        seen->high = end > seen->high ? end : seen->high;
    }
    seen->block_bytes = tour_block_bytes(subject, payloads[0]);
}

static bool is_kept(size_t block) {
    return block % KEEP_EVERY == 0;
}

static void deaths_note(struct tour_subject *subject, struct tour_isolated *seen) {
    for (size_t i = 0; i < BLOCKS; i++) {
        uint64_t cell = seen->block_bytes ? ((uintptr_t)payloads[i] - seen->low) / seen->block_bytes
                                          : TOUR_ISOLATED_CELLS;
        if (is_kept(i) && cell < TOUR_ISOLATED_CELLS)
            seen->is_live[cell] = true;
        seen->live += is_kept(i);
        if (!is_kept(i))
            tour_free(subject, payloads[i]);
    }
}

static void observe(struct tour_subject *subject, struct tour_facts *facts) {
    struct tour_isolated *seen = &facts->isolated;
    *seen = (struct tour_isolated){.blocks = BLOCKS,
                                   .request = REQUEST,
                                   .keep_every = KEEP_EVERY,
                                   .later = LATER,
                                   .later_request = LATER_REQUEST};
    for (size_t i = 0; i < BLOCKS; i++)
        if (!(payloads[i] = tour_alloc(subject, REQUEST)))
            return;
    extent_note(subject, seen);
    deaths_note(subject, seen);
    seen->held_before = held_bytes(subject);
    for (size_t i = 0; i < LATER; i++) {
        later[i] = tour_alloc(subject, LATER_REQUEST);
        seen->reused += (uintptr_t)later[i] >= seen->low && (uintptr_t)later[i] < seen->high;
    }
    seen->held_after = held_bytes(subject);
}

static double free_ratio(const struct tour_isolated *seen) {
    return 1 - (double)(seen->live * seen->block_bytes) / (double)(seen->high - seen->low);
}

static void check(const struct tour_facts *facts, struct tour_findings *findings) {
    const struct tour_isolated *seen = &facts->isolated;
    uint64_t grown = seen->held_after - seen->held_before;
    (void)facts;
    if (seen->block_bytes)
        tour_judge(findings, MOSTLY_FREE, free_ratio(seen) >= 0.895, "%.1f%% are free",
                   100 * free_ratio(seen));
    else
        tour_cannot_tell(findings, MOSTLY_FREE, "this allocator does not show its blocks");
    tour_judge(findings, OF_NO_USE, seen->reused == 0, "%llu of %llu are",
               (unsigned long long)seen->reused, (unsigned long long)seen->later);
    if (seen->held_before)
        tour_judge(findings, GROWS, grown >= seen->later * seen->later_request * 8 / 10,
                   "it grows by %llu bytes for %llu", (unsigned long long)grown,
                   (unsigned long long)(seen->later * seen->later_request));
    else
        tour_cannot_tell(findings, GROWS, "what this allocator holds cannot be seen");
}

static void tell(struct tour_paper *paper) {
    tour_line(paper, "for (i = 0; i < %d; i++) p[i] = malloc(%d);", BLOCKS, REQUEST);
    tour_line(paper, "for (i = 0; i < %d; i++) if (i %% %d) free(p[i]);", BLOCKS, KEEP_EVERY);
    tour_line(paper, "for (i = 0; i < %d; i++) q[i] = malloc(%d);", LATER, LATER_REQUEST);
    tour_gap(paper);
    tour_text(paper,
              "Internal fragmentation is what a block has beyond its request. External "
              "fragmentation is free memory in pieces that are too small. No policy, which only "
              "chooses among the free blocks, helps here: none is large enough.");
}

static void show(const struct tour_facts *facts, struct tour_paper *paper) {
    const struct tour_isolated *seen = &facts->isolated;
    char cells[TOUR_ISOLATED_CELLS];
    (void)facts;
    if (seen->block_bytes) {
        for (size_t i = 0; i < TOUR_ISOLATED_CELLS; i++)
            cells[i] = seen->is_live[i] ? TOUR_FULL : TOUR_EMPTY;
        tour_cells(paper, "heap", cells, TOUR_ISOLATED_CELLS);
        tour_legend(paper, "live", NULL, "free");
        tour_line(paper, "%.1f%% free, a block is %llu bytes, a hole %llu at most",
                  100 * free_ratio(seen), (unsigned long long)seen->block_bytes,
                  (unsigned long long)((seen->keep_every - 1) * seen->block_bytes));
    }
    tour_line(paper, "%llu of %llu later blocks lie in it; held: %llu -> %llu bytes",
              (unsigned long long)seen->reused, (unsigned long long)seen->later,
              (unsigned long long)seen->held_before, (unsigned long long)seen->held_after);
}

extern const struct tour_claim tour_claim_isolated;
const struct tour_claim tour_claim_isolated = {
    .name = "isolated",
    .title = "Isolated deaths leave a heap that is mostly free, and of no use",
    .promises = promises,
    .subjects = subjects,
    .observe = observe,
    .check = check,
    .tell = tell,
    .show = show,
};
