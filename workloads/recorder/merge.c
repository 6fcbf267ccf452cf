/* merge.c -- the raw files of one image, one per thread, merged by time into one trace.
 *
 * A death's time is read before the call and a birth's after it, or is an older one of the same
 * thread where that is early enough (log.h), so that whenever one thread reuses the address that
 * another gave back, the death has the earlier time; at equal times deaths go
 * first. Replaying that order on a map from address to object gives each object's lifetime.
 */
#include "workloads/recorder/merge.h"
#include "workloads/recorder/livemap.h"
#include "workloads/recorder/stream.h"
#include "workloads/recorder/streamheap.h"
#include "workloads/recorder/ticks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct merge {
    struct hb_trace_writer *writer;
    struct hb_trace_info info;
    struct livemap live;
    struct streamheap streams;
    uint64_t next_object;
    uint64_t implied_frees; /* deaths never logged: their address was born again */
    uint32_t damaged_files;
    uint32_t *thread_of; /* trace thread of each serial, plus 1 */
    uint32_t thread_count;
    struct raw_instant first, latest; /* ns per tick, as a fraction of their differences */
    bool is_failed;
};

static uint64_t merge_ns(const struct merge *merge, uint64_t ticks) {
    unsigned __int128 ns = (unsigned __int128)ticks * (merge->latest.ns - merge->first.ns);
    ns /= merge->latest.ticks - merge->first.ticks;
    return ns >> 62 ? UINT64_C(1) << 62 : (uint64_t)ns;
}

/* A program killed at once leaves its clocks too near to each other: this machine's are the same.
 */
static void merge_set_clock(struct merge *merge) {
    enum { LONG_ENOUGH_NS = 20 * 1000 * 1000 };
    struct raw_instant now = ticks_instant();
    if (merge->latest.ns < merge->first.ns + LONG_ENOUGH_NS && now.ticks > merge->first.ticks)
        merge->latest = now;
    if (merge->latest.ns <= merge->first.ns || merge->latest.ticks <= merge->first.ticks) {
        merge->first = (struct raw_instant){0, 0};
        merge->latest = (struct raw_instant){1, 1};
    }
}

static void merge_append(struct merge *merge, const struct stream_event *event,
                         enum hb_op_kind kind, uint32_t thread, uint64_t object) {
    struct hb_op op = {.object = object,
                       .size = event->size,
                       .time_ns = merge_ns(merge, event->ticks),
                       .thread = thread,
                       .kind = (uint8_t)kind,
                       .alignment_log2 = kind == HB_OP_ALIGNED ? event->alignment_log2 : 0,
                       .site = kind < HB_OP_FREE ? event->site : 0};
    if (kind >= HB_OP_FREE)
        op.size = 0;
    if (!hb_trace_append(merge->writer, &op))
        merge->is_failed = true;
}

static void merge_append_mark(struct merge *merge, const struct stream_event *event,
                              enum hb_op_kind kind, uint32_t thread) {
    if (thread < HB_TRACE_THREADS_MAX - 1)
        merge_append(merge, event, kind, thread, 0);
}

/* Threads are numbered in the order of their first events. Those beyond what a trace can tell apart
 * are one, which has no marks. */
static uint32_t merge_thread(struct merge *merge, const struct stream_event *event) {
    uint32_t *known = &merge->thread_of[event->serial];
    if (!*known) {
        uint32_t last = HB_TRACE_THREADS_MAX - 1;
        *known = 1 + (merge->thread_count < last ? merge->thread_count++ : last);
        merge_append_mark(merge, event, HB_OP_THREAD_START, *known - 1);
    }
    return *known - 1;
}

/* An object that still lives where another is born died without our seeing it. */
static void merge_settle(struct merge *merge, const struct stream_event *event, uint32_t thread,
                         uint64_t object) {
    uint64_t forgotten;
    if (livemap_take(&merge->live, event->address, &forgotten)) {
        merge->implied_frees++;
        merge_append(merge, event, HB_OP_FREE, thread, forgotten);
    }
    if (!livemap_add(&merge->live, event->address, object))
        merge->is_failed = true;
}

