/* The buddy systems: sizes whose internal fragmentation is that of the papers, blocks where an
 * independent model places them, and roots that are whole again when all is freed.
 */
#include "tests/allocators/buddy_model.h"
#include "tests/allocators/heap.h"
#include "tests/allocators/traffic.h"

#if defined HB_DEBUG || defined HB_SANITIZED
enum { MODEL_OPS = 2000, CHECK_EVERY = 1, RECOMBINE_OPS = 100000 };
#else
enum { MODEL_OPS = 20000, CHECK_EVERY = 64, RECOMBINE_OPS = 2000000 };
#endif
enum { OBJECTS = 400, MOST_UNITS = 65536 };

static const char *const systems[] = {"binary", "fibonacci", "weighted", "double"};
enum { SYSTEMS = sizeof systems / sizeof *systems };

static void system_open(struct heap *heap, int system, const char *settings) {
    char spec[HB_SPEC_MAX];
    snprintf(spec, sizeof spec, "buddy:system=%s:backend=mmap%s", systems[system], settings);
    heap_open(heap, spec);
}

/* Bytes of the block that a request gets. */
static size_t block_bytes_of(struct heap *heap, size_t request) {
    void *payload = heap_malloc(heap, request);
    assert_non_null(payload);
    size_t bytes = heap->allocator->usable(heap->state, payload) + 8;
    heap_free(heap, payload);
    return bytes;
}

/* Every request of a block size and one byte more. */
static void a_block_is_the_smallest_size_that_holds_request_and_header(void **state) {
    (void)state;
    for (int system = 0; system < SYSTEMS; system++) {
        struct heap heap;
        system_open(&heap, system, ":mmap_threshold=off");
        for (uint64_t units = 2; units < 5000; units++)
            for (size_t need = 16 * units - 1; need <= 16 * units + 1; need++) {
                uint64_t size = buddy_model_size((enum buddy_model_system)system, (need + 15) / 16);
                assert_int_equal(block_bytes_of(&heap, need - 8), 16 * size);
            }
        assert_int_equal(block_bytes_of(&heap, 1), 32);
        heap_close(&heap);
    }
}

/* Allocated over requested, in units, header-free: a request of u units is one of 16u - 8 bytes. */
struct internal {
    double to_4096, to_5000, inverse;
};

/* Russell 1977 and Peterson & Norman 1977 by exact enumeration: uniform on 1..4096 and 1..5000,
 * and with probability 1/size on 65..65536. */
static const struct internal papers[SYSTEMS] = {
    {1.333, 1.487, 1.386}, {1.245, 1.307, 1.287}, {1.166, 1.227, 1.183}, {1.166, 1.227, 1.183}};

static struct internal enumerate(struct heap *heap) {
    double allocated = 0, requested = 0, inverse = 0, weights = 0;
    struct internal ratio = {0};
    for (size_t units = 1; units <= MOST_UNITS; units++) {
        double size = units == 1 ? 1 : (double)(block_bytes_of(heap, 16 * units - 8) / 16);
        allocated += size;
        requested += (double)units;
        if (units > 64) {
            inverse += size / (double)units;
            weights += 1;
        }
        if (units == 4096)
            ratio.to_4096 = allocated / requested;
        if (units == 5000)
            ratio.to_5000 = allocated / requested;
    }
    ratio.inverse = inverse / weights;
    return ratio;
}

static void internal_fragmentation_is_that_of_the_papers(void **state) {
    (void)state;
    for (int system = 0; system < SYSTEMS; system++) {
        struct heap heap;
        system_open(&heap, system, ":mmap_threshold=off");
        struct internal found = enumerate(&heap);
        assert_float_equal(found.to_4096, papers[system].to_4096, 0.0006);
        assert_float_equal(found.to_5000, papers[system].to_5000, 0.0006);
        assert_float_equal(found.inverse, papers[system].inverse, 0.0006);
        heap_close(&heap);
    }
}

struct object {
    void *payload;
    uint64_t offset; /* the model's */
    size_t request;
};

struct rig {
    struct heap heap;
    struct buddy_model model;
    struct object objects[OBJECTS];
    uint64_t seed;
};

static uint64_t rig_offset(const struct rig *rig, const void *payload) {
    return hb_backend_in_heap(&rig->heap.backend, payload)
               ? (uint64_t)((const char *)payload - rig->heap.backend.heap_base)
               : BUDDY_MODEL_SPAN;
}

static void object_free(struct rig *rig, struct object *object) {
    if (!object->payload)
        return;
    heap_free(&rig->heap, object->payload);
    buddy_model_free(&rig->model, object->offset, object->request);
    object->payload = NULL;
}

