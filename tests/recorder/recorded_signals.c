/* recorded_signals.c -- a timer's handler allocates, whatever main is just doing: in the recorder
 * as well as in the allocator behind it, which must be recorded_bump to bear that. */
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

static volatile sig_atomic_t handled;

static void handle(int number) {
    (void)number;
    free(malloc(77));
    handled++;
}

int main(void) {
    struct itimerval every = {{0, 100}, {0, 100}};
    signal(SIGALRM, handle);
    setitimer(ITIMER_REAL, &every, NULL);
    for (int i = 0; handled < 300; i = (i + 1) % 100)
        free(malloc((size_t)i + 200));
    return 0;
}
