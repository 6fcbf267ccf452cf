/* What a process can have of transparent huge pages, on machines of every kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/measure/thp.h"

#define CHANGED true
#define LEFT    false

struct expectation {
    struct hb_thp_machine machine; /* setting, limit, can_limit, can_advised */
    enum hb_thp asked;
    const char *in_force; /* or NULL: refused */
    bool changes;
    uint32_t limit;
    const char *says; /* of a refusal */
};

/* A kernel of today, one that cannot limit to what is advised, one that can limit nothing. */
static const struct expectation expectations[] = {
    {{"always", HB_THP_FREE, true, true}, HB_THP_SYSTEM, "always", LEFT, HB_THP_FREE, ""},
    {{"always", HB_THP_FREE, true, true}, HB_THP_ALWAYS, "always", LEFT, HB_THP_FREE, ""},
    {{"always", HB_THP_FREE, true, true}, HB_THP_MADVISE, "madvise", CHANGED, HB_THP_ADVISED, ""},
    {{"always", HB_THP_FREE, true, true}, HB_THP_NEVER, "never", CHANGED, HB_THP_NONE, ""},
    {{"always", HB_THP_FREE, true, false},
     HB_THP_MADVISE,
     NULL,
     LEFT,
     0,
     "is always; as root: echo "
     "madvise >/sys"},
    {{"always", HB_THP_FREE, false, false}, HB_THP_NEVER, NULL, LEFT, 0, "as root: echo never"},
    {{"madvise", HB_THP_FREE, true, true}, HB_THP_SYSTEM, "madvise", LEFT, HB_THP_FREE, ""},
    {{"madvise", HB_THP_FREE, true, true}, HB_THP_MADVISE, "madvise", LEFT, HB_THP_FREE, ""},
    {{"madvise", HB_THP_FREE, true, true}, HB_THP_NEVER, "never", CHANGED, HB_THP_NONE, ""},
    {{"madvise", HB_THP_FREE, true, true},
     HB_THP_ALWAYS,
     NULL,
     LEFT,
     0,
     "is madvise; as root: echo "
     "always >/sys"},
    {{"never", HB_THP_FREE, false, false}, HB_THP_NEVER, "never", LEFT, HB_THP_NONE, ""},
    {{"never", HB_THP_FREE, true, true}, HB_THP_MADVISE, NULL, LEFT, 0, "is never"},
    {{"", HB_THP_FREE, true, true}, HB_THP_SYSTEM, "none", LEFT, HB_THP_FREE, ""},
    {{"", HB_THP_FREE, true, true}, HB_THP_ALWAYS, NULL, LEFT, 0, "has no transparent huge pages"},
    /* Started by someone who limited us: system leaves it so, the others do not. */
    {{"always", HB_THP_NONE, true, true}, HB_THP_SYSTEM, "never", LEFT, HB_THP_NONE, ""},
    {{"always", HB_THP_NONE, true, true}, HB_THP_ALWAYS, "always", CHANGED, HB_THP_FREE, ""},
    {{"always", HB_THP_NONE, true, true}, HB_THP_NEVER, "never", LEFT, HB_THP_NONE, ""},
    {{"always", HB_THP_ADVISED, true, true}, HB_THP_SYSTEM, "madvise", LEFT, HB_THP_ADVISED, ""},
    {{"madvise", HB_THP_NONE, true, true}, HB_THP_MADVISE, "madvise", CHANGED, HB_THP_FREE, ""},
};

static void a_process_has_what_machine_and_kernel_allow(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof expectations / sizeof *expectations; i++) {
        const struct expectation *expected = &expectations[i];
        char error[HB_THP_ERROR_MAX] = "";
        struct hb_thp_choice choice;
        bool can = hb_thp_choose(&expected->machine, expected->asked, &choice, error);
        if (can != (expected->in_force != NULL) ||
            strstr(error, expected->says ? expected->says : "") == NULL)
            fail_msg("%zu: %s '%s'", i, can ? "granted" : "refused", error);
        if (!can)
            continue;
        if (strcmp(choice.in_force, expected->in_force) != 0 ||
            choice.changes != expected->changes || choice.limit != expected->limit)
            fail_msg("%zu: in force %s, limit %u%s", i, choice.in_force, choice.limit,
                     choice.changes ? ", changed" : "");
    }
}

/* Reading the machine tries what the kernel takes; the process is as it was. */
static void reading_the_machine_changes_nothing(void **state) {
    (void)state;
    struct hb_thp_machine machine, again;
    hb_thp_machine_read(&machine);
    hb_thp_machine_read(&again);
    assert_memory_equal(&machine, &again, sizeof machine);
    struct hb_thp_choice choice = {.changes = true, .limit = HB_THP_NONE};
    if (!machine.can_limit)
        skip();
    assert_true(hb_thp_enter(&choice));
    hb_thp_machine_read(&again);
    assert_int_equal(again.limit, HB_THP_NONE);
    choice.limit = machine.limit;
    assert_true(hb_thp_enter(&choice));
    hb_thp_machine_read(&again);
    assert_int_equal(again.limit, machine.limit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_has_what_machine_and_kernel_allow),
        cmocka_unit_test(reading_the_machine_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
