/* fuzz_transform.c -- whatever a reader yields, each transform of it is a sound trace.
 *
 * An input whose first byte is even is the file itself; of an odd one each four bytes are made an
 * operation that is well formed. Then up to three transforms are run, one over the output of the
 * other, with options from the input, and each output is checked.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workloads/transform/shrink.h"
#include "workloads/transform/transform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OPTION_BYTES = 25, OPS_MAX = 4096, SHRINK_RUNS = 40 };

static char folder[] = "/dev/shm/heapbench-fuzz-XXXXXX";
static char paths[2][64];

static void folder_remove(void) {
    unlink(paths[0]);
    unlink(paths[1]);
    rmdir(folder);
}

static void file_write(const uint8_t *data, size_t size) {
    FILE *file = fopen(paths[0], "wb");

    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
}

/* Objects that live, and how many were born. */
static uint64_t live[OPS_MAX];
static size_t live_count;
static uint64_t born_count;

static struct hb_op op_make(const uint8_t *bytes) {
    struct hb_op op = {.kind = bytes[0] % HB_OP_KINDS, .thread = bytes[1] % 8};
    bool is_reference = op.kind == HB_OP_REALLOC || op.kind == HB_OP_FREE;

    if (is_reference && live_count == 0)
        op.kind = HB_OP_MALLOC;
    is_reference = op.kind == HB_OP_REALLOC || op.kind == HB_OP_FREE;
    if (op.kind <= HB_OP_REALLOC)
        op.size = bytes[2] < 250 ? bytes[2] : HB_TRACE_SIZE_MAX - bytes[3];
    if (op.kind == HB_OP_ALIGNED)
        op.alignment_log2 = bytes[3] % (HB_TRACE_ALIGNMENT_LOG2_MAX + 1);
    if (op.kind <= HB_OP_ALIGNED)
        op.object = live[live_count++] = born_count++;
    if (is_reference) {
        size_t at = bytes[3] % live_count;

        op.object = live[at];
        if (op.kind == HB_OP_FREE)
            live[at] = live[--live_count];
    }
    op.time_ns = (uint64_t)bytes[1] << (bytes[2] % 57);
    return op;
}

static void trace_write(const uint8_t *data, size_t size) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_trace_writer *writer = hb_trace_create(paths[0], size % 2 == 0, error);

    live_count = 0;
    born_count = 0;
    if (writer == NULL || (size % 3 == 0 && !hb_trace_keep_sites(writer)))
        abort();
    for (size_t i = 0; i + 4 <= size && i / 4 < OPS_MAX; i += 4) {
        struct hb_op op = op_make(data + i);
        char name[8];

        snprintf(name, sizeof name, "m+0x%x", data[i + 3] % 16u);
        if (size % 3 == 0 && op.kind <= HB_OP_REALLOC)
            op.site = hb_trace_add_site(writer, name);

        if (!hb_trace_append(writer, &op))
            abort();
    }
    if (!hb_trace_finish(writer, NULL, error))
        abort();
}

static enum hb_verdict shrink_test(void *context, const struct hb_candidate *candidate) {
    int *left = context;

    if (--*left == 0)
        return HB_VERDICT_STOP;
    return candidate->count % 3 != 1 ? HB_VERDICT_HOLDS : HB_VERDICT_FAILS;
}

static void shrink_report(void *context, const char *step) {
    (void)context, (void)step;
}

static bool shrink_run(const struct hb_transform *transform, struct hb_transform_result *result,
                       char *error) {
    int left = SHRINK_RUNS;
    struct hb_shrink shrink = {.test = shrink_test, .report = shrink_report, .context = &left};
    bool good = hb_shrink_read(&shrink, transform->paths[0], error) &&
                hb_shrink_run(&shrink, error) &&
                hb_candidate_write(&shrink.best, transform->out, NULL, "shrunk", error);

    (void)result;
    hb_shrink_free(&shrink);
    return good;
}

static hb_transform_function *const functions[] = {
    hb_transform_slice, hb_transform_filter, hb_transform_shuffle, hb_transform_amplify,
    hb_transform_merge, hb_transform_scale,  hb_transform_finish,  shrink_run,
};

static bool transform_run(const uint8_t *option) {
    static uint8_t threads[HB_TRACE_THREADS_MAX / 8];
    const char *sources[] = {paths[0], paths[0]};
    struct hb_transform transform = {.paths = sources, .path_count = 2, .out = paths[1]};
    struct hb_transform_result result;
    char error[HB_TRACE_ERROR_MAX];
    bool readable;

    threads[0] = option[1];
    transform.slice.from = option[1];
    transform.slice.to = option[2] == 255 ? UINT64_MAX : option[2] * 4u;
    transform.slice.phase = option[3] % 4;
    transform.slice.phases = option[4] % 5;
    transform.slice.has_prologue = option[5] % 2;
    transform.filter.threads = option[2] % 2 ? threads : NULL;
    transform.filter.threads_text = "some";
    transform.filter.least_bytes = option[3];
    transform.filter.most_bytes = option[4] == 255 ? UINT64_MAX : option[4];
    transform.shuffle.what = (enum hb_shuffle_what)(option[1] % 3);
    transform.shuffle.window = option[2] == 0 ? UINT64_MAX : option[2];
    transform.shuffle.seed = option[3];
    transform.amplify.copies = 1 + option[1] % 5;
    transform.amplify.has_own_threads = option[2] % 2;
    transform.merge_order = (enum hb_merge_order)(option[1] % 3);
    transform.scale.numerator = 1 + option[1] * 1000000u;
    transform.scale.denominator = 1 + option[2];
    transform.finish_backwards = option[1] % 2;
    if (!functions[option[0] % 8](&transform, &result, error)) {
        if (access(paths[1], F_OK) == 0)
            abort();
        return false;
    }
    if (!hb_trace_check(paths[1], NULL, &readable, error)) {
        fprintf(stderr, "transform %d: %s\n", option[0] % 8, error);
        abort();
    }
    return rename(paths[1], paths[0]) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static bool is_made;

    if (size < OPTION_BYTES || size > 1 << 14)
        return -1;
    if (!is_made && (mkdtemp(folder) == NULL || atexit(folder_remove) != 0))
        abort();
    is_made = true;
    snprintf(paths[0], sizeof paths[0], "%s/in.hbt", folder);
    snprintf(paths[1], sizeof paths[1], "%s/out.hbt", folder);
    unlink(paths[0]);
    if (data[0] % 2 == 0)
        file_write(data + OPTION_BYTES, size - OPTION_BYTES);
    else
        trace_write(data + OPTION_BYTES, size - OPTION_BYTES);
    for (int i = 0; i < 1 + data[0] / 2 % 3; i++)
        if (!transform_run(data + 1 + 8 * i))
            break;
    return 0;
}
