/* pinned.c -- claim: the middle of the heap cannot be given back, but its page frames can. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/tour/claim.h"
#include "harness/tour/observe.h"

enum { BREAK_STAYS, RESIDENT_STAYS, MADVISE_GIVES, GOES_ON };
enum { STEP_FULL, STEP_FREED, STEP_ADVISED, STEP_USED };
enum { REQUEST = 16000, FILLER = 0x5a, CELLS = 64 };

static const char *const promises[] = {
    [BREAK_STAYS] = "One live block at the top pins the heap: the break cannot fall below it.",
    [RESIDENT_STAYS] = "What was freed below it stays resident: to the system it is in use.",
    [MADVISE_GIVES] =
        "madvise(MADV_DONTNEED) gives the frames of whole free pages back; the break stays.",
    [GOES_ON] = "The heap goes on as before: a page gets a frame again when it is touched.",
    NULL,
};

static const char *const subjects[] = {"glibc", "bestfit", NULL};

static const char *const step_names[TOUR_PINNED_STEPS] = {"full      ", "freed     ", "madvised  ",
                                                          "used again"};

static bool suits(enum tour_kind kind) {
    return kind == TOUR_LIBC || kind == TOUR_TAGGED;
}

static void step_note(struct tour_pinned *seen, size_t number, uint64_t live_bytes) {
    struct tour_pinned_step *step = &seen->steps[number];
    step->live_bytes = live_bytes;
    step->at_break = tour_kernel_break();
    tour_resident_pages(seen->start, seen->pages, seen->page, step->is_resident);
    for (size_t i = 0; i < seen->pages; i++)
        step->resident += step->is_resident[i];
}

/* The whole pages within a free block, without the first and the last: links and tags are there. */
static void pages_advise(struct tour_pinned *seen, uint64_t start, uint64_t end) {
    uint64_t first = (start / seen->page + 2) * seen->page,
             last = (end / seen->page - 1) * seen->page;
    if (first < last && madvise((void *)first, last - first, MADV_DONTNEED) == 0)
        seen->advised_bytes += last - first;
}

static bool free_block_advise(void *context, const struct hb_block *block) {
    if (block->kind == HB_BLOCK_FREE)
        pages_advise(context, (uintptr_t)block->address, (uintptr_t)block->address + block->bytes);
    return true;
}

/* glibc does so in malloc_trim; here it is done for each alike. Its blocks have merged to one. */
static void heap_advise(struct tour_subject *subject, struct tour_pinned *seen, uint64_t first) {
    if (subject->kind == TOUR_LIBC)
        pages_advise(seen, first, seen->pin - 16);
    else
        subject->allocator->walk(subject->state, free_block_advise, seen);
}

static bool is_filled(const unsigned char *bytes, size_t count) {
    while (count && bytes[count - 1] == FILLER)
        count--;
    return count == 0;
}

static void observe(struct tour_subject *subject, struct tour_facts *facts) {
    struct tour_pinned *seen = &facts->pinned;
    static unsigned char *payloads[TOUR_PINNED_BLOCKS];
    seen->page = (uint64_t)sysconf(_SC_PAGESIZE);
    seen->request = REQUEST;
    for (size_t i = 0; i < TOUR_PINNED_BLOCKS; i++) {
        payloads[i] = tour_alloc(subject, REQUEST);
        if (!payloads[i])
            return;
        memset(payloads[i], FILLER, REQUEST);
    }
    unsigned char *pin = payloads[TOUR_PINNED_BLOCKS - 1];
    seen->pin = (uintptr_t)pin;
    seen->start = (uintptr_t)payloads[0] / seen->page * seen->page;
    seen->pages = (seen->pin + REQUEST - seen->start + seen->page - 1) / seen->page;
    if (seen->pages > TOUR_PINNED_PAGES)
        seen->pages = TOUR_PINNED_PAGES;
    step_note(seen, STEP_FULL, (uint64_t)REQUEST * TOUR_PINNED_BLOCKS);
    for (size_t i = 0; i + 1 < TOUR_PINNED_BLOCKS; i++)
        tour_free(subject, payloads[i]);
    step_note(seen, STEP_FREED, REQUEST);
    heap_advise(subject, seen, (uintptr_t)payloads[0]);
    step_note(seen, STEP_ADVISED, REQUEST);
    unsigned char *again = tour_alloc(subject, (size_t)4 * REQUEST);
    if (again)
        memset(again, FILLER, (size_t)4 * REQUEST);
    step_note(seen, STEP_USED, (uint64_t)5 * REQUEST);
    seen->works = again && again < pin && is_filled(again, (size_t)4 * REQUEST);
    seen->pin_is_whole = is_filled(pin, REQUEST);
}

