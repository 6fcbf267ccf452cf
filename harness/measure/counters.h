/* counters.h -- counters of the processor and the kernel by perf_event_open, for the calling
 * process. Used by the worker too: no malloc, no stdio.
 *
 * Events join the first one's group as long as the kernel takes them, so that they count over the
 * same time; one that it refuses begins a group of its own. Groups share the processor's counters
 * by turns: a count is then scaled by the time it was enabled over the time it ran.
 */
#ifndef HB_COUNTERS_H
#define HB_COUNTERS_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { HB_COUNTERS_MAX = 16 };

/* The kernel, or what a test puts in its place. As the system calls: -1 with errno. */
struct hb_counter_system {
    int (*open)(const struct perf_event_attr *event, int group);
    ssize_t (*read)(int file, void *buffer, size_t bytes);
    int (*ioctl)(int file, unsigned long request);
    int (*close)(int file);
};

extern const struct hb_counter_system hb_counter_kernel;

/* What came of one event. */
struct hb_count {
    uint64_t value, enabled_ns, running_ns;
    uint32_t group;   /* events of one group have the same number */
    uint32_t refusal; /* errno of what refused it, or 0 */
};

struct hb_counters {
    const struct hb_counter_system *system;
    size_t count, group_count;
    int files[HB_COUNTERS_MAX]; /* -1: refused */
    int leaders[HB_COUNTERS_MAX];
    struct hb_count *counts;
};

/* Open all events, disabled, at most HB_COUNTERS_MAX; alone: each in a group of its own. counts has
 * one for each event. Returns how many are open. */
size_t hb_counters_open(struct hb_counters *counters, const struct hb_counter_system *system,
                        const struct perf_event_attr *events, size_t count, bool alone,
                        struct hb_count *counts);

void hb_counters_start(const struct hb_counters *counters);
void hb_counters_stop(const struct hb_counters *counters);

/* Fill counts and close all. */
void hb_counters_finish(struct hb_counters *counters);

/* The count as if it had run all the time; NaN if it was refused or never ran. */
double hb_count_scaled(const struct hb_count *count);

/* The part of the time that it ran, 1 if all; NaN if it was refused. */
double hb_count_running(const struct hb_count *count);

#endif
