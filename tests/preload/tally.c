/* tally.c -- a known number of calls, for HEAPBENCH_STATS. `tally closed`: stderr is closed and its
 * number used for FILE, which must stay as it is.
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
    volatile size_t huge = SIZE_MAX;
    char *volatile payload[6];
    payload[0] = malloc(100000);
    payload[1] = calloc(30, 10);
    payload[2] = memalign(64, 1000);
    payload[3] = realloc(malloc(50), 20000);
    payload[4] = realloc(NULL, 7);
    payload[5] = malloc(huge);
    payload[5] = calloc(huge, huge);
    payload[5] = realloc(payload[4], huge / 2);
    free(payload[0]);
    free(NULL);
    payload[0] = realloc(payload[1], 0);
    if (argc == 3) {
        close_range(2, ~0U, 0);
        if (open(argv[2], O_WRONLY) != 2)
            return 1;
    }
    return 0;
}
