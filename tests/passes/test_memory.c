/* Memory over time: resident memory is the allocator's to the page and nothing else, live and
 * allocated bytes are the trace's, free blocks are those that can be counted by hand.
 */
#include "harness/measure/thp.h"
#include "tests/passes/fake_malloc.h"
#include "tests/passes/small_trace.h"

#define FAKE(way)            HB_BUILD_DIR "/tests/fake_" way ".so"
#define FAKE_TOUCHING(pages) HB_BUILD_DIR "/tests/fake_pages" #pages ".so"

enum { PAGE = 4096, LIVE_OBJECTS = 300000 };

static struct bench_folder folder;

static int set_up(void **state) {
    struct small_trace trace;
    (void)state;
    bench_folder_make(&folder);
    trace_begin(&trace, &folder, "many.hbt");
    for (int i = 0; i < LIVE_OBJECTS; i++)
        trace_malloc(&trace, 16);
    trace_end(&trace);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    bench_folder_remove(&folder);
    return 0;
}

static void skip_sanitized(void) {
#ifdef HB_SANITIZED
    skip();
#endif
}

/* Pages are counted in pages where the kernel can keep huge ones away. */
static const char *small_pages(void) {
    struct hb_thp_machine machine;
    struct hb_thp_choice choice;
    char error[HB_THP_ERROR_MAX];
    hb_thp_machine_read(&machine);
    return hb_thp_choose(&machine, HB_THP_NEVER, &choice, error) ? "never" : "system";
}

static struct hb_result *result_of(const char *allocator, const char *trace, const char *passes) {
    char words[BENCH_COMMAND_MAX];
    size_t count;
    snprintf(words, sizeof words, "--alloc=%s --trace=%s --passes=%s --baseline=none --thp=%s",
             allocator, trace, passes, small_pages());
    struct hb_result *results = bench_results(&folder, words, &count);
    assert_int_equal(count, 1);
    return results;
}

static struct hb_result *space_of(const char *allocator, const char *trace) {
    return result_of(allocator, trace, "space");
}

/* Nothing before the fake touches its pages, all of them afterwards, at every point. */
static void expect_pages(const char *allocator, const char *trace, uint64_t pages) {
    struct hb_result *result = space_of(allocator, trace);
    const struct hb_counts *resident = &result->series_resident_bytes;
    size_t without = 0;
    assert_int_equal(result->peak_resident_bytes, pages * PAGE);
    while (without < resident->count && resident->values[without] == 0)
        without++;
    assert_true(without > 0 && without < resident->count);
    for (size_t i = without; i < resident->count; i++)
        assert_int_equal(resident->values[i], pages * PAGE);
    hb_results_free(result, 1);
}

/* Not what it touched before, not what is shared, not a page of the harness, whose tables of
 * LIVE_OBJECTS slots are some megabytes. */
static void a_foreign_allocator_has_the_pages_it_touches(void **state) {
    (void)state;
    skip_sanitized();
    expect_pages(FAKE_TOUCHING(1), "gcc", 1);
    expect_pages(FAKE_TOUCHING(777), "gcc", 777);
    expect_pages(FAKE_TOUCHING(20000), "gcc", 20000);
    expect_pages(FAKE_TOUCHING(1), "./many.hbt", 1);
    expect_pages(FAKE_TOUCHING(777), "./many.hbt", 777);
}

/* A request with a span of its own fills it but for 16 bytes. */
static void one_span_is_its_pages(uint64_t pages) {
    struct small_trace trace;
    char name[64];
    snprintf(name, sizeof name, "./span%d.hbt", (int)pages);
    trace_begin(&trace, &folder, name);
    trace_malloc(&trace, pages * PAGE - 16);
    trace_end(&trace);
    struct hb_result *result = space_of("bestfit:index=list", name);
    assert_int_equal(result->peak_resident_bytes, pages * PAGE);
    assert_int_equal(result->peak_footprint_bytes, pages * PAGE);
    hb_results_free(result, 1);
}

/* The tables of index=list are in place before the replay: the heap's pages remain. Blocks of a
 * page each, the first payload 16 bytes into the heap: so many pages, one more that the
 * last block reaches into, and the heap's last one, where its end mark lies. */
