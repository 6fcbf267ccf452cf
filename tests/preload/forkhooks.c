/* forkhooks.c -- a library whose handlers before and after a fork allocate, registered before the
 * program's main: they must not find the heap locked by malloc's own handlers.
 */
#include <pthread.h>
#include <stdlib.h>

static void allocate(void) {
    void *volatile payload = malloc(100);
    free(payload);
}

int forkhooks_are_there(void);

int forkhooks_are_there(void) {
    return 1;
}

__attribute__((constructor)) static void forkhooks_register(void) {
    pthread_atfork(allocate, allocate, allocate);
}
