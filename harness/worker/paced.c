/* paced.c -- the space pass at the recorded pace: resident memory over time, as it is when an
 * allocator gives memory back after a while. The main thread looks while the others replay.
 */
#include <time.h>

#include "harness/measure/clock.h"
#include "harness/worker/concert.h"
#include "harness/worker/resident.h"

enum { STEP_NS_MIN = 1000000, POINTS = JOB_SERIES_MAX - 100 };

struct watch {
    struct concert *concert;
    struct resident resident;
    uint64_t last_ns; /* of the last look, since the start */
    double sum;       /* of bytes times ns */
};

/* Bytes held from the system, of ours. */
static uint64_t footprint(struct concert *concert) {
    if (!concert->locks)
        return 0;
    pthread_mutex_lock(&concert->lock);
    uint64_t bytes = concert->worker->backend.held_bytes;
    pthread_mutex_unlock(&concert->lock);
    return bytes;
}

/* What is seen held since the look before. */
static void watch_look(struct watch *watch) {
    struct worker *worker = watch->concert->worker;
    struct report *report = worker->report;
    uint64_t bytes = resident_bytes(&watch->resident), held = footprint(watch->concert);
    uint64_t now = hb_monotonic_ns() - watch->concert->start_ns;
    uint32_t point = report->series_count;
    watch->sum += (double)bytes * (double)(now - watch->last_ns);
    watch->last_ns = now;
    if (bytes > report->peak_resident_bytes)
        report->peak_resident_bytes = bytes;
    if (held > report->peak_footprint_bytes)
        report->peak_footprint_bytes = held;
    if (point == JOB_SERIES_MAX)
        return;
    report->series_time_ns[point] = now;
    report->series_resident[point] = bytes;
    report->series_footprint[point] = held;
    report->series_count++;
}

void worker_paced(struct worker *worker) {
    struct report *report = worker->report;
    struct concert concert;
    struct watch watch = {.concert = &concert};
    uint64_t step = worker->program->pace_ns / POINTS;
    step = step < STEP_NS_MIN ? STEP_NS_MIN : step;
    struct timespec pause = {(time_t)(step / 1000000000u), (long)(step % 1000000000u)};
    if (!resident_open(&watch.resident))
        worker_fail(worker, "/proc/self/statm and smaps_rollup cannot be read", "");
    concert_open(&concert, worker);
    resident_start(&watch.resident);
    concert_begin(&concert);
    while (atomic_load_explicit(&concert.playing, memory_order_acquire)) {
        watch_look(&watch);
        nanosleep(&pause, NULL);
    }
    watch_look(&watch);
    concert_end(&concert);
    report->used_smaps = watch.resident.uses_smaps;
    report->sees_footprint = concert.locks;
    report->brk_calls = worker->backend.brk_calls;
    report->mmap_calls = worker->backend.mmap_calls;
    report->munmap_calls = worker->backend.munmap_calls;
    report->peak_live_bytes = worker->program->peak_live_bytes;
    report->resident_mean_bytes = (uint64_t)(watch.sum / (double)(watch.last_ns + !watch.last_ns));
    concert_close(&concert);
}
