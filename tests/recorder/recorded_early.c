/* recorded_early.c -- allocates before main, and keeps it. */
#include <stdlib.h>

static void *kept;

static void __attribute__((constructor(101))) begin(void) {
    kept = malloc(111);
}

static void __attribute__((destructor(101))) end(void) {
    free(kept);
}

int main(void) {
    free(malloc(222));
    return 0;
}
