/* recorded_loads.c -- a library that is loaded while the program runs allocates, too. */
#include <dlfcn.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    void *(*allocate)(size_t);
    if (!library)
        return 1;
    *(void **)&allocate = dlsym(library, "loaded_allocate");
    free(allocate(4444));
    return dlclose(library);
}
