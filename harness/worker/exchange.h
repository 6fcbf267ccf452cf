/* exchange.h -- places where a thread leaves an object's payload for another. A place is used once
 * in a replay, by one thread that gives and one that takes.
 *
 * Whoever takes first spins. With more threads than CPUs it soon sleeps, so that it keeps no CPU
 * from the thread that it waits for. To give costs a store and a load nevertheless: the sleeper
 * says in a bed which place it waits for, and then has the system put a memory barrier into every
 * running thread, so that whoever has not seen the bed has given what the sleeper sees when it
 * looks again.
 */
#ifndef HB_EXCHANGE_H
#define HB_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { EXCHANGE_BEDS = 2048 };

struct exchange {
    void *_Atomic *places; /* NULL: nothing is there yet */
    bool sleeps;
    _Atomic uint32_t beds[EXCHANGE_BEDS]; /* 1 + the place that a thread sleeps for; 0: none */
};

/* The places of threads that run at the same time. They sleep if they outnumber the CPUs on which
 * they may run, and the system has the barrier. places: zeroed. */
void exchange_open(struct exchange *exchange, void *_Atomic *places, uint64_t threads);

/* Wake who sleeps for the place, if its bed is still taken. */
void exchange_wake(struct exchange *exchange, uint32_t place);

/* What is given at the place; it is empty then. *waited_ns grows by the time until it was there. */
void *exchange_take(struct exchange *exchange, uint32_t place, uint64_t *waited_ns);

static inline void exchange_give(struct exchange *exchange, uint32_t place, void *payload) {
    _Atomic uint32_t *bed = &exchange->beds[place % EXCHANGE_BEDS];
    atomic_store_explicit(&exchange->places[place], payload, memory_order_release);
    atomic_signal_fence(memory_order_seq_cst);
    if (__builtin_expect(atomic_load_explicit(bed, memory_order_relaxed) == place + 1, 0))
        exchange_wake(exchange, place);
}

#endif
