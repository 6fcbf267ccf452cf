/* recorded_places.c -- as recorded_bench.c with one thread, but each pair of malloc and free has
 * another place in the program than the one before it: what recording call sites costs at most. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 7, PAIRS = 1000000 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void *volatile kept;

#define PAIR() (kept = malloc(64), free(kept))

int main(void) {
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = now(), took;
        for (int i = 0; i < PAIRS / 8; i++) {
            PAIR();
            PAIR();
            PAIR();
            PAIR();
            PAIR();
            PAIR();
            PAIR();
            PAIR();
        }
        took = (now() - start) / PAIRS;
        best = round == 0 || took < best ? took : best;
    }
    printf("%.3f\n", best);
    return 0;
}
