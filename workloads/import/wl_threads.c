/* wl_threads.c -- see wl_threads.h. */
#include "workloads/import/wl_threads.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workloads/trace_format.h"

/* A file without a name, in $TMPDIR or /tmp. Returns its descriptor, -1 with errno set. */
static int file_make(void) {
    const char *wanted = getenv("TMPDIR");
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/.heapbench-import-XXXXXX", wanted && *wanted ? wanted : "/tmp");
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static bool file_fill(struct wl *wl, struct input *input) {
    const uint8_t *bytes;
    size_t have;

    while ((have = input_peek(input, 1, &bytes)) > 0) {
        ssize_t put = write(wl->fd, bytes, have);
        if (put < 0 && errno != EINTR)
            return false;
        put = put < 0 ? 0 : put;
        wl->length += (uint64_t)put;
        input_take(input, (size_t)put);
    }
    return true;
}

bool wl_open(struct wl *wl, struct input *input) {
    *wl = (struct wl){.fd = -1};
    if (!livemap_init(&wl->waiters))
        return trace_fail(input->error, "out of memory while importing");
    wl->fd = file_make();
    if (wl->fd < 0 || !file_fill(wl, input))
        return trace_fail(input->error,
                          "cannot unpack %s into a temporary file: %s; set TMPDIR to a folder that "
                          "has room",
                          input->path, strerror(errno));
    return !input_failed(input);
}

void wl_close(struct wl *wl) {
    for (size_t i = 0; i < wl->thread_count; i++)
        free(wl->threads[i].cursor.bytes);
    free(wl->threads);
    free(wl->is_written);
    livemap_free(&wl->waiters);
    if (wl->fd >= 0)
        close(wl->fd);
}

static enum wl_verdict cursor_fill(struct wl *wl, struct wl_cursor *cursor) {
    if (!cursor->bytes)
        cursor->bytes = malloc(WL_BUFFER_BYTES);
    if (!cursor->bytes)
        return WL_CUT;
    ssize_t got = pread(wl->fd, cursor->bytes, WL_BUFFER_BYTES, (off_t)cursor->offset);
    if (got <= 0)
        return WL_CUT;
    cursor->start = 0;
    cursor->end = (uint32_t)got;
    return WL_GOOD;
}

enum wl_verdict wl_byte(struct wl *wl, struct wl_cursor *cursor, uint8_t *byte) {
    if (cursor->start == cursor->end) {
        enum wl_verdict verdict = cursor_fill(wl, cursor);
        if (verdict != WL_GOOD)
            return verdict;
    }
    *byte = cursor->bytes[cursor->start++];
    cursor->offset++;
    return ++wl->consumed <= wl->length ? WL_GOOD : WL_WRONG;
}

enum wl_verdict wl_integer(struct wl *wl, struct wl_cursor *cursor, uint64_t *value) {
    uint8_t byte;

    *value = 0;
    do {
        enum wl_verdict verdict = wl_byte(wl, cursor, &byte);
        if (verdict != WL_GOOD)
            return verdict;
        if (*value >> 57)
            return WL_WRONG;
        *value = *value << 7 | (byte & 0x7f);
    } while (byte >= 0x80);
    return WL_GOOD;
}

/* A sync needs two steps of two bytes, a thread one of two: more than fit are not there. */
bool wl_syncs(struct wl *wl, uint64_t count) {
    if (wl->is_written || count > wl->length)
        return false;
    wl->sync_count = count;
    wl->is_written = calloc(count / 8 + 1, 1);
    return wl->is_written != NULL;
}

bool wl_threads(struct wl *wl, uint64_t count) {
    if (wl->threads || count > wl->length)
        return false;
    wl->thread_max = (size_t)count;
    wl->threads = calloc((size_t)count + 1, sizeof *wl->threads);
    return wl->threads != NULL;
}

bool wl_thread_add(struct wl *wl, uint64_t offset) {
    if (wl->thread_count == wl->thread_max || offset >= wl->length)
        return false;
    wl->threads[wl->thread_count].cursor.offset = offset;
    wl_thread_ready(wl, wl->thread_count++);
    return true;
}

bool wl_thread_next(struct wl *wl, size_t *number) {
    if (!wl->first_ready)
        return false;
    *number = wl->first_ready - 1;
    wl->first_ready = wl->threads[*number].next;
    return true;
}

void wl_thread_ready(struct wl *wl, size_t number) {
    wl->threads[number].next = 0;
    if (wl->first_ready)
        wl->threads[wl->last_ready - 1].next = number + 1;
    else
        wl->first_ready = number + 1;
    wl->last_ready = number + 1;
}

bool wl_sync_is_written(const struct wl *wl, uint64_t sync) {
    return sync < wl->sync_count && (wl->is_written[sync / 8] >> sync % 8 & 1);
}

bool wl_thread_wait(struct wl *wl, size_t number, uint64_t sync) {
    uint64_t first;
    if (sync >= wl->sync_count)
        return false;
    struct wl_thread *thread = &wl->threads[number];
    thread->next = livemap_take(&wl->waiters, sync + 1, &first) ? (size_t)first + 1 : 0;
    wl->waiting_count++;
    return livemap_add(&wl->waiters, sync + 1, number);
}

bool wl_sync_write(struct wl *wl, uint64_t sync) {
    uint64_t first;
    if (sync >= wl->sync_count)
        return false;
    wl->is_written[sync / 8] |= (uint8_t)(1u << sync % 8);
    size_t waiter = livemap_take(&wl->waiters, sync + 1, &first) ? (size_t)first + 1 : 0;
    while (waiter) {
        size_t next = wl->threads[waiter - 1].next;
        wl_thread_ready(wl, waiter - 1);
        wl->waiting_count--;
        waiter = next;
    }
    return true;
}

bool wl_fail(const struct wl *wl, struct input *input, size_t number) {
    input->offset = wl->threads[number].cursor.offset;
    return input_fail_byte(input, "no step of a dj/malloc workload; the file is damaged, or of "
                                  "another format");
}
