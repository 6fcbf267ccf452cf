/* Concurrent replay: whatever the threads' pace, each object's operations keep their order, nobody
 * waits for ever, and no slot is used for two objects at once.
 */
#include <math.h>

#include "tests/passes/bench.h"

#include "harness/passes/weave.h"
#include "workloads/trace.h"

enum { THREADS = 4, OPS = 4000, LIVE_MAX = 300, SIZE_BASE = 1000 };

static struct bench_folder folder;
static char trace_path[128];

static uint32_t draw(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* Objects wander between threads. An operation's size tells the object and how often it was used:
 * SIZE_BASE * object + uses. */
static void write_trace(const char *path) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_trace_writer *writer = hb_trace_create(path, false, error);
    uint64_t live[LIVE_MAX], uses[LIVE_MAX], random = 7, objects = 0;
    size_t count = 0;
    assert_non_null(writer);
    for (int i = 0; i < OPS; i++) {
        struct hb_op op = {.thread = draw(&random) % THREADS};
        size_t at = count ? draw(&random) % count : 0;
        unsigned what = draw(&random) % 10;
        if (!count || (what < 5 && count < LIVE_MAX)) {
            op.kind = what % 2 ? HB_OP_MALLOC : HB_OP_CALLOC;
            op.object = live[count] = objects++;
            op.size = SIZE_BASE * op.object + (uses[count] = 1);
            count++;
        } else if (what < 7) {
            op.kind = HB_OP_REALLOC;
            op.object = live[at];
            op.size = SIZE_BASE * op.object + ++uses[at];
        } else {
            op.kind = HB_OP_FREE;
            op.object = live[at];
            live[at] = live[--count];
            uses[at] = uses[count];
        }
        assert_true(hb_trace_append(writer, &op));
    }
    assert_true(hb_trace_finish(writer, NULL, error));
}

static int set_up(void **state) {
    (void)state;
    bench_folder_make(&folder);
    snprintf(trace_path, sizeof trace_path, "%s/wander.hbt", folder.path);
    write_trace(trace_path);
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
        assert_int_equal(op.request % SIZE_BASE, 1);
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
        int thread = (int)(draw(&seed) % woven->header->thread_count);
        uint32_t burst = draw(&seed) % 200;
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
        assert_true(hb_program_weave(&woven, trace_path, 1, most, error));
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

static void wrong_words_are_refused(void **state) {
    (void)state;
    static const char *const words[][2] = {
        {"--alloc=bestfit --trace=gcc --mode=parallel", "'parallel'"},
        {"--alloc=bestfit --trace=gcc --threads=0", "--threads: '0'"},
        {"--alloc=bestfit --trace=gcc --mode=concurrent --passes=space", "--mode=concurrent"}};
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
        cmocka_unit_test(failed_requests_hang_nobody),
        cmocka_unit_test(wrong_words_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
