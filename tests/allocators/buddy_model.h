/* buddy_model.h -- a second implementation of the buddy systems (docs/strategies/buddy.md), for the
 * tests: an explicit tree below each root, every search a loop over all nodes. It has no memory
 * behind it, only offsets from heap_base, and shares no code with the strategies.
 */
#ifndef HB_TEST_BUDDY_MODEL_H
#define HB_TEST_BUDDY_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum buddy_model_system { MODEL_BINARY, MODEL_FIBONACCI, MODEL_WEIGHTED, MODEL_DOUBLE };

#define BUDDY_MODEL_SPAN UINT64_MAX /* the offset of any payload in a span of its own */

struct buddy_model_node {
    uint64_t at;    /* offset of the header */
    uint64_t units; /* of 16 bytes */
    int parent;     /* -1: a root */
    int left, right;
    bool exists, is_free;
    uint64_t freed; /* number of its freeing */
};

struct buddy_model {
    enum buddy_model_system system;
    uint64_t grow, trim, threshold, decay;
    struct buddy_model_node *nodes;
    int count, capacity;
    uint64_t end; /* offset of the next root's header */
    uint64_t span_bytes;
    uint64_t freeings, allocs, due, highest;
};

void buddy_model_init(struct buddy_model *model, enum buddy_model_system system, uint64_t grow,
                      uint64_t trim, uint64_t threshold, uint64_t decay);
void buddy_model_clear(struct buddy_model *model);

/* The smallest size >= units. */
uint64_t buddy_model_size(enum buddy_model_system system, uint64_t units);

/* Payload offset, or BUDDY_MODEL_SPAN. alignment <= 16: an ordinary request. */
uint64_t buddy_model_alloc(struct buddy_model *model, uint64_t alignment, uint64_t request);
/* request: of the live block, to know a span's size. */
void buddy_model_free(struct buddy_model *model, uint64_t payload, uint64_t request);
uint64_t buddy_model_realloc(struct buddy_model *model, uint64_t payload, uint64_t old_request,
                             uint64_t request);
uint64_t buddy_model_footprint(const struct buddy_model *model);

#endif
