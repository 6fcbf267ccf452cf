/* calloc is zero whatever lay there before, and touches no page that the system has just cleared;
 * realloc of a large block moves pages, not bytes.
 */
#include "tests/allocators/heap.h"
#include "tests/allocators/traffic.h"

#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, MIB = 1 << 20, OPS = 3000, OBJECTS = 40 };

static size_t resident_pages(const void *from, size_t bytes) {
    static unsigned char in_core[(64 * MIB + 2 * PAGE) / PAGE];
    char *start = (char *)((uintptr_t)from & ~(uintptr_t)(PAGE - 1));
    size_t pages = ((uintptr_t)from + bytes - (uintptr_t)start + PAGE - 1) / PAGE, resident = 0;
    assert_true(pages <= sizeof in_core);
    assert_int_equal(mincore(start, pages * PAGE, in_core), 0);
    for (size_t i = 0; i < pages; i++)
        resident += in_core[i] & 1;
    return resident;
}

static void assert_zero(const struct heap *heap, const unsigned char *payload, size_t bytes) {
    for (size_t at = 0; at < bytes; at++)
        if (payload[at])
            fail_msg("%s: byte %zu of %zu, at %p, is 0x%02x", heap->spec.canonical, at, bytes,
                     (const void *)&payload[at], payload[at]);
}

/* All that is handed out is written to, to its last usable byte, so that what was used before is
 * never zero by chance. Some sizes are beyond a step of growth, and the break goes down often. */
static void calloc_among_dirt(const char *spec, uint64_t offset, bool foreign) {
    struct heap heap;
    unsigned char *objects[OBJECTS] = {NULL};
    uint64_t seed = 42;
    heap_open_at(&heap, spec, offset);
    bool in_break = heap.backend.in_break;
    for (int op = 0; op < OPS; op++) {
        unsigned char **object = &objects[traffic_below(&seed, OBJECTS)];
        size_t bytes = 1 + traffic_below(&seed, traffic_below(&seed, 8) ? 3000 : 90000);
        heap_free(&heap, *object);
        if (traffic_below(&seed, 2)) {
            *object = hb_front_calloc(heap.allocator, heap.state, bytes);
            assert_non_null(*object);
            assert_zero(&heap, *object, bytes);
        } else {
            *object = heap_malloc(&heap, bytes);
            assert_non_null(*object);
        }
        memset(*object, 0xD1, heap.allocator->usable(heap.state, *object));
        if (op % 64 == 0)
            heap_check(&heap, op);
        if (foreign && in_break && op % 500 == 499) { /* leaves dirt in the page it gives back */
            memset(sbrk(3000), 0xD2, 3000);
            sbrk(-(op % 1000 == 999 ? 3000 : 1000));
        }
    }
    for (int i = 0; i < OBJECTS; i++)
        heap_free(&heap, objects[i]);
    heap_close(&heap);
}

static void calloc_is_zero_in_memory_that_was_used_before(void **state) {
    (void)state;
    static char specs[HEAP_SPECS_MAX][HB_SPEC_MAX];
    static const char *const settings[] = {"", ":preset=paper", ":trim=16:grow=48",
                                           ":trim=4096:grow=4096:mmap_threshold=40000"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        int count = heap_specs(specs, HEAP_SPECS_MAX, "");
        for (int k = 0; k < count; k++) {
            struct hb_spec known;
            char error[HB_OPTION_ERROR_MAX], spec[2 * HB_SPEC_MAX];
            snprintf(spec, sizeof spec, "%s%s", specs[k], settings[i]);
            if (hb_spec_parse(spec, &known, error) != HB_SPEC_OK)
                continue; /* it has no trim */
            calloc_among_dirt(spec, 16 * (uint64_t)k, false);
            snprintf(spec, sizeof spec, "%s:backend=sbrk%s", specs[k], settings[i]);
            calloc_among_dirt(spec, 16 * (uint64_t)k, true);
        }
    }
}

static void calloc_of_fresh_memory_touches_none_of_it(void **state) {
    (void)state;
    static char specs[HEAP_SPECS_MAX][HB_SPEC_MAX];
    static const char *const settings[] = {"", ":mmap_threshold=off",
                                           ":mmap_threshold=off:grow=1M"};
    if (RUNNING_ON_VALGRIND)
        skip(); /* it touches the break's pages itself */
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        int count = heap_specs(specs, HEAP_SPECS_MAX, settings[i]);
        for (int k = 0; k < count; k++) {
            struct heap heap;
            heap_open(&heap, specs[k]);
            memset(heap_malloc(&heap, 5000), 1, 5000);
            unsigned char *zero = hb_front_calloc(heap.allocator, heap.state, 64 * MIB);
            assert_non_null(zero);
            /* what was free at the heap's end before, and its last */
            assert_in_range(resident_pages(zero, 64 * MIB), 0, heap.spec.config.grow / PAGE + 2);
            assert_zero(&heap, zero, MIB);
            assert_zero(&heap, zero + 63 * MIB, MIB);
            heap_free(&heap, zero);
            heap_close(&heap);
        }
    }
}

static void a_large_realloc_moves_pages(void **state) {
    (void)state;
    static char specs[HEAP_SPECS_MAX][HB_SPEC_MAX];
    int count = heap_specs(specs, HEAP_SPECS_MAX, "");
    for (int k = 0; k < count; k++) {
        struct heap heap;
        heap_open(&heap, specs[k]);
        unsigned char *payload = heap_malloc(&heap, MIB);
        memset(payload, 7, MIB);
        heap_malloc(&heap, MIB); /* likely in its way */
        payload = hb_front_realloc(heap.allocator, heap.state, payload, 32 * MIB);
        assert_non_null(payload);
        if (!RUNNING_ON_VALGRIND)
            assert_in_range(resident_pages(payload, 32 * MIB), MIB / PAGE, MIB / PAGE + 1);
        assert_int_equal(payload[MIB - 1], 7);
        payload = hb_front_realloc(heap.allocator, heap.state, payload, 2 * MIB);
        assert_non_null(payload);
        assert_int_equal(payload[0], 7);
        assert_int_equal(payload[MIB - 1], 7);
        assert_int_equal(heap.backend.mremap_calls, 2);
        assert_int_equal(heap.backend.mmap_calls, 2);
        assert_int_equal(heap.backend.munmap_calls, 0);
        heap_check(&heap, 0);
        heap_close(&heap);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calloc_is_zero_in_memory_that_was_used_before),
        cmocka_unit_test(calloc_of_fresh_memory_touches_none_of_it),
        cmocka_unit_test(a_large_realloc_moves_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
