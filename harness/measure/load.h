/* load.h -- how busy each CPU is, from the kernel's ticks in /proc/stat. */
#ifndef HB_LOAD_H
#define HB_LOAD_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Ticks of each CPU since the system's start; total 0: not listed. */
struct hb_ticks {
    uint64_t busy[CPU_SETSIZE], total[CPU_SETSIZE];
};

/* Part of the time, 0 to 1, that each CPU ran something, or that a host took it away (steal); NaN
 * where it is not known. */
struct hb_load {
    double busy_ratio[CPU_SETSIZE];
};

/* Nothing is known. */
void hb_load_init(struct hb_load *load);

/* Read the lines cpuN of /proc/stat. False if there are none. */
bool hb_ticks_read(FILE *file, struct hb_ticks *ticks);

/* What happened between two readings. */
void hb_load_between(const struct hb_ticks *before, const struct hb_ticks *after,
                     struct hb_load *load);

/* Sleep for window_ms and see what the CPUs did meanwhile. All NaN if the kernel does not tell. */
void hb_load_measure(struct hb_load *load, unsigned window_ms);

#endif
