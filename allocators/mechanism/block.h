/* block.h -- a block and its 8-byte header, just before the payload.
 *
 *            +-- block                      next block --+
 *            v                                           v
 *   [ header | payload ........................ (footer) ][ header | …
 *   8 bytes    at a multiple of 16               8 bytes
 *
 * header: bits 0-3 flags, 4-35 size in bytes (a multiple of 16, the header included), 36-63 the
 * high part of a free block's rank; while live 36 says that it waits in a quick list (quick.h), the
 * others are 0. footer: of free blocks only: the same size, and
 * the low part of the rank. A live block's payload covers the place of its footer.
 *
 * A reference is a block's distance from heap_base - 8 in units of 16 bytes: 32 bits reach 64 GiB,
 * so that the smallest free block, 32 bytes, has room for four of them. 0 refers to no block.
 */
#ifndef HB_BLOCK_H
#define HB_BLOCK_H

#include "allocators/allocator.h"
#include "allocators/mechanism/bits.h"

enum {
    BLOCK_FREE = 1,
    BLOCK_PREV_FREE = 2, /* the block before is free: its footer stands before this header */
    BLOCK_SPAN = 4,
    BLOCK_FENCE = 8,
    BLOCK_FLAGS = 15,
    BLOCK_HEADER_BYTES = 8,
    BLOCK_MIN_BYTES = 32,
    BLOCK_RANK_BITS = 28 /* of a rank, in header and footer each */
};

#define BLOCK_SIZE_MASK  ((uint64_t)0xFFFFFFFF0)
#define BLOCK_RANK_SHIFT 36
#define BLOCK_QUICK      ((uint64_t)1 << 36) /* of a live block: it waits in a quick list */

typedef uint32_t block_ref;

struct block {
    uint64_t header;
    unsigned char payload[];
};

/* What a request takes, header included. */
HB_INLINE size_t block_need(size_t request) {
    size_t need = round_up(request + BLOCK_HEADER_BYTES, HB_ALIGNMENT);
    return need < BLOCK_MIN_BYTES ? BLOCK_MIN_BYTES : need;
}

HB_INLINE size_t block_bytes(const struct block *block) {
    return block->header & BLOCK_SIZE_MASK;
}

HB_INLINE bool block_is_free(const struct block *block) {
    return block->header & BLOCK_FREE;
}

HB_INLINE bool block_is_quick(const struct block *block) {
    return !block_is_free(block) && block->header & BLOCK_QUICK;
}

HB_INLINE bool block_prev_is_free(const struct block *block) {
    return block->header & BLOCK_PREV_FREE;
}

HB_INLINE struct block *block_of(const void *payload) {
    return (struct block *)((char *)payload - BLOCK_HEADER_BYTES);
}

HB_INLINE struct block *block_at(const struct block *block, size_t bytes) {
    return (struct block *)((char *)block + bytes);
}

HB_INLINE struct block *block_next(const struct block *block) {
    return block_at(block, block_bytes(block));
}

HB_INLINE uint64_t *block_footer(const struct block *block, size_t bytes) {
    return (uint64_t *)((char *)block + bytes - sizeof(uint64_t));
}

/* The block before; only while BLOCK_PREV_FREE is set. */
HB_INLINE struct block *block_prev(const struct block *block) {
    return (struct block *)((char *)block - (((const uint64_t *)block)[-1] & BLOCK_SIZE_MASK));
}

/* A free block never follows a free one: its own BLOCK_PREV_FREE is 0. */
HB_INLINE void block_set_free(struct block *block, size_t bytes) {
    *block_footer(block, bytes) = bytes;
    block_at(block, bytes)->header |= BLOCK_PREV_FREE;
    block->header = bytes | BLOCK_FREE; /* last: an index reads it next, still in a register */
}

HB_INLINE void block_set_rank(struct block *block, uint64_t rank) {
    size_t bytes = block_bytes(block);
    block->header |= rank >> BLOCK_RANK_BITS << BLOCK_RANK_SHIFT;
    *block_footer(block, bytes) = bytes | rank << BLOCK_RANK_SHIFT;
}

HB_INLINE uint64_t block_rank(const struct block *block) {
    return block->header >> BLOCK_RANK_SHIFT << BLOCK_RANK_BITS |
           *block_footer(block, block_bytes(block)) >> BLOCK_RANK_SHIFT;
}

#endif
