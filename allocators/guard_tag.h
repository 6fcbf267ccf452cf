/* guard_tag.h -- what the guard puts around a payload: the header before it and the canary behind.
 */
#ifndef HB_GUARD_TAG_H
#define HB_GUARD_TAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TAG_BYTES = 16, CANARY_BYTES = 16, TAG_REQUEST_BITS = 46 };
#define TAG_REQUEST_MASK (((uint64_t)1 << TAG_REQUEST_BITS) - 1)

/* What a seal says; any odd numbers that are far apart. */
#define SEAL_LIVE  UINT64_C(0x6c6976652d627974)
#define SEAL_FREED UINT64_C(0x66726565642d6279)
#define SEAL_FRONT UINT64_C(0x66726f6e742d6761)

/* The header of a payload, just before it. If a gap lies before the header, the strategy's payload
 * begins with another, SEAL_FRONT, of the same shape, that leads to the payload. */
struct tag {
    uint64_t shape; /* bits 0-45 the request, 46-63 the payload's offset in the strategy's, in 16 */
    uint64_t seal;
};

static inline uint64_t tag_mix(uint64_t value) { /* splitmix64 (Steele et al. 2014) */
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

/* The seal of what stands at address. */
static inline uint64_t tag_seal(const void *address, uint64_t shape, uint64_t meaning) {
    return tag_mix((uintptr_t)address + tag_mix(shape)) ^ meaning;
}

static inline struct tag *tag_of(const void *payload) {
    return (struct tag *)((char *)payload - TAG_BYTES);
}

static inline bool tag_says(const struct tag *tag, const void *address, uint64_t meaning) {
    return tag->seal == tag_seal(address, tag->shape, meaning);
}

static inline void tag_set(struct tag *tag, const void *address, uint64_t shape, uint64_t meaning) {
    *tag = (struct tag){shape, tag_seal(address, shape, meaning)};
}

static inline size_t tag_request(const struct tag *tag) {
    return tag->shape & TAG_REQUEST_MASK;
}

static inline size_t tag_offset(const struct tag *tag) {
    return (size_t)(tag->shape >> TAG_REQUEST_BITS) * 16;
}

static inline uint64_t tag_shape(size_t offset, size_t request) {
    return (uint64_t)(offset / 16) << TAG_REQUEST_BITS | request;
}

/* A canary's bytes are neither zero nor text nor 0xff: what overflows mostly write. */
static inline unsigned char canary_byte(const void *payload, size_t at) {
    uint64_t bits = tag_mix((uintptr_t)payload);
    return (unsigned char)((bits >> at % 8 * 8 | 0x80) & 0xfe);
}

static inline void canary_set(unsigned char *payload, size_t request) {
    for (size_t at = 0; at < CANARY_BYTES; at++)
        payload[request + at] = canary_byte(payload, at);
}

/* The first byte of the canary that is not as it was; NULL if it is whole. */
static inline const unsigned char *canary_broken(const unsigned char *payload, size_t request) {
    for (size_t at = 0; at < CANARY_BYTES; at++)
        if (payload[request + at] != canary_byte(payload, at))
            return &payload[request + at];
    return NULL;
}

#endif
