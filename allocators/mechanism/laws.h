/* laws.h -- saying which law of a strategy is broken. */
#ifndef HB_LAWS_H
#define HB_LAWS_H

#include "allocators/allocator.h"

/* Unless found equals expected: fill violation, false. */
static inline bool law_equal(struct hb_violation *violation, const char *law, const void *address,
                             uint64_t found, uint64_t expected) {
    if (found != expected)
        *violation = (struct hb_violation){law, address, found, expected};
    return found == expected;
}

#endif