static void check(const struct tour_facts *facts, struct tour_findings *findings) {
    const struct tour_pinned *seen = &facts->pinned;
    const struct tour_pinned_step *steps = seen->steps;
    tour_judge(findings, BREAK_STAYS,
               steps[STEP_FREED].at_break == steps[STEP_FULL].at_break &&
                   steps[STEP_FREED].at_break > seen->pin,
               "it went from %#llx to %#llx", (unsigned long long)steps[STEP_FULL].at_break,
               (unsigned long long)steps[STEP_FREED].at_break);
    tour_judge(findings, RESIDENT_STAYS,
               seen->pages && steps[STEP_FULL].resident == seen->pages &&
                   steps[STEP_FREED].resident == steps[STEP_FULL].resident,
               "of %llu pages %llu were resident, and %llu after the frees",
               (unsigned long long)seen->pages, (unsigned long long)steps[STEP_FULL].resident,
               (unsigned long long)steps[STEP_FREED].resident);
    tour_judge(findings, MADVISE_GIVES,
               steps[STEP_ADVISED].resident < steps[STEP_FREED].resident / 10 &&
                   steps[STEP_ADVISED].at_break == steps[STEP_FREED].at_break,
               "%llu pages are resident after %llu bytes were advised",
               (unsigned long long)steps[STEP_ADVISED].resident,
               (unsigned long long)seen->advised_bytes);
    tour_judge(findings, GOES_ON,
               seen->works && seen->pin_is_whole &&
                   steps[STEP_USED].resident > steps[STEP_ADVISED].resident,
               "the pinned block's bytes are %s, a new block is %s",
               seen->pin_is_whole ? "whole" : "lost",
               seen->works ? "usable" : "not to be had below the pin");
}

/* Cells of many pages: resident all, in part, or none. */
static void step_show(struct tour_paper *paper, const struct tour_pinned *seen, size_t number) {
    char cells[CELLS];
    for (size_t i = 0; i < CELLS; i++) {
        size_t first = i * seen->pages / CELLS, last = (i + 1) * seen->pages / CELLS, resident = 0;
        for (size_t page = first; page < last; page++)
            resident += seen->steps[number].is_resident[page];
        cells[i] = resident == last - first ? TOUR_FULL : resident ? TOUR_HALF : TOUR_EMPTY;
    }
    tour_cells(paper, step_names[number], cells, CELLS);
}

static void tell(struct tour_paper *paper) {
    tour_text(paper,
              "%d blocks of %d bytes are taken and filled; all but the last are freed. Then "
              "madvise is told that the whole pages between are not needed; then a block of "
              "%d bytes is taken and filled.",
              TOUR_PINNED_BLOCKS, REQUEST, 4 * REQUEST);
}

static void show(const struct tour_facts *facts, struct tour_paper *paper) {
    const struct tour_pinned *seen = &facts->pinned;
    tour_text(paper, "The heap's pages, those of the lowest address first:");
    tour_gap(paper);
    for (size_t i = 0; i < TOUR_PINNED_STEPS; i++)
        step_show(paper, seen, i);
    tour_legend(paper, "resident", "in part", "not");
    tour_gap(paper);
    tour_line(paper, "%-11s %9s %14s %9s", "", "live", "break", "resident");
    for (size_t i = 0; i < TOUR_PINNED_STEPS; i++)
        tour_line(paper, "%-11s %9llu %14llx %9llu", step_names[i],
                  (unsigned long long)seen->steps[i].live_bytes,
                  (unsigned long long)seen->steps[i].at_break,
                  (unsigned long long)(seen->steps[i].resident * seen->page));
    tour_gap(paper);
    if (facts->kind == TOUR_LIBC)
        tour_text(paper, "glibc's malloc_trim(0) does what was done here by hand: it advises whole "
                         "free pages anywhere in the heap.");
    tour_text(paper, "The block cannot be moved either: the program holds its address.");
}

extern const struct tour_claim tour_claim_pinned;
const struct tour_claim tour_claim_pinned = {
    .name = "pinned",
    .title = "The middle of the heap cannot be given back, but its page frames can",
    .promises = promises,
    .subjects = subjects,
    .only = "its heap is no row of blocks below the break",
    .suits = suits,
    .observe = observe,
    .check = check,
    .tell = tell,
    .show = show,
};
