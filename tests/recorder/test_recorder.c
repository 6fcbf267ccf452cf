/* test_recorder.c -- what programs do is what their traces say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/recorder/recording.h"

static void assert_ended_well(const struct recording *recording) {
    assert_true(WIFEXITED(recording->status));
    assert_int_equal(WEXITSTATUS(recording->status), 0);
}

static void assert_nothing_lost(const struct recording *recording) {
    assert_int_equal(recording->info.dropped_calls, 0);
    assert_int_equal(recording->info.early_calls, 0);
    assert_int_equal(recording->info.signal_calls, 0);
    assert_int_equal(recording->info.unmatched_frees, 0);
}

/* recorded_calls.c, line by line. */
static const struct hb_op known_ops[] = {
    {.kind = HB_OP_MALLOC, .object = 0, .size = 100},
    {.kind = HB_OP_CALLOC, .object = 1, .size = 210},
    {.kind = HB_OP_MALLOC, .object = 2, .size = 40},
    {.kind = HB_OP_REALLOC, .object = 2, .size = 5000},
    {.kind = HB_OP_REALLOC, .object = 2, .size = 700},
    {.kind = HB_OP_ALIGNED, .object = 3, .size = 300, .alignment_log2 = 6},
    {.kind = HB_OP_ALIGNED, .object = 4, .size = 512, .alignment_log2 = 8},
    {.kind = HB_OP_ALIGNED, .object = 5, .size = 10, .alignment_log2 = 12},
    {.kind = HB_OP_ALIGNED, .object = 6, .size = 20, .alignment_log2 = 12},
    {.kind = HB_OP_ALIGNED, .object = 7, .size = 8192, .alignment_log2 = 12},
    {.kind = HB_OP_MALLOC, .object = 8, .size = 0},
    {.kind = HB_OP_MALLOC, .object = 9, .size = 300000},
    {.kind = HB_OP_FREE, .object = 1},
    {.kind = HB_OP_FREE, .object = 0},
    {.kind = HB_OP_FREE, .object = 2},
    {.kind = HB_OP_FREE, .object = 3},
    {.kind = HB_OP_FREE, .object = 4},
    {.kind = HB_OP_FREE, .object = 5},
    {.kind = HB_OP_FREE, .object = 6},
    {.kind = HB_OP_FREE, .object = 7},
    {.kind = HB_OP_FREE, .object = 8},
    {.kind = HB_OP_FREE, .object = 9},
};

static void assert_known_ops(const struct recording *recording) {
    size_t count = sizeof known_ops / sizeof *known_ops;
    assert_int_equal(recording->op_count, count);
    for (size_t i = 0; i < count; i++) {
        const struct hb_op *known = &known_ops[i], *op = &recording->ops[i];
        assert_int_equal(op->kind, known->kind);
        assert_int_equal(op->object, known->object);
        assert_int_equal(op->size, known->size);
        assert_int_equal(op->alignment_log2, known->alignment_log2);
        assert_int_equal(op->thread, 0);
    }
    assert_int_equal(recording->info.null_frees, 1);
    assert_int_equal(recording->info.failed_calls, 3);
}

static void every_entry_point_is_recorded_exactly(void **state) {
    (void)state;
    struct recording recording;
    recording_make(&recording, &(struct recording_plan){.program = "calls"});
    assert_ended_well(&recording);
    assert_known_ops(&recording);
    assert_nothing_lost(&recording);
    assert_true(recording.info.cost_ns_per_op_x1000 > 0);
    assert_non_null(strstr(recording.info.command, "recorded_calls"));
    recording_free(&recording);
}

static void with_times_each_operation_has_one(void **state) {
    (void)state;
    struct recording recording;
    recording_make(&recording, &(struct recording_plan){.program = "calls", .has_times = true});
    assert_known_ops(&recording);
    assert_true(recording.info.has_times);
    size_t steps = 0;
    for (size_t i = 1; i < recording.op_count; i++) {
        assert_true(recording.ops[i].time_ns >= recording.ops[i - 1].time_ns);
        steps += recording.ops[i].time_ns > recording.ops[i - 1].time_ns;
    }
    assert_true(steps > recording.op_count / 2);
    recording_free(&recording);
}

/* 440000 objects cross threads through 64 slots, and glibc hands their addresses out again at once:
 * one event out of order would leave a free without its object. */
static void objects_may_cross_threads(void **state) {
    (void)state;
    struct recording recording;
    recording_make(&recording, &(struct recording_plan){.program = "threads"});
    assert_ended_well(&recording);
    assert_nothing_lost(&recording);
    assert_true(recording.info.kind_count[HB_OP_MALLOC] >= 440000 + 100);
    assert_int_equal(recording.info.kind_count[HB_OP_REALLOC], 100);
    assert_true(recording.info.kind_count[HB_OP_FREE] >= 440000 - 64 + 100);
    assert_int_equal(recording.info.thread_count, 109);
    recording_free(&recording);
}

