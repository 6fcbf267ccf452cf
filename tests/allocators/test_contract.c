/* Every strategy, the same promises: what is handed out is aligned, apart from all else, keeps what
 * is written to it, and comes back whole; a call that fails changes nothing.
 */
#include "tests/allocators/heap.h"
#include "tests/allocators/traffic.h"

#ifdef HB_DEBUG
enum { OPS = 1500, CHECK_EVERY = 1, FAIL_OPS = 150 };
#else
enum { OPS = 8000, CHECK_EVERY = 50, FAIL_OPS = 150 };
#endif
enum { OBJECTS = 300 };

struct object {
    unsigned char *payload;
    size_t request;
    unsigned char mark;
};

struct shadow {
    struct heap heap;
    struct object objects[OBJECTS];
    uint64_t seed;
    int op;
};

static void object_fill(struct object *object, size_t from) {
    memset(object->payload + from, object->mark, object->request - from);
}

/* The first bytes of the payload are all the object's mark. */
static void object_verify(const struct shadow *shadow, const struct object *object, size_t bytes) {
    const unsigned char *payload = object->payload;
    if (bytes && (payload[0] != object->mark || memcmp(payload, payload + 1, bytes - 1) != 0))
        fail_msg("%s, op %d: %p (%zu bytes) was overwritten", shadow->heap.spec.canonical,
                 shadow->op, (const void *)payload, object->request);
}

static void object_place(struct shadow *shadow, struct object *object, size_t alignment) {
    const struct heap *heap = &shadow->heap;
    assert_int_equal((uintptr_t)object->payload % alignment, 0);
    assert_true(heap->allocator->usable(heap->state, object->payload) >= object->request);
    for (int i = 0; i < OBJECTS; i++) {
        const struct object *other = &shadow->objects[i];
        if (other != object && other->payload &&
            other->payload < object->payload + object->request + !object->request &&
            object->payload < other->payload + other->request + !other->request)
            fail_msg("%s, op %d: %p overlaps %p", heap->spec.canonical, shadow->op,
                     (void *)object->payload, (void *)other->payload);
    }
}

static void object_born(struct shadow *shadow, struct object *object) {
    struct heap *heap = &shadow->heap;
    uint64_t kind = traffic_below(&shadow->seed, 10);
    size_t alignment = kind < 2 ? (size_t)16 << traffic_below(&shadow->seed, 10) : 16;
    object->request = kind == 9 ? traffic_below(&shadow->seed, 2) : traffic_size(&shadow->seed);
    object->mark = (unsigned char)traffic_random(&shadow->seed);
    object->payload =
        kind == 3 ? hb_front_calloc(heap->allocator, heap->state, object->request)
                  : hb_front_aligned(heap->allocator, heap->state, alignment, object->request);
    if (!object->payload)
        return;
    for (size_t at = 0; kind == 3 && at < object->request; at++)
        assert_int_equal(object->payload[at], 0);
    object_place(shadow, object, alignment);
    object_fill(object, 0);
}

static void object_resized(struct shadow *shadow, struct object *object) {
    struct heap *heap = &shadow->heap;
    size_t old = object->request, request = traffic_size(&shadow->seed);
    object_verify(shadow, object, old);
    unsigned char *payload =
        hb_front_realloc(heap->allocator, heap->state, object->payload, request);
    if (payload) {
        object->payload = payload;
        object->request = request;
        object_place(shadow, object, 16);
    }
    size_t kept = old < object->request ? old : object->request;
    object_verify(shadow, object, kept);
    object_fill(object, kept);
}

static void object_dies(struct shadow *shadow, struct object *object) {
    if (object->payload)
        object_verify(shadow, object, object->request);
    heap_free(&shadow->heap, object->payload);
    object->payload = NULL;
}

static void shadow_step(struct shadow *shadow) {
    struct object *object = &shadow->objects[traffic_below(&shadow->seed, OBJECTS)];
    if (!object->payload)
        object_born(shadow, object);
    else if (traffic_below(&shadow->seed, 3))
        object_dies(shadow, object);
    else
        object_resized(shadow, object);
}

/* Returns how many requests were made to the system. */
static uint64_t shadow_run(const char *spec, uint64_t seed, int ops, int check_every) {
    static struct shadow shadow;
    memset(&shadow, 0, sizeof shadow);
    heap_open(&shadow.heap, spec);
    shadow.seed = seed;
    for (shadow.op = 0; shadow.op < ops; shadow.op++) {
        shadow_step(&shadow);
        if (shadow.op % check_every == 0)
            heap_check(&shadow.heap, shadow.op);
    }
    for (int i = 0; i < OBJECTS; i++)
        object_dies(&shadow, &shadow.objects[i]);
    heap_check(&shadow.heap, ops);
    assert_int_equal(shadow.heap.backend.span_bytes, 0);
    uint64_t requests = shadow.heap.backend.request_count;
    heap_close(&shadow.heap);
    return requests;
}

static void run_settings(const char *settings) {
    static char specs[HEAP_SPECS_MAX][HB_SPEC_MAX];
    int count = heap_specs(specs, HEAP_SPECS_MAX, settings);
    for (int i = 0; i < count; i++)
        shadow_run(specs[i], 1234567 + (uint64_t)i, OPS, CHECK_EVERY);
}

