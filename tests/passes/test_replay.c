/* A recorded trace, read operation by operation and placed by the model of the block model, gives
 * the hash, the footprint and the sums that heapbench reports: two implementations, one text.
 */
#include <math.h>

#include "tests/allocators/model.h"
#include "tests/passes/bench.h"
#include "workloads/trace.h"

enum { OBJECTS_PER_STEP = 1 << 16 };

struct object {
    uint64_t offset, request;
};

struct replay {
    struct model model;
    struct object *objects;
    size_t capacity;
    uint64_t hash, live, peak_live, peak_footprint;
    unsigned __int128 live_sum, footprint_sum;
};

static void hash_add(struct replay *replay, uint64_t offset) {
    for (int byte = 0; byte < 8; byte++, offset >>= 8)
        replay->hash = (replay->hash ^ (offset & 0xFF)) * UINT64_C(1099511628211);
}

static struct object *object_at(struct replay *replay, uint64_t number) {
    if (number >= replay->capacity) {
        replay->capacity = number + OBJECTS_PER_STEP;
        replay->objects = realloc(replay->objects, replay->capacity * sizeof *replay->objects);
    }
    return &replay->objects[number];
}

static uint64_t at_least_one(uint64_t request) {
    return request ? request : 1;
}

static void replay_realloc(struct replay *replay, struct object *object, const struct hb_op *op) {
    bool moved;
    object->offset = model_realloc(&replay->model, object->offset, at_least_one(object->request),
                                   at_least_one(op->size), &moved);
    if (moved)
        hash_add(replay, object->offset);
    replay->live += op->size - object->request;
    object->request = op->size;
}

static void replay_op(struct replay *replay, const struct hb_op *op) {
    struct object *object = object_at(replay, op->object);
    if (op->kind == HB_OP_FREE) {
        model_free(&replay->model, object->offset, at_least_one(object->request));
        replay->live -= object->request;
    } else if (op->kind == HB_OP_REALLOC) {
        replay_realloc(replay, object, op);
    } else {
        object->request = op->size;
        object->offset = model_aligned(&replay->model, (uint64_t)1 << op->alignment_log2,
                                       at_least_one(op->size));
        hash_add(replay, object->offset);
        replay->live += op->size;
    }
    uint64_t footprint = model_footprint(&replay->model);
    replay->live_sum += replay->live;
    replay->footprint_sum += footprint;
    replay->peak_live = replay->live > replay->peak_live ? replay->live : replay->peak_live;
    replay->peak_footprint =
        footprint > replay->peak_footprint ? footprint : replay->peak_footprint;
}

static void replay_trace(struct replay *replay, const char *path) {
    char error[HB_TRACE_ERROR_MAX];
    const struct hb_op *ops;
    size_t count;
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    assert_non_null(reader);
    while ((count = hb_trace_next(reader, &ops)) > 0)
        for (size_t i = 0; i < count; i++)
            if (ops[i].kind <= HB_OP_FREE)
                replay_op(replay, &ops[i]);
    assert_null(hb_trace_damage(reader));
    hb_trace_close(reader);
}

static void agrees(enum model_fit fit, const char *spec) {
    struct replay replay = {.hash = UINT64_C(14695981039346656037)};
    struct bench_folder folder;
    char words[256], hash[32];
    size_t count;
    model_init(&replay.model, fit, MODEL_ADDRESS, 65536, 131072, 131072);
    replay_trace(&replay, HB_SOURCE_DIR "/workloads/traces/" BENCH_TRACE ".hbt");
    bench_folder_make(&folder);
    snprintf(words, sizeof words, "--passes=space --baseline=none --alloc=%s --trace=" BENCH_TRACE,
             spec);
    struct hb_result *result = bench_results(&folder, words, &count);
    snprintf(hash, sizeof hash, "%016lx", replay.hash);
    assert_string_equal(result->placement_hash, hash);
    assert_int_equal(result->peak_footprint_bytes, replay.peak_footprint);
    assert_int_equal(result->peak_live_bytes, replay.peak_live);
    assert_true(fabs(result->frag_mean_ratio -
                     (double)replay.footprint_sum / (double)replay.live_sum) < 1e-12);
    hb_results_free(result, count);
    bench_folder_remove(&folder);
    model_clear(&replay.model);
    free(replay.objects);
}

static void the_model_places_a_real_trace_as_best_fit_does(void **state) {
    (void)state;
    agrees(MODEL_BEST, "bestfit");
}

static void the_model_places_a_real_trace_as_first_fit_does(void **state) {
    (void)state;
    agrees(MODEL_FIRST, "firstfit");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_model_places_a_real_trace_as_best_fit_does),
        cmocka_unit_test(the_model_places_a_real_trace_as_first_fit_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
