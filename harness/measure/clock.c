#include "harness/measure/clock.h"

#include "harness/measure/histogram.h"

enum { READS = 20000, MEDIAN = 5000 };
#define CALIBRATION_NS UINT64_C(20000000)

#if defined(__x86_64__)
#include <cpuid.h>

enum { LEAF_FEATURES = 0x80000001, LEAF_POWER = 0x80000007, RDTSCP_BIT = 27, INVARIANT_BIT = 8 };

/* RDTSCP, and a counter that neither frequency nor sleep changes (AMD APM 3, CPUID; Intel SDM 3,
 * Invariant TSC). */
bool hb_clock_has_counter(void) {
    unsigned eax, ebx, ecx, features, power;
    return __get_cpuid((unsigned)LEAF_FEATURES, &eax, &ebx, &ecx, &features) &&
           __get_cpuid((unsigned)LEAF_POWER, &eax, &ebx, &ecx, &power) &&
           (features >> RDTSCP_BIT & 1) && (power >> INVARIANT_BIT & 1);
}
#elif defined(__aarch64__)
bool hb_clock_has_counter(void) {
    return true;
}
#else
bool hb_clock_has_counter(void) {
    return false;
}
#endif

static uint64_t common_divisor(uint64_t a, uint64_t b) {
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

void hb_clock_measure(const struct hb_clock *clock, struct hb_clock_facts *facts) {
    static struct hb_histogram pairs;
    uint64_t step = 0, last = clock->start();
    for (int i = 0; i < READS; i++) {
        uint64_t start = clock->start(), stop = clock->stop();
        step = common_divisor(common_divisor(step, start - last), stop - start);
        last = stop;
    }
    facts->step_ticks = step ? step : 1;
    pairs = (struct hb_histogram){0};
    for (int i = 0; i < READS; i++) {
        uint64_t start = clock->start(), stop = clock->stop();
        hb_histogram_add(&pairs, (stop - start) / facts->step_ticks);
    }
    facts->pair_ns =
        hb_histogram_quantile(&pairs, MEDIAN) * (double)facts->step_ticks * facts->tick_ns;
}

/* Ticks of the counter against the system's clock, over CALIBRATION_NS. */
static double counter_tick_ns(void) {
    uint64_t start_ns = clock_system(), start = clock_counter_stop(), now_ns;
    do
        now_ns = clock_system();
    while (now_ns - start_ns < CALIBRATION_NS);
    uint64_t stop = clock_counter_stop();
    return (double)(now_ns - start_ns) / (double)(stop - start);
}

void hb_clock_choose(struct hb_clock_facts *facts) {
    bool has_counter = hb_clock_has_counter();
    *facts =
        (struct hb_clock_facts){.kind = HB_CLOCK_SYSTEM, .name = "clock_gettime", .tick_ns = 1};
    if (has_counter)
        *facts = (struct hb_clock_facts){
            .kind = HB_CLOCK_COUNTER, .name = HB_CLOCK_COUNTER_NAME, .tick_ns = counter_tick_ns()};
    hb_clock_measure(has_counter ? &hb_clock_counter : &hb_clock_system, facts);
}
