/* Each generator's operations have the statistics that its head comment promises. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/workloads/census.h"

#define assert_near(value, expected, part)                                                         \
    near_or_fail(#value, value, expected, (part) * (expected))

static void near_or_fail(const char *name, double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%s is %.6g, not %.6g +- %.3g", name, value, expected, tolerance);
}

static void sizes_have_their_mean_and_variation(void **state) {
    (void)state;
    static const struct {
        const char *name;
        double cv;
    } table[] = {{"uniform", 0.5774},
                 {"exponential", 1},
                 {"hyperexponential", 2},
                 {"normal", 0.25},
                 {"fixed", 0}};
    char spec[128];
    struct census census;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        for (int mean = 10; mean <= 1000; mean *= 10) {
            snprintf(spec, sizeof spec, "synth:random:ops=400000:live=1M:sizes=%s:mean=%d",
                     table[i].name, mean);
            census_take(&census, spec);
            assert_near(census_mean(&census), (double)mean, 0.02);
            if (mean > 10) /* below, whole bytes round coarsely */
                near_or_fail(spec, census_cv(&census), table[i].cv, 0.01 + 0.02 * table[i].cv);
            census_end(&census);
        }
    }
}

/* Full, and never more than full: a request and an object are the most that is missing. */
static void random_keeps_the_memory_full(void **state) {
    (void)state;
    struct census census;
    census_take(&census, "synth:random:ops=300000:live=100000:mean=50");
    assert_true(census.peak_live <= 100000);
    for (uint64_t i = census.op_count / 2; i < census.op_count; i++)
        assert_true(census.live[i] > 100000 - 2 * 99);
    census_end(&census);
}

/* Geometric: as many die young as the mean says, and e^-1 outlive it. */
static void random_release_has_geometric_lifetimes(void **state) {
    (void)state;
    struct census census;
    uint64_t longer = 0, counted = 0;
    census_take(&census, "synth:random:ops=2000000:live=64000:mean=64:sizes=fixed");
    assert_near(census_lifetime(&census), 1000.0, 0.02);
    for (uint64_t i = 2000; i < census.object_count - 20000; i++) {
        counted++;
        longer += census.objects[i].births > 1000;
    }
    assert_near((double)longer / (double)counted, exp(-1), 0.02);
    census_end(&census);
}

static void fifo_and_lifo_release_in_their_order(void **state) {
    (void)state;
    struct census census;
    uint64_t next = 0;
    census_take(&census, "synth:random:ops=100000:live=10000:release=fifo");
    for (uint64_t i = 0; i < census.op_count; i++)
        if (census.ops[i].kind == HB_OP_FREE)
            assert_int_equal(census.ops[i].object, next++);
    assert_true(next > 40000);
    census_end(&census);
    census_take(&census, "synth:random:ops=100000:live=10000:release=lifo");
    uint64_t *stack = calloc(census.object_count, sizeof *stack), height = 0;
    for (uint64_t i = 0; i < census.op_count; i++)
        if (census.ops[i].kind == HB_OP_FREE)
            assert_int_equal(census.ops[i].object, stack[--height]);
        else
            stack[height++] = census.ops[i].object;
    assert_true(census.free_count > 40000);
    free(stack);
    census_end(&census);
}

/* With objects = 100 and 1000 rounds: tables full, 1 - e^-10 of 100 in 1000 frees cross. */
static void larson_replaces_and_inherits(void **state) {
    (void)state;
    struct census census;
    uint64_t starts = 0, ends = 0;
    census_take(&census,
                "synth:larson:ops=2000000:threads=4:objects=100:rounds=1000:min=16:max=48");
    assert_int_equal(census.peak_count, 400);
    for (uint64_t i = 400; i < census.op_count; i++) {
        assert_true(census.live_count[i] >= 399);
        starts += census.ops[i].kind == HB_OP_THREAD_START;
        ends += census.ops[i].kind == HB_OP_THREAD_END;
    }
    assert_near((double)starts, 1000.0, 0.01); /* a million replacements */
    assert_true(starts - ends <= 4);
    assert_near((double)census.crossing_frees / (double)census.free_count,
                100 * (1 - exp(-10)) / 1000, 0.02);
    assert_near(census_lifetime(&census), 399.0, 0.02);
    assert_near(census_mean(&census), 32.0, 0.01);
    census_end(&census);
}

