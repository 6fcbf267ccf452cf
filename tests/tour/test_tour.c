/* The claims of the tour hold on this machine, for the C library's malloc and for ours; and their
 * checks see false facts: each promise is lied about at least once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/tour/run.h"
#include "lies.h"

static const struct tour_claim *claim_named(const char *name) {
    for (size_t i = 0; tour_claims[i]; i++)
        if (strcmp(tour_claims[i]->name, name) == 0)
            return tour_claims[i];
    fail_msg("there is no claim %s", name);
    return NULL;
}

/* False where the claim is not about such a heap, or this build cannot show it. */
static bool claim_try(const struct tour_claim *claim, const char *text, struct tour_facts *facts) {
    char error[TOUR_ERROR_MAX];
    struct hb_spec spec;
    if (*text) {
        assert_int_equal(hb_spec_parse(text, &spec, error), HB_SPEC_OK);
        if (tour_obstacle(claim, tour_kind_of(&spec)))
            return false;
    }
    if (!tour_run(claim, *text ? &spec : NULL, facts, error))
        fail_msg("%s on %s: %s", claim->name, text, error);
    return true;
}

/* Where a policy is another's opposite: next fit goes on behind the block it picked last, worst fit
 * takes the largest free block, tlsf and half fit look only at lists whose every block fits: none
 * of them gives a freed block again at once. And next fit's index is outside of the blocks. */
static const struct {
    const char *claim, *spec;
    unsigned promise;
} differences[] = {{"free", "nextfit", 1},
                   {"free", "worstfit", 1},
                   {"free", "tlsf", 1},
                   {"free", "halffit", 1},
                   {"block", "nextfit", 2}};

static bool is_known_to_differ(const struct tour_claim *claim, const char *text, unsigned promise) {
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++)
        if (strcmp(differences[i].claim, claim->name) == 0 &&
            strcmp(differences[i].spec, text) == 0 && differences[i].promise == promise)
            return true;
    return false;
}

static void claim_holds_on(const struct tour_claim *claim, const char *text) {
    static struct tour_facts facts;
    struct tour_findings findings = {0};
    unsigned judged = 0;
    if (!claim_try(claim, text, &facts))
        return;
    claim->check(&facts, &findings);
    for (unsigned i = 0; claim->promises[i]; i++) {
        judged += findings.verdicts[i] != TOUR_SILENT;
        bool differs = findings.verdicts[i] == TOUR_DIFFERS;
        if (is_known_to_differ(claim, text, i))
            assert_true(differs);
        else if (differs)
            fail_msg("%s on %s: not so: \"%s\" Here: %s", claim->name, text, claim->promises[i],
                     findings.how[i]);
        if (findings.verdicts[i] == TOUR_UNKNOWN)
            print_message("%s on %s: not seen: \"%s\" %s\n", claim->name, text, claim->promises[i],
                          findings.how[i]);
    }
    assert_true(judged > 0);
}

static void every_claim_holds_on_its_subjects(void **state) {
    (void)state;
    for (size_t i = 0; tour_claims[i]; i++) {
        if (!tour_claims[i]->subjects)
            claim_holds_on(tour_claims[i], "");
        for (size_t j = 0; tour_claims[i]->subjects && tour_claims[i]->subjects[j]; j++)
            claim_holds_on(tour_claims[i], tour_claims[i]->subjects[j]);
    }
}

/* Not only on those that are shown by default. */
static void claims_hold_on_all_that_suit(void **state) {
    static const char *const ours[] = {"firstfit", "nextfit",    "worstfit", "bestfit:order=lifo",
                                       "quickfit", "segregated", "tlsf",     "halffit"};
    (void)state;
    for (size_t i = 0; tour_claims[i]; i++)
        for (size_t j = 0; tour_claims[i]->subjects && j < sizeof ours / sizeof *ours; j++)
            claim_holds_on(tour_claims[i], ours[j]);
}

static void every_lie_is_noticed(void **state) {
    static struct tour_facts facts;
    (void)state;
    for (size_t i = 0; i < lie_count; i++) {
        const struct tour_claim *claim = claim_named(lies[i].claim);
        struct tour_findings truth = {0}, findings = {0};
        if (!claim_try(claim, lies[i].spec, &facts))
            continue;
        claim->check(&facts, &truth);
        if (truth.verdicts[lies[i].promise] == TOUR_UNKNOWN)
            continue;
        if (truth.verdicts[lies[i].promise] != TOUR_HOLDS)
            fail_msg("lie %zu (%s on %s): \"%s\" does not hold before it", i, claim->name,
                     lies[i].spec, claim->promises[lies[i].promise]);
        lies[i].tell(&facts);
        claim->check(&facts, &findings);
        if (findings.verdicts[lies[i].promise] != TOUR_DIFFERS)
            fail_msg("lie %zu (%s on %s) is not noticed: \"%s\"", i, claim->name, lies[i].spec,
                     claim->promises[lies[i].promise]);
        assert_true(findings.how[lies[i].promise][0] != '\0');
        assert_int_equal(tour_sum(&findings), TOUR_DIFFERS);
    }
}

static void every_promise_is_lied_about(void **state) {
    (void)state;
    for (size_t i = 0; tour_claims[i]; i++) {
        for (unsigned j = 0; tour_claims[i]->promises[j]; j++) {
            bool is_lied_about = false;
            for (size_t k = 0; k < lie_count; k++)
                is_lied_about |=
                    strcmp(lies[k].claim, tour_claims[i]->name) == 0 && lies[k].promise == j;
            if (!is_lied_about)
                fail_msg("no lie tests \"%s\"", tour_claims[i]->promises[j]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_claim_holds_on_its_subjects),
        cmocka_unit_test(claims_hold_on_all_that_suit),
        cmocka_unit_test(every_lie_is_noticed),
        cmocka_unit_test(every_promise_is_lied_about),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
