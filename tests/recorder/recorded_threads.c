/* recorded_threads.c -- two producers allocate, two consumers free; then many short threads. Each
 * object holds its own address, so that a wrong allocator shows, too. */
#include <pthread.h>
#include <stdlib.h>

enum { OBJECTS = 20000, SLOTS = 64, SHORT_THREADS = 100 };

static void *slots[SLOTS];

static void *produce(void *unused) {
    (void)unused;
    for (int i = 0; i < OBJECTS; i++) {
        void **object = malloc(16 + (size_t)(i % 1500));
        *object = object;
        for (int slot = i;; slot++) {
            void *empty = NULL;
            if (__atomic_compare_exchange_n(&slots[slot % SLOTS], &empty, object, 0,
                                            __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
                break;
        }
    }
    return NULL;
}

static void *consume(void *unused) {
    (void)unused;
    for (int taken = 0, slot = 0; taken < OBJECTS; slot++) {
        void **object = __atomic_exchange_n(&slots[slot % SLOTS], NULL, __ATOMIC_ACQ_REL);
        if (!object)
            continue;
        if (*object != object)
            abort();
        free(object);
        taken++;
    }
    return NULL;
}

static void *be_short(void *unused) {
    (void)unused;
    free(realloc(malloc(40), 400));
    return NULL;
}

int main(void) {
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        if (pthread_create(&threads[i], NULL, i < 2 ? produce : consume, NULL))
            return 1;
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < SHORT_THREADS; i++) {
        if (pthread_create(&threads[0], NULL, be_short, NULL))
            return 1;
        pthread_join(threads[0], NULL);
    }
    return 0;
}