static void every_object_of_prodcons_crosses(void **state) {
    (void)state;
    struct census census;
    uint64_t next = 0;
    census_take(&census, "synth:prodcons:ops=500000:threads=3:objects=50");
    assert_int_equal(census.crossing_frees, census.free_count);
    assert_int_equal(census.peak_count, 50);
    for (uint64_t i = 0; i < census.op_count; i++) {
        bool is_free = census.ops[i].kind == HB_OP_FREE;
        assert_true(is_free ? census.ops[i].thread >= 3 && census.ops[i].thread < 6
                            : census.ops[i].thread < 3);
        if (is_free)
            assert_int_equal(census.ops[i].object, next++);
    }
    assert_near((double)census.free_count, 250000.0, 0.01);
    census_end(&census);
}

/* Where the live bytes are to be, in parts of the trace. */
static void level_is(const struct census *census, double part, double level, double tolerance) {
    uint64_t at = (uint64_t)(part * (double)(census->op_count - 1));
    near_or_fail("live bytes", (double)census->live[at], level, tolerance);
}

enum { CHURN = 8000 }; /* young objects: 50 of 100 bytes in the mean, 100 of them at most */

static void a_ramp_rises_and_a_plateau_stays(void **state) {
    (void)state;
    struct census census;
    census_take(&census, "synth:ramp:ops=500000:live=1000000:mean=100");
    for (int i = 1; i < 20; i++)
        level_is(&census, i * 0.05, i * 50000.0 + CHURN / 2, CHURN);
    census_end(&census);
    census_take(&census, "synth:plateau:ops=500000:live=1000000:mean=100");
    level_is(&census, 0.05, 500000 + CHURN / 2, CHURN);
    for (int i = 11; i < 100; i++)
        level_is(&census, i * 0.01, 1000000 + CHURN / 2, CHURN);
    census_end(&census);
}

static void peaks_are_built_up_and_discarded(void **state) {
    (void)state;
    struct census census;
    census_take(&census, "synth:peaks:ops=600000:live=1000000:mean=100:peaks=3");
    for (int i = 0; i < 3; i++) {
        double start = i / 3.0;
        level_is(&census, start + 0.75 / 6, 500000, 3 * CHURN);
        level_is(&census, start + 0.745 / 3, 993333, 3 * CHURN);
        level_is(&census, start + 0.98 / 3, 0, 3 * CHURN);
    }
    census_end(&census);
}

static void hummingbirds_bytes_are_half_a_spike(void **state) {
    (void)state;
    struct census census;
    uint64_t small[16] = {0}, kinds = 0;
    census_take(&census, "synth:hummingbird:ops=500000:live=8M");
    assert_near(census_share(&census, 32768), 0.02, 0.1);
    assert_true(census_byte_share(&census, 32768) > 0.5);
    assert_near(1 - census_share(&census, 128), 0.75, 0.02);
    for (uint64_t i = 0; i < census.object_count; i++)
        if (census.objects[i].size < 128)
            small[census.objects[i].size / 8]++;
    for (int i = 0; i < 16; i++)
        kinds += small[i] > 0;
    assert_int_equal(kinds, 7);
    /* Zipf: rank 2 is 2^-1.3 as often as rank 1. */
    uint64_t ranks[2] = {0};
    for (uint64_t i = 0; i < census.object_count; i++)
        for (uint64_t k = 0; k < 2; k++)
            ranks[k] += census.objects[i].size == 128 + 8 * k;
    assert_near((double)ranks[1] / (double)ranks[0], exp2(-1.3), 0.05);
    for (uint64_t i = census.op_count / 2; i < census.op_count; i++)
        assert_true(census.live[i] <= 8 << 20 && census.live[i] >= (8 << 20) - 65536);
    census_end(&census);
}

static void emacs_is_small_and_grows(void **state) {
    (void)state;
    struct census census;
    census_take(&census, "synth:emacs:ops=500000:live=4000000");
    assert_near(1 - census_share(&census, 2048), 0.99, 0.002);
    level_is(&census, 0.5, 3000000, 70000);
    level_is(&census, 1, 4000000, 140000);
    census_end(&census);
}

