/* concurrent.c -- the time pass on several threads. At the recorded pace there is one replay, and
 * its time is that in which threads were at work.
 */
#include "harness/worker/concert.h"
#include "harness/worker/replay.h"

static uint64_t play(struct concert *concert) {
    concert_begin(concert);
    concert_end(concert);
    return concert->worker->report->wall_ns;
}

static void play_warm(struct concert *concert, struct replay *left) {
    struct worker *worker = concert->worker;
    struct report *report = worker->report;
    uint64_t spent = 0;
    for (uint32_t count = 0;
         report->replay_count < JOB_REPLAYS_MAX && (count < 2 || spent < worker->job->warm_ns);
         count++) {
        uint64_t took = play(concert);
        spent += took;
        replay_free_left(left, worker->program);
        if (count)
            report->replay_ns[report->replay_count++] = took;
    }
}

void worker_concurrent(struct worker *worker) {
    struct report *report = worker->report;
    struct concert concert;
    struct replay left = {worker->allocator, worker->state, worker->slots, 0, 0};
    concert_open(&concert, worker);
    report->cold_ns = play(&concert);
    if (worker->program->pace_ns) {
        report->cold_ns = 0; /* every replay is: the one below */
        report->replay_ns[report->replay_count++] = report->busy_ns;
    } else {
        replay_free_left(&left, worker->program);
        if (!worker->spec.family->never_frees || worker->spec.family->is_floor)
            play_warm(&concert, &left);
    }
    concert_close(&concert);
}
