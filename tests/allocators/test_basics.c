/* The heap's basics, as they hold for our backend and engine: what docs say, done. */
#include "tests/allocators/heap.h"

#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, KIB = 1024 };

static size_t resident_pages(const char *from, size_t bytes) {
    unsigned char in_core[1024];
    size_t pages = (bytes + PAGE - 1) / PAGE, resident = 0;
    assert_true(pages <= sizeof in_core);
    assert_int_equal(mincore((void *)from, bytes, in_core), 0);
    for (size_t i = 0; i < pages; i++)
        resident += in_core[i] & 1;
    return resident;
}

static void the_break_moves_in_steps_and_sbrk_reads_it(void **state) {
    (void)state;
    struct heap heap;
    heap_open(&heap, "bestfit");
    char *before = sbrk(0);
    heap_malloc(&heap, 100);
    assert_ptr_equal(sbrk(0), before + 64 * KIB);
    heap_malloc(&heap, 100);
    assert_ptr_equal(sbrk(0), before + 64 * KIB); /* the step holds both */
    assert_ptr_equal(sbrk(0), heap.backend.heap_end);
    heap_close(&heap);
}

static void pages_are_resident_only_when_touched(void **state) {
    (void)state;
    struct heap heap;
    if (RUNNING_ON_VALGRIND)
        skip(); /* it touches the break's pages itself */
    heap_open(&heap, "bestfit:grow=1M");
    char *payload = heap_malloc(&heap, 100 * KIB);
    char *untouched = payload + PAGE;
    untouched -= (uintptr_t)untouched % PAGE;
    assert_int_equal(resident_pages(untouched, 64 * KIB), 0);
    for (int page = 0; page < 5; page++)
        untouched[page * PAGE] = 1;
    assert_int_equal(resident_pages(untouched, 64 * KIB), 5);
    heap_close(&heap);
}

static void a_request_at_the_threshold_gets_a_span_of_its_own(void **state) {
    (void)state;
    struct heap heap;
    heap_open(&heap, "bestfit");
    void *below = heap_malloc(&heap, 128 * KIB - 1), *at = heap_malloc(&heap, 128 * KIB);
    assert_true(hb_backend_in_heap(&heap.backend, below));
    assert_false(hb_backend_in_heap(&heap.backend, at));
    assert_int_equal(heap.backend.span_bytes, 128 * KIB + PAGE);
    heap_free(&heap, at);
    assert_int_equal(heap.backend.span_bytes, 0);
    assert_int_equal(heap.backend.munmap_calls, 1);
    heap_close(&heap);
}

/* header: size | flags, in the 8 bytes before the payload. */
static void free_knows_the_size_by_the_header_before_the_payload(void **state) {
    (void)state;
    struct heap heap;
    heap_open(&heap, "bestfit");
    for (size_t request = 1; request < 300; request++) {
        uint64_t *payload = heap_malloc(&heap, request);
        uint64_t bytes = payload[-1] & ~(uint64_t)15;
        size_t expected = (request + 8 + 15) / 16 * 16;
        assert_int_equal(bytes, expected < 32 ? 32 : expected);
        assert_int_equal((uintptr_t)payload % 16, 0);
        assert_int_equal(heap.allocator->usable(heap.state, payload), bytes - 8);
    }
    heap_close(&heap);
}

static void free_in_the_middle_leaves_the_break_and_is_used_again(void **state) {
    (void)state;
    struct heap heap;
    heap_open(&heap, "bestfit");
    void *blocks[8];
    for (int i = 0; i < 8; i++)
        blocks[i] = heap_malloc(&heap, 100 * KIB);
    char *end = sbrk(0);
    heap_free(&heap, blocks[3]);
    assert_ptr_equal(sbrk(0), end);
    assert_ptr_equal(heap_malloc(&heap, 100 * KIB), blocks[3]);
    heap_close(&heap);
}

static void free_at_the_top_lowers_the_break(void **state) {
    (void)state;
    struct heap heap;
    heap_open(&heap, "bestfit");
    void *blocks[8];
    for (int i = 0; i < 8; i++)
        blocks[i] = heap_malloc(&heap, 100 * KIB);
    char *end = sbrk(0);
    heap_free(&heap, blocks[7]);
    heap_free(&heap, blocks[6]);
    assert_true((char *)sbrk(0) < end);
    assert_true((char *)sbrk(0) >= (char *)blocks[6] + 64 * KIB); /* a step stays */
    heap_close(&heap);
}

/* Knuth's remark that made boundary tags: neighbours merge whichever is freed first. */
static void free_neighbours_become_one_block(void **state) {
    (void)state;
    struct heap heap;
    heap_open(&heap, "firstfit");
    char *a = heap_malloc(&heap, 1000), *b = heap_malloc(&heap, 1000),
         *c = heap_malloc(&heap, 1000);
    heap_malloc(&heap, 1000);
    heap_free(&heap, a);
    heap_free(&heap, c);
    heap_free(&heap, b);
    assert_ptr_equal(heap_malloc(&heap, 3000), a);
    heap_close(&heap);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_break_moves_in_steps_and_sbrk_reads_it),
        cmocka_unit_test(pages_are_resident_only_when_touched),
        cmocka_unit_test(a_request_at_the_threshold_gets_a_span_of_its_own),
        cmocka_unit_test(free_knows_the_size_by_the_header_before_the_payload),
        cmocka_unit_test(free_in_the_middle_leaves_the_break_and_is_used_again),
        cmocka_unit_test(free_at_the_top_lowers_the_break),
        cmocka_unit_test(free_neighbours_become_one_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
