/* word.h -- an operation of a trace as words of a program (harness/worker/program.h). */
#ifndef HB_WORD_H
#define HB_WORD_H

#include <stddef.h>

#include "harness/worker/program.h"
#include "workloads/trace.h"

/* No operation takes more words. */
enum { HB_WORDS_OF_OP = 2 };

/* Write op, on slot, of request bytes (scaled). Marks have no words. Returns the words written. */
static inline size_t hb_word_write(uint64_t *word, const struct hb_op *op, uint32_t slot,
                                   uint64_t request) {
    static const uint8_t kinds[HB_OP_KINDS] = {[HB_OP_MALLOC] = PROGRAM_MALLOC,
                                               [HB_OP_CALLOC] = PROGRAM_CALLOC,
                                               [HB_OP_ALIGNED] = PROGRAM_MALLOC,
                                               [HB_OP_REALLOC] = PROGRAM_REALLOC,
                                               [HB_OP_FREE] = PROGRAM_FREE};
    uint64_t kind = kinds[op->kind], place = (uint64_t)slot << 3;
    bool is_plain = request >> 32 == 0 && (request || kind == PROGRAM_FREE);
    if (is_plain && !op->alignment_log2) {
        *word = kind | place | request << 32;
        return 1;
    }
    word[0] = PROGRAM_WIDE | place | kind << 32 | (uint64_t)op->alignment_log2 << 40;
    word[1] = request;
    return 2;
}

#endif
