/* Replay on threads is free of data races: ThreadSanitizer watches the worker's own exchange of
 * objects, and each strategy behind the lock. Without the lock it must find a race, so that its
 * silence means something.
 */
#include "tests/passes/wander.h"

static struct bench_folder folder;

static int set_up(void **state) {
    char path[128];
    (void)state;
    bench_folder_make(&folder);
    snprintf(path, sizeof path, "%s/wander.hbt", folder.path);
    wander_write(path, 5000);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    bench_folder_remove(&folder);
    return 0;
}

/* Run the heapbench of a folder of the tests. Returns its status; text gets what it said. */
static int run_of(const char *which, const char *words, char *text) {
    char command[BENCH_COMMAND_MAX];
    snprintf(
        command, sizeof command,
        "cd '%s' && '%s/tests/%s/heapbench' --trace=./wander.hbt --baseline=none --repeats=1 %s "
        ">out.txt 2>err.txt",
        folder.path, HB_BUILD_DIR, which, words);
    int status = system(command);
    bench_text(&folder, "err.txt", text);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void each_strategy_is_free_of_races(void **state) {
    (void)state;
    char text[BENCH_TEXT_MAX];
    int status = run_of("tsan",
                        "--alloc=firstfit,bestfit,nextfit,worstfit,segregated,quickfit,tlsf,"
                        "halffit,segstorage,buddy,null --mode=concurrent --passes=time",
                        text);
    assert_null(strstr(text, "ThreadSanitizer"));
    assert_int_equal(status, 0);
}

static void the_pace_is_free_of_races(void **state) {
    (void)state;
    char text[BENCH_TEXT_MAX];
    int status = run_of("tsan", "--alloc=bestfit --mode=paced --passes=time,space", text);
    assert_null(strstr(text, "ThreadSanitizer"));
    assert_int_equal(status, 0);
}

/* Strategies are called at once by all threads then, so that any error is a find. */
static void without_the_lock_races_are_found(void **state) {
    (void)state;
    char text[BENCH_TEXT_MAX];
    int status = run_of("unlocked", "--alloc=bestfit --mode=concurrent --passes=time", text);
    assert_non_null(strstr(text, "WARNING: ThreadSanitizer: data race"));
    assert_int_equal(status, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_strategy_is_free_of_races),
        cmocka_unit_test(the_pace_is_free_of_races),
        cmocka_unit_test(without_the_lock_races_are_found),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
