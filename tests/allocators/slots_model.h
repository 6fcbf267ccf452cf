/* slots_model.h -- a second implementation of simple segregated storage (docs/strategies/
 * segstorage.md), for the tests: an array of spans in address order, every search a loop. It has no
 * memory behind it, only offsets from heap_base, and shares no code with the strategies.
 */
#ifndef HB_TEST_SLOTS_MODEL_H
#define HB_TEST_SLOTS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLOTS_MODEL_SPAN UINT64_MAX /* the offset of any payload in a mapping of its own */

enum { SLOTS_MODEL_SLOTS = 1024, SLOTS_MODEL_SPANS = 8192 };

struct slots_model_span {
    uint64_t unit; /* where it begins */
    uint64_t units, bytes, slots;
    uint64_t unused; /* slots from here on were never used */
    uint16_t freed[SLOTS_MODEL_SLOTS];
    uint64_t freed_count;
    enum { SLOTS_MODEL_CURRENT, SLOTS_MODEL_FULL, SLOTS_MODEL_QUEUED } state;
    uint64_t queued; /* when it entered the queue */
};

struct slots_model {
    const uint64_t *sizes;
    uint64_t grow, trim, threshold, decay;
    struct slots_model_span *spans[SLOTS_MODEL_SPANS]; /* in no order */
    uint64_t count;
    uint64_t end; /* units that the heap has, those of records included */
    uint64_t mapped_bytes;
    uint64_t queueings, allocs, due, highest;
};

/* sizes: of slots, by rise. */
void slots_model_init(struct slots_model *model, const uint64_t *sizes, uint64_t grow,
                      uint64_t trim, uint64_t threshold, uint64_t decay);
void slots_model_clear(struct slots_model *model);
uint64_t slots_model_alloc(struct slots_model *model, uint64_t alignment, uint64_t request);
void slots_model_free(struct slots_model *model, uint64_t payload, uint64_t request);
uint64_t slots_model_realloc(struct slots_model *model, uint64_t payload, uint64_t old_request,
                             uint64_t request);
uint64_t slots_model_footprint(const struct slots_model *model);

#endif
