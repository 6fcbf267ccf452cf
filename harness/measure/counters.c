#include "harness/measure/counters.h"

#include <errno.h>
#include <math.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int kernel_open(const struct perf_event_attr *event, int group) {
    return (int)syscall(SYS_perf_event_open, event, 0, -1, group, PERF_FLAG_FD_CLOEXEC);
}

static int kernel_ioctl(int file, unsigned long request) {
    return ioctl(file, request, 0);
}

const struct hb_counter_system hb_counter_kernel = {kernel_open, read, kernel_ioctl, close};

/* Leaders wait to be started; the others of a group count whenever it does. */
static int event_open(const struct hb_counter_system *system, const struct perf_event_attr *event,
                      int group) {
    struct perf_event_attr prepared = *event;
    prepared.disabled = group < 0;
    prepared.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    return system->open(&prepared, group);
}

static void counter_open(struct hb_counters *counters, size_t number,
                         const struct perf_event_attr *event, bool alone) {
    struct hb_count *count = &counters->counts[number];
    int file = -1;
    if (!alone && counters->group_count)
        file = event_open(counters->system, event, counters->leaders[counters->group_count - 1]);
    if (file < 0) {
        file = event_open(counters->system, event, -1);
        if (file >= 0)
            counters->leaders[counters->group_count++] = file;
    }
    *count = (struct hb_count){.refusal = file < 0 ? (uint32_t)errno : 0,
                               .group = (uint32_t)counters->group_count};
    counters->files[number] = file;
}

size_t hb_counters_open(struct hb_counters *counters, const struct hb_counter_system *system,
                        const struct perf_event_attr *events, size_t count, bool alone,
                        struct hb_count *counts) {
    size_t open = 0;
    counters->system = system;
    counters->counts = counts;
    counters->group_count = 0;
    counters->count = count < HB_COUNTERS_MAX ? count : HB_COUNTERS_MAX;
    for (size_t i = 0; i < counters->count; i++) {
        counter_open(counters, i, &events[i], alone);
        open += counters->files[i] >= 0;
    }
    return open;
}

void hb_counters_start(const struct hb_counters *counters) {
    for (size_t i = 0; i < counters->group_count; i++)
        counters->system->ioctl(counters->leaders[i], PERF_EVENT_IOC_ENABLE);
}

/* The last group started is the first stopped, so that the first one surrounds all. */
void hb_counters_stop(const struct hb_counters *counters) {
    for (size_t i = counters->group_count; i-- > 0;)
        counters->system->ioctl(counters->leaders[i], PERF_EVENT_IOC_DISABLE);
}

/* Value and times as the kernel lays them out. A short answer is none: a counter in error gives 0
 * bytes. */
static void counter_read(const struct hb_counters *counters, size_t number) {
    struct hb_count *count = &counters->counts[number];
    uint64_t answer[3];
    ssize_t length;
    do
        length = counters->system->read(counters->files[number], answer, sizeof answer);
    while (length < 0 && errno == EINTR);
    if (length != sizeof answer) {
        count->refusal = length < 0 ? (uint32_t)errno : EIO;
        return;
    }
    count->value = answer[0];
    count->enabled_ns = answer[1];
    count->running_ns = answer[2];
}

void hb_counters_finish(struct hb_counters *counters) {
    for (size_t i = 0; i < counters->count; i++)
        if (counters->files[i] >= 0)
            counter_read(counters, i);
    for (size_t i = counters->count; i-- > 0;)
        if (counters->files[i] >= 0)
            counters->system->close(counters->files[i]);
    counters->count = counters->group_count = 0;
}

double hb_count_scaled(const struct hb_count *count) {
    if (count->refusal || !count->running_ns)
        return NAN;
    double value = (double)count->value;
    if (count->running_ns >= count->enabled_ns)
        return value;
    return value * ((double)count->enabled_ns / (double)count->running_ns);
}

double hb_count_running(const struct hb_count *count) {
    if (count->refusal || !count->enabled_ns)
        return NAN;
    double part = (double)count->running_ns / (double)count->enabled_ns;
    return part < 1 ? part : 1;
}
