/* image.h -- the program image that is being recorded: what a process is from an exec, or from its
 * fork, to its end or next exec. */
#ifndef HB_IMAGE_H
#define HB_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "workloads/recorder/log.h"

enum { IMAGE_LOGS_MAX = 16384 };

struct image {
    bool is_recorded;
    bool has_times;
    const char *folder;
    uint64_t pid;
    uint64_t ticks; /* when recording of this image began */
    uint32_t lock;  /* held to change what follows */
    uint32_t thread_count;
    uint32_t log_count;
    uint16_t owners[LOG_OWNERS];
    struct log logs[IMAGE_LOGS_MAX];
};

/* Nothing will ever be recorded in this process or its forks. */
extern bool image_is_off;

/* The image if it is recorded, else NULL. Finds out, and starts, at the first call of an image. */
struct image *image_recorded(void);

uint64_t image_ticks(void);

/* A call came before the recorder could log it, or concerned the memory of such a call. */
void image_count_early(void);

/* How many there were before there was a file to count them in. */
uint64_t image_take_early(void);

#endif