static void merge_birth(struct merge *merge, const struct stream_event *event, enum hb_op_kind kind,
                        uint32_t thread) {
    uint64_t object = merge->next_object++;
    merge_settle(merge, event, thread, object);
    merge_append(merge, event, kind, thread, object);
}

static void merge_free(struct merge *merge, const struct stream_event *event, uint32_t thread) {
    uint64_t object;
    if (livemap_take(&merge->live, event->address, &object))
        merge_append(merge, event, HB_OP_FREE, thread, object);
    else
        merge->info.unmatched_frees++;
}

static void merge_realloc_begin(struct merge *merge, struct stream *stream) {
    stream->pending_address = stream->event.address;
    stream->has_pending =
        livemap_take(&merge->live, stream->event.address, &stream->pending_object);
    if (!stream->has_pending)
        merge->info.unmatched_frees++;
}

static void merge_realloc_end(struct merge *merge, struct stream *stream, uint32_t thread) {
    if (!stream->has_pending) {
        merge_birth(merge, &stream->event, HB_OP_MALLOC, thread);
        return;
    }
    stream->has_pending = false;
    merge_settle(merge, &stream->event, thread, stream->pending_object);
    merge_append(merge, &stream->event, HB_OP_REALLOC, thread, stream->pending_object);
}

static void merge_realloc_failed(struct merge *merge, struct stream *stream, uint32_t thread) {
    if (!stream->has_pending)
        return;
    stream->has_pending = false;
    struct stream_event event = stream->event;
    event.address = stream->pending_address;
    merge_settle(merge, &event, thread, stream->pending_object);
}

/* The trace's number of the site that the stream's births have now, 0 if it is not known. */
static uint16_t merge_site(struct merge *merge, struct stream *stream) {
    char name[HB_TRACE_TEXT_MAX + 32];
    uint64_t number = 0, offset = stream->site & ((UINT64_C(1) << RAW_OFFSET_BITS) - 1);
    const char *path = stream_modules_path(&stream->modules, stream->site >> RAW_OFFSET_BITS);
    if (!path || (!stream->sites.entries && !livemap_init(&stream->sites)))
        return 0;
    if (livemap_find(&stream->sites, stream->site, &number))
        return (uint16_t)number;
    snprintf(name, sizeof name, "%s+0x%llx", path, (unsigned long long)offset);
    number = hb_trace_add_site(merge->writer, name);
    livemap_add(&stream->sites, stream->site, number);
    return (uint16_t)number;
}

static void merge_event(struct merge *merge, struct stream *stream) {
    struct stream_event *event = &stream->event;
    uint32_t thread = merge_thread(merge, event);
    event->site = stream->site ? merge_site(merge, stream) : 0;
    switch (event->kind) {
    case RAW_MALLOC:
        merge_birth(merge, event, HB_OP_MALLOC, thread);
        break;
    case RAW_CALLOC:
        merge_birth(merge, event, HB_OP_CALLOC, thread);
        break;
    case RAW_ALIGNED:
        merge_birth(merge, event, HB_OP_ALIGNED, thread);
        break;
    case RAW_FREE:
        merge_free(merge, event, thread);
        break;
    case RAW_REALLOC_BEGIN:
        merge_realloc_begin(merge, stream);
        break;
    case RAW_REALLOC_END:
        merge_realloc_end(merge, stream, thread);
        break;
    default:
        if (event->mark == RAW_THREAD_END)
            merge_append_mark(merge, event, HB_OP_THREAD_END, thread);
        else
            merge_realloc_failed(merge, stream, thread);
    }
}

static void merge_streams(struct merge *merge) {
    struct stream *stream;
    while (!merge->is_failed && (stream = streamheap_first(&merge->streams))) {
        merge_event(merge, stream);
        streamheap_advance(&merge->streams);
    }
}

