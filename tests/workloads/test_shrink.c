/* test_shrink.c -- a shrink ends with a small trace for which it still holds, and 1-minimal. */
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
#include "workloads/transform/shrink.h"

enum { OPS = 3000, ARENA_BYTES = 1 << 22, BLOCKS_MAX = 8192 };

/* A promise about a candidate, and how often it was asked. */
struct asked {
    bool (*holds)(const struct hb_candidate *candidate);
    int count, most; /* most 0: no limit */
};

static enum hb_verdict asked_test(void *context, const struct hb_candidate *candidate) {
    struct asked *asked = context;

    if (asked->most != 0 && asked->count == asked->most)
        return HB_VERDICT_STOP;
    asked->count++;
    return asked->holds(candidate) ? HB_VERDICT_HOLDS : HB_VERDICT_FAILS;
}

static void report_nothing(void *context, const char *step) {
    (void)context, (void)step;
}

static struct hb_candidate without_object(const struct hb_candidate *from, uint64_t object) {
    struct hb_candidate rest = {malloc((from->count + 1) * sizeof *rest.ops), 0, from->has_times,
                                from->sites};

    for (size_t i = 0; i < from->count; i++)
        if (from->ops[i].kind > HB_OP_FREE || from->ops[i].object != object)
            rest.ops[rest.count++] = from->ops[i];
    return rest;
}

static void must_be_minimal(const struct hb_candidate *best,
                            bool (*holds)(const struct hb_candidate *)) {
    assert_true(holds(best));
    for (size_t i = 0; i < best->count; i++)
        if (best->ops[i].kind <= HB_OP_ALIGNED) {
            struct hb_candidate rest = without_object(best, best->ops[i].object);

            assert_false(holds(&rest));
            free(rest.ops);
        }
}

/* Shrink the source; the caller frees it. The best is a sound trace. */
static struct hb_shrink shrink_source(struct asked *asked) {
    struct hb_shrink shrink = {.test = asked_test, .report = report_nothing, .context = asked};
    char error[HB_TRACE_ERROR_MAX] = "";

    assert_true(hb_shrink_read(&shrink, source_path, error));
    assert_true(asked->holds(&shrink.best));
    assert_true(hb_shrink_run(&shrink, error));
    unlink(out_path);
    if (!hb_candidate_write(&shrink.best, out_path, NULL, "a note", error))
        fail_msg("%s", error);
    if (!hb_trace_check(out_path, NULL, NULL, error))
        fail_msg("%s", error);
    return shrink;
}

/* An allocator with a mistake: a list of blocks by address, first fit; a free that merges with both
 * neighbours forgets the bytes of the right one. It has gone wrong where the blocks no longer fill
 * the arena. */
struct faulty {
    uint64_t bytes[BLOCKS_MAX], object_plus_1[BLOCKS_MAX]; /* 0: free */
    size_t count;
};

static void blocks_shift(struct faulty *heap, size_t at, size_t away, size_t added) {
    size_t after = heap->count - at - away;

    memmove(heap->bytes + at + added, heap->bytes + at + away, after * 8);
    memmove(heap->object_plus_1 + at + added, heap->object_plus_1 + at + away, after * 8);
    heap->count = at + added + after;
}

static void faulty_alloc(struct faulty *heap, uint64_t object, uint64_t size) {
    uint64_t need = (size + 23) / 16 * 16;
    size_t at = 0;

    while (at < heap->count && (heap->object_plus_1[at] != 0 || heap->bytes[at] < need))
        at++;
    if (at == heap->count || heap->count == BLOCKS_MAX)
        return;
    if (heap->bytes[at] > need) {
        uint64_t rest = heap->bytes[at] - need;

        blocks_shift(heap, at, 0, 1);
        heap->bytes[at + 1] = rest;
        heap->object_plus_1[at + 1] = 0;
        heap->bytes[at] = need;
    }
    heap->object_plus_1[at] = object + 1;
}

static void faulty_free(struct faulty *heap, uint64_t object) {
    size_t at = 0;

    while (at < heap->count && heap->object_plus_1[at] != object + 1)
        at++;
    if (at == heap->count)
        return;
    bool left = at > 0 && heap->object_plus_1[at - 1] == 0;
    bool right = at + 1 < heap->count && heap->object_plus_1[at + 1] == 0;
    heap->object_plus_1[at] = 0;
    if (right) {
        heap->bytes[at] += left ? 0 : heap->bytes[at + 1]; /* the mistake */
        blocks_shift(heap, at + 1, 1, 0);
    }
    if (left) {
        heap->bytes[at - 1] += heap->bytes[at];
        blocks_shift(heap, at, 1, 0);
    }
}

static bool faulty_goes_wrong(const struct hb_candidate *candidate) {
    static struct faulty heap;
    uint64_t sum = 0;

    heap.count = 1;
    heap.bytes[0] = ARENA_BYTES;
    heap.object_plus_1[0] = 0;
    for (size_t i = 0; i < candidate->count; i++) {
        const struct hb_op *op = &candidate->ops[i];

        if (op->kind <= HB_OP_ALIGNED)
            faulty_alloc(&heap, op->object, op->size);
        if (op->kind == HB_OP_FREE || op->kind == HB_OP_REALLOC)
            faulty_free(&heap, op->object);
        if (op->kind == HB_OP_REALLOC)
            faulty_alloc(&heap, op->object, op->size);
    }
    for (size_t i = 0; i < heap.count; i++)
        sum += heap.bytes[i];
    return sum != ARENA_BYTES;
}

