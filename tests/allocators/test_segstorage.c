/* Simple segregated storage: slots of the sizes that each set of classes says, where an independent
 * model places them; empty spans serve other classes and go back.
 */
#include "tests/allocators/heap.h"
#include "tests/allocators/slots_model.h"
#include "tests/allocators/traffic.h"

#if defined HB_DEBUG || defined HB_SANITIZED
enum { MODEL_OPS = 4000, CHECK_EVERY = 1 };
#else
enum { MODEL_OPS = 40000, CHECK_EVERY = 64 };
#endif
enum { OBJECTS = 3000, LARGEST = 1 << 20 };

static const char *const classes[] = {"pow2", "pow2x3", "geometric"};
enum { CLASSES = sizeof classes / sizeof *classes, SIZES_MAX = 80 };

/* The sizes by their definition in docs/strategies/segstorage.md. */
static void sizes_fill(int set, uint64_t *sizes) {
    int count = 0;
    for (uint64_t power = 16; set < 2 && power <= LARGEST; power *= 2) {
        sizes[count++] = power;
        if (set == 1 && power > 16 && power < LARGEST)
            sizes[count++] = power / 2 * 3;
    }
    for (uint64_t size = 16; set == 2; size += size < 64 ? 16 : size / 64 * 16) {
        sizes[count++] = size < LARGEST ? size : LARGEST;
        if (size >= LARGEST)
            break;
    }
}

static void classes_open(struct heap *heap, int set, const char *settings) {
    char spec[HB_SPEC_MAX];
    snprintf(spec, sizeof spec, "segstorage:classes=%s:backend=mmap%s", classes[set], settings);
    heap_open(heap, spec);
}

