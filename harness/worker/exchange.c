/* exchange.c -- waiting for a payload. */
#include "harness/worker/exchange.h"

#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/measure/clock.h"

/* Yielding for so long costs about what a sleep and a wake do. */
enum { SPINS = 200, AWAKE_NS = 20000 };

static bool barrier_register(void) {
    return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

void exchange_open(struct exchange *exchange, void *_Atomic *places, uint64_t threads) {
    cpu_set_t cpus;
    bool is_known = sched_getaffinity(0, sizeof cpus, &cpus) == 0;
    exchange->places = places;
    exchange->sleeps = is_known && threads > (uint64_t)CPU_COUNT(&cpus) && barrier_register();
}

static void bed_leave(_Atomic uint32_t *bed, uint32_t mark) {
    atomic_compare_exchange_strong(bed, &mark, 0);
}

void exchange_wake(struct exchange *exchange, uint32_t place) {
    _Atomic uint32_t *bed = &exchange->beds[place % EXCHANGE_BEDS];
    bed_leave(bed, place + 1);
    syscall(SYS_futex, bed, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

/* Sleep until something is there. Returns at once where another thread sleeps in the bed. */
static void exchange_sleep(struct exchange *exchange, uint32_t place) {
    _Atomic uint32_t *bed = &exchange->beds[place % EXCHANGE_BEDS];
    uint32_t empty = 0, mark = place + 1;
    if (!atomic_compare_exchange_strong(bed, &empty, mark))
        return;
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    while (!atomic_load_explicit(&exchange->places[place], memory_order_acquire) &&
           atomic_load(bed) == mark)
        syscall(SYS_futex, bed, FUTEX_WAIT_PRIVATE, mark, NULL, NULL, 0);
    bed_leave(bed, mark);
}

static void *place_await(struct exchange *exchange, uint32_t place, uint64_t *waited_ns) {
    uint64_t start = hb_monotonic_ns();
    void *payload = NULL;
    for (unsigned spins = 0; !payload; spins++) {
        if (exchange->sleeps && spins > SPINS && hb_monotonic_ns() - start > AWAKE_NS)
            exchange_sleep(exchange, place);
        if (spins > SPINS)
            sched_yield();
        payload = atomic_load_explicit(&exchange->places[place], memory_order_acquire);
    }
    *waited_ns += hb_monotonic_ns() - start;
    return payload;
}

/* The clock is read only where nothing is there yet. */
void *exchange_take(struct exchange *exchange, uint32_t place, uint64_t *waited_ns) {
    void *payload = atomic_load_explicit(&exchange->places[place], memory_order_acquire);
    if (!payload)
        payload = place_await(exchange, place, waited_ns);
    atomic_store_explicit(&exchange->places[place], NULL, memory_order_relaxed);
    return payload;
}
