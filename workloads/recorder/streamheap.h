/* streamheap.h -- the streams of one image as a binary heap: the earliest event is on top. */
#ifndef HB_STREAMHEAP_H
#define HB_STREAMHEAP_H

#include "workloads/recorder/stream.h"

struct streamheap {
    struct stream **all; /* in the order of their buffers' numbers */
    size_t all_count;
    struct stream **heap;
    size_t heap_count;
};

/* Open the raw files in folder that belong to the image. Returns false when out of memory. */
bool streamheap_open(struct streamheap *streams, const char *folder, uint64_t pid,
                     uint64_t image_ticks);
void streamheap_close(struct streamheap *streams);

/* The stream with the earliest event, or NULL at the end of all. */
struct stream *streamheap_first(const struct streamheap *streams);

/* That event has been used: read the next of its stream. */
void streamheap_advance(struct streamheap *streams);

#endif
