/* allocator.h -- the contract between a strategy and whoever calls it.
 *
 * Callers guarantee: 1 <= request <= HB_REQUEST_MAX, payloads are live and not NULL, alignment is a
 * power of two above 16, one thread at a time.
 * Strategies guarantee: payloads are 16-aligned, and a call that fails changes nothing.
 * front.h gives these calls the semantics of C's malloc family.
 */
#ifndef HB_ALLOCATOR_H
#define HB_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocators/options.h"

struct hb_backend;

#define HB_REQUEST_MAX ((size_t)1 << 46)
enum { HB_ALIGNMENT = 16, HB_ALIGNMENT_MAX = 1 << 21, HB_PAGE = 4096 };

enum hb_block_kind {
    HB_BLOCK_LIVE,
    HB_BLOCK_FREE,
    HB_BLOCK_SPAN, /* live, in a mapping of its own */
    HB_BLOCK_FENCE /* memory that is not the heap's: a foreign sbrk, the gap between two regions */
};

struct hb_block {
    const void *address; /* of the block, its metadata included */
    const void *payload; /* NULL for fences */
    size_t bytes;
    enum hb_block_kind kind;
};

/* Called for each block; false ends the walk. */
typedef bool hb_block_visit(void *context, const struct hb_block *block);

/* A law of a strategy (see its head comment) that does not hold. */
struct hb_violation {
    const char *law;
    const void *address;
    uint64_t found;
    uint64_t expected;
};

struct hb_stats {
    uint64_t search_steps; /* free blocks or index nodes looked at to find a fit */
    uint64_t splits;       /* blocks divided */
    uint64_t merges;       /* pairs of blocks joined */
};

/* One variant of a strategy: its options of kind "which code" are already chosen. */
struct hb_allocator {
    const char *family;
    size_t state_bytes; /* size of the state that the caller provides, zeroed, 64-aligned */

    /* Prepare an empty heap. False if the backend gives nothing. */
    bool (*open)(void *state, const struct hb_config *config, struct hb_backend *backend);

    /* A block for request bytes; NULL if there is no memory. */
    void *(*alloc)(void *state, size_t request);

    /* The same at a multiple of alignment (> 16, <= HB_ALIGNMENT_MAX, else NULL). */
    void *(*alloc_aligned)(void *state, size_t alignment, size_t request);

    void (*free)(void *state, void *payload);

    /* Give a live block a new size without copying its payload. Returns payload, or where a span
     * went if it was moved by mremap; NULL when refused: the block is then unchanged. */
    void *(*resize)(void *state, void *payload, size_t request);

    /* Bytes that may be written at payload. */
    size_t (*usable)(void *state, const void *payload);

    /* Visit every block in address order, then spans. NULL: the heap cannot be seen. */
    bool (*walk)(void *state, hb_block_visit *visit, void *context);

    /* Check every law. On failure returns false and describes the first broken one. May be NULL. */
    bool (*check)(void *state, struct hb_violation *violation);

    /* May be NULL: nothing counted. */
    void (*stats)(void *state, struct hb_stats *stats);

    /* Optional, for those that do better than front.h's composition of the calls above. */
    void *(*calloc)(void *state, size_t request);
    void *(*realloc)(void *state, void *payload, size_t request);
};

/* A strategy as the user names it: its options, and the variant they choose. */
struct hb_family {
    const char *name;
    const char *summary;
    const char *source;                     /* publication, or the package of a foreign allocator */
    const struct hb_option *const *options; /* NULL-terminated */
    const struct hb_allocator *(*variant)(const struct hb_config *config);
    const struct hb_allocator *standard; /* variant's for the defaults; the malloc library calls it
                                            directly. May be NULL */
    bool is_foreign; /* the system's: its footprint, blocks and addresses cannot be seen */
    bool never_frees;
    bool is_floor; /* no allocator at all: what the harness itself costs */
};

#endif
