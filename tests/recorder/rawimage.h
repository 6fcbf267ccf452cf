/* rawimage.h -- raw files of the recorder made by hand. */
#ifndef HB_TEST_RAWIMAGE_H
#define HB_TEST_RAWIMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "workloads/recorder/raw.h"

enum { RAWIMAGE_PID = 7, RAWIMAGE_TICKS = 1000 };

/* A header as the recorder leaves it: one tick is one ns. */
struct raw_header rawimage_header(uint64_t buffer, uint64_t word_count, uint64_t flushed_count);

static inline uint64_t rawimage_birth(enum raw_kind kind, uint64_t elapsed, uint64_t size,
                                      uint64_t unit) {
    return (uint64_t)kind | elapsed << RAW_TIME_SHIFT | size << RAW_SIZE_SHIFT |
           (unit + RAW_STEP_BIAS) << RAW_STEP_SHIFT;
}

static inline uint64_t rawimage_death(enum raw_kind kind, uint64_t elapsed, uint64_t unit) {
    return (uint64_t)kind | elapsed << RAW_TIME_SHIFT | unit << RAW_UNIT_SHIFT;
}

/* Write FOLDER/7-1000-BUFFER.raw. Words before flushed_count stand behind the ring. */
void rawimage_write(const char *folder, uint64_t buffer, const uint64_t *words, size_t count,
                    size_t flushed_count);

#endif
