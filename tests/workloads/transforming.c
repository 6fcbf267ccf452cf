/* transforming.c -- what the tests of transforms share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "transforming.h"

static char folder[32];
static const char *paths[] = {source_path};
char source_path[64], out_path[64], other_path[64];

int transforming_start(void **state) {
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/hb-transform-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(source_path, sizeof source_path, "%s/source.hbt", folder);
    snprintf(out_path, sizeof out_path, "%s/out.hbt", folder);
    snprintf(other_path, sizeof other_path, "%s/other.hbt", folder);
    return 0;
}

int transforming_end(void **state) {
    (void)state;
    unlink(source_path);
    unlink(out_path);
    unlink(other_path);
    return rmdir(folder);
}

struct hb_op *source_make(uint64_t seed, size_t count, uint32_t threads) {
    struct hb_op *ops = stream_ops(seed, count, 1 << 20, threads);
    struct hb_trace_info info = {.null_frees = 7, .command = "a command", .note = "a note"};

    stream_write(source_path, ops, count, seed % 2 == 1, &info);
    return ops;
}

struct hb_transform transform_plain(void) {
    struct hb_transform transform = {.paths = paths, .path_count = 1, .out = out_path};

    transform.slice.to = UINT64_MAX;
    transform.slice.has_prologue = true;
    transform.filter.most_bytes = UINT64_MAX;
    transform.shuffle.window = UINT64_MAX;
    transform.amplify.copies = 1;
    transform.scale.numerator = transform.scale.denominator = 1;
    return transform;
}

struct hb_transform_result transform_good(hb_transform_function *run,
                                          const struct hb_transform *transform) {
    struct hb_transform_result result;
    struct hb_trace_info info;
    char error[HB_TRACE_ERROR_MAX] = "";
    bool readable = false;

    unlink(transform->out);
    if (!run(transform, &result, error))
        fail_msg("%s", error);
    if (!hb_trace_check(transform->out, &info, &readable, error))
        fail_msg("%s", error);
    assert_int_equal(info.op_count, result.written_count);
    return result;
}

struct whole whole_read(const char *path) {
    struct whole whole = {NULL, 0, {0}};
    char error[HB_TRACE_ERROR_MAX] = "";
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    const struct hb_op *run;
    size_t count;

    assert_non_null(reader);
    while ((count = hb_trace_next(reader, &run)) > 0) {
        whole.ops = realloc(whole.ops, (whole.count + count) * sizeof *run);
        memcpy(whole.ops + whole.count, run, count * sizeof *run);
        whole.count += count;
    }
    whole.info = *hb_trace_get_info(reader);
    hb_trace_close(reader);
    return whole;
}

void whole_free(struct whole *whole) {
    free(whole->ops);
}

void wholes_agree(const struct whole *a, const struct whole *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        if (!ops_equal(&a->ops[i], &b->ops[i]))
            fail_msg("operation %zu differs", i);
}

uint64_t *whole_live(const struct whole *whole) {
    uint64_t *sizes = calloc(whole->count + 1, sizeof *sizes);
    uint64_t *live = calloc(whole->count + 1, sizeof *live);

    for (size_t i = 0; i < whole->count; i++) {
        const struct hb_op *op = &whole->ops[i];
        uint64_t before = i == 0 ? 0 : live[i - 1];

        live[i] = before;
        if (op->kind > HB_OP_FREE)
            continue;
        live[i] = before + op->size - sizes[op->object];
        sizes[op->object] = op->size;
    }
    free(sizes);
    return live;
}
