/* program.h -- a trace compiled for replay: what the worker executes.
 *
 * One 64-bit word an operation, in the trace's order: bits 0-2 the kind, 3-31 the slot that holds
 * the object's payload (so that bits 0-31 less the kind are its offset in the slot table), 32-63
 * the request in bytes, not 0. What does not fit takes PROGRAM_WIDE and a second word: the request;
 * bits 32-34 of the first are then the kind, 40-47 the alignment's binary logarithm (0: none).
 * Slots are reused, the last freed first, so that there are no more than objects live at once.
 * Thread marks are left out. Requests are scaled already.
 *
 * A woven program is one for several threads, each with words of its own. A slot belongs to one
 * thread. Where the next operation on an object is another thread's, PROGRAM_GIVE moves its payload
 * from the thread's slot (bits 3-31) to a place of exchange (bits 32-63), and PROGRAM_TAKE there
 * waits until it is in that place and moves it to a slot of the taker. In a paced one, PROGRAM_PACE
 * says when what follows may begin: bits 3-63, ns after the start. These are no operations.
 *
 * The program lies in memory that the parent shares read-only with every worker, header first. Of a
 * streamed program the words come in blocks, each of whole operations, in a ring of
 * PROGRAM_RING_BLOCKS of them; job.h's struct job_feed says which are filled.
 */
#ifndef HB_PROGRAM_H
#define HB_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

enum program_kind {
    PROGRAM_FREE,
    PROGRAM_MALLOC,
    PROGRAM_REALLOC,
    PROGRAM_CALLOC,
    PROGRAM_WIDE,
    PROGRAM_GIVE, /* of a woven program only: */
    PROGRAM_TAKE,
    PROGRAM_PACE
};

enum { PROGRAM_RING_BLOCKS = 64, PROGRAM_BLOCK_WORDS = 65536 };

#define PROGRAM_MAGIC     UINT64_C(0x314d415247504248)
#define PROGRAM_SLOTS_MAX (UINT64_C(1) << 29)

struct program_header {
    uint64_t magic;
    uint64_t word_count;
    uint64_t op_count;
    uint64_t slot_count;
    uint64_t left_count;      /* objects that the trace leaves live: their slots follow the words */
    uint64_t largest_request; /* bytes, scaled */
    uint64_t peak_live_bytes; /* bytes, scaled */
    uint64_t peak_live_op;    /* the first op with that, counted from 0 */
    uint64_t scale;
    uint64_t bytes;          /* of the whole file */
    uint64_t thread_count;   /* of a woven program, else 0 */
    uint64_t threads_offset; /* bytes to its struct program_thread */
    uint64_t exchange_count; /* places of exchange */
    uint64_t pace_ns;        /* how long a paced program takes at its pace, else 0 */
    uint64_t ring_offset;    /* bytes to the blocks of a streamed program, 0: all words are here */
};

struct program_thread {
    uint64_t first_word, word_count;
};

static inline uint32_t program_slot(uint64_t word) {
    return (uint32_t)word >> 3;
}

/* Bytes from the slot table's start to the slot of a word whose kind is known. */
static inline size_t program_slot_offset(uint64_t word, enum program_kind kind) {
    return (uint32_t)word - (uint32_t)kind;
}

/* Of PROGRAM_PACE. */
static inline uint64_t program_pace_ns(uint64_t word) {
    return word >> 3;
}

/* Of all but wide words. */
static inline uint64_t program_request(uint64_t word) {
    return word >> 32;
}

static inline unsigned program_kind(uint64_t word) {
    return word & 7;
}

static inline const uint64_t *program_words(const struct program_header *program) {
    return (const uint64_t *)(program + 1);
}

static inline const struct program_thread *program_threads(const struct program_header *program) {
    return (const struct program_thread *)((const char *)program + program->threads_offset);
}

/* Slots that are live at the end, one in each word. */
static inline const uint64_t *program_left(const struct program_header *program) {
    return program_words(program) + program->word_count;
}

/* One operation, decoded. */
struct program_op {
    enum program_kind kind;
    uint32_t slot;
    unsigned alignment_log2;
    uint64_t request;
};

/* Decode the operation at *word and step over it. */
static inline struct program_op program_next(const uint64_t **word) {
    uint64_t first = *(*word)++;
    struct program_op op = {(enum program_kind)program_kind(first), program_slot(first), 0,
                            first >> 32};
    if (op.kind == PROGRAM_WIDE) {
        op.kind = (enum program_kind)(first >> 32 & 7);
        op.alignment_log2 = first >> 40 & 0xFF;
        op.request = *(*word)++;
    }
    return op;
}

#endif
