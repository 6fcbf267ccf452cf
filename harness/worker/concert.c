/* concert.c -- the wall time of a replay runs from the moment that all threads are there to the
 * moment that the last is done.
 */
#include "harness/worker/concert.h"

#include <errno.h>
#include <time.h>

#include "harness/measure/clock.h"
#include "harness/worker/execute.h"

/* A thread sleeps until so long before a mark of the pace, and spins for the rest. */
enum { WAKE_NS = 60000 };
#ifdef HB_SANITIZED
enum { STACK_BYTES = 4 << 20 }; /* the sanitizer keeps its own there */
#else
enum { STACK_BYTES = 256 << 10 };
#endif

/* In a place of exchange: the object's allocation has failed. */
#define NO_PAYLOAD ((void *)1)

HB_FRONT void concert_lock(struct concert *concert, bool locks) {
    if (locks)
        pthread_mutex_lock(&concert->lock);
}

HB_FRONT void concert_unlock(struct concert *concert, bool locks) {
    if (locks)
        pthread_mutex_unlock(&concert->lock);
}

static void sleep_until(uint64_t ns) {
    struct timespec moment = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL) == EINTR)
        ;
}

/* The clock is read once where the thread is late already. */
static void runner_pace(struct runner *runner, uint64_t word) {
    uint64_t due = runner->concert->start_ns + program_pace_ns(word), begin = hb_monotonic_ns(),
             now = begin;
    if (begin + 2 * WAKE_NS < due) {
        sleep_until(due - WAKE_NS);
        now = hb_monotonic_ns();
    }
    while (now < due)
        now = hb_monotonic_ns();
    uint64_t late = now - due;
    runner->idle_ns += now - begin;
    runner->late_ns += late;
    if (late > runner->late_most_ns)
        runner->late_most_ns = late;
    runner->marks++;
}

HB_FRONT void runner_exchange(struct runner *runner, uint64_t word) {
    struct concert *concert = runner->concert;
    void **slot = &concert->worker->slots[program_slot(word)];
    uint32_t place = (uint32_t)(word >> 32);
    if (program_kind(word) == PROGRAM_TAKE) {
        void *payload = exchange_take(&concert->exchange, place, &runner->waited_ns);
        *slot = payload == NO_PAYLOAD ? NULL : payload;
    } else {
        exchange_give(&concert->exchange, place, *slot ? *slot : NO_PAYLOAD);
    }
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
        touch_payload(runner->concert->touch, payload, op->request);
    if (payload || !resizes)
        *slot = payload;
}

HB_FRONT void runner_replay(struct runner *runner, bool locks) {
    void **slots = runner->concert->worker->slots;
    for (const uint64_t *word = runner->word; word < runner->end;) {
        if (program_kind(*word) == PROGRAM_PACE) {
            runner_pace(runner, *word++);
            continue;
        }
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
        atomic_fetch_sub_explicit(&concert->playing, 1, memory_order_release);
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

void concert_open(struct concert *concert, struct worker *worker) {
    const struct program_header *program = worker->program;
    const struct program_thread *threads = program_threads(program);
    *concert = (struct concert){
        .worker = worker,
        .runners = worker_map(worker, program->thread_count * sizeof *concert->runners),
        .count = program->thread_count,
        .touch = worker->spec.family->is_floor ? TOUCH_NONE : (enum job_touch)worker->job->touch,
        .locks = !worker->spec.family->is_foreign && !worker->spec.family->is_floor};
    exchange_open(&concert->exchange,
                  worker_map(worker, program->exchange_count * sizeof *concert->exchange.places),
                  program->thread_count);
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

void concert_begin(struct concert *concert) {
    for (size_t i = 0; i < concert->count; i++) {
        struct runner *runner = &concert->runners[i];
        runner->failed = runner->skipped = runner->waited_ns = runner->idle_ns = 0;
        runner->late_ns = runner->late_most_ns = runner->marks = 0;
    }
    atomic_store_explicit(&concert->playing, concert->count, memory_order_relaxed);
    concert->start_ns = hb_monotonic_ns();
    pthread_barrier_wait(&concert->start);
}

void concert_end(struct concert *concert) {
    struct report *report = concert->worker->report;
    uint64_t end = 0, skipped = 0;
    pthread_barrier_wait(&concert->stop);
    report->waited_ns = report->busy_ns = report->idle_ns = report->failed_allocs = 0;
    report->late_ns = report->late_most_ns = report->late_marks = 0;
    for (size_t i = 0; i < concert->count; i++) {
        const struct runner *runner = &concert->runners[i];
        uint64_t waited = runner->waited_ns + runner->idle_ns;
        end = runner->end_ns > end ? runner->end_ns : end;
        report->waited_ns += runner->waited_ns;
        report->idle_ns += runner->idle_ns;
        report->busy_ns += runner->end_ns - concert->start_ns - waited;
        report->late_ns += runner->late_ns;
        report->late_marks += runner->marks;
        if (runner->late_most_ns > report->late_most_ns)
            report->late_most_ns = runner->late_most_ns;
        report->failed_allocs += runner->failed;
        skipped += runner->skipped;
    }
    report->wall_ns = end - concert->start_ns;
    report->ops = concert->worker->program->op_count - report->failed_allocs - skipped;
}

void concert_close(struct concert *concert) {
    concert->is_over = true;
    pthread_barrier_wait(&concert->start);
    for (size_t i = 0; i < concert->count; i++)
        pthread_join(concert->runners[i].thread, NULL);
}
