/* In a heap of hundreds of MiB, every sequential fit places blocks by tree as it does by list: the
 * trees' shapes have changed several times on the way. */
#include "tests/allocators/heap.h"
#include "tests/allocators/traffic.h"

#define MIB ((size_t)1 << 20)

enum { OPS = 12000, OBJECTS = 900, CHECK_EVERY = 500 };

struct twins {
    struct heap heaps[2]; /* index=tree, index=list */
    void *payloads[2][OBJECTS];
    uint64_t seed;
    uint64_t largest; /* request */
};

static size_t twins_size(struct twins *twins) {
    uint64_t kind = traffic_below(&twins->seed, 100);
    uint64_t bound = kind < 60 ? 600 : kind < 75 ? 100000 : twins->largest;
    return 1 + traffic_below(&twins->seed, bound);
}

static void twins_step(struct twins *twins, const char *spec, int op) {
    size_t object = traffic_below(&twins->seed, OBJECTS), request = twins_size(twins);
    size_t offsets[2];
    for (int i = 0; i < 2; i++) {
        struct heap *heap = &twins->heaps[i];
        void **payload = &twins->payloads[i][object];
        if (*payload) {
            heap_free(heap, *payload);
            *payload = NULL;
            continue;
        }
        *payload = heap_malloc(heap, request);
        offsets[i] = (size_t)((char *)*payload - heap->backend.heap_base);
        if (op % CHECK_EVERY == 0)
            heap_check(heap, op);
    }
    if (twins->payloads[0][object] && offsets[0] != offsets[1])
        fail_msg("%s op %d: a block at %zu by tree, at %zu by list", spec, op, offsets[0],
                 offsets[1]);
}

static void agree(const char *fit, const char *order, uint64_t largest, size_t footprint) {
    static struct twins twins;
    char spec[HB_SPEC_MAX];
    memset(&twins, 0, sizeof twins);
    twins.seed = 0x9E3779B97F4A7C15u;
    twins.largest = largest;
    for (int i = 0; i < 2; i++) {
        snprintf(spec, sizeof spec, "%s:order=%s:index=%s:backend=mmap:mmap_threshold=off", fit,
                 order, i ? "list" : "tree");
        heap_open(&twins.heaps[i], spec);
    }
    for (int op = 0; op < OPS; op++)
        twins_step(&twins, spec, op);
    assert_true(twins.heaps[0].backend.held_bytes > footprint);
    for (int i = 0; i < 2; i++) {
        heap_check(&twins.heaps[i], OPS);
        heap_close(&twins.heaps[i]);
    }
}

static void a_large_heap_is_laid_out_by_tree_as_by_list(void **state) {
    (void)state;
    static const char *const fits[] = {"firstfit", "nextfit", "bestfit", "worstfit"};
    static const char *const orders[] = {"address", "lifo", "fifo"};
    for (int i = 0; i < 12; i++)
        agree(fits[i % 4], orders[i / 4], 2 * MIB, 100 * MIB);
}

static void a_heap_beyond_the_table_of_areas_too(void **state) {
    (void)state;
    agree("nextfit", "address", 48 * MIB, 2200 * MIB);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_large_heap_is_laid_out_by_tree_as_by_list),
        cmocka_unit_test(a_heap_beyond_the_table_of_areas_too)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
