/* recorded_sites.c -- calls from places that the test knows by their sizes: two functions, each
 * other way of being born, C++'s new, and two libraries, of which the second is loaded where the
 * first was. */
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

static __attribute__((noinline)) void *first(size_t size) {
    return malloc(size);
}

static __attribute__((noinline)) void *second(size_t size) {
    return malloc(size);
}

void *operator_new(size_t size) __asm__("_Znwm");

static __attribute__((noinline)) void *by_new(size_t size) {
    return operator_new(size);
}

static void *thread_work(void *unused) {
    free(first(1500));
    return unused;
}

static int library_call(const char *path, size_t size) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *(*allocate)(size_t);
    if (!library)
        return 1;
    *(void **)&allocate = dlsym(library, "loaded_allocate");
    for (size_t i = 0; i < 3; i++)
        free(allocate(size + i));
    return dlclose(library);
}

int main(int argc, char **argv) {
    pthread_t thread;
    for (size_t i = 0; i < 10; i++) {
        free(first(1000 + i));
        free(second(2000 + i));
        free(first(1100 + i));
    }
    free(by_new(4000));
    free(operator_new(4500));
    free(by_new(4001));
    free(calloc(3, 1000));
    void *moved = realloc(first(1200), 5000);
    moved = reallocarray(moved, 2, 3000);
    free(moved);
    void *aligned = NULL;
    if (posix_memalign(&aligned, 64, 7000))
        return 1;
    free(aligned);
    if (pthread_create(&thread, NULL, thread_work, NULL) || pthread_join(thread, NULL))
        return 1;
    return argc < 3 || library_call(argv[1], 8000) || library_call(argv[2], 9000);
}
