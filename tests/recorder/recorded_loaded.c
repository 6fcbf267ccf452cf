/* recorded_loaded.c -- the library of recorded_loads.c. */
#include <stdlib.h>

void *loaded_allocate(size_t size);

void *loaded_allocate(size_t size) {
    return malloc(size);
}
