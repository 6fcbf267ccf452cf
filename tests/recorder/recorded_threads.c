/* recorded_threads.c -- two producers allocate, two consumers free; then four threads exchange
 * small objects, each freeing what it gets; then many short threads. Each object holds its own
 * address, so that a wrong allocator shows, too. */
#include <pthread.h>
#include <stdlib.h>

enum { OBJECTS = 20000, SLOTS = 64, SHORT_THREADS = 100, EXCHANGES = 100000 };

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

/* Objects of a few pages, whose addresses wander between all threads. */
static void *exchange(void *seed) {
    unsigned random = *(unsigned *)seed;
    for (int i = 0; i < EXCHANGES; i++) {
        random = random * 1664525 + 1013904223;
        void **object = malloc(32);
        *object = object;
        object = __atomic_exchange_n(&slots[random >> 16 & (SLOTS - 1)], object, __ATOMIC_ACQ_REL);
        if (object && *object != object)
            abort();
        free(object);
    }
    return NULL;
}

static void *be_short(void *unused) {
    (void)unused;
    free(realloc(malloc(40), 400));
    return NULL;
}

int main(void) {
    static unsigned seeds[8];
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
        void *(*runs)(void *) = i >= 4 ? exchange : i < 2 ? produce : consume;
        for (int k = 0; i == 4 && k < 4; k++)
            pthread_join(threads[k], NULL);
        seeds[i] = (unsigned)i;
        if (pthread_create(&threads[i], NULL, runs, &seeds[i]))
            return 1;
    }
    for (int i = 4; i < 8; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < SHORT_THREADS; i++) {
        if (pthread_create(&threads[0], NULL, be_short, NULL))
            return 1;
        pthread_join(threads[0], NULL);
    }
    return 0;
}
