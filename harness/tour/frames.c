/* frames.c -- claim: addresses follow each other, page frames need not. */
#include <fcntl.h>
#include <unistd.h>

#include "harness/tour/claim.h"
#include "harness/tour/observe.h"

enum { TRANSLATED, SCATTERED };
enum { SHOWN = 8 };

#define ENTRY_PRESENT (UINT64_C(1) << 63)
#define ENTRY_FRAME   ((UINT64_C(1) << 55) - 1) /* 0 for those without CAP_SYS_ADMIN */

static const char *const promises[] = {
    [TRANSLATED] = "Each resident page has a page frame of its own.",
    [SCATTERED] = "Pages that follow each other in the heap lie in scattered frames.",
    NULL,
};

static void observe(struct tour_subject *subject, struct tour_facts *facts) {
    struct tour_frames *seen = &facts->frames;
    uint64_t entries[TOUR_FRAMES] = {0};
    (void)subject;
    seen->page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t pad = (seen->page - (uintptr_t)sbrk(0) % seen->page) % seen->page;
    if (sbrk((intptr_t)(pad + TOUR_FRAMES * seen->page)) == (void *)-1)
        return;
    seen->start = (uintptr_t)sbrk(0) - TOUR_FRAMES * seen->page;
    for (size_t i = 0; i < TOUR_FRAMES; i++)
        *(volatile char *)(seen->start + i * seen->page) = 1;
    int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    off_t offset = (off_t)(seen->start / seen->page * sizeof *entries);
    seen->is_readable = file >= 0 && pread(file, entries, sizeof entries, offset) == sizeof entries;
    for (size_t i = 0; i < TOUR_FRAMES; i++) {
        if (entries[i] & ENTRY_PRESENT)
            seen->frames[i] = entries[i] & ENTRY_FRAME;
        seen->is_hidden |= entries[i] & ENTRY_PRESENT && !seen->frames[i];
    }
}

static const char *obstacle(const struct tour_frames *seen) {
    if (!seen->is_readable)
        return "/proc/self/pagemap cannot be read here";
    return seen->is_hidden ? "the kernel hides page frames from all but root (CAP_SYS_ADMIN)"
                           : NULL;
}

/* Runs of pages whose frames follow each other as the pages do. */
static size_t runs_count(const struct tour_frames *seen) {
    size_t runs = 1;
    for (size_t i = 1; i < TOUR_FRAMES; i++)
        runs += seen->frames[i] != seen->frames[i - 1] + 1;
    return runs;
}

static bool frames_are_distinct(const struct tour_frames *seen) {
    for (size_t i = 0; i < TOUR_FRAMES; i++)
        for (size_t j = 0; j <= i; j++)
            if (!seen->frames[i] || (i != j && seen->frames[i] == seen->frames[j]))
                return false;
    return true;
}

static void check(const struct tour_facts *facts, struct tour_findings *findings) {
    const struct tour_frames *seen = &facts->frames;
    if (obstacle(seen)) {
        tour_cannot_tell(findings, TRANSLATED, obstacle(seen));
        tour_cannot_tell(findings, SCATTERED, obstacle(seen));
        return;
    }
    tour_judge(findings, TRANSLATED, frames_are_distinct(seen),
               "a touched page has no frame, or two pages have one");
    tour_judge(findings, SCATTERED, runs_count(seen) > 1,
               "%d pages happen to lie in one run of frames from %#llx on", TOUR_FRAMES,
               (unsigned long long)seen->frames[0]);
}

static void show(const struct tour_facts *facts, struct tour_paper *paper) {
    const struct tour_frames *seen = &facts->frames;
    if (obstacle(seen)) {
        tour_text(paper,
                  "/proc/self/pagemap tells the page frame of each page, the piece of physical "
                  "memory behind it; but %s. As root, outside a container, it is shown.",
                  obstacle(seen));
        return;
    }
    tour_text(paper,
              "%d pages of the heap, touched one after the other. /proc/self/pagemap tells "
              "the page frame behind each: the piece of physical memory.",
              TOUR_FRAMES);
    tour_gap(paper);
    tour_line(paper, "%14s  %9s", "page at", "frame");
    for (size_t i = 0; i < SHOWN; i++)
        tour_line(paper, "%14llx  %9llx%s", (unsigned long long)(seen->start + i * seen->page),
                  (unsigned long long)seen->frames[i],
                  i && seen->frames[i] == seen->frames[i - 1] + 1 ? "  follows" : "");
    tour_line(paper, "...");
    tour_gap(paper);
    tour_text(paper,
              "The %d pages lie in %zu runs of frames that follow each other. The page table "
              "makes them look like one piece; so nobody needs a large piece of physical "
              "memory for a large heap.",
              TOUR_FRAMES, runs_count(seen));
}

extern const struct tour_claim tour_claim_frames;
const struct tour_claim tour_claim_frames = {
    .name = "frames",
    .title = "Addresses follow each other, page frames need not",
    .promises = promises,
    .observe = observe,
    .check = check,
    .show = show,
};
