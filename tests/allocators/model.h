/* model.h -- a second implementation of the block model (docs/block-model.md), for the tests: an
 * array of blocks in address order, every search a loop over all of it. It has no memory behind it,
 * only offsets from heap_base, and shares no code with the strategies.
 */
#ifndef HB_TEST_MODEL_H
#define HB_TEST_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum model_fit { MODEL_FIRST, MODEL_NEXT, MODEL_BEST, MODEL_WORST, MODEL_SEGREGATED, MODEL_TLSF };
enum model_coalesce { MODEL_IMMEDIATE, MODEL_DEFERRED, MODEL_NONE };
enum model_order { MODEL_ADDRESS, MODEL_LIFO, MODEL_FIFO };

#define MODEL_SPAN UINT64_MAX /* the offset of any payload in a span of its own */

struct model_block {
    uint64_t at; /* offset of the header */
    uint64_t bytes;
    bool is_free;
    bool waits; /* freed, in the quick list of its size */
    int64_t rank;
};

enum { MODEL_CLASSES_MAX = 2048 };

struct model {
    enum model_fit fit;
    enum model_order order;
    uint64_t grow, trim, threshold;
    uint64_t split;
    enum model_coalesce coalesce;
    uint64_t quick; /* bytes of the largest block that waits; 0: none does */
    bool refills_from_tail;
    bool learns_trim; /* what was given back and is taken again raises trim */
    uint64_t returned;
    uint64_t starts[MODEL_CLASSES_MAX]; /* of size classes: their smallest blocks, in bytes */
    size_t classes, exact_classes;
    uint64_t page;
    struct model_block *blocks;
    size_t count, capacity;
    uint64_t brk; /* bytes of the heap */
    uint64_t span_bytes;
    int64_t sequence;
    bool has_rover;
    int64_t rover;
};

void model_init(struct model *model, enum model_fit fit, enum model_order order, uint64_t grow,
                uint64_t trim, uint64_t threshold);
/* As segregated fits, and as TLSF with 2^sl lists for each power of two (0: half-fit), are defined:
 * size classes, the last freed first, and a trim that learns. order is lifo. */
void model_set_segregated(struct model *model);
void model_set_tlsf(struct model *model, unsigned sl);
void model_clear(struct model *model);

/* Payload offset, or MODEL_SPAN. */
uint64_t model_alloc(struct model *model, uint64_t request);
uint64_t model_aligned(struct model *model, uint64_t alignment, uint64_t request);
/* request: of the live block, to know a span's size. */
void model_free(struct model *model, uint64_t payload, uint64_t request);
/* The new payload; *moved says whether it was resized in place. */
uint64_t model_realloc(struct model *model, uint64_t payload, uint64_t old_request,
                       uint64_t request, bool *moved);
uint64_t model_footprint(const struct model *model);

#endif
