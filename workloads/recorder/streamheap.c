/* streamheap.c -- see streamheap.h. */
#include "workloads/recorder/streamheap.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static bool event_is_death(const struct stream_event *event) {
    return event->kind == RAW_FREE || event->kind == RAW_REALLOC_BEGIN;
}

/* By time; then deaths first; then any fixed order. */
static bool stream_precedes(const struct stream *a, const struct stream *b) {
    if (a->event.ticks != b->event.ticks)
        return a->event.ticks < b->event.ticks;
    if (event_is_death(&a->event) != event_is_death(&b->event))
        return event_is_death(&a->event);
    return a->header->buffer < b->header->buffer;
}

static void heap_sink(struct streamheap *streams, size_t at) {
    struct stream **heap = streams->heap, *sinking = heap[at];
    for (size_t child; (child = 2 * at + 1) < streams->heap_count; at = child) {
        if (child + 1 < streams->heap_count && stream_precedes(heap[child + 1], heap[child]))
            child++;
        if (!stream_precedes(heap[child], sinking))
            break;
        heap[at] = heap[child];
    }
    heap[at] = sinking;
}

static bool streams_add(struct streamheap *streams, struct stream *stream) {
    struct stream **grown = realloc(streams->all, (streams->all_count + 1) * sizeof *streams->all);
    if (!grown)
        return false;
    streams->all = grown;
    streams->all[streams->all_count++] = stream;
    return true;
}

static int streams_compare(const void *left, const void *right) {
    const struct stream *a = *(struct stream *const *)left, *b = *(struct stream *const *)right;
    return (a->header->buffer > b->header->buffer) - (a->header->buffer < b->header->buffer);
}

/* Files of other images are passed over. Returns false when out of memory. */
static bool streams_take_file(struct streamheap *streams, const char *path, uint64_t pid,
                              uint64_t image_ticks) {
    struct stream *stream = stream_open(path);
    if (!stream)
        return true;
    bool is_ours = stream->header->pid == pid && stream->header->image_ticks == image_ticks;
    if (is_ours && streams_add(streams, stream))
        return true;
    stream_close(stream);
    return !is_ours;
}

static bool heap_build(struct streamheap *streams) {
    streams->heap = malloc((streams->all_count + 1) * sizeof *streams->heap);
    if (!streams->heap)
        return false;
    for (size_t i = 0; i < streams->all_count; i++)
        if (stream_next(streams->all[i]))
            streams->heap[streams->heap_count++] = streams->all[i];
    for (size_t i = streams->heap_count; i-- > 0;)
        heap_sink(streams, i);
    return true;
}

bool streamheap_open(struct streamheap *streams, const char *folder, uint64_t pid,
                     uint64_t image_ticks) {
    *streams = (struct streamheap){0};
    DIR *directory = opendir(folder);
    if (!directory)
        return heap_build(streams);
    bool is_done = true;
    for (const struct dirent *entry; is_done && (entry = readdir(directory));) {
        char path[4096];
        if (entry->d_name[0] != '.' &&
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < (int)sizeof path)
            is_done = streams_take_file(streams, path, pid, image_ticks);
    }
    closedir(directory);
    if (!is_done)
        return false;
    if (streams->all_count)
        qsort(streams->all, streams->all_count, sizeof *streams->all, streams_compare);
    return heap_build(streams);
}

void streamheap_close(struct streamheap *streams) {
    for (size_t i = 0; i < streams->all_count; i++)
        stream_close(streams->all[i]);
    free(streams->all);
    free(streams->heap);
}

struct stream *streamheap_first(const struct streamheap *streams) {
    return streams->heap_count ? streams->heap[0] : NULL;
}

void streamheap_advance(struct streamheap *streams) {
    if (!stream_next(streams->heap[0]))
        streams->heap[0] = streams->heap[--streams->heap_count];
    if (streams->heap_count)
        heap_sink(streams, 0);
}
