/* no_lock.c -- a lock that does not lock: the traffic test must notice. */
#include <pthread.h>

int no_lock(pthread_mutex_t *mutex);

int no_lock(pthread_mutex_t *mutex) {
    (void)mutex;
    return 0;
}
