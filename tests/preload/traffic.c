/* traffic.c -- traffic FAMILY: threads exchange blocks through preload.c's malloc and free, which
 * are linked in here under other names, so that sanitizers see all of it: the lock, the front and
 * the strategy. (Under LD_PRELOAD a sanitizer's own malloc would be in the way.)
 */
#include <stdio.h>
#include <string.h>

#include "allocators/registry.h"
#include "tests/preload/exchange.h"

/* The family that preload.c serves. It reads it at the first call. */
extern struct hb_family traffic_family;
struct hb_family traffic_family;

int main(int argc, char **argv) {
    const struct hb_family *family = argc == 2 ? hb_registry_find(argv[1]) : NULL;
    if (!family || family->is_foreign || family->is_floor) {
        fprintf(stderr, "usage: traffic FAMILY, a heap of ours\n");
        return 2;
    }
    memcpy(&traffic_family, family, sizeof traffic_family);
    exchange_run(8, 2, TRAFFIC_ROUNDS);
    puts("whole");
    return 0;
}
