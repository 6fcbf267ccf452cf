/* noise.h -- what disturbed a process while it was timed, as the kernel tells it. Used by the
 * worker: no malloc, no stdio. The time that was measured is never looked at, so that leaving out
 * what was disturbed cannot favour a result.
 */
#ifndef HB_NOISE_H
#define HB_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HB_NOISE_UNKNOWN UINT64_MAX

/* The kernel's counters at one moment; HB_NOISE_UNKNOWN where it does not tell. */
struct hb_noise_moment {
    uint64_t time_ns;  /* CLOCK_MONOTONIC */
    uint64_t switches; /* involuntary context switches: getrusage */
    uint64_t wait_ns;  /* ready, while others ran on the CPU: /proc/self/schedstat, 2nd figure */
    uint64_t steal_ns; /* the hypervisor ran others: /proc/stat, the CPU's 8th; steps of 10 ms */
    uint64_t khz;      /* the CPU's cpufreq/scaling_cur_freq */
};

/* The CPU that the calling process is bound to; -1 if it may run on several. */
int hb_noise_cpu(void);

/* Read them for the calling process and a CPU (-1: it has none of its own). The files are read
 * below root: "" but in tests. */
void hb_noise_read(struct hb_noise_moment *moment, const char *root, int cpu);

/* What came to pass between two moments. */
struct hb_noise {
    uint64_t span_ns;
    uint64_t switches, wait_ns, steal_ns;
    uint64_t khz; /* at the end */
};

struct hb_noise hb_noise_between(const struct hb_noise_moment *begin,
                                 const struct hb_noise_moment *end);

/* Was it disturbed? If it waited, or its CPU was stolen, for more than 1% of the span; where waits
 * are not told, if it was switched away from more than once in 10 ms. */
bool hb_noise_is_bad(const struct hb_noise *noise);

/* Did the CPU change its pace, between the slowest and the fastest of some frequencies, by more
 * than 10%? Not if one is unknown. */
bool hb_noise_pace_changed(uint64_t khz_least, uint64_t khz_most);

/* The steal time of a CPU in the text of /proc/stat, in ticks; HB_NOISE_UNKNOWN if it is not there.
 */
uint64_t hb_noise_steal_ticks(const char *text, int cpu);

#endif