static void vectors_grow_by_their_factor(void **state) {
    (void)state;
    static const struct {
        const char *how;
        double factor, add;
    } table[] = {{"x2", 2, 0}, {"x1.5", 1.5, 0}, {"add:step=100", 1, 100}};
    char spec[128];
    struct census census;
    for (size_t t = 0; t < 3; t++) {
        snprintf(spec, sizeof spec, "synth:growth:ops=200000:objects=50:mean=2000:growth=%s",
                 table[t].how);
        census_take(&census, spec);
        uint64_t *sizes = calloc(census.object_count, sizeof *sizes), reallocs = 0;
        for (uint64_t i = 0; i < census.op_count; i++) {
            const struct hb_op *op = &census.ops[i];
            if (op->kind == HB_OP_REALLOC) {
                assert_int_equal(op->size, (uint64_t)((double)sizes[op->object] * table[t].factor) +
                                               (uint64_t)table[t].add);
                reallocs++;
            }
            sizes[op->object] = op->size;
        }
        free(sizes);
        assert_int_equal(census.peak_count, 50);
        if (t == 2) /* the length, mean 2000, in steps of 100, begun ones counting whole */
            assert_near((double)reallocs / (double)census.object_count, 2000 / 100.0 + 0.5, 0.05);
        census_end(&census);
    }
}

static void sessions_end_what_they_keep(void **state) {
    (void)state;
    struct census census;
    uint64_t sessions = 0, brief = 0;
    census_take(&census, "synth:sessions:ops=1000000:threads=3:sessions=40:mean=100");
    for (uint64_t i = 0; i < census.object_count; i++) {
        sessions += census.objects[i].size == 2048;
        brief += census.objects[i].births < 1000;
    }
    /* A session: its object, and 11 requests of 21 objects. */
    assert_near((double)census.object_count / (double)sessions, 1 + 11 * 21.0, 0.05);
    assert_true((double)brief / (double)census.object_count > 0.9);
    assert_true(census.crossing_frees > 0);
    assert_true((double)census.crossing_frees < 0.05 * (double)census.free_count);
    /* What lives: at most 40 sessions with 64 objects each, and three requests. */
    assert_true(census.peak_count <= 40 * 64 + 3 * 256);
    census_end(&census);
}

static void sh_frees_forwards_and_backwards(void **state) {
    (void)state;
    struct census census;
    uint64_t up = 0, down = 0, last = 0;
    bool follows = false;
    census_take(&census, "synth:sh6:ops=500000:objects=1000");
    assert_int_equal(census.peak_count, 1000);
    assert_true(census_share(&census, 100) < 0.5);
    assert_true(census_share(&census, 1000) == 0);
    for (uint64_t i = 0; i < census.op_count; i++) {
        bool is_free = census.ops[i].kind == HB_OP_FREE;
        up += is_free && follows && census.ops[i].object > last;
        down += is_free && follows && census.ops[i].object < last;
        follows = is_free;
        last = census.ops[i].object;
    }
    assert_true(up > census.free_count / 4 && down > census.free_count / 4);
    assert_int_equal(census.crossing_frees, 0);
    census_end(&census);
    census_take(&census, "synth:sh8:ops=500000:objects=1000:threads=4");
    assert_true(census.peak_count > 3500 && census.peak_count <= 4000);
    assert_near((double)census.crossing_frees / (double)census.free_count,
                (double)down / (double)(up + down), 0.2);
    census_end(&census);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_have_their_mean_and_variation),
        cmocka_unit_test(random_keeps_the_memory_full),
        cmocka_unit_test(random_release_has_geometric_lifetimes),
        cmocka_unit_test(fifo_and_lifo_release_in_their_order),
        cmocka_unit_test(larson_replaces_and_inherits),
        cmocka_unit_test(every_object_of_prodcons_crosses),
        cmocka_unit_test(a_ramp_rises_and_a_plateau_stays),
        cmocka_unit_test(peaks_are_built_up_and_discarded),
        cmocka_unit_test(hummingbirds_bytes_are_half_a_spike),
        cmocka_unit_test(emacs_is_small_and_grows),
        cmocka_unit_test(vectors_grow_by_their_factor),
        cmocka_unit_test(sessions_end_what_they_keep),
        cmocka_unit_test(sh_frees_forwards_and_backwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
