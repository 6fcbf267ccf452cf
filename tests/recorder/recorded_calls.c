/* recorded_calls.c -- every entry point once, with sizes that the test knows. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

int main(void) {
    volatile size_t huge = SIZE_MAX / 2;
    void *a = malloc(100);
    void *b = calloc(7, 30);
    void *c = realloc(NULL, 40);
    c = realloc(c, 5000);
    c = reallocarray(c, 10, 70);
    void *d = memalign(64, 300);
    void *e = aligned_alloc(256, 512);
    void *f = NULL;
    if (posix_memalign(&f, 4096, 10) || !f)
        return 1;
    void *g = valloc(20);
    void *h = pvalloc(4097);
    void *i = malloc(0);
    void *j = malloc(300000);
    errno = 77;
    free(NULL);
    if (malloc_usable_size(a) < 100 || errno != 77)
        return 2;
    if (malloc(huge) || errno != ENOMEM || reallocarray(a, huge, 3) || realloc(a, huge))
        return 3;
    if (realloc(b, 0))
        return 4;
    free(a);
    free(c);
    free(d);
    free(e);
    free(f);
    free(g);
    free(h);
    free(i);
    free(j);
    return 0;
}
