/* Break a heap on purpose: the check names the law. */
#include "tests/allocators/heap.h"

struct damage {
    const char *spec;
    const char *law; /* how the message begins */
    void (*inflict)(uint64_t **payloads);
};

enum { PAYLOADS = 6, REQUEST = 200, FREED = 2 };

/* Payload 2 is free, its neighbours are live. Header: payload[-1]; footer: the next header[-1]. */
static void forget_previous_free(uint64_t **payloads) {
    payloads[3][-1] &= ~(uint64_t)2;
}

static void claim_previous_free(uint64_t **payloads) {
    payloads[2][-1] |= 2;
}

static void change_footer(uint64_t **payloads) {
    payloads[3][-2] += 16;
}

static void shrink_block(uint64_t **payloads) {
    payloads[4][-1] = 16 | (payloads[4][-1] & 15);
}

static void lose_block_end(uint64_t **payloads) {
    payloads[4][-1] = ((uint64_t)1 << 30) | (payloads[4][-1] & 15);
}

static void mark_live_as_free(uint64_t **payloads) {
    size_t words = (payloads[4][-1] & ~(uint64_t)15) / 8;
    payloads[4][words - 2] = words * 8;
    payloads[4][words - 1] |= 2;
    payloads[4][-1] |= 1;
}

static void mark_free_as_live(uint64_t **payloads) {
    payloads[2][-1] &= ~(uint64_t)1;
    payloads[3][-1] &= ~(uint64_t)2;
}

static void unlink_first_in_list(uint64_t **payloads) {
    payloads[2][0] = 0;
    payloads[2][1] = 0x10;
}

/* The freed block waits in a quick list. */
static void forget_waiting(uint64_t **payloads) {
    payloads[2][-1] &= ~((uint64_t)1 << 36);
}

static void claim_waiting(uint64_t **payloads) {
    payloads[4][-1] |= (uint64_t)1 << 36;
}

static void change_size_of_waiting(uint64_t **payloads) {
    payloads[2][-1] += payloads[3][-1] & ~(uint64_t)15;
}

static void buddy_lose_order(uint64_t **payloads) {
    payloads[4][-1] |= (uint64_t)0xFF << 4;
}

static void buddy_mark_live_as_free(uint64_t **payloads) {
    payloads[5][-1] |= 1;
}

static void buddy_free_a_buddy(uint64_t **payloads) {
    payloads[3][-1] |= 1;
}

static void buddy_break_list(uint64_t **payloads) {
    payloads[2][1] = 0;
}

/* A span of 256-byte slots: payload 2 is the first free one. The span's record, of unit 1. */
static uint32_t *slots_record(uint64_t **payloads) {
    char *cell = (char *)payloads[0] - 16384;
    return (uint32_t *)(cell + 32);
}

static void slots_free_a_slot_twice(uint64_t **payloads) {
    payloads[2][0] = (uint64_t)payloads[2];
}

static void slots_free_between_slots(uint64_t **payloads) {
    payloads[2][0] = (uint64_t)payloads[4] + 16;
}

static void slots_lose_count(uint64_t **payloads) {
    slots_record(payloads)[2]++;
}

static void slots_lose_units(uint64_t **payloads) {
    slots_record(payloads)[6]++;
}

static const struct damage damages[] = {
    {"bestfit", "T1", forget_previous_free},
    {"bestfit", "T1", claim_previous_free},
    {"firstfit", "T2", change_footer},
    {"segregated", "T4", shrink_block},
    {"firstfit:order=fifo", "T4", lose_block_end},
    {"bestfit", "S1", mark_live_as_free},
    {"segregated", "S1", mark_free_as_live},
    {"segregated", "S3", unlink_first_in_list},
    {"tlsf", "S1", mark_free_as_live},
    {"tlsf", "S3", unlink_first_in_list},
    {"halffit", "S3", unlink_first_in_list},
    {"quickfit", "Q1", claim_waiting},
    {"quickfit", "Q2", forget_waiting},
    {"quickfit:fit=tlsf", "Q2", change_size_of_waiting},
    {"segstorage", "U1", slots_lose_units},
    {"segstorage", "U2", slots_free_a_slot_twice},
    {"segstorage", "U2", slots_free_between_slots},
    {"segstorage", "U3", slots_lose_count},
    {"buddy", "D1", buddy_lose_order},
    {"buddy", "D2", buddy_free_a_buddy},
    {"buddy", "D3", buddy_mark_live_as_free},
    {"buddy", "D3", buddy_break_list},
    {"buddy:system=fibonacci", "D1", buddy_lose_order},
    {"buddy:system=weighted", "D2", buddy_mark_live_as_free},
};

static void a_broken_heap_names_its_law(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        struct hb_violation broken;
        struct heap heap;
        uint64_t *payloads[PAYLOADS];
        char spec[HB_SPEC_MAX];
        snprintf(spec, sizeof spec, "%s:backend=mmap", damages[i].spec);
        heap_open(&heap, spec);
        for (int at = 0; at < PAYLOADS; at++)
            payloads[at] = heap_malloc(&heap, REQUEST);
        heap_free(&heap, payloads[FREED]);
        heap_check(&heap, 0);
        damages[i].inflict(payloads);
        if (heap.allocator->check(heap.state, &broken))
            fail_msg("%s: damage %zu was not seen", damages[i].spec, i);
        if (strncmp(broken.law, damages[i].law, 2) != 0)
            fail_msg("%s: damage %zu is said to be '%s', not %s", damages[i].spec, i, broken.law,
                     damages[i].law);
        heap_close(&heap);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_broken_heap_names_its_law)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