static void blocks_are_their_pages(uint64_t blocks) {
    struct small_trace trace;
    char name[64];
    snprintf(name, sizeof name, "./blocks%d.hbt", (int)blocks);
    trace_begin(&trace, &folder, name);
    for (uint64_t i = 0; i < blocks; i++)
        trace_malloc(&trace, PAGE - 8);
    trace_end(&trace);
    struct hb_result *result = space_of("bestfit:index=list", name);
    assert_int_equal(result->peak_resident_bytes, (blocks + 2) * PAGE);
    hb_results_free(result, 1);
}

static void an_allocator_of_ours_has_the_pages_it_touches(void **state) {
    (void)state;
    skip_sanitized();
    one_span_is_its_pages(33);
    one_span_is_its_pages(1001);
    one_span_is_its_pages(30000);
    blocks_are_their_pages(3);
    blocks_are_their_pages(100);
    blocks_are_their_pages(10001);
}

static void allocated_bytes_are_all_that_was_asked_for(void **state) {
    (void)state;
    struct small_trace trace;
    trace_begin(&trace, &folder, "asked.hbt");
    uint64_t first = trace_malloc(&trace, 1000);
    uint64_t second = trace_malloc(&trace, 0);
    trace_realloc(&trace, first, 3000);
    trace_free(&trace, second);
    trace_realloc(&trace, first, 500);
    trace_free(&trace, first);
    trace_end(&trace);
    static const uint64_t allocated[] = {1000, 1000, 4000, 4000, 4500, 4500};
    static const uint64_t live[] = {1000, 1000, 3000, 3000, 500, 0};
    static const char *const allocators[] = {"bestfit", "glibc", "bestfit:scale=16"};
    for (size_t i = 0; i < sizeof allocators / sizeof *allocators; i++) {
        struct hb_result *result = space_of(allocators[i], "./asked.hbt");
        assert_int_equal(result->series_op.count, 6);
        assert_int_equal(result->series_allocated_bytes.count, 6);
        for (size_t op = 0; op < 6; op++) {
            assert_int_equal(result->series_op.values[op], op);
            assert_int_equal(result->series_allocated_bytes.values[op], allocated[op]);
            assert_int_equal(result->series_live_bytes.values[op], live[op]);
        }
        hb_results_free(result, 1);
    }
}

/* Ten holes of 64 bytes, three of 1008, and what the last growth of the heap left over. */
static void free_blocks_are_counted_by_size(void **state) {
    (void)state;
    struct small_trace trace;
    uint64_t holes[13];
    trace_begin(&trace, &folder, "holes.hbt");
    for (int i = 0; i < 13; i++) {
        holes[i] = trace_malloc(&trace, i < 10 ? 56 : 1000);
        trace_malloc(&trace, 24); /* a block of 32 keeps holes apart */
    }
    for (int i = 0; i < 13; i++)
        trace_free(&trace, holes[i]);
    for (int i = 0; i < 100; i++)
        trace_malloc(&trace, 1016); /* blocks of 1024 fit into no hole */
    trace_end(&trace);
    struct hb_result *result = space_of("bestfit:grow=4096", "./holes.hbt");
    /* The break grows by 4096 when no 1024 are left: at the last growth three blocks' worth stay
     * free, and what the 16 bytes that are no block and the small blocks shift. */
    uint64_t used = 13 * 32 + 10 * 64 + 3 * 1008 + 16;
    uint64_t peak_blocks = (result->peak_footprint_bytes - used) / 1024 - 3;
    uint64_t tail = result->peak_footprint_bytes - used - peak_blocks * 1024;
    static const uint64_t sizes[] = {64, 128, 256, 512, 1024, 2048};
    const uint64_t counts[] = {10, 0, 0, 3, 0, 1};
    const uint64_t bytes[] = {640, 0, 0, 3024, 0, tail};
    assert_int_equal(result->free_size_bytes.count, 6);
    assert_int_equal(result->free_size_count.count, 6);
    assert_int_equal(result->free_size_sum_bytes.count, 6);
    assert_int_equal(result->largest_free_bytes, tail);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(result->free_size_bytes.values[i], sizes[i]);
        assert_int_equal(result->free_size_count.values[i], counts[i]);
        assert_int_equal(result->free_size_sum_bytes.values[i], bytes[i]);
    }
    hb_results_free(result, 1);
}

static void expect_equal_counts(const struct hb_counts *a, const struct hb_counts *b) {
    assert_true(a->count > 0);
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->values, b->values, a->count * sizeof *a->values);
}

/* On a real trace, for each kind of ours: the sizes add up to the fragmentation, and a second run
 * finds the same. */
