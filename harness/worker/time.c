/* time.c -- the time pass: one cold replay in the fresh process, then warm ones. Two clock reads a
 * replay, none an operation.
 */
#include <sys/resource.h>

#include "harness/measure/clock.h"
#include "harness/worker/replay.h"

static uint64_t minor_faults(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_minflt;
}

/* One replay. Returns what it took, the time without words to replay left out. */
static uint64_t replay_timed(struct replay *replay, struct stream *stream) {
    uint64_t waited = stream->waited_ns, start = hb_monotonic_ns();
    replay_stream(replay, stream, stream->worker->job->touch);
    return hb_monotonic_ns() - start - (stream->waited_ns - waited);
}

static void replay_warm(struct worker *worker, struct replay *replay, struct stream *stream) {
    struct report *report = worker->report;
    uint64_t spent = 0;
    for (uint32_t count = 0; count < 2 || spent < worker->job->warm_ns; count++) {
        uint64_t faults = minor_faults(), took = replay_timed(replay, stream);
        spent += took;
        report->warm_faults = minor_faults() - faults;
        replay_free_left(replay, worker->program);
        if (count)
            report->replay_ns[report->replay_count++] = took;
        if (report->replay_count == JOB_REPLAYS_MAX)
            return;
    }
}

static void replay_all(struct worker *worker) {
    struct report *report = worker->report;
    struct replay replay = {worker->allocator, worker->state, worker->slots, 0, 0};
    struct stream stream;
    stream_open(&stream, worker);
    uint64_t faults = minor_faults();
    report->cold_ns = replay_timed(&replay, &stream);
    report->minor_faults = minor_faults() - faults;
    report->failed_allocs = replay.failed;
    report->ops = worker->program->op_count - replay.failed - replay.skipped;
    replay_free_left(&replay, worker->program);
    bool reuses = !worker->spec.family->never_frees || worker->spec.family->is_floor;
    if (reuses)
        replay_warm(worker, &replay, &stream);
}

void worker_time(struct worker *worker) {
    struct hb_noise_moment begin, end;
    int cpu = hb_noise_cpu();
    hb_noise_read(&begin, "", cpu);
    if (worker->program->thread_count)
        worker_concurrent(worker);
    else
        replay_all(worker);
    hb_noise_read(&end, "", cpu);
    worker->report->noise = hb_noise_between(&begin, &end);
}
