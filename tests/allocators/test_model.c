/* The sequential fits, by tree and by list, segregated fits, TLSF and half-fit place every block
 * where the model says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "allocators/backend/backend.h"
#include "allocators/front.h"
#include "allocators/registry.h"
#include "tests/allocators/model.h"
#include "tests/allocators/traffic.h"

#ifdef HB_DEBUG
enum { OPS = 4000, CHECK_EVERY = 1 };
#else
enum { OPS = 20000, CHECK_EVERY = 64 };
#endif
enum { OBJECTS = 600 };

struct object {
    void *payload;
    uint64_t offset; /* the model's */
    size_t request;
};

struct rig {
    struct hb_spec spec;
    struct hb_backend backend;
    void *state;
    struct model model;
    struct object objects[OBJECTS];
    uint64_t seed;
};

static uint64_t rig_offset(const struct rig *rig, const void *payload) {
    return hb_backend_in_heap(&rig->backend, payload)
               ? (uint64_t)((const char *)payload - rig->backend.heap_base)
               : MODEL_SPAN;
}

static enum model_fit fit_named(const char *name) {
    static const struct {
        const char *name;
        enum model_fit fit;
    } fits[] = {{"firstfit", MODEL_FIRST},       {"nextfit", MODEL_NEXT}, {"bestfit", MODEL_BEST},
                {"worstfit", MODEL_WORST},       {"tlsf", MODEL_TLSF},    {"halffit", MODEL_TLSF},
                {"segregated", MODEL_SEGREGATED}};
    size_t at = 0;
    while (strcmp(fits[at].name, name))
        at++;
    return fits[at].fit;
}

static void rig_model(struct model *model, const char *family, const struct hb_config *config) {
    static const enum model_fit general[] = {MODEL_BEST, MODEL_FIRST, MODEL_SEGREGATED, MODEL_TLSF};
    bool is_quick = strcmp(family, "quickfit") == 0;
    enum model_fit fit = is_quick ? general[config->fit] : fit_named(family);
    enum model_order order = fit < MODEL_SEGREGATED ? (enum model_order)config->order : MODEL_LIFO;
    model_init(model, fit, order, config->grow, config->trim, config->mmap_threshold);
    model->coalesce = (enum model_coalesce)config->coalesce;
    model->split = config->split;
    if (fit == MODEL_SEGREGATED)
        model_set_segregated(model);
    if (fit == MODEL_TLSF)
        model_set_tlsf(model, strcmp(family, "halffit") ? (unsigned)config->sl : 0);
    if (!is_quick)
        return;
    model->learns_trim = true;
    model->refills_from_tail = config->refill == HB_REFILL_TAIL;
    model->quick =
        config->quick < config->mmap_threshold ? config->quick : config->mmap_threshold / 16 * 16;
}

static void rig_open(struct rig *rig, const char *spec, uint64_t seed) {
    char error[HB_OPTION_ERROR_MAX];
    memset(rig, 0, sizeof *rig);
    assert_int_equal(hb_spec_parse(spec, &rig->spec, error), HB_SPEC_OK);
    const struct hb_config *config = &rig->spec.config;
    assert_true(hb_backend_open(&rig->backend, config));
    rig->state = aligned_alloc(64, (rig->spec.allocator->state_bytes + 63) & ~(size_t)63);
    memset(rig->state, 0, rig->spec.allocator->state_bytes);
    assert_true(rig->spec.allocator->open(rig->state, config, &rig->backend));
    rig_model(&rig->model, rig->spec.family->name, config);
    rig->seed = seed;
}

static void rig_step(struct rig *rig) {
    const struct hb_allocator *allocator = rig->spec.allocator;
    struct object *object = &rig->objects[traffic_below(&rig->seed, OBJECTS)];
    unsigned kind = (unsigned)traffic_below(&rig->seed, 100);
    size_t request = traffic_size(&rig->seed);
    if (object->payload && kind < 65) {
        hb_front_free(allocator, rig->state, object->payload);
        model_free(&rig->model, object->offset, object->request);
        object->payload = NULL;
        return;
    }
    if (object->payload) {
        bool moved;
        uint64_t offset =
            model_realloc(&rig->model, object->offset, object->request, request, &moved);
        void *payload = hb_front_realloc(allocator, rig->state, object->payload, request);
        assert_int_equal(rig_offset(rig, payload), offset);
        *object = (struct object){payload, offset, request};
        return;
    }
    size_t alignment = kind < 90 ? 16 : (size_t)32 << traffic_below(&rig->seed, 9);
    object->request = request;
    object->offset = model_aligned(&rig->model, alignment, request);
    object->payload = hb_front_aligned(allocator, rig->state, alignment, request);
    assert_int_equal(rig_offset(rig, object->payload), object->offset);
}

