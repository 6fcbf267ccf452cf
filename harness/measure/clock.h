/* clock.h -- the clock for single operations: the processor's counter, read in order.
 *
 * x86-64: the time stamp counter (Intel SDM, RDTSC and RDTSCP; Paoloni 2010). start: lfence waits
 * until all before it is done, rdtsc reads, lfence keeps what follows from beginning earlier.
 * stop: rdtscp waits until all before it is done, lfence keeps what follows out.
 * aarch64: the virtual counter between two isb (Arm ARM, CNTVCT_EL0).
 * Elsewhere, or where the counter is not constant: clock_gettime(CLOCK_MONOTONIC_RAW).
 */
#ifndef HB_CLOCK_H
#define HB_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define HB_CLOCK_INLINE static inline __attribute__((always_inline))

enum hb_clock_kind { HB_CLOCK_COUNTER, HB_CLOCK_SYSTEM };

/* Two reads, in ticks: the operation stands between them. */
struct hb_clock {
    uint64_t (*start)(void);
    uint64_t (*stop)(void);
};

/* For whole replays and waits: nanoseconds since some moment. */
HB_CLOCK_INLINE uint64_t hb_monotonic_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

HB_CLOCK_INLINE uint64_t clock_system(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC_RAW, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

#if defined(__x86_64__)
#define HB_CLOCK_COUNTER_NAME "tsc"

HB_CLOCK_INLINE uint64_t clock_counter_start(void) {
    __builtin_ia32_lfence();
    uint64_t ticks = __builtin_ia32_rdtsc();
    __builtin_ia32_lfence();
    return ticks;
}

HB_CLOCK_INLINE uint64_t clock_counter_stop(void) {
    unsigned processor;
    uint64_t ticks = __builtin_ia32_rdtscp(&processor);
    __builtin_ia32_lfence();
    return ticks;
}
#elif defined(__aarch64__)
#define HB_CLOCK_COUNTER_NAME "cntvct"

HB_CLOCK_INLINE uint64_t clock_counter_start(void) {
    uint64_t ticks;
    __asm__ volatile("isb; mrs %0, cntvct_el0; isb" : "=r"(ticks) : : "memory");
    return ticks;
}

HB_CLOCK_INLINE uint64_t clock_counter_stop(void) {
    return clock_counter_start();
}
#else
#define HB_CLOCK_COUNTER_NAME "none"

HB_CLOCK_INLINE uint64_t clock_counter_start(void) {
    return clock_system();
}

HB_CLOCK_INLINE uint64_t clock_counter_stop(void) {
    return clock_system();
}
#endif

static const struct hb_clock hb_clock_counter = {clock_counter_start, clock_counter_stop};
static const struct hb_clock hb_clock_system = {clock_system, clock_system};

/* What a clock is, as it was found here. */
struct hb_clock_facts {
    enum hb_clock_kind kind;
    const char *name;
    double tick_ns;
    uint64_t step_ticks; /* it moves by so many at once: the greatest common divisor of what was
                            seen */
    double pair_ns;      /* median of two reads with nothing between them */
};

/* Does the processor have a counter of constant rate that a program may read? */
bool hb_clock_has_counter(void);

/* Choose the counter, else the system's clock, and measure it: about 30 ms. */
void hb_clock_choose(struct hb_clock_facts *facts);

/* Measure step and pair of a clock whose tick_ns is known. */
void hb_clock_measure(const struct hb_clock *clock, struct hb_clock_facts *facts);

#endif
