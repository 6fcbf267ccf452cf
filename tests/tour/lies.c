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

static void small_is_mapped(struct tour_facts *facts) {
    facts->threshold.small.is_in_heap = false;
}

static void large_moves_break(struct tour_facts *facts) {
    facts->threshold.large.break_after += 4096;
}

static void threshold_is_double(struct tour_facts *facts) {
    facts->threshold.first *= 2;
}

static void threshold_stays(struct tour_facts *facts) {
    facts->threshold.second = facts->threshold.first;
}

static void threshold_moves(struct tour_facts *facts) {
    facts->threshold.second = facts->threshold.freed_bytes + 1;
}

static void block_is_request(struct tour_facts *facts) {
    facts->block.request = facts->block.block_bytes;
}

static void header_names_less(struct tour_facts *facts) {
    facts->block.live.head[0] ^= 0x20;
}

static void links_are_payload(struct tour_facts *facts) {
    facts->block.freed = facts->block.live;
    facts->block.other_freed = facts->block.live;
}

static void next_header_stays(struct tour_facts *facts) {
    facts->block.freed.end[8] = facts->block.live.end[8];
}

static void footer_is_empty(struct tour_facts *facts) {
    memset(facts->block.freed.end, 0, 8);
}

static void canary_is_written(struct tour_facts *facts) {
    facts->block.canary[0] ^= 1;
}

static void seal_is_written(struct tour_facts *facts) {
    facts->block.tag[8] ^= 1;
}

static void payload_is_at_8(struct tour_facts *facts) {
    facts->sizes.misalignment[200] = 8;
}

static void usable_is_short(struct tour_facts *facts) {
    facts->sizes.usable[99] = 99;
}

static void block_has_no_header(struct tour_facts *facts) {
    facts->sizes.block_bytes[24] = 32;
}

static void block_shrinks(struct tour_facts *facts) {
    facts->sizes.block_bytes[100] = 16;
}

static void blocks_are_exact(struct tour_facts *facts) {
    for (uint32_t i = 0; i < TOUR_SIZES; i++)
        facts->sizes.block_bytes[i] = i + 1;
}

static void middle_lowers_break(struct tour_facts *facts) {
    facts->freed.steps[1].at_break -= 4096;
}

static void another_is_given(struct tour_facts *facts) {
    facts->freed.given_again += 16;
}

static void break_falls_early(struct tour_facts *facts) {
    uint64_t lowered = facts->freed.steps[3].at_break - facts->freed.steps[4].at_break;
    facts->freed.steps[4].tail = 100000 - lowered;
}

static void break_never_falls(struct tour_facts *facts) {
    facts->freed.fell = false;
}

static void break_falls_late(struct tour_facts *facts) {
    facts->freed.steps[3].tail = 1 << 20;
}

static void pin_gives_way(struct tour_facts *facts) {
    facts->pinned.steps[1].at_break -= 1 << 20;
}

static void freed_is_gone(struct tour_facts *facts) {
    facts->pinned.steps[1].resident /= 2;
}

static void advised_stays(struct tour_facts *facts) {
    facts->pinned.steps[2].resident = facts->pinned.steps[1].resident;
}

static void pin_is_lost(struct tour_facts *facts) {
    facts->pinned.pin_is_whole = false;
}

static void two_pages_one_frame(struct tour_facts *facts) {
    facts->frames.frames[7] = facts->frames.frames[3];
}

static void frames_follow(struct tour_facts *facts) {
    for (uint64_t i = 0; i < TOUR_FRAMES; i++)
        facts->frames.frames[i] = 4711 + i;
}

static void size_is_elsewhere(struct tour_facts *facts) {
    facts->header.header = facts->header.false_header;
}

static void lie_is_found_out(struct tour_facts *facts) {
    facts->header.given = facts->header.next + 64;
}

static void nonsense_passes(struct tour_facts *facts) {
    facts->header.signal = 0;
    facts->header.said[0] = '\0';
}

static void nonsense_is_told(struct tour_facts *facts) {
    facts->header.signal = 6;
    strcpy(facts->header.said, "free(): invalid pointer");
}

static void half_lives(struct tour_facts *facts) {
    facts->isolated.live = facts->isolated.blocks / 2;
}

static void one_is_reused(struct tour_facts *facts) {
    facts->isolated.reused = 1;
}

static void heap_does_not_grow(struct tour_facts *facts) {
    facts->isolated.held_after = facts->isolated.held_before;
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
    {"threshold", "glibc", 0, small_is_mapped},
    {"threshold", "bestfit", 1, large_moves_break},
    {"threshold", "bestfit", 2, threshold_is_double},
    {"threshold", "glibc", 3, threshold_stays},
    {"threshold", "bestfit", 4, threshold_moves},
    {"block", "segregated", 0, block_is_request},
    {"block", "glibc", 1, header_names_less},
    {"block", "bestfit", 1, header_names_less},
    {"block", "glibc", 2, links_are_payload},
    {"block", "segregated", 2, links_are_payload},
    {"block", "bestfit", 2, links_are_payload},
    {"block", "glibc", 3, next_header_stays},
    {"block", "segregated", 3, footer_is_empty},
    {"block", "bestfit:guard=on", 4, canary_is_written},
    {"block", "bestfit:guard=on", 4, seal_is_written},
    {"sizes", "buddy", 0, payload_is_at_8},
    {"sizes", "segstorage", 1, usable_is_short},
    {"sizes", "bestfit", 2, block_has_no_header},
    {"sizes", "buddy", 3, block_shrinks},
    {"sizes", "bestfit", 3, blocks_are_exact},
    {"free", "bestfit", 0, middle_lowers_break},
    {"free", "glibc", 1, another_is_given},
    {"free", "bestfit", 2, break_falls_early},
    {"free", "bestfit", 2, break_never_falls},
    {"free", "glibc", 3, break_falls_late},
    {"free", "bestfit", 3, break_never_falls},
    {"pinned", "bestfit", 0, pin_gives_way},
    {"pinned", "bestfit", 1, freed_is_gone},
    {"pinned", "glibc", 2, advised_stays},
    {"pinned", "bestfit", 3, pin_is_lost},
    {"frames", "", 0, two_pages_one_frame},
    {"frames", "", 1, frames_follow},
    {"header", "glibc", 0, size_is_elsewhere},
    {"header", "bestfit", 1, lie_is_found_out},
    {"header", "glibc", 2, nonsense_passes},
    {"header", "bestfit", 3, nonsense_is_told},
    {"header", "bestfit:guard=on", 4, nonsense_passes},
    {"isolated", "buddy", 0, half_lives},
    {"isolated", "glibc", 1, one_is_reused},
    {"isolated", "segstorage", 2, heap_does_not_grow},
};

const size_t lie_count = sizeof lies / sizeof *lies;