static void promises_hold_by_default(void **state) {
    (void)state;
    run_settings("");
}

static void promises_hold_with_the_papers_preset(void **state) {
    (void)state;
    run_settings(":preset=paper");
}

static void promises_hold_with_small_steps_and_thresholds(void **state) {
    (void)state;
    run_settings(":grow=4096:mmap_threshold=2048");
}

static void promises_hold_when_memory_is_short(void **state) {
    (void)state;
    run_settings(":limit=1M");
}

/* For the families that know of it. */
static void promises_hold_however_blocks_merge_and_split(void **state) {
    (void)state;
    static const char *const tunings[] = {"coalesce=deferred:grow=4096", "coalesce=none",
                                          "coalesce=deferred:split=256:limit=1M:trim=4096"};
    for (int i = 0; hb_registry[i]; i++)
        for (int tuning = 0; tuning < 3 && heap_knows(hb_registry[i], &hb_option_coalesce);
             tuning++) {
            char spec[HB_SPEC_MAX];
            snprintf(spec, sizeof spec, "%s:backend=mmap:%s", hb_registry[i]->name,
                     tunings[tuning]);
            shadow_run(spec, 4711 + (uint64_t)i, OPS, CHECK_EVERY);
        }
}

static void promises_hold_under_the_guard(void **state) {
    (void)state;
    run_settings(":guard=on");
    run_settings(":guard=on:grow=4096:mmap_threshold=2048:limit=1M");
}

/* The k-th request to the system fails, for every k that the traffic makes. */
static void promises_hold_whichever_request_to_the_system_fails(void **state) {
    (void)state;
    static char specs[HEAP_SPECS_MAX][HB_SPEC_MAX];
    int count = heap_specs(specs, HEAP_SPECS_MAX, ":grow=4096:mmap_threshold=16K");
    for (int i = 0; i < count; i++) {
        uint64_t requests = shadow_run(specs[i], 99, FAIL_OPS, 1);
        assert_true(requests > 20);
        for (uint64_t k = 1; k <= requests; k++) {
            char spec[HB_SPEC_MAX];
            snprintf(spec, sizeof spec, "%.400s:fail_at=%d", specs[i], (int)k);
            shadow_run(spec, 99, FAIL_OPS, 1);
        }
    }
}

static bool add_live(void *context, const struct hb_block *block) {
    size_t *bytes = context;
    if (block->kind == HB_BLOCK_LIVE || block->kind == HB_BLOCK_SPAN)
        *bytes += block->bytes;
    return true;
}

/* walk sees each live block, with its payload, and nothing live when all is freed. */
static void walk_sees_what_is_live(void **state) {
    (void)state;
    static char specs[HEAP_SPECS_MAX][HB_SPEC_MAX];
    int count = heap_specs(specs, HEAP_SPECS_MAX, "");
    for (int i = 0; i < count; i++) {
        struct heap heap;
        size_t live = 0;
        heap_open(&heap, specs[i]);
        void *small = heap_malloc(&heap, 100), *large = heap_malloc(&heap, 200000);
        void *aligned = hb_front_aligned(heap.allocator, heap.state, 256, 100);
        assert_true(heap.allocator->walk(heap.state, add_live, &live));
        assert_true(live >= 200200);
        heap_free(&heap, small);
        heap_free(&heap, large);
        heap_free(&heap, aligned);
        live = 0;
        assert_true(heap.allocator->walk(heap.state, add_live, &live));
        if (!heap.spec.family->never_frees)
            assert_int_equal(live, 0);
        heap_close(&heap);
    }
}

/* Sizes about every boundary up to the limit; beyond what the system gives, NULL and no change. */
static void requests_of_any_size_are_served_or_refused(void **state) {
    (void)state;
    static char specs[HEAP_SPECS_MAX][HB_SPEC_MAX];
    int count = heap_specs(specs, HEAP_SPECS_MAX, ":mmap_threshold=off");
    for (int i = 0; i < count; i++) {
        struct heap heap;
        heap_open(&heap, specs[i]);
        for (int bits = 0; bits <= 46; bits++)
            for (int off = -1; off <= 1; off++) {
                size_t request = ((size_t)1 << bits) + (size_t)off;
                unsigned char *payload = heap_malloc(&heap, request);
                if (payload) {
                    payload[0] = payload[request - (request > 0)] = 1;
                    heap_free(&heap, payload);
                }
                assert_true(payload != NULL || bits > 28 || off == -1);
                heap_check(&heap, bits);
            }
        assert_null(heap_malloc(&heap, HB_REQUEST_MAX + 1));
        assert_null(heap_malloc(&heap, SIZE_MAX));
        assert_null(hb_front_aligned(heap.allocator, heap.state, 1 << 22, 100));
        heap_close(&heap);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promises_hold_by_default),
        cmocka_unit_test(promises_hold_with_the_papers_preset),
        cmocka_unit_test(promises_hold_with_small_steps_and_thresholds),
        cmocka_unit_test(promises_hold_when_memory_is_short),
        cmocka_unit_test(promises_hold_however_blocks_merge_and_split),
        cmocka_unit_test(promises_hold_under_the_guard),
        cmocka_unit_test(promises_hold_whichever_request_to_the_system_fails),
        cmocka_unit_test(walk_sees_what_is_live),
        cmocka_unit_test(requests_of_any_size_are_served_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