static void agrees(const char *spec, uint64_t seed, int ops) {
    static struct rig rig;
    rig_open(&rig, spec, seed);
    for (int op = 0; op < ops; op++) {
        struct hb_violation violation;
        rig_step(&rig);
        if (rig.backend.held_bytes != model_footprint(&rig.model))
            fail_msg("%s op %d: footprint %zu, model %zu", spec, op, (size_t)rig.backend.held_bytes,
                     (size_t)model_footprint(&rig.model));
        if (op % CHECK_EVERY == 0 && !rig.spec.allocator->check(rig.state, &violation))
            fail_msg("%s op %d: %s at %p: %zu, expected %zu", spec, op, violation.law,
                     violation.address, (size_t)violation.found, (size_t)violation.expected);
    }
    for (int i = 0; i < OBJECTS; i++)
        hb_front_free(rig.spec.allocator, rig.state, rig.objects[i].payload);
    model_clear(&rig.model);
    free(rig.state);
    hb_backend_close(&rig.backend);
}

static const char *const fits[] = {"firstfit", "nextfit", "bestfit", "worstfit"};
static const char *const orders[] = {"address", "lifo", "fifo"};
static const char *const indexes[] = {"tree", "list"};
static const char *const settings[] = {"", ":grow=32:trim=4096:mmap_threshold=1024",
                                       ":preset=paper", ":trim=64K:grow=48"};

static void every_fit_places_blocks_as_the_model_does(void **state) {
    (void)state;
    for (int i = 0; i < 4 * 3 * 2 * 4; i++) {
        char spec[HB_SPEC_MAX];
        snprintf(spec, sizeof spec, "%s:backend=mmap:order=%s:index=%s%s", fits[i % 4],
                 orders[i / 4 % 3], indexes[i / 12 % 2], settings[i / 24]);
        agrees(spec, 0x9E3779B97F4A7C15u + (uint64_t)(i % 12), OPS);
    }
}

/* With what is put off or left out: merging, splitting. */
static const char *const tunings[] = {":coalesce=deferred", ":coalesce=none", ":split=128",
                                      ":coalesce=deferred:split=64:grow=48:trim=4096",
                                      ":coalesce=none:split=1K:grow=4096:mmap_threshold=2048"};

static void deferred_merging_places_blocks_as_the_model_does(void **state) {
    (void)state;
    static const char *const lists[] = {"segregated", "tlsf", "halffit"};
    for (int i = 0; i < 4 * 3 * 2 * 5; i++) {
        char spec[HB_SPEC_MAX];
        snprintf(spec, sizeof spec, "%s:backend=mmap:order=%s:index=%s%s", fits[i % 4],
                 orders[i / 4 % 3], indexes[i / 12 % 2], tunings[i / 24]);
        agrees(spec, 0xE7037ED1A0B428DBu + (uint64_t)(i % 12), OPS / 10);
    }
    for (int i = 0; i < 3 * 5; i++) {
        char spec[HB_SPEC_MAX];
        snprintf(spec, sizeof spec, "%s:backend=mmap%s", lists[i % 3], tunings[i / 3]);
        agrees(spec, 0xA0761D6478BD642Fu + (uint64_t)i, OPS / 4);
    }
}

static void segregated_lists_place_blocks_as_the_model_does(void **state) {
    (void)state;
    static const char *const lists[] = {"segregated", "tlsf:sl=1", "tlsf:sl=2", "tlsf:sl=3",
                                        "tlsf:sl=4",  "tlsf",      "tlsf:sl=6", "halffit"};
    for (int i = 0; i < 8 * 4; i++) {
        char spec[HB_SPEC_MAX];
        snprintf(spec, sizeof spec, "%s:backend=mmap%s", lists[i % 8], settings[i / 8]);
        agrees(spec, 0xD1B54A32D192ED03u + (uint64_t)i, OPS);
    }
}

static void quick_lists_place_blocks_as_the_model_does(void **state) {
    (void)state;
    static const char *const generals[] = {"best", "first", "segregated", "tlsf"};
    static const char *const lists[] = {"",
                                        ":quick=32",
                                        ":quick=4K:trim=4096:grow=48",
                                        ":refill=tail",
                                        ":refill=tail:quick=1K:preset=paper",
                                        ":mmap_threshold=112"};
    for (int i = 0; i < 4 * 6; i++) {
        char spec[HB_SPEC_MAX];
        snprintf(spec, sizeof spec, "quickfit:backend=mmap:fit=%s%s", generals[i % 4],
                 lists[i / 4]);
        agrees(spec, 0x8EBC6AF09C88C6E3u + (uint64_t)i, OPS / 2);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fit_places_blocks_as_the_model_does),
        cmocka_unit_test(deferred_merging_places_blocks_as_the_model_does),
        cmocka_unit_test(quick_lists_place_blocks_as_the_model_does),
        cmocka_unit_test(segregated_lists_place_blocks_as_the_model_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
