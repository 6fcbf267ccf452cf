/* bits.h -- powers of two and rounding. */
#ifndef HB_BITS_H
#define HB_BITS_H

#include <stddef.h>
#include <stdint.h>

#define HB_INLINE              static inline __attribute__((always_inline))
#define HB_APART               static __attribute__((noinline)) /* rare: so that callers stay small */
#define HB_LIKELY(condition)   __builtin_expect(!!(condition), 1)
#define HB_UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* multiple is a power of two. */
HB_INLINE size_t round_up(size_t value, size_t multiple) {
    return (value + multiple - 1) & ~(multiple - 1);
}

HB_INLINE size_t round_down(size_t value, size_t multiple) {
    return value & ~(multiple - 1);
}

/* Number of the highest set bit; value is not 0. */
HB_INLINE unsigned highest_bit(uint64_t value) {
    return 63u - (unsigned)__builtin_clzll(value);
}

HB_INLINE unsigned lowest_bit(uint64_t value) {
    return (unsigned)__builtin_ctzll(value);
}

#endif