/* Two blocks beside the free end: the second to be freed has free space on both sides. */
static void a_fault_shrinks_to_what_shows_it(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct asked asked = {faulty_goes_wrong, 0, 0};
        struct hb_shrink shrink;

        free(source_make(seed, OPS, 3));
        shrink = shrink_source(&asked);
        assert_false(shrink.is_stopped);
        assert_int_equal(shrink.best.count, 4);
        assert_int_equal(shrink.best.ops[0].kind, HB_OP_MALLOC);
        assert_int_equal(shrink.best.ops[1].kind, HB_OP_MALLOC);
        assert_int_equal(shrink.best.ops[2].kind, HB_OP_FREE);
        assert_int_equal(shrink.best.ops[3].kind, HB_OP_FREE);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(shrink.best.ops[i].thread, 0);
            assert_int_equal(shrink.best.ops[i].size, i < 2 ? 1 : 0);
        }
        must_be_minimal(&shrink.best, faulty_goes_wrong);
        hb_shrink_free(&shrink);
    }
}

/* Needs some hundred objects: at least 100 KB live at once, none of them above 1000 bytes. */
static bool much_is_live(const struct hb_candidate *candidate) {
    static uint64_t sizes[OPS];
    uint64_t live = 0, most = 0;

    memset(sizes, 0, sizeof sizes);
    for (size_t i = 0; i < candidate->count; i++) {
        const struct hb_op *op = &candidate->ops[i];

        if (op->kind > HB_OP_FREE)
            continue;
        if (op->size > 1000)
            return false;
        live += op->size - sizes[op->object];
        sizes[op->object] = op->size;
        most = live > most ? live : most;
    }
    return most >= 100000;
}

static void a_sum_shrinks_to_a_sum(void **state) {
    struct hb_op *ops = stream_ops(7, OPS, 1000, 2);
    struct asked asked = {much_is_live, 0, 0};
    struct hb_shrink shrink;

    (void)state;
    for (size_t i = 0; i < OPS; i++)
        ops[i].size = ops[i].size > 0 ? 900 + ops[i].size % 100 : 0;
    stream_write(source_path, ops, OPS, true, NULL);
    shrink = shrink_source(&asked);
    must_be_minimal(&shrink.best, much_is_live);
    assert_in_range(shrink.best.count, 100, 112);
    for (size_t i = 0; i < shrink.best.count; i++)
        assert_true(shrink.best.ops[i].kind == HB_OP_MALLOC && shrink.best.ops[i].time_ns == 0);
    hb_shrink_free(&shrink);
    free(ops);
}

static bool wants_realloc(const struct hb_candidate *candidate) {
    for (size_t i = 0; i < candidate->count; i++)
        if (candidate->ops[i].kind == HB_OP_REALLOC && candidate->ops[i].size >= 300 &&
            candidate->ops[i].thread == 2)
            return true;
    return false;
}

static void what_matters_stays(void **state) {
    struct asked asked = {wants_realloc, 0, 0};
    struct hb_shrink shrink;

    (void)state;
    free(source_make(11, OPS, 4));
    shrink = shrink_source(&asked);
    assert_int_equal(shrink.best.count, 2);
    assert_int_equal(shrink.best.ops[0].size, 1);
    assert_int_equal(shrink.best.ops[0].thread, 0);
    assert_int_equal(shrink.best.ops[1].kind, HB_OP_REALLOC);
    assert_int_equal(shrink.best.ops[1].thread, 2);
    assert_in_range(shrink.best.ops[1].size, 300, 511); /* each half of a power of two was tried */
    hb_shrink_free(&shrink);
}

static bool always(const struct hb_candidate *candidate) {
    (void)candidate;
    return true;
}

static void nothing_is_needed_of_what_always_holds(void **state) {
    struct asked asked = {always, 0, 0};
    struct hb_shrink shrink;

    (void)state;
    free(source_make(12, OPS, 4));
    shrink = shrink_source(&asked);
    assert_int_equal(shrink.best.count, 0);
    hb_shrink_free(&shrink);
}

/* However early it is stopped, the best so far holds; and the longer, the smaller. */
static void a_stopped_shrink_keeps_its_best(void **state) {
    size_t before = SIZE_MAX;

    (void)state;
    free(source_make(2, OPS, 3));
    for (int most = 1; most < 30; most++) {
        struct asked asked = {faulty_goes_wrong, 0, most};
        struct hb_shrink shrink = shrink_source(&asked);

        assert_int_equal(asked.count, most);
        assert_true(shrink.is_stopped);
        assert_true(faulty_goes_wrong(&shrink.best));
        assert_true(shrink.best.count <= before);
        before = shrink.best.count;
        hb_shrink_free(&shrink);
    }
    assert_true(before < OPS / 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_shrinks_to_what_shows_it),
        cmocka_unit_test(a_sum_shrinks_to_a_sum),
        cmocka_unit_test(what_matters_stays),
        cmocka_unit_test(nothing_is_needed_of_what_always_holds),
        cmocka_unit_test(a_stopped_shrink_keeps_its_best),
    };
    return cmocka_run_group_tests(tests, transforming_start, transforming_end);
}
