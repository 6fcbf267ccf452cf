/* tagged_variant.h -- the boundary-tag engine with one policy behind the contract. */
#ifndef HB_TAGGED_VARIANT_H
#define HB_TAGGED_VARIANT_H

#include "allocators/mechanism/fresh.h"
#include "allocators/mechanism/tagged_check.h"

static size_t tagged_any_usable(void *state, const void *payload) {
    (void)state;
    return tagged_usable(payload);
}

static void tagged_any_stats(void *state, struct hb_stats *stats) {
    *stats = ((struct tagged_heap *)state)->stats;
}

static bool tagged_any_walk(void *state, hb_block_visit *visit, void *context) {
    return tagged_walk(state, visit, context);
}

/* NAME_policy, of the given members, and NAME_tuned_policy, the same but that it heeds coalesce=
 * and split=. */
#define TAGGED_POLICIES(NAME, ...)                                                                 \
    static const struct tagged_policy NAME##_policy = {__VA_ARGS__};                               \
    static const struct tagged_policy NAME##_tuned_policy = {__VA_ARGS__, .is_tuned = true};

/* The calls that a strategy may want to make before the engine does. */
#define TAGGED_CALLS(NAME)                                                                         \
    static void *NAME##_alloc(void *state, size_t request) {                                       \
        return tagged_alloc(state, &NAME##_policy, request);                                       \
    }                                                                                              \
    static void NAME##_free(void *state, void *payload) {                                          \
        tagged_free(state, &NAME##_policy, payload);                                               \
    }                                                                                              \
    static bool NAME##_check(void *state, struct hb_violation *violation) {                        \
        return tagged_check(state, &NAME##_policy, violation);                                     \
    }

/* struct hb_allocator NAME, of family FAMILY: NAME_alloc, NAME_free, NAME_check, and the others by
 * the policy NAME_policy, over a struct STATE, which begins with a tagged_heap, prepared by OPEN.
 */
#define TAGGED_CONTRACT(NAME, FAMILY, STATE, OPEN)                                                 \
    static void *NAME##_calloc(void *state, size_t request) {                                      \
        return fresh_calloc(((struct tagged_heap *)state)->backend, NAME##_alloc, state, request); \
    }                                                                                              \
    static void *NAME##_alloc_aligned(void *state, size_t alignment, size_t request) {             \
        return tagged_alloc_aligned(state, &NAME##_policy, alignment, request);                    \
    }                                                                                              \
    static void *NAME##_resize(void *state, void *payload, size_t request) {                       \
        return tagged_resize(state, &NAME##_policy, payload, request);                             \
    }                                                                                              \
    static const struct hb_allocator NAME = {                                                      \
        .family = FAMILY,                                                                          \
        .state_bytes = sizeof(struct STATE),                                                       \
        .open = OPEN,                                                                              \
        .alloc = NAME##_alloc,                                                                     \
        .calloc = NAME##_calloc,                                                                   \
        .alloc_aligned = NAME##_alloc_aligned,                                                     \
        .free = NAME##_free,                                                                       \
        .resize = NAME##_resize,                                                                   \
        .usable = tagged_any_usable,                                                               \
        .walk = tagged_any_walk,                                                                   \
        .check = NAME##_check,                                                                     \
        .stats = tagged_any_stats,                                                                 \
    };

/* All of it by the engine. */
#define TAGGED_VARIANT(NAME, FAMILY, STATE, OPEN)                                                  \
    TAGGED_CALLS(NAME)                                                                             \
    TAGGED_CONTRACT(NAME, FAMILY, STATE, OPEN)

/* NAME and NAME_tuned. */
#define TAGGED_VARIANTS(NAME, FAMILY, STATE, OPEN)                                                 \
    TAGGED_VARIANT(NAME, FAMILY, STATE, OPEN)                                                      \
    TAGGED_VARIANT(NAME##_tuned, FAMILY, STATE, OPEN)

#endif
