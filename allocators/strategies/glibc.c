/* glibc.c -- the baseline: whatever malloc the process has, as it is.
 *
 * Its blocks, footprint and addresses are its own business: only its resident memory is measured.
 */
#include <malloc.h>
#include <stdlib.h>

#include "allocators/allocator.h"

static bool glibc_open(void *state, const struct hb_config *config, struct hb_backend *backend) {
    (void)state, (void)config, (void)backend;
    return true;
}

static void *glibc_alloc(void *state, size_t request) {
    (void)state;
    return malloc(request);
}

static void *glibc_alloc_aligned(void *state, size_t alignment, size_t request) {
    (void)state;
    return memalign(alignment, request);
}

static void glibc_free(void *state, void *payload) {
    (void)state;
    free(payload);
}

static void *glibc_resize(void *state, void *payload, size_t request) {
    (void)state, (void)payload, (void)request;
    return NULL;
}

static size_t glibc_usable(void *state, const void *payload) {
    (void)state;
    return malloc_usable_size((void *)payload);
}

static void *glibc_calloc(void *state, size_t request) {
    (void)state;
    return calloc(1, request);
}

static void *glibc_realloc(void *state, void *payload, size_t request) {
    (void)state;
    return realloc(payload, request);
}

static const struct hb_allocator glibc = {
    .family = "glibc",
    .state_bytes = 1,
    .open = glibc_open,
    .alloc = glibc_alloc,
    .alloc_aligned = glibc_alloc_aligned,
    .free = glibc_free,
    .resize = glibc_resize,
    .usable = glibc_usable,
    .calloc = glibc_calloc,
    .realloc = glibc_realloc,
};

static const struct hb_allocator *glibc_variant(const struct hb_config *config) {
    (void)config;
    return &glibc;
}

static const struct hb_option *const glibc_options[] = {NULL};

extern const struct hb_family hb_family_glibc;
const struct hb_family hb_family_glibc = {
    .name = "glibc",
    .summary = "the C library's malloc, the baseline",
    .source = "GNU C Library (ptmalloc, after Lea and Gloger)",
    .options = glibc_options,
    .variant = glibc_variant,
    .is_foreign = true,
};
