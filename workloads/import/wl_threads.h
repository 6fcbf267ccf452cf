/* wl_threads.h -- a dj/malloc workload: its bytes, which are read at many places at once, its
 * threads in turn, and what they wait for. */
#ifndef IMPORT_WL_THREADS_H
#define IMPORT_WL_THREADS_H

#include "workloads/import/input.h"
#include "workloads/recorder/livemap.h"

enum { WL_BUFFER_BYTES = 1024 };

enum wl_verdict {
    WL_GOOD,
    WL_END,   /* of a thread's program */
    WL_WAITS, /* for a sync */
    WL_CUT,   /* the file ends before */
    WL_WRONG
};

/* A place in the file, with the bytes that follow it. */
struct wl_cursor {
    uint64_t offset; /* of the next byte */
    uint32_t start, end;
    uint8_t *bytes; /* WL_BUFFER_BYTES, made when needed */
};

struct wl_thread {
    struct wl_cursor cursor;
    size_t next; /* in the queue of the ready, or of the sync; + 1, 0 is none */
};

struct wl {
    int fd; /* the unpacked file, without a name */
    uint64_t length;
    uint64_t consumed; /* bytes read by all threads: programs that do not overlap read each once */
    uint64_t sync_count;
    uint8_t *is_written;    /* one bit a sync */
    struct livemap waiters; /* sync + 1 -> first thread that waits for it */
    struct wl_thread *threads;
    size_t thread_count, thread_max;
    size_t first_ready, last_ready; /* + 1 */
    size_t waiting_count;
};

/* Unpack the input into a file of our own. wl_close is needed in every case. Returns false, with
 * the input's error set, if that fails. */
bool wl_open(struct wl *wl, struct input *input);
void wl_close(struct wl *wl);

enum wl_verdict wl_byte(struct wl *wl, struct wl_cursor *cursor, uint8_t *byte);
enum wl_verdict wl_integer(struct wl *wl, struct wl_cursor *cursor, uint64_t *value);

/* There are so many syncs; so many threads; the next thread begins there. Return false if a file of
 * this length cannot have them, or memory ran out. */
bool wl_syncs(struct wl *wl, uint64_t count);
bool wl_threads(struct wl *wl, uint64_t count);
bool wl_thread_add(struct wl *wl, uint64_t offset);

/* The thread whose turn it is leaves the queue; false if none can go on. */
bool wl_thread_next(struct wl *wl, size_t *number);
void wl_thread_ready(struct wl *wl, size_t number);

/* It waits for a sync, which wakes it. Return false if there is no such sync. */
bool wl_thread_wait(struct wl *wl, size_t number, uint64_t sync);
bool wl_sync_write(struct wl *wl, uint64_t sync);
bool wl_sync_is_written(const struct wl *wl, uint64_t sync);

/* Thread number does what no workload does. Returns false. */
bool wl_fail(const struct wl *wl, struct input *input, size_t number);

#endif
