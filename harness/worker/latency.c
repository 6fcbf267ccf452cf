/* latency.c -- the latency pass: one cold replay in the fresh process, one that is dropped, then
 * warm ones. What the worker counts lies in the report, which is mapped and in place.
 */
#include <sys/resource.h>

#include "harness/worker/latency.h"

/* The clock is a constant in each loop: its reads stand in line. */
static void replay_sampled(struct latency *latency, struct stream *stream,
                           enum hb_clock_kind clock) {
    while (stream_refill(stream)) {
        if (clock == HB_CLOCK_COUNTER)
            latency_replay(latency, stream->word, stream->end, &hb_clock_counter);
        else
            latency_replay(latency, stream->word, stream->end, &hb_clock_system);
    }
}

static void replay_warm(struct worker *worker, struct latency *latency, struct stream *stream) {
    const struct job *job = worker->job;
    struct report *report = worker->report;
    struct rusage before, after;
    uint64_t start_ns = clock_system();
    latency->samples = &report->warm_latencies;
    while (report->latency_replays < job->warm_replays &&
           (!report->latency_replays || clock_system() - start_ns < job->warm_ns)) {
        getrusage(RUSAGE_SELF, &before);
        replay_sampled(latency, stream, (enum hb_clock_kind)job->clock);
        getrusage(RUSAGE_SELF, &after);
        report->latency_faults += (uint64_t)(after.ru_minflt - before.ru_minflt);
        report->latency_switches +=
            (uint64_t)(after.ru_nvcsw - before.ru_nvcsw + after.ru_nivcsw - before.ru_nivcsw);
        report->latency_replays++;
        replay_free_left(&latency->replay, worker->program);
    }
}

static void replay_all(struct worker *worker) {
    const struct job *job = worker->job;
    struct report *report = worker->report;
    struct stream stream;
    struct latency latency = {.replay = {worker->allocator, worker->state, worker->slots, 0, 0},
                              .sampler = hb_sampler_start(job->seed, job->sample_every),
                              .step_ticks = job->clock_step_ticks,
                              .touch = job->touch,
                              .samples = &report->cold_latencies};
    stream_open(&stream, worker);
    replay_sampled(&latency, &stream, (enum hb_clock_kind)job->clock);
    report->failed_allocs = latency.replay.failed;
    report->ops = worker->program->op_count - latency.replay.failed - latency.replay.skipped;
    replay_free_left(&latency.replay, worker->program);
    if (worker->spec.family->never_frees && !worker->spec.family->is_floor)
        return;
    replay_stream(&latency.replay, &stream, job->touch);
    replay_free_left(&latency.replay, worker->program);
    replay_warm(worker, &latency, &stream);
}

void worker_latency(struct worker *worker) {
    struct hb_noise_moment begin, end;
    int cpu = hb_noise_cpu();
    hb_noise_read(&begin, "", cpu);
    replay_all(worker);
    hb_noise_read(&end, "", cpu);
    worker->report->noise = hb_noise_between(&begin, &end);
}
