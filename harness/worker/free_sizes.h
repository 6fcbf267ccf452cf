/* free_sizes.h -- how many free blocks there are of which size: class k holds those from 2^k to
 * 2^(k+1) - 1 bytes, as the trace sees them (sizes divided by the spec's scale).
 */
#ifndef HB_FREE_SIZES_H
#define HB_FREE_SIZES_H

#include <stdint.h>

enum { FREE_SIZE_CLASSES = 48 };

struct free_sizes {
    uint64_t count[FREE_SIZE_CLASSES];
    uint64_t bytes[FREE_SIZE_CLASSES]; /* not divided */
};

static inline unsigned free_sizes_class(uint64_t bytes) {
    unsigned class = bytes ? 63 - (unsigned)__builtin_clzll(bytes) : 0;
    return class < FREE_SIZE_CLASSES ? class : FREE_SIZE_CLASSES - 1;
}

static inline void free_sizes_add(struct free_sizes *sizes, uint64_t bytes, uint64_t scale) {
    unsigned class = free_sizes_class(bytes / scale);
    sizes->count[class]++;
    sizes->bytes[class] += bytes;
}

#endif
