/* heap.h -- a strategy opened on a backend of its own, for the tests. */
#ifndef HB_TEST_HEAP_H
#define HB_TEST_HEAP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "allocators/backend/backend.h"
#include "allocators/front.h"
#include "allocators/registry.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

struct heap {
    struct hb_spec spec;
    const struct hb_allocator *allocator;
    struct hb_backend backend;
    void *state;
};

/* heap_base lies offset bytes, a multiple of 16, above a multiple of 2 MiB. */
static inline void heap_open_at(struct heap *heap, const char *spec, uint64_t offset) {
    char error[HB_OPTION_ERROR_MAX] = "";
    memset(heap, 0, sizeof *heap);
    if (hb_spec_parse(spec, &heap->spec, error) != HB_SPEC_OK)
        fail_msg("%s: %s", spec, error);
    heap->spec.config.largest_request = 1 << 20;
    heap->spec.config.base_offset = offset;
    heap->allocator = heap->spec.allocator;
    assert_true(hb_backend_open(&heap->backend, &heap->spec.config));
    size_t bytes = (heap->allocator->state_bytes + 63) & ~(size_t)63;
    heap->state = aligned_alloc(64, bytes);
    memset(heap->state, 0, bytes);
    assert_true(heap->allocator->open(heap->state, &heap->spec.config, &heap->backend));
}

static inline void heap_open(struct heap *heap, const char *spec) {
    heap_open_at(heap, spec, 0);
}

static inline void heap_close(struct heap *heap) {
    hb_backend_close(&heap->backend);
    free(heap->state);
}

/* All laws hold. */
static inline void heap_check(const struct heap *heap, int op) {
    struct hb_violation broken;
    if (heap->allocator->check && !heap->allocator->check(heap->state, &broken))
        fail_msg("%s, op %d: %s at %p: found %zu, expected %zu", heap->spec.canonical, op,
                 broken.law, broken.address, (size_t)broken.found, (size_t)broken.expected);
}

static inline void *heap_malloc(struct heap *heap, size_t request) {
    return hb_front_malloc(heap->allocator, heap->state, request);
}

static inline void heap_free(struct heap *heap, void *payload) {
    hb_front_free(heap->allocator, heap->state, payload);
}

/* How many values of its first option make another strategy of a family: order, system. */
static inline int heap_variants(const struct hb_family *family) {
    const struct hb_option *option = family->options[0];
    int count = 0;
    if (option == &hb_option_backend || !option->choices)
        return 1;
    while (option->choices[count])
        count++;
    return count;
}

static inline bool heap_knows(const struct hb_family *family, const struct hb_option *option) {
    for (size_t i = 0; family->options[i]; i++)
        if (family->options[i] == option)
            return true;
    return false;
}

/* Every spec the tests run, each with the mmap backend so that a sanitizer's heap is left alone. */
static inline int heap_specs(char specs[][HB_SPEC_MAX], int most, const char *settings) {
    int count = 0;
    for (int i = 0; hb_registry[i]; i++) {
        const struct hb_family *family = hb_registry[i];
        if (family->is_floor || family->is_foreign)
            continue;
        const struct hb_option *first = family->options[0];
        int variants = heap_variants(family);
        bool indexed = family->options[1] == &hb_option_index;
        for (int variant = 0; variant < variants * (indexed ? 2 : 1) && count < most; variant++)
            if (variants == 1)
                snprintf(specs[count++], HB_SPEC_MAX, "%s:backend=mmap%s", family->name, settings);
            else
                snprintf(specs[count++], HB_SPEC_MAX, "%s:%s=%s%s:backend=mmap%s", family->name,
                         first->key, first->choices[variant % variants],
                         variant < variants ? "" : ":index=list", settings);
    }
    return count;
}

enum { HEAP_SPECS_MAX = 64 };

#endif
