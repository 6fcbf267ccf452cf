/* ticks.h -- the processor's time stamp counter, the same on all its cores. */
#ifndef HB_TICKS_H
#define HB_TICKS_H

#include <stdint.h>
#include <time.h>

#include "workloads/recorder/raw.h"

static inline uint64_t ticks_now(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
#error "no time stamp counter known for this machine"
#endif
}

/* Keeps the processor from reading the counter before the loads and locks that precede it are done:
 * else a birth could be stamped before the free, on another core, that made its address free. */
static inline void ticks_fence(void) {
#if defined(__x86_64__)
    __builtin_ia32_lfence();
#else
    __asm__ volatile("isb" ::: "memory");
#endif
}

static inline struct raw_instant ticks_instant(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    struct raw_instant now = {.ns = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec};
    now.ticks = ticks_now();
    return now;
}

#endif