static void free_sizes_add_up_and_repeat(void **state) {
    (void)state;
    static const char words[] = "--alloc=firstfit,nextfit,worstfit,segregated,buddy "
                                "--trace=perl --passes=space --baseline=none";
    size_t count, again_count;
    struct hb_result *results = bench_results(&folder, words, &count);
    struct hb_result *again = bench_results(&folder, words, &again_count);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        uint64_t sum = 0;
        size_t last = results[i].free_size_bytes.count - 1;
        for (size_t j = 0; j <= last; j++)
            sum += results[i].free_size_sum_bytes.values[j];
        double ratio = (double)sum / (double)results[i].peak_footprint_bytes;
        assert_true(ratio == results[i].external_frag_ratio);
        assert_true(results[i].largest_free_bytes >= results[i].free_size_bytes.values[last] &&
                    results[i].largest_free_bytes < 2 * results[i].free_size_bytes.values[last]);
        expect_equal_counts(&results[i].free_size_bytes, &again[i].free_size_bytes);
        expect_equal_counts(&results[i].free_size_count, &again[i].free_size_count);
        expect_equal_counts(&results[i].free_size_sum_bytes, &again[i].free_size_sum_bytes);
        expect_equal_counts(&results[i].series_allocated_bytes, &again[i].series_allocated_bytes);
    }
    hb_results_free(results, count);
    hb_results_free(again, again_count);
}

static void expect_kept(const char *allocator, const char *trace, uint64_t now, uint64_t soon,
                        uint64_t later) {
    struct hb_result *result = result_of(allocator, trace, "release");
    assert_int_equal(result->end_resident_bytes, now);
    assert_int_equal(result->end_resident_100ms_bytes, soon);
    assert_int_equal(result->end_resident_1s_bytes, later);
    hb_results_free(result, 1);
}

/* What a purge in the background takes its time to give back is still there at first. */
static void memory_kept_at_the_end_is_followed_for_a_second(void **state) {
    (void)state;
    skip_sanitized();
    expect_kept(FAKE("purges"), "./many.hbt", FAKE_KEPT * PAGE, FAKE_KEPT_40MS * PAGE, 0);
    expect_kept(FAKE_TOUCHING(777), "./many.hbt", 777 * PAGE, 777 * PAGE, 777 * PAGE);
}

/* A tail of trim or more goes but for a step of growth, 64K, and what is no whole page; with
 * trim=off nothing goes. */
static void ours_keep_what_trim_says(void **state) {
    (void)state;
    struct small_trace trace;
    uint64_t blocks[1000];
    skip_sanitized();
    trace_begin(&trace, &folder, "left.hbt");
    for (int i = 0; i < 1000; i++)
        blocks[i] = trace_malloc(&trace, PAGE - 8);
    trace_malloc(&trace, 1 << 20); /* a span */
    for (int i = 0; i < 1000; i += 2)
        trace_free(&trace, blocks[i]);
    trace_end(&trace);
    expect_kept("bestfit:index=list", "./left.hbt", 17 * PAGE, 17 * PAGE, 17 * PAGE);
    struct hb_result *result =
        result_of("bestfit:index=list:trim=off", "./left.hbt", "space,release");
    uint64_t heap = result->peak_footprint_bytes - (1 << 20) - PAGE;
    assert_int_equal(result->end_footprint_bytes, heap);
    assert_int_equal(result->end_resident_1s_bytes, 1002 * PAGE);
    assert_int_equal(result->end_resident_bytes, 1002 * PAGE);
    hb_results_free(result, 1);
}

/* Workers sleep at the same time, each with a report of its own. */
static void cells_that_sleep_together_keep_apart(void **state) {
    (void)state;
    char words[BENCH_COMMAND_MAX];
    size_t count;
    skip_sanitized();
    snprintf(words, sizeof words, "--trace=./many.hbt --passes=release --baseline=none --alloc=");
    for (int i = 0; i < 20; i++)
        snprintf(words + strlen(words), sizeof words - strlen(words), "%s%s", i ? "," : "",
                 i % 3 == 0   ? FAKE_TOUCHING(777)
                 : i % 3 == 1 ? FAKE("purges")
                              : "bestfit:trim=off");
    struct hb_result *results = bench_results(&folder, words, &count);
    assert_int_equal(count, 20);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(results[i].end_resident_1s_bytes, i % 3 == 0 ? 777 * PAGE
                                                           : i % 3 == 1
                                                               ? 0
                                                               : results[2].end_resident_bytes);
        assert_int_equal(results[i].end_footprint_bytes == HB_COUNT_NULL, i % 3 != 2);
    }
    assert_true(results[2].end_resident_bytes >= LIVE_OBJECTS * 32);
    hb_results_free(results, count);
}

