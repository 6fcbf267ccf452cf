/* Concurrent replay: whatever the threads' pace, each object's operations keep their order, nobody
 * waits for ever, and no slot is used for two objects at once.
 */
#include <math.h>

#include "tests/passes/wander.h"

#include "harness/passes/weave.h"

enum { THREADS = WANDER_THREADS, OPS = WANDER_OPS };

static struct bench_folder folder;
static char trace_path[128];

static int set_up(void **state) {
    (void)state;
    bench_folder_make(&folder);
    snprintf(trace_path, sizeof trace_path, "%s/wander.hbt", folder.path);
    wander_write(trace_path, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    bench_folder_remove(&folder);
    return 0;
}

/* A slot or exchange holds what the object's last operation asked for; 0: nothing. */
struct play {
    const struct program_header *program;
    const uint64_t *word[THREADS], *end[THREADS];
    uint64_t *slots, *exchange;
    uint64_t ops;
};

static void play_op(struct play *play, struct program_op op) {
    uint64_t *slot = &play->slots[op.slot];
    play->ops++;
    if (op.kind == PROGRAM_FREE) {
        assert_int_not_equal(*slot, 0);
        *slot = 0;
    } else if (op.kind == PROGRAM_REALLOC) {
        assert_int_equal(op.request, *slot + 1); /* the same object, its next use */
        *slot = op.request;
    } else {
        assert_int_equal(*slot, 0);
        assert_int_equal(op.request % WANDER_SIZE, 1);
        *slot = op.request;
    }
}

/* False if the thread must wait. */
static bool play_step(struct play *play, int thread) {
    uint64_t word = *play->word[thread];
    uint64_t *slot = &play->slots[program_slot(word)], *place = &play->exchange[word >> 32];
    if (program_kind(word) == PROGRAM_TAKE) {
        if (!*place)
            return false;
        assert_int_equal(*slot, 0);
        *slot = *place;
        *place = 0;
        play->word[thread]++;
    } else if (program_kind(word) == PROGRAM_GIVE) {
        assert_int_equal(*place, 0);
        *place = *slot;
        *slot = 0;
        play->word[thread]++;
    } else {
        play_op(play, program_next(&play->word[thread]));
    }
    return true;
}

/* Threads run in bursts in an order drawn from seed. */
static void play_all(const struct hb_program *woven, uint64_t seed) {
    struct play play = {.program = woven->header};
    const struct program_thread *threads = program_threads(woven->header);
    play.slots = calloc(woven->header->slot_count, sizeof *play.slots);
    play.exchange = calloc(woven->header->exchange_count + 1, sizeof *play.exchange);
    for (uint64_t i = 0; i < woven->header->thread_count; i++) {
        play.word[i] = program_words(woven->header) + threads[i].first_word;
        play.end[i] = play.word[i] + threads[i].word_count;
    }
    for (uint64_t idle = 0; play.ops < woven->header->op_count; idle++) {
        int thread = (int)(wander_draw(&seed) % woven->header->thread_count);
        uint32_t burst = wander_draw(&seed) % 200;
        for (; burst && play.word[thread] < play.end[thread] && play_step(&play, thread); burst--)
            idle = 0;
        assert_true(idle < 10000); /* nobody can go on */
    }
    uint64_t left = 0;
    for (uint64_t i = 0; i < woven->header->slot_count; i++)
        left += play.slots[i] != 0;
    assert_int_equal(left, woven->header->left_count);
    for (uint64_t i = 0; i < left; i++)
        assert_int_not_equal(play.slots[program_left(woven->header)[i]], 0);
    free(play.slots);
    free(play.exchange);
}

static void any_pace_keeps_each_objects_order(void **state) {
    (void)state;
    char error[512];
    for (uint64_t most = 0; most <= THREADS; most++) {
        struct hb_program woven;
        struct hb_weave weave = {.scale = 1, .threads_max = most};
        assert_true(hb_program_weave(&woven, trace_path, &weave, error));
        assert_int_equal(woven.header->thread_count, most ? most : THREADS);
        assert_int_equal(woven.header->op_count, OPS);
        assert_true(most == 1 ? !woven.header->exchange_count : woven.header->exchange_count > 0);
        for (uint64_t seed = 1; seed <= 20; seed++)
            play_all(&woven, seed);
        hb_program_free(&woven);
    }
}

static void threads_replay_what_one_does(void **state) {
    (void)state;
    size_t count;
    struct hb_result *results =
        bench_results(&folder,
                      "--alloc=bestfit,buddy --trace=./wander.hbt --passes=time --repeats=1 "
                      "--mode=serial,concurrent",
                      &count);
    assert_int_equal(count, 6);
    for (size_t i = 0; i < count; i++) {
        const struct hb_result *result = &results[i];
        assert_string_equal(result->error, "");
        assert_int_equal(result->ops, OPS);
        assert_int_equal(result->failed_allocs, 0);
        assert_string_equal(result->mode, i < 3 ? "serial" : "concurrent");
        assert_int_equal(result->threads, i < 3 ? 1 : THREADS);
        assert_true(i < 3 ? isnan(result->wait_ratio)
                          : result->wait_ratio >= 0 && result->wait_ratio < 1);
        assert_true(i < 3 || (result->overlap_ratio > 0 && result->overlap_ratio <= THREADS));
        assert_true(result->ns_per_op > 0);
    }
    hb_results_free(results, count);
}

/* wander has four threads: five would be these once more. */
static void numbers_of_threads_are_an_axis(void **state) {
    (void)state;
    size_t count;
    char text[BENCH_TEXT_MAX];
    struct hb_result *results =
        bench_results(&folder,
                      "--alloc=bestfit --trace=./wander.hbt --passes=time "
                      "--repeats=1 --mode=serial,concurrent --baseline=none "
                      "--threads=1,3,9,5",
                      &count);
    static const uint64_t threads[] = {1, 1, 3, WANDER_THREADS};
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(results[i].threads, threads[i]);
    hb_results_free(results, count);
    bench_text(&folder, "err.txt", text);
    assert_non_null(strstr(text, "--threads=5 would be the same"));
}

/* An object that could not be allocated is given as such: the taker does not wait for it. */
static void failed_requests_hang_nobody(void **state) {
    (void)state;
    size_t count;
    struct hb_result *results = bench_results(&folder,
                                              "--alloc=bestfit:limit=1M --trace=./wander.hbt "
                                              "--passes=time --repeats=1 --mode=concurrent "
                                              "--baseline=none",
                                              &count);
    assert_int_equal(count, 1);
    assert_true(results->failed_allocs > 0 && results->ops > 0 && results->ops < OPS);
    hb_results_free(results, count);
}

/* A trace of two threads that takes 300 ms: 3 s at a tenth of the speed of this one. */
enum { PACED_OPS = 200, PACED_STEP_NS = 15000000 };

static void write_paced_trace(void) {
    char error[HB_TRACE_ERROR_MAX], path[160];
    snprintf(path, sizeof path, "%s/paced.hbt", folder.path);
    struct hb_trace_writer *writer = hb_trace_create(path, true, error);
    assert_non_null(writer);
    for (uint64_t i = 0; i < PACED_OPS; i++) {
        struct hb_op op = {.kind = HB_OP_MALLOC,
                           .object = i,
                           .size = 65536,
                           .thread = i % 2,
                           .time_ns = i * PACED_STEP_NS};
        assert_true(hb_trace_append(writer, &op));
    }
    assert_true(hb_trace_finish(writer, NULL, error));
}

/* Memory grows evenly over time, so its mean over time is half of its peak. */
static void a_paced_replay_keeps_the_recorded_times(void **state) {
    (void)state;
    size_t count;
    write_paced_trace();
    struct hb_result *results = bench_results(&folder,
                                              "--alloc=bestfit --trace=./paced.hbt --mode=paced "
                                              "--speed=10 --repeats=1 --passes=time,space",
                                              &count);
    double duration_ns = (double)(PACED_OPS - 1) * PACED_STEP_NS / 10;
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        const struct hb_result *result = &results[i];
        assert_string_equal(result->error, "");
        assert_string_equal(result->mode, "paced");
        assert_int_equal(result->ops, PACED_OPS);
        assert_true(result->speed == 10);
        assert_true(result->idle_ratio > 0.5 && result->idle_ratio <= 1);
        assert_true(result->late_mean_ns >= 0 && result->late_mean_ns <= result->late_max_ns);
        assert_true(result->ns_per_op * PACED_OPS < duration_ns / 2);
        assert_true(result->series_time_ns.count > 20);
        assert_int_equal(result->series_time_ns.count, result->series_resident_bytes.count);
        double end_ns = (double)result->series_time_ns.values[result->series_time_ns.count - 1];
        assert_true(end_ns >= duration_ns);
        double mean = (double)result->mean_resident_bytes,
               peak = (double)result->peak_resident_bytes;
        assert_true(mean > peak * 0.3 && mean < peak * 0.8);
        assert_true(peak >= PACED_OPS * 65536.);
#ifndef HB_SANITIZED /* whose shadow is resident, too */
        assert_true(peak < PACED_OPS * 70000.);
#endif
    }
    hb_results_free(results, count);
}

