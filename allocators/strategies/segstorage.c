/* segstorage.c -- simple segregated storage: spans of equal slots.
 *
 * Source: Wilson, Johnstone, Neely and Boles 1995, section 3.6 (simple segregated storage); with
 * powers of two Kingsley's malloc (4.2 BSD).
 *
 * Decides: the sizes of slots, from 16 bytes to 1 MiB. A request gets the smallest that holds it.
 *
 *   classes      sizes
 *   pow2         16 * 2^k
 *   pow2x3       16 * 2^k and 16 * 3 * 2^k
 *   geometric    16, 32, 48, 64, then after s: s + s / 64 * 16; the last is 1 MiB
 *
 * Layout, spans, which slot of a class, and when memory goes back are mechanism/slots.h's and
 * mechanism/units.h's.
 *
 * Cost: O(1) for a slot; a span in about O(cells of 4 MiB). Waste: what a slot has beyond its
 * request, at most half of it (pow2), a third (pow2x3), a fifth (geometric, from 64 bytes on); no
 * header; and in each class the free slots of spans that are not empty, which no other class can
 * use.
 * Laws: U1-U5 of mechanism/slots.h.
 *
 * Departs from the textbook: empty spans do go back, for any class and for the system.
 */
#include "allocators/mechanism/slots_check.h"

static void segstorage_classes(struct slots *heap, enum hb_classes classes) {
    for (size_t bytes = HB_ALIGNMENT, next; bytes <= SLOTS_LARGEST; bytes = next) {
        slots_add_class(heap, bytes);
        switch (classes) {
        case HB_CLASSES_POW2:
            next = 2 * bytes;
            break;
        case HB_CLASSES_POW2X3:
            next = bytes & (bytes - 1) ? bytes / 3 * 4 : bytes / 2 * 3;
            next = bytes == HB_ALIGNMENT ? 2 * bytes : next;
            break;
        default:
            next = bytes + (bytes < 64 ? 16 : bytes / 64 * 16);
            next = bytes < SLOTS_LARGEST && next > SLOTS_LARGEST ? SLOTS_LARGEST : next;
        }
    }
}

static bool segstorage_open(void *state, const struct hb_config *config,
                            struct hb_backend *backend) {
    segstorage_classes(state, (enum hb_classes)config->classes);
    slots_open(state, config, backend);
    return true;
}

static void *segstorage_alloc(void *state, size_t request) {
    return slots_alloc(state, request);
}

static void *segstorage_calloc(void *state, size_t request) {
    void *payload = slots_alloc(state, request);
    bool is_clear = request >= ((struct slots *)state)->threshold;
    return payload && !is_clear ? memset(payload, 0, request) : payload;
}

static void *segstorage_alloc_aligned(void *state, size_t alignment, size_t request) {
    return slots_alloc_aligned(state, alignment, request);
}

static void segstorage_free(void *state, void *payload) {
    slots_free(state, payload);
}

static void *segstorage_resize(void *state, void *payload, size_t request) {
    return slots_resize(state, payload, request);
}

static size_t segstorage_usable(void *state, const void *payload) {
    return slots_usable(state, (void *)payload);
}

static bool segstorage_walk(void *state, hb_block_visit *visit, void *context) {
    return slots_walk(state, visit, context);
}

static bool segstorage_check(void *state, struct hb_violation *violation) {
    return slots_check(state, violation);
}

static void segstorage_stats(void *state, struct hb_stats *stats) {
    *stats = ((struct slots *)state)->stats;
}

static const struct hb_allocator segstorage = {
    .family = "segstorage",
    .state_bytes = sizeof(struct slots),
    .open = segstorage_open,
    .alloc = segstorage_alloc,
    .calloc = segstorage_calloc,
    .alloc_aligned = segstorage_alloc_aligned,
    .free = segstorage_free,
    .resize = segstorage_resize,
    .usable = segstorage_usable,
    .walk = segstorage_walk,
    .check = segstorage_check,
    .stats = segstorage_stats,
};

static const struct hb_allocator *segstorage_variant(const struct hb_config *config) {
    (void)config;
    return &segstorage;
}

static const struct hb_option *const segstorage_options[] = {&hb_option_classes,
                                                             &hb_option_backend,
                                                             &hb_option_grow,
                                                             &hb_option_trim,
                                                             &hb_option_mmap_threshold,
                                                             &hb_option_decay,
                                                             &hb_option_preset,
                                                             &hb_option_scale,
                                                             &hb_option_limit,
                                                             &hb_option_fail_at,
                                                             &hb_option_guard,
                                                             NULL};

extern const struct hb_family hb_family_segstorage;
const struct hb_family hb_family_segstorage = {
    .name = "segstorage",
    .summary = "spans of equal slots; nothing splits or merges",
    .source = "Wilson et al. 1995, 3.6; Kingsley (4.2 BSD)",
    .options = segstorage_options,
    .variant = segstorage_variant,
};