/* Where huge pages are kept away, what is advised to be huge is small; where they are not, it is
 * huge, if the machine has them to give. Both in one run are cells of their own. */
static void huge_pages_are_an_axis_of_a_run(void **state) {
    (void)state;
    struct hb_thp_machine machine;
    char words[BENCH_COMMAND_MAX], text[BENCH_TEXT_MAX];
    size_t count, small = FAKE_HUGE * PAGE, huge = FAKE_HUGE * 512 * PAGE;
    skip_sanitized();
    hb_thp_machine_read(&machine);
    bool has_huge = machine.setting[0] == 'a' || machine.setting[0] == 'm';
    if (!has_huge || !machine.can_limit || machine.limit != HB_THP_FREE)
        skip();
    snprintf(words, sizeof words,
             "--alloc=" FAKE("advises") " --trace=gcc --passes=space "
                                        "--baseline=none --thp=never,system,%s",
             machine.setting);
    struct hb_result *results = bench_results(&folder, words, &count);
    assert_int_equal(count, 2); /* not what is in force already once more */
    assert_string_equal(results[0].thp, "never");
    assert_string_equal(results[1].thp, machine.setting);
    assert_int_equal(results[0].peak_resident_bytes, small);
    assert_true(results[1].peak_resident_bytes >= small && results[1].peak_resident_bytes <= huge);
    if (results[1].peak_resident_bytes < huge)
        print_message("the machine had no huge pages to give\n");
    hb_results_free(results, count);
    assert_int_equal(bench_run(&folder, words), 0);
    bench_text(&folder, "out.txt", text);
    const char *never = strstr(text, "thp=never");
    assert_non_null(never);
    snprintf(words, sizeof words, "thp=%s", machine.setting);
    assert_non_null(strstr(never, words));
}

/* 2 MiB pages: none where they are kept away, and where the machine gives them all that is
 * resident, in one run of frames at least each. */
static void huge_pages_and_frames_are_seen(void **state) {
    (void)state;
    char words[BENCH_COMMAND_MAX];
    size_t count;
    skip_sanitized();
    snprintf(
        words, sizeof words,
        "--alloc=" FAKE("advises") " --trace=gcc --passes=pages --baseline=none --thp=%s,system",
        small_pages());
    struct hb_result *results = bench_results(&folder, words, &count);
    for (size_t i = 0; i < count; i++) {
        const struct hb_result *result = &results[i];
        uint64_t huge = result->series_huge_bytes.values[result->series_huge_bytes.count - 1];
        assert_int_equal(result->series_huge_op.count, result->series_huge_bytes.count);
        assert_int_equal(result->series_huge_bytes.values[0], 0);
        assert_int_equal(huge % (512 * PAGE), 0);
        assert_true(huge <= FAKE_HUGE * 512 * PAGE);
        if (strcmp(result->thp, "never") == 0)
            assert_int_equal(huge, 0);
        if (strcmp(result->frames_source, "pagemap") != 0) {
            assert_int_equal(result->frame_runs, HB_COUNT_NULL);
            continue;
        }
        uint64_t small = FAKE_HUGE - huge / (512 * PAGE);
        assert_int_equal(result->frame_bytes, huge + small * PAGE);
        assert_true(result->frame_run_max_bytes >= (huge ? 512 * PAGE : PAGE));
        assert_true(result->frame_runs >= 1 && result->frame_runs <= FAKE_HUGE);
    }
    hb_results_free(results, count);
}

/* Every page of ours has its frame, as many as are resident, in the pass of the frames and in that
 * of space; the peak of live is the last op. */
static void frames_are_those_of_resident_pages(void **state) {
    (void)state;
    skip_sanitized();
    static const char *const allocators[] = {"bestfit", "buddy", "glibc", FAKE_TOUCHING(777)};
    for (size_t i = 0; i < sizeof allocators / sizeof *allocators; i++) {
        struct hb_result *result = result_of(allocators[i], "./many.hbt", "space,pages");
        uint64_t last = result->series_resident_bytes.count - 1;
        if (strcmp(result->frames_source, "pagemap") == 0) {
            assert_int_equal(result->frame_bytes, result->series_resident_bytes.values[last]);
            double mean = (double)result->frame_bytes / (double)result->frame_runs;
            assert_true(result->frame_run_mean_bytes == mean);
            assert_true((double)result->frame_run_max_bytes >= mean);
        } else {
            assert_non_null(strstr(result->frames_source, "hidden"));
        }
        hb_results_free(result, 1);
    }
}

