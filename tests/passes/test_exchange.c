/* Places of exchange: whoever waits gets what was given, however late, is never forgotten asleep,
 * and uses no CPU meanwhile where there are more threads than CPUs.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/measure/clock.h"
#include "harness/worker/exchange.h"

enum { THREADS = 32, TURNS = 400, DELAY_NS = 50000, AT_REST_NS = 300000000, MANY = 1 << 20 };

static struct exchange exchange;

static void exchange_make(uint64_t threads) {
    exchange = (struct exchange){.places = NULL};
    exchange_open(&exchange, calloc((size_t)THREADS * TURNS + 1, sizeof *exchange.places), threads);
}

/* Does it sleep in this machine at all? */
static void needs_sleep(void) {
    if (!exchange.sleeps) {
        free(exchange.places);
        skip();
    }
}

static void threads_run(void *(*work)(void *)) {
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, (void *)i), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    free(exchange.places);
}

static void *payload_of(uint32_t place) {
    return (void *)(uintptr_t)(place * 16u + 16);
}

/* Pairs hand over in turn, after delays about as long as a waiting thread stays awake. */
static void *pair_play(void *context) {
    uint32_t number = (uint32_t)(uintptr_t)context, seed = number * 2654435761u + 1;
    uint64_t waited_ns = 0;
    for (uint32_t turn = 0; turn < TURNS; turn++) {
        uint32_t place = number / 2 * TURNS + turn;
        if (turn % 2 == number % 2) {
            seed = seed * 1664525u + 1013904223u;
            uint64_t until = hb_monotonic_ns() + (seed >> 8) % DELAY_NS;
            while (hb_monotonic_ns() < until)
                ;
            exchange_give(&exchange, place, payload_of(place));
        } else if (exchange_take(&exchange, place, &waited_ns) != payload_of(place)) {
            abort();
        }
    }
    return NULL;
}

static void nobody_is_forgotten_asleep(void **state) {
    (void)state;
    exchange_make(MANY);
    needs_sleep();
    threads_run(pair_play);
}

static void nobody_need_sleep(void **state) {
    (void)state;
    exchange_make(1);
    assert_false(exchange.sleeps);
    threads_run(pair_play);
}

/* The first thread rests before it gives to all others. */
static void *late_play(void *context) {
    uint32_t number = (uint32_t)(uintptr_t)context;
    uint64_t waited_ns = 0;
    if (number) {
        if (exchange_take(&exchange, number, &waited_ns) != payload_of(number) ||
            waited_ns < AT_REST_NS / 2)
            abort();
        return NULL;
    }
    nanosleep(&(struct timespec){0, AT_REST_NS}, NULL);
    for (uint32_t place = 1; place < THREADS; place++)
        exchange_give(&exchange, place, payload_of(place));
    return NULL;
}

static void who_waits_long_uses_no_cpu(void **state) {
    (void)state;
    exchange_make(MANY);
    needs_sleep();
    clock_t before = clock();
    threads_run(late_play);
    assert_true((double)(clock() - before) / CLOCKS_PER_SEC < AT_REST_NS / 1e9 / 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_forgotten_asleep),
        cmocka_unit_test(nobody_need_sleep),
        cmocka_unit_test(who_waits_long_uses_no_cpu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
