/* test_verdict.c -- verdicts follow from their conditions; a paper's folder is whole or not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "papers/reproduce.h"

static struct {
    bool required[2], expected[2];
    bool breaks;
} claims;

static bool claims_measure(struct hb_paper_run *run) {
    FILE *data = hb_paper_data(run, "claims.csv", "a,b");
    assert_non_null(data);
    fprintf(data, "1,2\n");
    for (int i = 0; i < 2; i++) {
        hb_paper_require(run, claims.required[i], "required %d", i);
        hb_paper_expect(run, claims.expected[i], "expected %d", i);
    }
    hb_paper_note(run, "of a test");
    return !claims.breaks || hb_paper_fail(run, "it broke at %d", 7);
}

static const struct hb_paper paper = {"claims", "Does it hold?", "A test", claims_measure};
static char out[64];

static void verdict_of(bool required, bool expected, struct hb_paper_verdict *verdict) {
    char error[HB_PAPER_ERROR_MAX], command[128];
    claims.required[0] = claims.expected[0] = true;
    claims.required[1] = required;
    claims.expected[1] = expected;
    claims.breaks = false;
    snprintf(command, sizeof command, "rm -rf %s/claims", out);
    assert_int_equal(system(command), 0);
    assert_int_equal(hb_reproduce(&paper, out, true, error), HB_REPRODUCED);
    hb_verdict_read(&paper, out, verdict);
    assert_true(verdict->is_there && verdict->is_quick);
    assert_int_equal(verdict->condition_count, 4);
}

static void verdicts_follow_from_conditions(void **state) {
    struct hb_paper_verdict verdict;
    (void)state;
    verdict_of(true, true, &verdict);
    assert_string_equal(verdict.verdict, "PASS");
    assert_int_equal(verdict.held_count, 4);
    assert_string_equal(verdict.broken, "");
    verdict_of(true, false, &verdict);
    assert_string_equal(verdict.verdict, "PARTIAL");
    assert_string_equal(verdict.broken, "expected 1");
    verdict_of(false, true, &verdict);
    assert_string_equal(verdict.verdict, "FAIL");
    verdict_of(false, false, &verdict);
    assert_string_equal(verdict.verdict, "FAIL");
    assert_int_equal(verdict.held_count, 2);
}

static void nothing_claimed_is_no_pass(void **state) {
    struct hb_paper_run run = {.paper = &paper};
    (void)state;
    assert_int_equal(hb_paper_verdict(&run), HB_VERDICT_FAIL);
}

static void what_broke_leaves_nothing(void **state) {
    char error[HB_PAPER_ERROR_MAX], path[128];
    struct hb_paper_verdict verdict;
    (void)state;
    snprintf(path, sizeof path, "rm -rf %s/claims", out);
    assert_int_equal(system(path), 0);
    claims.breaks = true;
    assert_int_equal(hb_reproduce(&paper, out, true, error), HB_REPRODUCED_NOT);
    assert_string_equal(error, "it broke at 7");
    hb_verdict_read(&paper, out, &verdict);
    assert_false(verdict.is_there);
    snprintf(path, sizeof path, "%s/.claims.partial", out);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void what_is_there_stays(void **state) {
    char error[HB_PAPER_ERROR_MAX];
    struct hb_paper_verdict verdict;
    (void)state;
    verdict_of(true, true, &verdict);
    claims.required[1] = false;
    assert_int_equal(hb_reproduce(&paper, out, true, error), HB_REPRODUCED_BEFORE);
    assert_int_equal(hb_reproduce(&paper, out, false, error), HB_REPRODUCED_OTHERWISE);
    hb_verdict_read(&paper, out, &verdict);
    assert_string_equal(verdict.verdict, "PASS");
}

static int folder_make(void **state) {
    (void)state;
    strcpy(out, "/tmp/heapbench-test-XXXXXX");
    return mkdtemp(out) ? 0 : -1;
}

static int folder_remove(void **state) {
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", out);
    return system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(verdicts_follow_from_conditions),
                                       cmocka_unit_test(nothing_claimed_is_no_pass),
                                       cmocka_unit_test(what_broke_leaves_nothing),
                                       cmocka_unit_test(what_is_there_stays)};
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
