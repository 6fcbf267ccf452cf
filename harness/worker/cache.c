/* cache.c -- the cache pass: one cold replay, or the first part of it, and nothing else is counted.
 * Under callgrind its client requests mark the replay; elsewhere they do nothing.
 */
#include <valgrind/callgrind.h>

#include "harness/worker/replay.h"

void worker_cache(struct worker *worker) {
    struct replay replay = {worker->allocator, worker->state, worker->slots, 0, 0};
    const struct job *job = worker->job;
    const uint64_t *word = program_words(worker->program);
    struct stream stream;
    struct hb_counters counters;
    if (job->prefix_words > worker->program->word_count)
        worker_fail(worker, "the worker's program is damaged", "");
    stream_open(&stream, worker);
    hb_counters_open(&counters, &hb_counter_kernel, job->counters, job->counter_count,
                     job->counts_alone, worker->report->counts);
    hb_counters_start(&counters);
    CALLGRIND_TOGGLE_COLLECT;
    if (job->prefix_words)
        replay_words(&replay, word, word + job->prefix_words, job->touch);
    else
        replay_stream(&replay, &stream, job->touch);
    CALLGRIND_TOGGLE_COLLECT;
    hb_counters_stop(&counters);
    hb_counters_finish(&counters);
    worker->report->failed_allocs = replay.failed;
    uint64_t ops = job->prefix_words ? job->prefix_ops : worker->program->op_count;
    worker->report->ops = ops - replay.failed - replay.skipped;
}
