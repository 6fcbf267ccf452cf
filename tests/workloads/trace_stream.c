/* trace_stream.c -- random streams of valid operations, for the tests of traces. */
#include "trace_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void stream_start(struct trace_stream *stream, uint64_t seed, uint64_t size_max, uint32_t threads) {
    memset(stream, 0, sizeof *stream);
    stream->seed = seed;
    stream->size_max = size_max;
    stream->threads = threads;
}

void stream_end(struct trace_stream *stream) {
    free(stream->live);
}

/* splitmix64, Steele, Lea & Flood 2014. */
uint64_t stream_random(struct trace_stream *stream) {
    uint64_t z = stream->seed += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static uint64_t stream_size(struct trace_stream *stream) {
    uint64_t bits = stream_random(stream) % 100;

    if (bits < 90)
        return stream_random(stream) % 512;
    return (stream_random(stream) >> bits % 64) % (stream->size_max + 1);
}

static void stream_bear(struct trace_stream *stream, struct hb_op *op) {
    uint64_t kind = stream_random(stream) % 10;

    op->kind = kind < 7 ? HB_OP_MALLOC : kind < 9 ? HB_OP_CALLOC : HB_OP_ALIGNED;
    if (op->kind == HB_OP_ALIGNED)
        op->alignment_log2 = (uint8_t)(stream_random(stream) % (HB_TRACE_ALIGNMENT_LOG2_MAX + 1));
    op->size = stream_size(stream);
    op->object = stream->born_count++;
    if (stream->live_count == stream->live_capacity) {
        stream->live_capacity = 2 * stream->live_capacity + 64;
        stream->live = realloc(stream->live, stream->live_capacity * sizeof *stream->live);
    }
    stream->live[stream->live_count++] = op->object;
}

static void stream_refer(struct trace_stream *stream, struct hb_op *op) {
    size_t young = stream->live_count < 16 ? stream->live_count : 16;
    size_t reach = stream_random(stream) % 16 == 0 ? stream->live_count : young;
    size_t at = stream->live_count - 1 - stream_random(stream) % reach;

    op->object = stream->live[at];
    op->kind = stream_random(stream) % 8 == 0 ? HB_OP_REALLOC : HB_OP_FREE;
    if (op->kind == HB_OP_REALLOC)
        op->size = stream_size(stream);
    else
        stream->live[at] = stream->live[--stream->live_count];
}

struct hb_op stream_next(struct trace_stream *stream) {
    struct hb_op op = {0};
    uint64_t choice = stream_random(stream) % 1000;

    stream->now_ns += stream_random(stream) % 300;
    op.time_ns = stream->now_ns;
    op.thread = stream->threads < 2 ? 0 : (uint32_t)(stream_random(stream) % stream->threads);
    if (choice < 2)
        op.kind = choice == 0 ? HB_OP_THREAD_START : HB_OP_THREAD_END;
    else if (choice < 530 || stream->live_count == 0)
        stream_bear(stream, &op);
    else
        stream_refer(stream, &op);
    return op;
}

struct hb_op *stream_ops(uint64_t seed, size_t count, uint64_t size_max, uint32_t threads) {
    struct hb_op *ops = malloc(count * sizeof *ops);
    struct trace_stream stream;

    stream_start(&stream, seed, size_max, threads);
    for (size_t i = 0; i < count; i++)
        ops[i] = stream_next(&stream);
    stream_end(&stream);
    return ops;
}

static void must(bool good, const char *error) {
    if (good)
        return;
    fprintf(stderr, "%s\n", error);
    abort();
}

void stream_write(const char *path, const struct hb_op *ops, size_t count, bool has_times,
                  const struct hb_trace_info *info) {
    char error[HB_TRACE_ERROR_MAX] = "";
    struct hb_trace_writer *writer;

    unlink(path);
    writer = hb_trace_create(path, has_times, error);
    must(writer != NULL, error);
    for (size_t i = 0; i < count; i++)
        must(hb_trace_append(writer, &ops[i]), hb_trace_writer_error(writer));
    must(hb_trace_finish(writer, info, error), error);
}

struct hb_op stream_expected(const struct hb_op *ops, size_t i, bool has_times) {
    struct hb_op op = ops[i];

    if (!has_times)
        op.time_ns = ops[i - i % 1024].time_ns;
    return op;
}

bool ops_equal(const struct hb_op *a, const struct hb_op *b) {
    return a->object == b->object && a->size == b->size && a->time_ns == b->time_ns &&
           a->thread == b->thread && a->kind == b->kind && a->alignment_log2 == b->alignment_log2;
}
