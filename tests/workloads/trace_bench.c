/* trace_bench.c -- how fast traces are written and read, and what takes how much of a file:
 * trace_bench IN.hbt [OUT.hbt]. Not a test; docs/trace-format.md shows its figures. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "workloads/trace_block.h"

/* Of this thread's processor time: the file lies in the page cache, and the machine may be busy. */
static double now_ns(void) {
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int fail(const char *text) {
    fprintf(stderr, "trace_bench: %s\n", text);
    return 1;
}

static int read_time(const char *path) {
    char error[HB_TRACE_ERROR_MAX];
    double best = 1e30, checked;
    uint64_t op_count = 0;
    struct stat status;

    for (int round = 0; round < 5; round++) {
        double start = now_ns();
        struct hb_trace_reader *reader = hb_trace_open(path, error);
        const struct hb_op *ops;

        if (reader == NULL)
            return fail(error);
        while (hb_trace_next(reader, &ops) > 0)
            ;
        if (hb_trace_damage(reader) != NULL)
            return fail(hb_trace_damage(reader));
        op_count = hb_trace_get_info(reader)->op_count;
        hb_trace_close(reader);
        best = now_ns() - start < best ? now_ns() - start : best;
    }
    checked = now_ns();
    if (!hb_trace_check(path, NULL, NULL, error))
        return fail(error);
    checked = now_ns() - checked;
    stat(path, &status);
    printf("%s: %lu ops, %.4f bytes/op, read %.2f ns/op, check %.2f ns/op\n", path,
           (unsigned long)op_count, (double)status.st_size / (double)op_count,
           best / (double)op_count, checked / (double)op_count);
    return 0;
}

/* The bytes of each column in the file, of a block's payload added to those of others. */
static bool block_measure(struct trace_decoder *decoder, uint32_t version, const uint8_t *payload,
                          size_t length, uint64_t *column_bytes) {
    static uint8_t content[HB_TRACE_BLOCK_OPS];
    struct trace_block_head head;

    if (trace_frame_read(decoder, &payload, &length, content, sizeof content) == SIZE_MAX)
        return false;
    trace_head_parse(&head, content, version);
    for (int column = 0; column < TRACE_COLUMNS; column++)
        for (uint64_t plane = 0; plane < head.width[column]; plane++) {
            size_t before = length;

            if (trace_frame_read(decoder, &payload, &length, content, sizeof content) == SIZE_MAX)
                return false;
            column_bytes[column] += before - length;
        }
    return true;
}

static int columns_measure(const char *path) {
    static const char *const names[TRACE_COLUMNS] = {
        "form",      "thread",         "age",       "size", "alignment", "time",
        "form_type", "form_reference", "form_size", "site", "site_value"};
    static uint8_t bytes[TRACE_CHUNK_BYTES_MAX];
    uint8_t head[TRACE_HEADER_BYTES];
    uint64_t column_bytes[TRACE_COLUMNS] = {0}, ops = 0;
    struct trace_decoder *decoder = trace_decoder_create();
    struct hb_trace_info info = {0};
    char error[HB_TRACE_ERROR_MAX];
    FILE *file = fopen(path, "rb");
    uint32_t version;

    if (decoder == NULL || file == NULL || fread(head, 1, sizeof head, file) != sizeof head)
        return fail("cannot read the columns");
    version = trace_get_u32(head + 8);
    while (fread(head, 1, TRACE_CHUNK_HEAD_BYTES, file) == TRACE_CHUNK_HEAD_BYTES &&
           trace_get_u32(head) == TRACE_TAG_BLOCK) {
        size_t length = trace_get_u32(head + 4);

        if (fread(bytes, 1, length, file) != length ||
            !block_measure(decoder, version, bytes, length, column_bytes))
            return fail("cannot read the columns");
    }
    fclose(file);
    trace_decoder_destroy(decoder);
    if (!hb_trace_check(path, &info, NULL, error))
        return fail(error);
    ops = info.op_count;
    for (int i = 0; i < TRACE_COLUMNS; i++)
        if (column_bytes[i] > 0)
            printf("  %s %.4f", names[i], (double)column_bytes[i] / (double)ops);
    putchar('\n');
    return 0;
}

static int write_time(const char *from, const char *to) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_trace_reader *reader = hb_trace_open(from, error);
    struct hb_trace_writer *writer;
    const struct hb_op *ops;
    size_t count;
    double start, spent;

    if (reader == NULL)
        return fail(error);
    writer = hb_trace_create(to, hb_trace_get_info(reader)->has_times, error);
    if (writer == NULL)
        return fail(error);
    start = now_ns();
    while ((count = hb_trace_next(reader, &ops)) > 0)
        for (size_t i = 0; i < count; i++)
            hb_trace_append(writer, &ops[i]);
    if (!hb_trace_finish(writer, hb_trace_get_info(reader), error))
        return fail(error);
    spent = now_ns() - start;
    printf("%s: written, %.1f ns/op\n", to, spent / (double)hb_trace_get_info(reader)->op_count);
    hb_trace_close(reader);
    return 0;
}

int main(int argc, char **argv) {
    int status;

    if (argc < 2)
        return fail("usage: trace_bench IN.hbt [OUT.hbt]");
    status = read_time(argv[1]) || columns_measure(argv[1]);
    return status == 0 && argc > 2 ? write_time(argv[1], argv[2]) : status;
}
