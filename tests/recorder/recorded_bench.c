/* recorded_bench.c -- what a pair of malloc and free costs: recorded_bench [THREADS] [idle].
 * THREADS (1 unless given) do nothing else, as long as the others run; with "idle" there is one
 * thread more, which sleeps. Prints the ns of a pair, the least of seven rounds of all threads.
 * A round lasts from the first thread's start to the last one's end: with more threads than cores
 * some start long after they were let go.
 * Not a test; scripts/measure-recording.sh runs it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 7, PAIRS = 1000000, THREADS_MAX = 64 };

struct bench_thread {
    pthread_t thread;
    double start_ns[ROUNDS];
    double end_ns[ROUNDS];
};

static pthread_barrier_t barrier;
static int is_over;

static double now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void *pairs_run(void *argument) {
    struct bench_thread *own = argument;
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&barrier);
        own->start_ns[round] = now_ns();
        for (int i = 0; i < PAIRS; i++) {
            void *object = malloc(64);
            __asm__ volatile("" ::"r"(object) : "memory");
            free(object);
        }
        own->end_ns[round] = now_ns();
    }
    return NULL;
}

static double round_ns(const struct bench_thread *threads, int count, int round) {
    double first = threads[0].start_ns[round], last = threads[0].end_ns[round];
    for (int i = 1; i < count; i++) {
        if (threads[i].start_ns[round] < first)
            first = threads[i].start_ns[round];
        if (threads[i].end_ns[round] > last)
            last = threads[i].end_ns[round];
    }
    return last - first;
}

static double least_round_ns(const struct bench_thread *threads, int count) {
    double least = round_ns(threads, count, 0);
    for (int round = 1; round < ROUNDS; round++)
        if (round_ns(threads, count, round) < least)
            least = round_ns(threads, count, round);
    return least;
}

static void *be_idle(void *unused) {
    free(malloc(100));
    while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED))
        usleep(1000);
    return unused;
}

int main(int argc, char **argv) {
    static struct bench_thread threads[THREADS_MAX];
    pthread_t idle;
    int count = argc > 1 ? atoi(argv[1]) : 1;
    int has_idle = argc > 2 && strcmp(argv[2], "idle") == 0;
    if (count < 1 || count > THREADS_MAX)
        return 2;
    pthread_barrier_init(&barrier, NULL, (unsigned)count);
    if (has_idle && pthread_create(&idle, NULL, be_idle, NULL))
        return 1;
    usleep(has_idle ? 20000 : 0);
    for (int i = 1; i < count; i++)
        if (pthread_create(&threads[i].thread, NULL, pairs_run, &threads[i]))
            return 1;
    pairs_run(&threads[0]);
    for (int i = 1; i < count; i++)
        pthread_join(threads[i].thread, NULL);
    is_over = 1;
    if (has_idle)
        pthread_join(idle, NULL);
    printf("%.3f\n", least_round_ns(threads, count) / PAIRS);
    return 0;
}
