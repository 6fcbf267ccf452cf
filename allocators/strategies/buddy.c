/* buddy.c -- the buddy systems.
 *
 * Source: Knowlton, A Fast Storage Allocator (1965); Knuth 1973, 2.5, Algorithms R and S.
 *
 * Decides: a request gets the smallest block size of the system that holds it and its 8-byte header
 * (32 bytes at least), cut from the smallest larger free block; of equals the last freed. When a
 * block and its buddy, the other half of the block it was split from, are both free, they merge.
 * Roots, growth, trim, alignment and recombination are mechanism/buddies.h's.
 *
 * Sizes of the binary system: 16 * 2^k, k = 1, 2, …
 * Cost: O(log heap), at most a split or merge for each size. Waste: internal fragmentation, on
 * average 1/3 of the requested bytes for sizes uniform up to a power of two (Russell 1977).
 * Laws: D1-D4 of mechanism/buddies.h.
 */
#include "allocators/mechanism/buddies.h"
#include "allocators/mechanism/fresh.h"

enum { BINARY_FIRST_BITS = 5, BINARY_LAST_BITS = 36 };

static void binary_fill(struct buddies *heap) {
    for (unsigned bits = BINARY_FIRST_BITS; bits <= BINARY_LAST_BITS; bits++) {
        unsigned order = heap->order_count++;
        uint8_t half = (uint8_t)(order ? order - 1 : 0);
        heap->order[order] = (struct buddy_order){(size_t)1 << bits, half, half};
    }
}

static unsigned binary_order_for(const struct buddies *heap, size_t need) {
    (void)heap;
    return need <= (1 << BINARY_FIRST_BITS) ? 0 : highest_bit(need - 1) + 1 - BINARY_FIRST_BITS;
}

static const struct buddy_system binary_system = {binary_fill, binary_order_for};

static bool buddy_open(void *state, const struct hb_config *config, struct hb_backend *backend) {
    struct buddies *heap = state;
    heap->backend = backend;
    heap->top = BUDDY_ROOT;
    heap->grow = config->grow;
    heap->trim = config->trim;
    heap->threshold = config->mmap_threshold;
    binary_system.fill(heap);
    return true;
}

static void *buddy_alloc(void *state, size_t request) {
    return buddies_alloc(state, &binary_system, request);
}

static void *buddy_calloc(void *state, size_t request) {
    return fresh_calloc(((struct buddies *)state)->backend, buddy_alloc, state, request);
}

static void *buddy_alloc_aligned(void *state, size_t alignment, size_t request) {
    return buddies_alloc_aligned(state, &binary_system, alignment, request);
}

static void buddy_free(void *state, void *payload) {
    buddies_free(state, payload);
}

static void *buddy_resize(void *state, void *payload, size_t request) {
    return buddies_resize(state, payload, request);
}

static size_t buddy_usable(void *state, const void *payload) {
    return buddies_usable(state, payload);
}

static bool buddy_walk(void *state, hb_block_visit *visit, void *context) {
    return buddies_walk(state, visit, context);
}

static bool buddy_check(void *state, struct hb_violation *violation) {
    return buddies_check(state, violation);
}

static void buddy_stats(void *state, struct hb_stats *stats) {
    *stats = ((struct buddies *)state)->stats;
}

static const struct hb_allocator buddy = {
    .family = "buddy",
    .state_bytes = sizeof(struct buddies),
    .open = buddy_open,
    .alloc = buddy_alloc,
    .calloc = buddy_calloc,
    .alloc_aligned = buddy_alloc_aligned,
    .free = buddy_free,
    .resize = buddy_resize,
    .usable = buddy_usable,
    .walk = buddy_walk,
    .check = buddy_check,
    .stats = buddy_stats,
};

static const struct hb_allocator *buddy_variant(const struct hb_config *config) {
    (void)config;
    return &buddy;
}

static const struct hb_option *const buddy_options[] = {
    &hb_option_backend,        &hb_option_grow,    &hb_option_trim,
    &hb_option_mmap_threshold, &hb_option_preset,  &hb_option_scale,
    &hb_option_limit,          &hb_option_fail_at, NULL};

extern const struct hb_family hb_family_buddy;
const struct hb_family hb_family_buddy = {
    .name = "buddy",
    .summary = "power-of-two blocks that split in halves and merge with their buddy",
    .source = "Knowlton 1965; Knuth 1973, 2.5",
    .options = buddy_options,
    .variant = buddy_variant,
};
