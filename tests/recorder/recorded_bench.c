/* recorded_bench.c -- what a pair of malloc and free costs: recorded_bench [THREADS] [idle].
 * THREADS (1 unless given) do nothing else, as long as the others run; with "idle" there is one
 * thread more, which sleeps. Prints the ns of a pair, the least of seven rounds of all threads.
 * Not a test; scripts/measure-recording.sh runs it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 7, PAIRS = 1000000, THREADS_MAX = 64 };

static pthread_barrier_t barrier;
static int is_over;

static double now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void *pairs_run(void *least) {
    double *best = least;
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&barrier);
        double start = now_ns();
        for (int i = 0; i < PAIRS; i++) {
            void *object = malloc(64);
            __asm__ volatile("" ::"r"(object) : "memory");
            free(object);
        }
        pthread_barrier_wait(&barrier);
        double took = (now_ns() - start) / PAIRS;
        if (round == 0 || took < *best)
            *best = took;
    }
    return NULL;
}

static void *be_idle(void *unused) {
    free(malloc(100));
    while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED))
        usleep(1000);
    return unused;
}

int main(int argc, char **argv) {
    static double best[THREADS_MAX];
    pthread_t threads[THREADS_MAX + 1];
    int count = argc > 1 ? atoi(argv[1]) : 1;
    int has_idle = argc > 2 && strcmp(argv[2], "idle") == 0;
    if (count < 1 || count > THREADS_MAX)
        return 2;
    pthread_barrier_init(&barrier, NULL, (unsigned)count);
    if (has_idle && pthread_create(&threads[THREADS_MAX], NULL, be_idle, NULL))
        return 1;
    usleep(has_idle ? 20000 : 0);
    for (int i = 1; i < count; i++)
        if (pthread_create(&threads[i], NULL, pairs_run, &best[i]))
            return 1;
    pairs_run(&best[0]);
    for (int i = 1; i < count; i++)
        pthread_join(threads[i], NULL);
    is_over = 1;
    if (has_idle)
        pthread_join(threads[THREADS_MAX], NULL);
    printf("%.3f\n", best[0]);
    return 0;
}
