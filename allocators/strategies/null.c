/* null.c -- no allocator at all: the floor, what the harness itself costs.
 *
 * Decides: nothing. Every request gets the same region, as large as the largest request; free and
 * resize do nothing. calloc does not clear: clearing is an allocator's work, and this one does
 * none.
 */
#include "allocators/backend/backend.h"
#include "allocators/allocator.h"
#include "allocators/mechanism/bits.h"

struct null_state {
    char *region;
    size_t region_bytes;
};

static bool null_open(void *state, const struct hb_config *config, struct hb_backend *backend) {
    struct null_state *null = state;
    null->region_bytes = round_up(config->largest_request + HB_PAGE, HB_PAGE);
    char *start = hb_backend_map(backend, null->region_bytes + HB_ALIGNMENT_MAX);
    if (!start)
        return false;
    null->region = (char *)round_up((uintptr_t)start, HB_ALIGNMENT_MAX);
    return true;
}

static void *null_alloc(void *state, size_t request) {
    (void)request;
    return ((struct null_state *)state)->region;
}

static void *null_alloc_aligned(void *state, size_t alignment, size_t request) {
    (void)alignment, (void)request;
    return ((struct null_state *)state)->region;
}

static void null_free(void *state, void *payload) {
    (void)state, (void)payload;
}

static void *null_resize(void *state, void *payload, size_t request) {
    (void)state, (void)request;
    return payload;
}

static size_t null_usable(void *state, const void *payload) {
    (void)payload;
    return ((struct null_state *)state)->region_bytes;
}

static const struct hb_allocator null_allocator = {
    .family = "null",
    .state_bytes = sizeof(struct null_state),
    .open = null_open,
    .alloc = null_alloc,
    .alloc_aligned = null_alloc_aligned,
    .free = null_free,
    .resize = null_resize,
    .usable = null_usable,
    .calloc = null_alloc,
};

static const struct hb_allocator *null_variant(const struct hb_config *config) {
    (void)config;
    return &null_allocator;
}

static const struct hb_option *const null_options[] = {NULL};

extern const struct hb_family hb_family_null;
const struct hb_family hb_family_null = {
    .name = "null",
    .summary = "one fixed region for every request: the harness's floor",
    .source = "none",
    .options = null_options,
    .variant = null_variant,
    .never_frees = true,
    .is_floor = true,
};
