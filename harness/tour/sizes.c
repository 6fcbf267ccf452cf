/* sizes.c -- claim: sizes are rounded up, payloads aligned. */
#include <string.h>

#include "harness/tour/claim.h"

enum { ALIGNED, ENOUGH, FORMULA, STAIRS };
enum { DRAWN_MAX = 128, ROWS = 10, COLUMNS_MAX = 64 };

static const char *const promises[] = {
    [ALIGNED] = "Every payload lies at a multiple of 16, so that it can hold any C object.",
    [ENOUGH] = "As many bytes as were asked for can be used, or more.",
    [FORMULA] = "A block takes max(32, round_up(request + 8, 16)) bytes.",
    [STAIRS] = "Block sizes are a staircase: all requests of a step get the same block.",
    NULL,
};

static const char *const subjects[] = {"glibc", "bestfit", "buddy", "segstorage", NULL};

static void observe(struct tour_subject *subject, struct tour_facts *facts) {
    struct tour_sizes *seen = &facts->sizes;
    for (size_t i = 0; i < TOUR_SIZES; i++) {
        void *payload = tour_alloc(subject, i + 1);
        if (!payload)
            return;
        seen->misalignment[i] = (uintptr_t)payload % 16;
        seen->usable[i] = (uint32_t)subject->allocator->usable(subject->state, payload);
        seen->block_bytes[i] = (uint32_t)tour_block_bytes(subject, payload);
    }
}

/* The block model's, which glibc shares. */
static uint32_t formula(size_t request) {
    size_t bytes = (request + 8 + 15) / 16 * 16;
    return (uint32_t)(bytes < 32 ? 32 : bytes);
}

static size_t steps_count(const struct tour_sizes *seen) {
    size_t steps = 1;
    for (size_t i = 1; i < TOUR_SIZES; i++)
        steps += seen->block_bytes[i] != seen->block_bytes[i - 1];
    return steps;
}

/* The first index where it is not so; TOUR_SIZES if it always is. */
static size_t first_wrong(const struct tour_sizes *seen, unsigned promise) {
    for (size_t i = 0; i < TOUR_SIZES; i++) {
        bool holds = promise == ALIGNED   ? seen->misalignment[i] == 0
                     : promise == ENOUGH  ? seen->usable[i] >= i + 1
                     : promise == FORMULA ? seen->block_bytes[i] == formula(i + 1)
                                          : !i || seen->block_bytes[i] >= seen->block_bytes[i - 1];
        if (!holds)
            return i;
    }
    return TOUR_SIZES;
}

static void check(const struct tour_facts *facts, struct tour_findings *findings) {
    const struct tour_sizes *seen = &facts->sizes;
    size_t wrong = first_wrong(seen, ALIGNED);
    tour_judge(findings, ALIGNED, wrong == TOUR_SIZES,
               "a payload of %zu bytes is %u bytes beyond one", wrong + 1,
               seen->misalignment[wrong % TOUR_SIZES]);
    wrong = first_wrong(seen, ENOUGH);
    tour_judge(findings, ENOUGH, wrong == TOUR_SIZES, "of %zu asked for, %u can be used", wrong + 1,
               seen->usable[wrong % TOUR_SIZES]);
    if (!seen->block_bytes[0]) {
        tour_cannot_tell(findings, STAIRS, "this allocator does not show its blocks");
        return;
    }
    wrong = first_wrong(seen, FORMULA);
    if (facts->kind == TOUR_LIBC || facts->kind == TOUR_TAGGED)
        tour_judge(findings, FORMULA, wrong == TOUR_SIZES, "a request of %zu takes %u bytes",
                   wrong + 1, seen->block_bytes[wrong % TOUR_SIZES]);
    wrong = first_wrong(seen, STAIRS);
    tour_judge(findings, STAIRS, wrong == TOUR_SIZES && steps_count(seen) <= TOUR_SIZES / 8,
               "%zu sizes for %d requests; the first that falls is that of %zu", steps_count(seen),
               TOUR_SIZES, wrong + 1);
}

/* One row of the staircase: which part of each block lies at height bytes. */
static void row_show(struct tour_paper *paper, const struct tour_sizes *seen, size_t from,
                     size_t to, size_t per_column) {
    char cells[COLUMNS_MAX + 1];
    size_t columns = DRAWN_MAX / per_column;
    char label[24];
    for (size_t i = 0; i < columns; i++) {
        size_t request = (i + 1) * per_column;
        uint32_t block = seen->block_bytes[request - 1];
        cells[i] = from >= block ? ' ' : to <= request ? TOUR_HALF : TOUR_FULL;
    }
    snprintf(label, sizeof label, "%4zu", to);
    tour_cells(paper, label, cells, columns);
}

static void tell(struct tour_paper *paper) {
    tour_text(paper,
              "One block is taken for each request of 1 to %d bytes. What a block has beyond its "
              "request, header and rounding, is internal fragmentation.",
              TOUR_SIZES);
}

static void show(const struct tour_facts *facts, struct tour_paper *paper) {
    const struct tour_sizes *seen = &facts->sizes;
    static const size_t tried[] = {1, 24, 25, 100, 128, 129, 256};
    size_t per_column = tour_cells_fit(paper, "0000") >= COLUMNS_MAX ? 2 : 8;
    uint64_t asked = 0, taken = 0;
    uint32_t most = seen->block_bytes[DRAWN_MAX - 1];
    (void)facts;
    tour_line(paper, "%8s %8s %8s", "request", "usable", "block");
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++)
        tour_line(paper, "%8zu %8u %8u", tried[i], seen->usable[tried[i] - 1],
                  seen->block_bytes[tried[i] - 1]);
    if (!most)
        return;
    tour_gap(paper);
    tour_text(paper, "Block against request, 1 to %d bytes from left to right:", DRAWN_MAX);
    size_t step = (most + ROWS * 8 - 1) / (ROWS * 8) * 8;
    for (size_t top = (most + step - 1) / step * step; top; top -= step)
        row_show(paper, seen, top - step, top, per_column);
    tour_legend(paper, "header and rounding", "asked for", NULL);
    for (size_t i = 0; i < TOUR_SIZES; i++) {
        asked += i + 1;
        taken += seen->block_bytes[i];
    }
    tour_gap(paper);
    tour_text(paper, "Internal fragmentation of these %d blocks: %.1f%% of their bytes.",
              TOUR_SIZES, 100.0 * (1 - (double)asked / (double)taken));
}

extern const struct tour_claim tour_claim_sizes;
const struct tour_claim tour_claim_sizes = {
    .name = "sizes",
    .title = "Sizes are rounded up, payloads aligned",
    .promises = promises,
    .subjects = subjects,
    .observe = observe,
    .check = check,
    .tell = tell,
    .show = show,
};