static void rig_step(struct rig *rig) {
    const struct hb_allocator *allocator = rig->heap.allocator;
    struct object *object = &rig->objects[traffic_below(&rig->seed, OBJECTS)];
    unsigned kind = (unsigned)traffic_below(&rig->seed, 100);
    size_t request = traffic_size(&rig->seed);
    if (object->payload && kind < 70) {
        object_free(rig, object);
        return;
    }
    if (object->payload) {
        object->offset = buddy_model_realloc(&rig->model, object->offset, object->request, request);
        object->payload = hb_front_realloc(allocator, rig->heap.state, object->payload, request);
    } else {
        size_t alignment = kind < 90 ? 16 : (size_t)32 << traffic_below(&rig->seed, 9);
        object->offset = buddy_model_alloc(&rig->model, alignment, request);
        object->payload = hb_front_aligned(allocator, rig->heap.state, alignment, request);
    }
    object->request = request;
    assert_int_equal(rig_offset(rig, object->payload), object->offset);
}

static void agrees(int system, const char *settings, uint64_t seed) {
    static struct rig rig;
    memset(&rig, 0, sizeof rig);
    system_open(&rig.heap, system, settings);
    const struct hb_config *config = &rig.heap.spec.config;
    buddy_model_init(&rig.model, (enum buddy_model_system)system, config->grow, config->trim,
                     config->mmap_threshold, config->decay);
    rig.seed = seed;
    for (int op = 0; op < MODEL_OPS; op++) {
        rig_step(&rig);
        if (op % 2000 == 1999) /* now and then all at once, so that memory is given back */
            for (int i = 0; i < OBJECTS; i++)
                object_free(&rig, &rig.objects[i]);
        if (rig.heap.backend.held_bytes != buddy_model_footprint(&rig.model))
            fail_msg("%s op %d: footprint %zu, model %zu", rig.heap.spec.canonical, op,
                     (size_t)rig.heap.backend.held_bytes,
                     (size_t)buddy_model_footprint(&rig.model));
        if (op % CHECK_EVERY == 0)
            heap_check(&rig.heap, op);
    }
    buddy_model_clear(&rig.model);
    heap_close(&rig.heap);
}

static void every_system_places_blocks_as_the_model_does(void **state) {
    (void)state;
    static const char *const settings[] = {"", ":preset=paper", ":decay=0",
                                           ":decay=500:trim=4K:grow=4K",
                                           ":grow=32:trim=16:decay=100:mmap_threshold=8K"};
    for (int system = 0; system < SYSTEMS; system++)
        for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
            agrees(system, settings[i], 0x9E3779B97F4A7C15u + i);
}

struct whole {
    uint64_t blocks;
    bool all_free;
};

static bool count_whole(void *context, const struct hb_block *block) {
    struct whole *whole = context;
    whole->blocks++;
    whole->all_free = whole->all_free && block->kind == HB_BLOCK_FREE;
    return true;
}

/* Each growth made one root, and as many blocks are there in the end. */
static void all_freed_every_root_is_whole_again(void **state) {
    (void)state;
    static void *payloads[2000];
    enum { COUNT = sizeof payloads / sizeof *payloads };
    for (int system = 0; system < SYSTEMS; system++) {
        struct heap heap;
        struct whole whole = {0, true};
        struct hb_stats stats;
        uint64_t seed = 4711;
        system_open(&heap, system, ":mmap_threshold=off:trim=off");
        for (int op = 0; op < RECOMBINE_OPS; op++) {
            void **payload = &payloads[traffic_below(&seed, COUNT)];
            heap_free(&heap, *payload);
            *payload = traffic_below(&seed, 2) ? heap_malloc(&heap, traffic_size(&seed)) : NULL;
        }
        for (int i = 0; i < COUNT; i++, payloads[i - 1] = NULL)
            heap_free(&heap, payloads[i]);
        heap_check(&heap, RECOMBINE_OPS);
        heap.allocator->walk(heap.state, count_whole, &whole);
        heap.allocator->stats(heap.state, &stats);
        assert_true(whole.all_free);
        assert_int_equal(whole.blocks, heap.backend.brk_calls);
        assert_int_equal(stats.splits, stats.merges);
        assert_true(stats.splits > RECOMBINE_OPS / 100);
        heap_close(&heap);
    }
}

/* What a window of allocations did not need goes at its end, not before. */
static void memory_goes_back_when_a_window_has_passed(void **state) {
    (void)state;
    static void *payloads[1000];
    struct heap heap;
    system_open(&heap, 0, ":decay=1000");
    for (int i = 0; i < 1000; i++)
        payloads[i] = heap_malloc(&heap, 4000);
    for (int i = 0; i < 1000; i++)
        heap_free(&heap, payloads[i]);
    uint64_t peak = heap.backend.held_bytes;
    assert_true(peak >= 4000000);
    for (int i = 0; i < 500; i++)
        heap_free(&heap, heap_malloc(&heap, 100));
    assert_int_equal(heap.backend.held_bytes, peak);
    for (int i = 0; i < 2000; i++)
        heap_free(&heap, heap_malloc(&heap, 100));
    assert_true(heap.backend.held_bytes <= 3 * 65536);
    heap_check(&heap, 0);
    heap_close(&heap);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_the_smallest_size_that_holds_request_and_header),
        cmocka_unit_test(internal_fragmentation_is_that_of_the_papers),
        cmocka_unit_test(every_system_places_blocks_as_the_model_does),
        cmocka_unit_test(all_freed_every_root_is_whole_again),
        cmocka_unit_test(memory_goes_back_when_a_window_has_passed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
