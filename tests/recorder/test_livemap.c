/* test_livemap.c -- the address map against a plain array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "workloads/recorder/livemap.h"

enum { ADDRESSES = 20000, STEPS = 400000 };

static void it_agrees_with_an_array(void **state) {
    (void)state;
    static uint64_t model[ADDRESSES];
    struct livemap map;
    assert_true(livemap_init(&map));
    srand(1);
    for (uint64_t step = 1; step <= STEPS; step++) {
        size_t which = (size_t)rand() % ADDRESSES;
        uint64_t address = 0x1000 + which * 16, object = 0;
        bool was_there = livemap_take(&map, address, &object);
        assert_int_equal(was_there, model[which] != 0);
        if (was_there)
            assert_int_equal(object, model[which]);
        model[which] = was_there ? 0 : step;
        if (!was_there)
            assert_true(livemap_add(&map, address, step));
    }
    livemap_free(&map);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_agrees_with_an_array)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