/* Moment by moment on a trace whose holes are known: two, one, none. */
static void free_sizes_are_followed_over_the_replay(void **state) {
    (void)state;
    struct small_trace trace;
    trace_begin(&trace, &folder, "moments.hbt");
    uint64_t small = trace_malloc(&trace, 56);
    trace_malloc(&trace, 24);
    uint64_t large = trace_malloc(&trace, 1000);
    trace_malloc(&trace, 65536 - 16 - 64 - 32 - 1008 - 8); /* to the end of the heap */
    trace_free(&trace, small);
    trace_free(&trace, large);
    trace_malloc(&trace, 1000);
    trace_malloc(&trace, 56);
    trace_end(&trace);
    struct hb_result *result = result_of("bestfit", "./moments.hbt", "blocks");
    static const uint64_t small_counts[] = {0, 0, 0, 0, 1, 1, 1, 0};
    static const uint64_t large_counts[] = {0, 0, 0, 0, 0, 1, 0, 0};
    size_t classes = result->series_free_size_bytes.count;
    assert_int_equal(result->series_free_op.count, 8);
    assert_int_equal(result->series_free_count.count, 8 * classes);
    assert_int_equal(result->series_free_sum_bytes.count, 8 * classes);
    assert_int_equal(result->series_free_size_bytes.values[0], 64);
    for (size_t op = 0; op < 8; op++) {
        const uint64_t *counts = &result->series_free_count.values[op * classes];
        const uint64_t *bytes = &result->series_free_sum_bytes.values[op * classes];
        assert_int_equal(result->series_free_op.values[op], op);
        assert_int_equal(counts[0], small_counts[op]);
        assert_int_equal(bytes[0], 64 * small_counts[op]);
        assert_int_equal(counts[3], large_counts[op]);
        assert_int_equal(bytes[3], 1008 * large_counts[op]);
    }
    hb_results_free(result, 1);
}

/* Bounded in number, alike in two runs, and for no allocator whose heap cannot be seen. */
static void free_sizes_over_a_real_trace_repeat(void **state) {
    (void)state;
    static const char words[] =
        "--alloc=nextfit,segregated,buddy,bestfit:scale=16 --trace=gcc --passes=blocks";
    size_t count, again_count;
    struct hb_result *results = bench_results(&folder, words, &count);
    struct hb_result *again = bench_results(&folder, words, &again_count);
    assert_int_equal(results[0].series_free_op.count, 0);
    for (size_t i = 1; i < count; i++) {
        size_t moments = results[i].series_free_op.count;
        assert_true(moments > 30 && moments <= 40);
        expect_equal_counts(&results[i].series_free_op, &again[i].series_free_op);
        expect_equal_counts(&results[i].series_free_size_bytes, &again[i].series_free_size_bytes);
        expect_equal_counts(&results[i].series_free_count, &again[i].series_free_count);
        expect_equal_counts(&results[i].series_free_sum_bytes, &again[i].series_free_sum_bytes);
    }
    hb_results_free(results, count);
    hb_results_free(again, again_count);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_foreign_allocator_has_the_pages_it_touches),
        cmocka_unit_test(an_allocator_of_ours_has_the_pages_it_touches),
        cmocka_unit_test(allocated_bytes_are_all_that_was_asked_for),
        cmocka_unit_test(free_blocks_are_counted_by_size),
        cmocka_unit_test(free_sizes_add_up_and_repeat),
        cmocka_unit_test(memory_kept_at_the_end_is_followed_for_a_second),
        cmocka_unit_test(ours_keep_what_trim_says),
        cmocka_unit_test(huge_pages_are_an_axis_of_a_run),
        cmocka_unit_test(huge_pages_and_frames_are_seen),
        cmocka_unit_test(frames_are_those_of_resident_pages),
        cmocka_unit_test(free_sizes_are_followed_over_the_replay),
        cmocka_unit_test(free_sizes_over_a_real_trace_repeat),
        cmocka_unit_test(cells_that_sleep_together_keep_apart),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
