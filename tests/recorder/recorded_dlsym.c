/* recorded_dlsym.c -- a dlsym that allocates, as some do: the recorder calls it to find the real
 * malloc, which it therefore cannot pass these calls on to. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#define DLSYM_VERSION "GLIBC_2.2.5"
#else
#define DLSYM_VERSION "GLIBC_2.17"
#endif

static char *kept;

void *dlsym(void *restrict handle, const char *restrict name) {
    char *copy = calloc(1, strlen(name) + 1);
    if (copy)
        strcpy(copy, name);
    kept = realloc(kept, 64);
    void *found = dlvsym(handle, copy ? copy : name, DLSYM_VERSION);
    if (!found)
        found = dlvsym(handle, copy ? copy : name, "GLIBC_2.16");
    if (!found)
        found = dlvsym(handle, copy ? copy : name, "GLIBC_2.26");
    free(copy);
    return found;
}
