/* recorded_killed.c -- allocates without end; after 100000 objects it kills itself outright. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
    for (int i = 0; i < 100000; i++) {
        void *object = malloc((size_t)(i % 1000));
        if (i % 2)
            free(object);
    }
    kill(getpid(), SIGKILL);
    return 0;
}
