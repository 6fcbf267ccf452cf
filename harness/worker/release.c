/* release.c -- the release pass: what an allocator gives back to the system once all is freed, at
 * once and while the process is idle.
 */
#include <time.h>

#include "harness/worker/ledger.h"
#include "harness/worker/resident.h"

/* Until so long after start, whatever interrupts. */
static void sleep_until(const struct timespec *start, uint64_t after_ns) {
    uint64_t ns = (uint64_t)start->tv_nsec + after_ns;
    struct timespec end = {start->tv_sec + (time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) != 0)
        continue;
}

void worker_release(struct worker *worker) {
    static const uint64_t after_ns[JOB_RELEASES] = {0, 100000000, 1000000000};
    struct report *report = worker->report;
    struct resident resident;
    struct timespec end;
    struct ledger ledger;
    ledger_open(&ledger, worker);
    if (!resident_open(&resident))
        worker_fail(worker, "/proc/self/statm and smaps_rollup cannot be read", "");
    resident_start(&resident);
    while (!ledger_is_done(&ledger))
        report->ops += ledger_step(&ledger);
    ledger_free_left(&ledger);
    clock_gettime(CLOCK_MONOTONIC, &end);
    report->used_smaps = resident.uses_smaps;
    report->sees_footprint = !worker->spec.family->is_foreign;
    report->footprint_bytes = worker->backend.held_bytes;
    for (int i = 0; i < JOB_RELEASES; i++) {
        sleep_until(&end, after_ns[i]);
        report->resident_after[i] = resident_bytes(&resident);
        __atomic_store_n(&report->is_idle, 1, __ATOMIC_RELEASE);
    }
}
