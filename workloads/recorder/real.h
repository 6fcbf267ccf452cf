/* real.h -- the allocator behind the recorder. */
#ifndef HB_REAL_H
#define HB_REAL_H

#include <stdbool.h>
#include <stddef.h>

struct real {
    void *(*malloc)(size_t size);
    void (*free)(void *address);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *address, size_t size);
    void *(*memalign)(size_t alignment, size_t size);
    void *(*aligned_alloc)(size_t alignment, size_t size);
    int (*posix_memalign)(void **address, size_t alignment, size_t size);
    void *(*valloc)(size_t size);
    void *(*pvalloc)(size_t size);
};

/* Until real_resolve has been through, calls are served from a small arena of the recorder's own:
 * dlsym, which finds the real functions, may allocate itself. */
extern struct real real;
void real_resolve(void);

#endif
