/* The map of a heap: what it shows is what is there, at each moment, for ours and for others. */
#include "tests/passes/small_trace.h"

#include "harness/passes/map.h"

enum { OBJECTS = 2000, SIZE = 1000, MOMENTS = 40, GRANULES = 512 };

static struct bench_folder folder;
static char trace_path[160];

/* OBJECTS are born, then every other one dies. */
static int set_up(void **state) {
    struct small_trace trace;
    uint64_t objects[OBJECTS];
    (void)state;
    bench_folder_make(&folder);
    snprintf(trace_path, sizeof trace_path, "%s/comb.hbt", folder.path);
    trace_begin(&trace, &folder, "comb.hbt");
    for (int i = 0; i < OBJECTS; i++)
        objects[i] = trace_malloc(&trace, SIZE);
    for (int i = 0; i < OBJECTS; i += 2)
        trace_free(&trace, objects[i]);
    trace_end(&trace);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    bench_folder_remove(&folder);
    return 0;
}

static void measure(const char *allocator, struct hb_map *map) {
    static struct hb_program program;
    struct hb_core core = {.cpu = -1, .node = -1};
    struct hb_thp_choice thp = {0};
    struct hb_plan plan = {.touch = -1, .core = &core, .thp = &thp};
    struct hb_cell cell = {.program = &program};
    char error[HB_OPTION_ERROR_MAX];
    assert_int_equal(hb_spec_parse(allocator, &cell.spec, error), HB_SPEC_OK);
    assert_true(hb_program_compile(&program, trace_path, 1, HB_PROGRAM_WORDS_MAX, error));
    plan.program = &program;
    if (!hb_map_measure(map, &plan, &cell, MOMENTS, GRANULES, error))
        fail_msg("%s", error);
    hb_program_free(&program);
}

static double part_bytes(const struct hb_map *map, uint32_t moment, enum map_part part) {
    double sum = 0;
    for (uint32_t i = 0; i < map->granules; i++)
        sum += hb_map_share(map, moment, i, part) / 255. * (double)map->granule_bytes;
    return sum;
}

/* Live bytes as the trace has them, each moment after its operation; shares are rounded to 255ths.
 */
static void expect_live(const struct hb_map *map) {
    assert_int_equal(map->moments, MOMENTS);
    for (uint32_t i = 0; i < MOMENTS; i++) {
        uint64_t done = map->op[i] + 1;
        uint64_t live = (done <= OBJECTS ? done : 2 * OBJECTS - done) * SIZE;
        double shown = part_bytes(map, i, MAP_LIVE);
        assert_int_equal(done, (uint64_t)(i + 1) * (OBJECTS + OBJECTS / 2) / MOMENTS);
        assert_int_equal(map->live_bytes[i], live);
        assert_true(shown > (double)live * 0.99 && shown < (double)live * 1.01);
    }
}

/* A block of SIZE takes 1008 bytes; freed ones cannot merge. */
static void blocks_of_ours_are_where_they_are(void **state) {
    (void)state;
    struct hb_map map;
    measure("bestfit:index=list", &map);
    expect_live(&map);
    double overhead = part_bytes(&map, MOMENTS - 1, MAP_OVERHEAD);
    double free_bytes = part_bytes(&map, MOMENTS - 1, MAP_FREE);
    assert_true(overhead > OBJECTS / 2 * 8 * 0.7 && overhead < OBJECTS / 2 * 8 * 1.3);
    assert_true(free_bytes > OBJECTS / 2 * 1008 * 0.97);
    assert_true(free_bytes < OBJECTS / 2 * 1008 * 1.03 + (64 << 10));
    for (uint32_t i = 1; i < map.granules; i++)
        assert_true(map.address[i] > map.address[i - 1]);
    hb_map_free(&map);
}

/* Free is what is resident there and not live. */
static void live_blocks_of_others_are_known(void **state) {
    (void)state;
#ifdef HB_SANITIZED
    skip(); /* whose malloc is another */
#endif
    struct hb_map map;
    measure("glibc", &map);
    expect_live(&map);
    double free_bytes = part_bytes(&map, MOMENTS - 1, MAP_FREE);
    assert_true(free_bytes > OBJECTS / 2 * SIZE * 0.9 && free_bytes < OBJECTS / 2 * SIZE * 1.3);
    hb_map_free(&map);
}

static void wrong_words_are_refused(void **state) {
    (void)state;
    static const char *const words[][2] = {
        {"map", "--alloc"},
        {"map --alloc=bestfit --trace=gcc,perl", "one trace"},
        {"map --alloc=besfit --trace=gcc", "bestfit"},
        {"map --alloc=bestfit --trace=./comb.hbt --at=noon", "--at=noon"},
        {"map --alloc=bestfit --trace=./comb.hbt --at=4000", "ends with operation 2999"},
        {"map --alloc=bestfit --trace=./comb.hbt --format=bmp", "--format=bmp"},
        {"map --alloc=bestfit --trace=./comb.hbt -o ./comb.hbt", "./comb.hbt"}};
    char text[BENCH_TEXT_MAX];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_int_equal(bench_run(&folder, words[i][0]), 2);
        bench_text(&folder, "err.txt", text);
        if (!strstr(text, words[i][1]))
            fail_msg("%s: %s", words[i][0], text);
    }
}

static void pictures_are_drawn_with_their_data(void **state) {
    (void)state;
    static const char *const files[] = {"map-comb.png",         "map-comb.tsv",
                                        "map-comb.gp",          "map-comb-at-1877.png",
                                        "map-comb-at-1877.pdf", "map-comb-film.gif"};
    char path[256];
    assert_int_equal(bench_run(&folder,
                               "map --alloc=bestfit,glibc,buddy:system=fibonacci "
                               "--trace=./comb.hbt -o maps --at=1877 --film --format=png,pdf"),
                     0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/maps/%s", folder.path, files[i]);
        assert_int_equal(access(path, R_OK), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_of_ours_are_where_they_are),
        cmocka_unit_test(live_blocks_of_others_are_known),
        cmocka_unit_test(wrong_words_are_refused),
        cmocka_unit_test(pictures_are_drawn_with_their_data),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
