/* concurrent.c -- the time pass on several threads: each replays its own words, and waits only for
 * objects that another thread has not yet given. The wall time runs from the moment that all
 * threads are there to the moment that the last is done. Threads are made once, and wait between
 * replays. Ours are called under one lock, as the malloc libraries do; others as they are.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "harness/measure/clock.h"
#include "harness/worker/execute.h"
#include "harness/worker/replay.h"

enum { STACK_BYTES = 256 << 10, SPINS = 200 };

/* In a place of exchange: the object's allocation has failed. NULL: it is not there yet. */
#define NO_PAYLOAD ((void *)1)

struct runner {
    struct concert *concert;
    const uint64_t *word, *end;
    uint64_t failed, skipped, waited_ns, end_ns;
    pthread_t thread;
} __attribute__((aligned(128)));

struct concert {
    struct worker *worker;
    struct runner *runners;
    size_t count;
    void *_Atomic *exchange;
    pthread_barrier_t start, stop;
    bool is_over;
    bool locks;
    pthread_mutex_t lock;
};

HB_FRONT void concert_lock(struct concert *concert, bool locks) {
    if (locks)
        pthread_mutex_lock(&concert->lock);
}

HB_FRONT void concert_unlock(struct concert *concert, bool locks) {
    if (locks)
        pthread_mutex_unlock(&concert->lock);
}

/* What another thread gives. The clock is read only where it is not there yet. */
static void *exchange_await(struct runner *runner, void *_Atomic *place) {
    void *payload = atomic_load_explicit(place, memory_order_acquire);
    if (!payload) {
        uint64_t start = hb_monotonic_ns();
        for (unsigned spins = 0; !payload; spins++) {
            if (spins > SPINS)
                sched_yield();
            payload = atomic_load_explicit(place, memory_order_acquire);
        }
        runner->waited_ns += hb_monotonic_ns() - start;
    }
    atomic_store_explicit(place, NULL, memory_order_relaxed);
    return payload == NO_PAYLOAD ? NULL : payload;
}

HB_FRONT void runner_exchange(struct runner *runner, uint64_t word) {
    struct concert *concert = runner->concert;
    void **slot = &concert->worker->slots[program_slot(word)];
    void *_Atomic *place = &concert->exchange[word >> 32];
    if (program_kind(word) == PROGRAM_TAKE)
        *slot = exchange_await(runner, place);
    else
        atomic_store_explicit(place, *slot ? *slot : NO_PAYLOAD, memory_order_release);
}

HB_FRONT void runner_free(struct runner *runner, void *payload, bool locks) {
    struct worker *worker = runner->concert->worker;
    if (!payload) {
        runner->skipped++;
        return;
    }
    concert_lock(runner->concert, locks);
    worker->allocator->free(worker->state, payload);
    concert_unlock(runner->concert, locks);
}

HB_FRONT void runner_alloc(struct runner *runner, const struct program_op *op, void **slot,
                           bool locks) {
    struct worker *worker = runner->concert->worker;
    bool resizes = op->kind == PROGRAM_REALLOC && *slot;
    uint64_t request = op->request + !op->request;
    void *payload;
    concert_lock(runner->concert, locks);
    if (resizes)
        payload = hb_front_resize(worker->allocator, worker->state, *slot, request);
    else
        payload = execute_alloc(worker->allocator, worker->state, op, TOUCH_NONE);
    concert_unlock(runner->concert, locks);
    runner->failed += !payload;
    if (payload)
        touch_payload((enum job_touch)worker->job->touch, payload, op->request);
    if (payload || !resizes)
        *slot = payload;
}

HB_FRONT void runner_replay(struct runner *runner, bool locks) {
    void **slots = runner->concert->worker->slots;
    for (const uint64_t *word = runner->word; word < runner->end;) {
        if (program_kind(*word) >= PROGRAM_GIVE) {
            runner_exchange(runner, *word++);
            continue;
        }
        struct program_op op = program_next(&word);
        if (op.kind == PROGRAM_FREE)
            runner_free(runner, slots[op.slot], locks);
        else
            runner_alloc(runner, &op, &slots[op.slot], locks);
    }
}