static void a_slot_is_the_smallest_that_holds_the_request(void **state) {
    (void)state;
    for (int set = 0; set < CLASSES; set++) {
        struct heap heap;
        uint64_t sizes[SIZES_MAX] = {0}, smallest = 0;
        sizes_fill(set, sizes);
        classes_open(&heap, set, ":mmap_threshold=off");
        for (size_t request = 1; request <= LARGEST; request += request < 40000 ? 1 : 997) {
            while (sizes[smallest] < request)
                smallest++;
            void *payload = heap_malloc(&heap, request);
            assert_int_equal(heap.allocator->usable(heap.state, payload), sizes[smallest]);
            heap_free(&heap, payload);
        }
        assert_true(heap.backend.mmap_calls == 0);
        heap_free(&heap, heap_malloc(&heap, LARGEST + 1));
        assert_true(heap.backend.mmap_calls == 1);
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
    struct slots_model model;
    struct object objects[OBJECTS];
    uint64_t seed;
};

static uint64_t rig_offset(const struct rig *rig, const void *payload) {
    return hb_backend_in_heap(&rig->heap.backend, payload)
               ? (uint64_t)((const char *)payload - rig->heap.backend.heap_base)
               : SLOTS_MODEL_SPAN;
}

static void object_free(struct rig *rig, struct object *object) {
    if (!object->payload)
        return;
    heap_free(&rig->heap, object->payload);
    slots_model_free(&rig->model, object->offset, object->request);
    object->payload = NULL;
}

static void rig_step(struct rig *rig) {
    const struct hb_allocator *allocator = rig->heap.allocator;
    struct object *object = &rig->objects[traffic_below(&rig->seed, OBJECTS)];
    unsigned kind = (unsigned)traffic_below(&rig->seed, 100);
    size_t request = traffic_size(&rig->seed);
    if (object->payload && kind < 60) {
        object_free(rig, object);
        return;
    }
    if (object->payload) {
        object->offset = slots_model_realloc(&rig->model, object->offset, object->request, request);
        object->payload = hb_front_realloc(allocator, rig->heap.state, object->payload, request);
    } else {
        size_t alignment = kind < 90 ? 16 : (size_t)32 << traffic_below(&rig->seed, 9);
        object->offset = slots_model_alloc(&rig->model, alignment, request);
        object->payload = hb_front_aligned(allocator, rig->heap.state, alignment, request);
    }
    object->request = request;
    assert_int_equal(rig_offset(rig, object->payload), object->offset);
}

/* Returns the peak of the heap. */
static uint64_t agrees(int set, const char *settings, uint64_t seed) {
    static struct rig rig;
    uint64_t sizes[SIZES_MAX] = {0}, peak = 0;
    memset(&rig, 0, sizeof rig);
    sizes_fill(set, sizes);
    classes_open(&rig.heap, set, settings);
    const struct hb_config *config = &rig.heap.spec.config;
    slots_model_init(&rig.model, sizes, config->grow, config->trim, config->mmap_threshold,
                     config->decay);
    rig.seed = seed;
    for (int op = 0; op < MODEL_OPS; op++) {
        rig_step(&rig);
        if (op % 8000 == 7999) /* now and then all at once, so that memory is given back */
            for (int i = 0; i < OBJECTS; i++)
                object_free(&rig, &rig.objects[i]);
        if (rig.heap.backend.held_bytes != slots_model_footprint(&rig.model))
            fail_msg("%s op %d: footprint %zu, model %zu", rig.heap.spec.canonical, op,
                     (size_t)rig.heap.backend.held_bytes,
                     (size_t)slots_model_footprint(&rig.model));
        if (op % CHECK_EVERY == 0)
            heap_check(&rig.heap, op);
        uint64_t heap_bytes = rig.heap.backend.held_bytes - rig.heap.backend.span_bytes;
        peak = heap_bytes > peak ? heap_bytes : peak;
    }
    slots_model_clear(&rig.model);
    heap_close(&rig.heap);
    return peak;
}

static void slots_are_where_the_model_says(void **state) {
    (void)state;
    static const char *const settings[] = {"", ":decay=0", ":decay=500:trim=4K:grow=4K",
                                           ":grow=48:trim=16:decay=2000",
                                           ":grow=512K:mmap_threshold=400K:decay=100"};
    int large = 0;
    for (int set = 0; set < CLASSES; set++)
        for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
            if (agrees(set, settings[i], 0x9E3779B97F4A7C15u + i) > 4 << 20)
                large++;
    assert_true(large > 0); /* of more than one cell */
}

/* Spans of one class, all freed, are taken by another. */
static void empty_spans_serve_any_class(void **state) {
    (void)state;
    static void *payloads[20000];
    struct heap heap;
    uint64_t peak = 0;
    classes_open(&heap, 0, ":trim=off");
    for (size_t request = 16; request <= 256; request *= 4) {
        for (size_t i = 0; i < 20000 * 16 / request; i++)
            payloads[i] = heap_malloc(&heap, request);
        for (size_t i = 0; i < 20000 * 16 / request; i++)
            heap_free(&heap, payloads[i]);
        heap_check(&heap, (int)request);
        if (!peak)
            peak = heap.backend.held_bytes;
    }
    assert_true(heap.backend.held_bytes <= peak + 65536);
    heap_close(&heap);
}

/* Aligned payloads move up within slots, and within mappings where no slot is large enough. */
static void any_alignment_is_served(void **state) {
    (void)state;
    struct heap heap;
    void *payloads[128];
    int count = 0;
    classes_open(&heap, 1, "");
    for (size_t alignment = 32; alignment <= HB_ALIGNMENT_MAX; alignment *= 2)
        for (size_t request = 24; request <= 3000000; request *= 50) {
            void *payload = hb_front_aligned(heap.allocator, heap.state, alignment, request);
            assert_non_null(payload);
            assert_int_equal((uintptr_t)payload % alignment, 0);
            assert_true(heap.allocator->usable(heap.state, payload) >= request);
            memset(payload, 1, request);
            payloads[count++] = payload;
            heap_check(&heap, count);
        }
    while (count--)
        heap_free(&heap, payloads[count]);
    heap_check(&heap, 0);
    assert_int_equal(heap.backend.span_bytes, 0);
    heap_close(&heap);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slot_is_the_smallest_that_holds_the_request),
        cmocka_unit_test(slots_are_where_the_model_says),
        cmocka_unit_test(empty_spans_serve_any_class),
        cmocka_unit_test(any_alignment_is_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
