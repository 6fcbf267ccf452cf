/* pages.c -- the pages pass: how much memory lies in huge pages over the replay; and at the first
 * peak of live, how much of it does, and whether neighbouring pages have neighbouring frames.
 *
 * To read smaps_rollup or pagemap the kernel walks the page tables, so that this costs more than
 * all that the space pass does: it has a replay of its own. Nothing becomes resident by reading.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/worker/frames.h"
#include "harness/worker/ledger.h"
#include "harness/worker/resident.h"
#include "harness/worker/series.h"

enum { MAPS_BYTES = 8 << 20 };

struct pages {
    struct worker *worker;
    struct ledger ledger;
    struct resident resident;
    struct frames frames;
    int pagemap, maps;
    char *maps_text;
};

static ssize_t pagemap_read(void *context, void *buffer, size_t bytes, uint64_t offset) {
    const struct pages *pages = context;
    return pread(pages->pagemap, buffer, bytes, (off_t)offset);
}

/* All mappings of this process. */
static void pages_walk(struct pages *pages) {
    size_t have = 0;
    ssize_t got;
    lseek(pages->maps, 0, SEEK_SET);
    while (have < MAPS_BYTES - 1 &&
           (got = read(pages->maps, pages->maps_text + have, MAPS_BYTES - 1 - have)) > 0)
        have += (size_t)got;
    pages->maps_text[have] = '\0';
    if (have == MAPS_BYTES - 1)
        pages->frames.status = FRAMES_TOO_MANY;
    frames_add_maps(&pages->frames, pages->maps_text);
}

/* A page that was only read is the zero page. */
static uint64_t zero_frame(struct pages *pages) {
    char *page = mmap(NULL, FRAMES_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return 0;
    (void)*(volatile char *)page;
    uint64_t frame = frames_of(&pages->frames, (uintptr_t)page);
    munmap(page, FRAMES_PAGE);
    return frame;
}

static void pages_open(struct pages *pages, struct worker *worker) {
    struct frames_range *before =
        worker_map(worker, FRAMES_RANGES_MAX * sizeof(struct frames_range));
    *pages = (struct pages){.worker = worker};
    ledger_open(&pages->ledger, worker);
    pages->maps_text = worker_map(worker, MAPS_BYTES);
    pages->maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    pages->pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (!resident_open(&pages->resident) || !resident_open_huge(&pages->resident))
        worker_fail(worker, "/proc/self/statm or smaps_rollup cannot be read", "");
    for (int twice = 0; twice < 2; twice++) { /* what the first takes of the stack is there then */
        frames_open(&pages->frames, pagemap_read, pages, before);
        pages->frames.zero_frame = zero_frame(pages);
        if (pages->maps < 0 || pages->pagemap < 0)
            pages->frames.status = FRAMES_UNREADABLE;
        pages_walk(pages);
        resident_start(&pages->resident);
    }
    frames_count(&pages->frames);
}

static void pages_add_point(struct pages *pages, uint64_t op) {
    struct report *report = pages->worker->report;
    if (report->huge_count == JOB_HUGE_MAX)
        return;
    report->huge_op[report->huge_count] = op;
    report->huge_bytes[report->huge_count++] = resident_huge_bytes(&pages->resident);
}

static void pages_at_peak(struct pages *pages) {
    struct report *report = pages->worker->report;
    report->peak_resident_bytes = resident_bytes(&pages->resident);
    report->peak_huge_bytes = resident_huge_bytes(&pages->resident);
    pages_walk(pages);
    report->frames_status = pages->frames.status;
    report->frames_pages = pages->frames.pages;
    report->frames_runs = pages->frames.runs;
    report->frames_longest = pages->frames.longest;
}

void worker_pages(struct worker *worker) {
    uint64_t ops = worker->program->op_count;
    uint64_t every = series_step(ops) * JOB_HUGE_STEP;
    struct pages pages;
    pages_open(&pages, worker);
    for (uint64_t op = 0; op < ops; op++) {
        worker->report->ops += ledger_step(&pages.ledger);
        if (op % every == 0 || op + 1 == ops)
            pages_add_point(&pages, op);
        if (op == worker->program->peak_live_op)
            pages_at_peak(&pages);
    }
    worker->report->used_smaps = pages.resident.uses_smaps;
}