static void a_trace_without_times_cannot_be_paced(void **state) {
    (void)state;
    char text[BENCH_TEXT_MAX];
    assert_int_equal(bench_run(&folder, "--alloc=bestfit --trace=./wander.hbt --mode=paced"), 2);
    bench_text(&folder, "err.txt", text);
    assert_non_null(strstr(text, "no times"));
}

static void wrong_words_are_refused(void **state) {
    (void)state;
    static const char *const words[][2] = {
        {"--alloc=bestfit --trace=gcc --mode=parallel", "'parallel'"},
        {"--alloc=bestfit --trace=gcc --threads=0", "--threads: '0'"},
        {"--alloc=bestfit --trace=gcc --threads=2,x", "--threads: 'x'"},
        {"--alloc=bestfit --trace=gcc --mode=concurrent --passes=space", "--mode=concurrent"},
        {"--alloc=bestfit --trace=gcc --mode=paced --passes=cache", "--mode=paced"},
        {"--alloc=bestfit --trace=gcc --mode=paced --speed=0", "--speed: '0'"},
        {"--alloc=bestfit --trace=gcc --mode=paced --speed=1x", "--speed: '1x'"}};
    char text[BENCH_TEXT_MAX];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_int_equal(bench_run(&folder, words[i][0]), 2);
        bench_text(&folder, "err.txt", text);
        assert_non_null(strstr(text, words[i][1]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_pace_keeps_each_objects_order),
        cmocka_unit_test(threads_replay_what_one_does),
        cmocka_unit_test(numbers_of_threads_are_an_axis),
        cmocka_unit_test(failed_requests_hang_nobody),
        cmocka_unit_test(a_paced_replay_keeps_the_recorded_times),
        cmocka_unit_test(a_trace_without_times_cannot_be_paced),
        cmocka_unit_test(wrong_words_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
