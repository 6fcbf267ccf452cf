/* The backend: what it grants, refuses and counts, and where a heap goes on when it must. */
#include "tests/allocators/heap.h"

#include <sys/mman.h>
#include <unistd.h>

static struct hb_config config_of(enum hb_source source) {
    struct hb_config config;
    hb_config_init(&config);
    config.backend = source;
    return config;
}

static void growth_is_contiguous_counted_and_given_back(void **state) {
    (void)state;
    for (int source = HB_SOURCE_SBRK; source <= HB_SOURCE_MMAP; source++) {
        struct hb_backend backend;
        struct hb_config config = config_of((enum hb_source)source);
        assert_true(hb_backend_open(&backend, &config));
        assert_int_equal((uintptr_t)backend.heap_base % (2 << 20), 0);
        assert_int_equal(backend.held_bytes, 0);
        char *first = hb_backend_extend(&backend, 65536);
        char *second = hb_backend_extend(&backend, 4096 + 16);
        assert_ptr_equal(first, backend.heap_base);
        assert_ptr_equal(second, first + 65536);
        assert_int_equal(backend.held_bytes, 65536 + 4096 + 16);
        memset(first, 1, 65536 + 4096 + 16);
        assert_true(hb_backend_shrink(&backend, 4096));
        assert_int_equal(backend.held_bytes, 65536 + 16);
        assert_ptr_equal(hb_backend_extend(&backend, 4096), second + 16);
        assert_int_equal(second[4096], 0); /* given back, then new */
        assert_int_equal(backend.brk_calls, 4);
        assert_false(hb_backend_shrink(&backend, 1 << 20));
        assert_true(backend.is_contiguous);
        hb_backend_close(&backend);
    }
}

static void the_limit_and_the_failing_request_are_refused(void **state) {
    (void)state;
    struct hb_backend backend;
    struct hb_config config = config_of(HB_SOURCE_MMAP);
    config.limit = 100000;
    config.fail_at = 3;
    assert_true(hb_backend_open(&backend, &config));
    assert_non_null(hb_backend_extend(&backend, 65536));
    assert_null(hb_backend_extend(&backend, 65536)); /* the limit */
    assert_null(hb_backend_extend(&backend, 4096));  /* the third request */
    void *span = hb_backend_map(&backend, 8192);
    assert_non_null(span);
    assert_null(hb_backend_remap(&backend, span, 8192, 65536));
    assert_int_equal(backend.held_bytes, 65536 + 8192);
    hb_backend_unmap(&backend, span, 8192);
    assert_int_equal(backend.held_bytes, 65536);
    assert_int_equal(backend.mmap_calls, 1);
    assert_int_equal(backend.munmap_calls, 1);
    hb_backend_close(&backend);
}

static int fences(struct heap *heap);

static bool count_fence(void *context, const struct hb_block *block) {
    *(int *)context += block->kind == HB_BLOCK_FENCE;
    return true;
}

static int fences(struct heap *heap) {
    int count = 0;
    heap->allocator->walk(heap->state, count_fence, &count);
    return count;
}

enum { BLOCKS = 2000, BLOCK_BYTES = 500 };

static void fill_blocks(struct heap *heap, unsigned char **blocks, int from, int to) {
    for (int i = from; i < to; i++) {
        blocks[i] = heap_malloc(heap, BLOCK_BYTES);
        assert_non_null(blocks[i]);
        memset(blocks[i], i, BLOCK_BYTES);
    }
}

static void free_blocks(struct heap *heap, unsigned char **blocks) {
    for (int i = 0; i < BLOCKS; i++) {
        for (int at = 0; at < BLOCK_BYTES; at++)
            assert_int_equal(blocks[i][at], (unsigned char)i);
        heap_free(heap, blocks[i]);
        heap_check(heap, i);
    }
}

/* Someone else moves the break, not even by a multiple of 16: the heap goes on above. */
static void a_foreign_sbrk_is_fenced_off(void **state) {
    (void)state;
    static char specs[HEAP_SPECS_MAX][HB_SPEC_MAX];
    int count = heap_specs(specs, HEAP_SPECS_MAX, ":backend=sbrk");
    for (int i = 0; i < count; i++) {
        struct heap heap;
        unsigned char *blocks[BLOCKS];
        heap_open(&heap, specs[i]);
        if (!heap.backend.in_break)
            skip(); /* no program break to be had, as under Valgrind */
        fill_blocks(&heap, blocks, 0, BLOCKS / 2);
        char *theirs = sbrk(1000);
        memset(theirs, 0x5A, 1000);
        fill_blocks(&heap, blocks, BLOCKS / 2, BLOCKS);
        heap_check(&heap, 0);
        assert_int_equal(fences(&heap), 1);
        assert_false(heap.backend.is_contiguous);
        free_blocks(&heap, blocks);
        for (int at = 0; at < 1000; at++)
            assert_int_equal(theirs[at], 0x5A);
        heap_close(&heap);
    }
}

/* A mapping in the break's way: the heap goes on beyond it. */
static void a_break_that_cannot_grow_continues_elsewhere(void **state) {
    (void)state;
    static char specs[HEAP_SPECS_MAX][HB_SPEC_MAX];
    int count = heap_specs(specs, HEAP_SPECS_MAX, ":backend=sbrk");
    for (int i = 0; i < count; i++) {
        struct heap heap;
        unsigned char *blocks[BLOCKS];
        heap_open(&heap, specs[i]);
        if (!heap.backend.in_break)
            skip(); /* no program break to be had, as under Valgrind */
        fill_blocks(&heap, blocks, 0, BLOCKS / 2);
        char *wall = heap.backend.heap_end;
        wall += -(uintptr_t)wall % 4096;
        char *mapped =
            mmap(wall, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        assert_ptr_equal(mapped, wall);
        fill_blocks(&heap, blocks, BLOCKS / 2, BLOCKS);
        assert_int_equal(fences(&heap), 1);
        assert_false(heap.backend.is_contiguous);
        free_blocks(&heap, blocks);
        munmap(mapped, 4096);
        heap_close(&heap);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_is_contiguous_counted_and_given_back),
        cmocka_unit_test(the_limit_and_the_failing_request_are_refused),
        cmocka_unit_test(a_foreign_sbrk_is_fenced_off),
        cmocka_unit_test(a_break_that_cannot_grow_continues_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
