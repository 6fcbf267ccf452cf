#include "lies.h"

#include <string.h>

static void data_before_code(struct tour_facts *facts) {
    facts->segments.data = facts->segments.code - 64;
}

static void heap_below_data(struct tour_facts *facts) {
    facts->segments.bss_end = facts->segments.heap_start + 1;
}

static void break_beyond_heap(struct tour_facts *facts) {
    facts->segments.now = facts->segments.heap_end + 1;
}

static void stack_below_heap(struct tour_facts *facts) {
    facts->segments.stack = facts->segments.heap_start - 4096;
}

static void sbrk_returns_new(struct tour_facts *facts) {
    facts->brk.steps[1].returned = (int64_t)facts->brk.steps[1].after;
}

static void sbrk_of_zero_moves(struct tour_facts *facts) {
    facts->brk.steps[0].after += 16;
}

static void brk_fails(struct tour_facts *facts) {
    facts->brk.steps[5].returned = -1;
}

static void break_stays_up(struct tour_facts *facts) {
    facts->brk.steps[4].after = facts->brk.steps[4].before;
}

static void break_is_rounded(struct tour_facts *facts) {
    facts->brk.steps[1].after = facts->brk.start + 4096;
}

static void mapping_ends_at_break(struct tour_facts *facts) {
    facts->brk.steps[1].mapped = facts->brk.steps[1].after;
}

static void moved_is_resident(struct tour_facts *facts) {
    facts->resident.steps[0].is_resident[5] = true;
}

static void neighbour_is_resident(struct tour_facts *facts) {
    facts->resident.steps[1].is_resident[1] = true;
}

static void faults_are_missing(struct tour_facts *facts) {
    facts->resident.steps[2].faults = 1;
}

static void lowered_stays(struct tour_facts *facts) {
    facts->resident.steps[4].is_resident[0] = true;
}

static void old_bytes_return(struct tour_facts *facts) {
    facts->resident.read_after_return = 1;
}

const struct lie lies[] = {
    {"segments", "", 0, data_before_code},
    {"segments", "", 1, heap_below_data},
    {"segments", "", 2, break_beyond_heap},
    {"segments", "", 3, stack_below_heap},
    {"break", "", 0, sbrk_returns_new},
    {"break", "", 1, sbrk_of_zero_moves},
    {"break", "", 2, brk_fails},
    {"break", "", 3, break_stays_up},
    {"break", "", 4, break_is_rounded},
    {"break", "", 5, mapping_ends_at_break},
    {"resident", "", 0, moved_is_resident},
    {"resident", "", 1, neighbour_is_resident},
    {"resident", "", 2, faults_are_missing},
    {"resident", "", 3, lowered_stays},
    {"resident", "", 4, old_bytes_return},
};

const size_t lie_count = sizeof lies / sizeof *lies;