/* Threads that follow each other share a file; each has its marks. */
static void short_threads_reuse_their_files(void **state) {
    (void)state;
    struct recording recording;
    recording_make(&recording, &(struct recording_plan){.program = "threads"});
    assert_true(recording.images[0].file_count < 20);
    assert_int_equal(recording.info.kind_count[HB_OP_THREAD_START], 109);
    assert_int_equal(recording.info.kind_count[HB_OP_THREAD_END], 108);
    recording_free(&recording);
}

static void what_was_done_before_a_kill_is_there(void **state) {
    (void)state;
    struct recording recording;
    recording_make(&recording, &(struct recording_plan){.program = "killed"});
    assert_true(WIFSIGNALED(recording.status));
    assert_int_equal(recording.op_count, 150000);
    assert_nothing_lost(&recording);
    recording_free(&recording);
}

static uint64_t sizes_count(const struct recording *recording, uint64_t size) {
    uint64_t count = 0;
    for (size_t i = 0; i < recording->op_count; i++)
        count += recording->ops[i].kind == HB_OP_MALLOC && recording->ops[i].size == size;
    return count;
}

static void a_forked_child_has_a_trace_of_its_own(void **state) {
    (void)state;
    struct recording recording;
    recording_make(&recording, &(struct recording_plan){.program = "forks", .has_children = true});
    assert_ended_well(&recording);
    assert_int_equal(recording.image_count, 2);
    assert_int_equal(sizes_count(&recording, 1000), 1);
    assert_int_equal(sizes_count(&recording, 2000), 10);
    assert_int_equal(sizes_count(&recording, 3000), 0);
    assert_nothing_lost(&recording);
    recording_merge(&recording, recording.images[0].pid == (uint64_t)recording.pid ? 1 : 0);
    assert_int_equal(sizes_count(&recording, 2000), 0);
    assert_int_equal(sizes_count(&recording, 3000), 10);
    assert_int_equal(recording.info.unmatched_frees, 1);
    recording_free(&recording);
}

static void without_children_a_fork_is_not_recorded(void **state) {
    (void)state;
    struct recording recording;
    recording_make(&recording, &(struct recording_plan){.program = "forks"});
    assert_ended_well(&recording);
    assert_int_equal(recording.image_count, 1);
    assert_int_equal(recording.op_count, 22);
    recording_free(&recording);
}

static void calls_around_main_are_recorded(void **state) {
    (void)state;
    struct recording recording;
    recording_make(&recording, &(struct recording_plan){.program = "early"});
    assert_ended_well(&recording);
    assert_int_equal(recording.op_count, 4);
    assert_int_equal(sizes_count(&recording, 111), 1);
    assert_int_equal(sizes_count(&recording, 222), 1);
    assert_nothing_lost(&recording);
    recording_free(&recording);
}

static void calls_from_within_dlsym_are_served_and_counted(void **state) {
    (void)state;
    struct recording recording;
    recording_make(&recording, &(struct recording_plan){.program = "early",
                                                        .more_preloaded = "librecorded_dlsym.so"});
    assert_ended_well(&recording);
    assert_true(recording.info.early_calls > 18);
    assert_int_equal(recording.op_count, 4);
    recording_free(&recording);
}

static void a_handler_may_allocate_at_any_point(void **state) {
    (void)state;
    struct recording recording;
    recording_make(&recording, &(struct recording_plan){.program = "signals",
                                                        .more_preloaded = "librecorded_bump.so"});
    assert_ended_well(&recording);
    assert_int_equal(recording.info.dropped_calls, 0);
    assert_true(recording.info.unmatched_frees <= recording.info.signal_calls);
    uint64_t handled = sizes_count(&recording, 77);
    assert_true(2 * handled + recording.info.signal_calls + recording.info.early_calls >= 600);
    recording_free(&recording);
}

static void a_full_disk_is_borne_and_told(void **state) {
    (void)state;
    struct recording recording;
    recording_make(&recording, &(struct recording_plan){.program = "full"});
    assert_ended_well(&recording);
    assert_true(recording.op_count > 100000);
    assert_true(recording.op_count + recording.info.dropped_calls >= 400000);
    recording_free(&recording);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_point_is_recorded_exactly),
        cmocka_unit_test(with_times_each_operation_has_one),
        cmocka_unit_test(objects_may_cross_threads),
        cmocka_unit_test(short_threads_reuse_their_files),
        cmocka_unit_test(what_was_done_before_a_kill_is_there),
        cmocka_unit_test(a_forked_child_has_a_trace_of_its_own),
        cmocka_unit_test(without_children_a_fork_is_not_recorded),
        cmocka_unit_test(calls_around_main_are_recorded),
        cmocka_unit_test(calls_from_within_dlsym_are_served_and_counted),
        cmocka_unit_test(a_handler_may_allocate_at_any_point),
        cmocka_unit_test(a_full_disk_is_borne_and_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