static void merge_count_header(struct merge *merge, const struct raw_header *header) {
    merge->info.null_frees += header->null_frees;
    merge->info.failed_calls += header->failed_calls;
    merge->info.dropped_calls += header->dropped_calls;
    merge->info.early_calls += header->early_calls;
    merge->info.signal_calls += header->signal_calls;
    if (header->buffer == 0)
        merge->first = header->first;
    if (header->latest.ticks > merge->latest.ticks)
        merge->latest = header->latest;
}

static uint64_t merge_cost(const struct merge *merge) {
    const struct streamheap *streams = &merge->streams;
    for (size_t i = 0; i < streams->all_count; i++) {
        const struct raw_header *header = streams->all[i]->header;
        if (header->buffer == 0)
            return merge_ns(merge, merge->thread_count > 1 ? header->cost_many_ticks_x1000
                                                           : header->cost_one_ticks_x1000);
    }
    return 0;
}

static void merge_describe(struct merge *merge, const struct hb_merge_image *image,
                           const char *command, const char *note) {
    struct hb_trace_info *info = &merge->info;
    for (size_t i = 0; i < merge->streams.all_count; i++)
        merge->damaged_files += merge->streams.all[i]->is_damaged;
    info->cost_ns_per_op_x1000 = merge_cost(merge);
    info->dropped_calls += merge->implied_frees;
    snprintf(info->command, sizeof info->command, "%s", command ? command : image->command);
    snprintf(info->source, sizeof info->source, "recorded");
    size_t used = (size_t)snprintf(info->note, sizeof info->note, "%.2000s", note ? note : "");
    if (merge->implied_frees)
        used += (size_t)snprintf(info->note + used, sizeof info->note - used,
                                 "%s%llu frees were not seen, but are implied", used ? "; " : "",
                                 (unsigned long long)merge->implied_frees);
    if (merge->damaged_files)
        snprintf(info->note + used, sizeof info->note - used, "%s%u raw files were damaged",
                 used ? "; " : "", merge->damaged_files);
}

static bool merge_init(struct merge *merge, const char *folder,
                       const struct hb_merge_image *image) {
    merge->thread_of = calloc(STREAM_SERIAL_MAX, sizeof *merge->thread_of);
    if (!merge->thread_of || !livemap_init(&merge->live) ||
        !streamheap_open(&merge->streams, folder, image->pid, image->ticks))
        return false;
    for (size_t i = 0; i < merge->streams.all_count; i++)
        merge_count_header(merge, merge->streams.all[i]->header);
    merge_set_clock(merge);
    return true;
}

static void merge_free_all(struct merge *merge) {
    streamheap_close(&merge->streams);
    livemap_free(&merge->live);
    free(merge->thread_of);
}

/* Why it failed: the writer's own words, or that memory ran out. */
static bool merge_give_up(struct merge *merge, char *error) {
    const char *why = merge->writer ? hb_trace_writer_error(merge->writer) : NULL;
    snprintf(error, HB_TRACE_ERROR_MAX, "%.500s", why ? why : "out of memory while merging");
    if (merge->writer)
        hb_trace_discard(merge->writer);
    return false;
}

static bool merge_run(struct merge *merge, const char *folder, const struct hb_merge_image *image,
                      const char *path, char *error) {
    if (!merge_init(merge, folder, image))
        return merge_give_up(merge, error);
    merge->writer = hb_trace_create(path, image->has_times, error);
    if (!merge->writer)
        return false;
    if (image->has_sites && !hb_trace_keep_sites(merge->writer))
        return merge_give_up(merge, error);
    merge_streams(merge);
    return merge->is_failed ? merge_give_up(merge, error) : true;
}

bool hb_merge_image(const char *folder, const struct hb_merge_image *image, const char *path,
                    const char *command, const char *note, char *error) {
    struct merge *merge = calloc(1, sizeof *merge);
    if (!merge) {
        snprintf(error, HB_TRACE_ERROR_MAX, "out of memory while merging");
        return false;
    }
    bool is_done = merge_run(merge, folder, image, path, error);
    if (is_done) {
        merge_describe(merge, image, command, note);
        is_done = hb_trace_finish(merge->writer, &merge->info, error);
    }
    merge_free_all(merge);
    free(merge);
    return is_done;
}
