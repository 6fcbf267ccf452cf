/* concert.h -- a woven program played by a thread for each of its threads. Threads are made once,
 * and wait between replays. Each waits only for objects that another has not yet given, and in a
 * paced program for the time at which what follows is due. Ours are called under one lock, as the
 * malloc libraries do; others as they are.
 */
#ifndef HB_CONCERT_H
#define HB_CONCERT_H

#include <pthread.h>
#include <stdatomic.h>

#include "harness/worker/exchange.h"
#include "harness/worker/worker.h"

struct runner {
    struct concert *concert;
    const uint64_t *word, *end;
    uint64_t failed, skipped;
    uint64_t waited_ns;             /* for objects */
    uint64_t idle_ns;               /* for the time to come */
    uint64_t late_ns, late_most_ns; /* sum and most over the marks of the pace */
    uint64_t marks;
    uint64_t end_ns;
    pthread_t thread;
} __attribute__((aligned(128)));

struct concert {
    struct worker *worker;
    struct runner *runners;
    size_t count;
    struct exchange exchange;
    pthread_barrier_t start, stop;
    uint64_t start_ns;
    _Atomic size_t playing; /* threads that are not done */
    enum job_touch touch;   /* none of the floor's payloads, which are one region for all threads */
    bool is_over;
    bool locks;
    pthread_mutex_t lock; /* holds while the allocator is called, if locks */
};

/* Start the threads of the worker's program. */
void concert_open(struct concert *concert, struct worker *worker);

/* Begin a replay by all threads. */
void concert_begin(struct concert *concert);

/* Wait until all are done, and fill the report's wall, waits, work, pace, ops and failures. */
void concert_end(struct concert *concert);

void concert_close(struct concert *concert);

#endif