static void *runner_work(void *context) {
    struct runner *runner = context;
    struct concert *concert = runner->concert;
    for (;;) {
        pthread_barrier_wait(&concert->start);
        if (concert->is_over)
            return NULL;
        if (concert->locks)
            runner_replay(runner, true);
        else
            runner_replay(runner, false);
        runner->end_ns = hb_monotonic_ns();
        pthread_barrier_wait(&concert->stop);
    }
}

/* Stacks are ours: shared mappings, which the resident size leaves out. */
static void runner_start(struct worker *worker, struct runner *runner) {
    pthread_attr_t attributes;
    void *stack = worker_map(worker, STACK_BYTES);
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, STACK_BYTES);
    if (pthread_create(&runner->thread, &attributes, runner_work, runner) != 0)
        worker_fail(worker, "the system gives no more threads", "");
    pthread_attr_destroy(&attributes);
}

static void concert_open(struct concert *concert, struct worker *worker) {
    const struct program_header *program = worker->program;
    const struct program_thread *threads = program_threads(program);
    *concert = (struct concert){
        .worker = worker,
        .runners = worker_map(worker, program->thread_count * sizeof *concert->runners),
        .count = program->thread_count,
        .exchange = worker_map(worker, program->exchange_count * sizeof *concert->exchange),
        .locks = !worker->spec.family->is_foreign && !worker->spec.family->is_floor};
    pthread_mutex_init(&concert->lock, NULL);
    pthread_barrier_init(&concert->start, NULL, (unsigned)concert->count + 1);
    pthread_barrier_init(&concert->stop, NULL, (unsigned)concert->count + 1);
    for (size_t i = 0; i < concert->count; i++) {
        struct runner *runner = &concert->runners[i];
        runner->concert = concert;
        runner->word = program_words(program) + threads[i].first_word;
        runner->end = runner->word + threads[i].word_count;
        runner_start(worker, runner);
    }
}

static void concert_close(struct concert *concert) {
    concert->is_over = true;
    pthread_barrier_wait(&concert->start);
    for (size_t i = 0; i < concert->count; i++)
        pthread_join(concert->runners[i].thread, NULL);
}

/* One replay by all threads. Returns the wall time; waits and work are added to the report. */
static uint64_t concert_play(struct concert *concert) {
    struct report *report = concert->worker->report;
    uint64_t end = 0, waited = 0, busy = 0;
    for (size_t i = 0; i < concert->count; i++)
        concert->runners[i].failed = concert->runners[i].skipped = concert->runners[i].waited_ns =
            0;
    uint64_t start = hb_monotonic_ns();
    pthread_barrier_wait(&concert->start);
    pthread_barrier_wait(&concert->stop);
    report->failed_allocs = 0;
    uint64_t skipped = 0;
    for (size_t i = 0; i < concert->count; i++) {
        const struct runner *runner = &concert->runners[i];
        end = runner->end_ns > end ? runner->end_ns : end;
        waited += runner->waited_ns;
        busy += runner->end_ns - start - runner->waited_ns;
        report->failed_allocs += runner->failed;
        skipped += runner->skipped;
    }
    report->wall_ns = end - start;
    report->waited_ns = waited;
    report->busy_ns = busy;
    report->ops = concert->worker->program->op_count - report->failed_allocs - skipped;
    return end - start;
}

void worker_concurrent(struct worker *worker) {
    struct report *report = worker->report;
    struct concert concert;
    struct replay left = {worker->allocator, worker->state, worker->slots, 0, 0};
    uint64_t spent = 0;
    concert_open(&concert, worker);
    report->cold_ns = concert_play(&concert);
    replay_free_left(&left, worker->program);
    bool reuses = !worker->spec.family->never_frees || worker->spec.family->is_floor;
    for (uint32_t count = 0; reuses && report->replay_count < JOB_REPLAYS_MAX &&
                             (count < 2 || spent < worker->job->warm_ns);
         count++) {
        uint64_t took = concert_play(&concert);
        spent += took;
        replay_free_left(&left, worker->program);
        if (count)
            report->replay_ns[report->replay_count++] = took;
    }
    concert_close(&concert);
}
