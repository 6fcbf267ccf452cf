/* recorded_full.c -- its files may not grow beyond 1 MiB: the recorder must stop there, quietly. */
#include <stdlib.h>
#include <sys/resource.h>

int main(void) {
    struct rlimit limit = {1 << 20, 1 << 20};
    if (setrlimit(RLIMIT_FSIZE, &limit))
        return 1;
    for (int i = 0; i < 200000; i++)
        free(malloc(50));
    return 0;
}
