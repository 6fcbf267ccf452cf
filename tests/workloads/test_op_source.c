/* Files and generators are alike to who takes operations; specs are read and written back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "workloads/op_source.h"
#include "workloads/synth/generator.h"
#include "workloads/synth/synth.h"

static struct hb_op_source *opened(const char *from) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_op_source *source = hb_op_source_open(from, error);
    if (!source)
        fail_msg("%s", error);
    return source;
}

/* A sum over all operations of a source, and their number. */
static uint64_t digest(const char *from, uint64_t *op_count) {
    struct hb_op_source *source = opened(from);
    const struct hb_op *ops;
    uint64_t sum = 0;
    *op_count = 0;
    for (size_t count; (count = hb_op_source_next(source, &ops)) > 0;)
        for (size_t i = 0; i < count; *op_count += ops[i++].kind <= HB_OP_FREE)
            sum = (sum ^ ops[i].object ^ ops[i].size << 20 ^ (uint64_t)ops[i].kind << 60 ^
                   (uint64_t)ops[i].thread << 50) *
                  0x9e3779b97f4a7c15;
    assert_null(hb_op_source_damage(source));
    hb_op_source_close(source);
    return sum;
}

static void opened_again_a_generator_says_the_same(void **state) {
    (void)state;
    char spec[128];
    uint64_t ops, again, other;
    for (size_t i = 0; hb_generators[i]; i++) {
        if (strcmp(hb_generators[i]->name, "model") == 0)
            continue; /* it needs a trace */
        snprintf(spec, sizeof spec, "synth:%s:ops=50000", hb_generators[i]->name);
        uint64_t first = digest(spec, &ops);
        assert_int_equal(ops, 50000);
        assert_true(first == digest(spec, &again));
        snprintf(spec, sizeof spec, "synth:%s:ops=50000:seed=2", hb_generators[i]->name);
        assert_true(first != digest(spec, &other));
    }
}

/* Whatever the compiler, its level and the machine; what changes a line here changes figures. */
static void everywhere_a_generator_says_the_same(void **state) {
    (void)state;
    static const struct {
        const char *spec;
        uint64_t digest;
    } golden[] = {
        {"synth:random", 0xccea0cbb5d4b233a},
        {"synth:ramp", 0x899296f1815ee654},
        {"synth:peaks", 0x6a3dd0c580bf8cc3},
        {"synth:plateau", 0x1409c4a0ad100d90},
        {"synth:hummingbird", 0xd80297f63c2e7578},
        {"synth:emacs", 0x0c7fa9a34be70f55},
        {"synth:growth", 0x63439f7bfde578e2},
        {"synth:larson", 0xf7fb007848c07c3f},
        {"synth:prodcons", 0xd542a235e169e30f},
        {"synth:sessions", 0x4bc9bd97a9b59c63},
        {"synth:sh6", 0x0b839756fc84ea90},
        {"synth:sh8", 0x3954373cbf031f54},
        {"synth:random:sizes=exponential", 0x41273815388fe584},
        {"synth:random:sizes=hyperexponential", 0xdd803ced6e4787e8},
        {"synth:random:sizes=normal", 0x8d3c3ec75874e055},
    };
    char spec[128];
    uint64_t ops;
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
        snprintf(spec, sizeof spec, "%s:ops=400000", golden[i].spec);
        if (digest(spec, &ops) != golden[i].digest)
            fail_msg("%s has changed", spec);
    }
}

/* Every operation is well formed, and the counts are those of a reader. */
static void what_is_generated_is_well_formed(void **state) {
    (void)state;
    char spec[128];
    const struct hb_op *ops;
    for (size_t i = 0; hb_generators[i]; i++) {
        if (strcmp(hb_generators[i]->name, "model") == 0)
            continue;
        snprintf(spec, sizeof spec, "synth:%s:ops=200000", hb_generators[i]->name);
        struct hb_op_source *source = opened(spec);
        assert_true(hb_op_source_count(source));
        while (hb_op_source_next(source, &ops) > 0)
            continue;
        if (hb_op_source_damage(source))
            fail_msg("%s: %s", spec, hb_op_source_damage(source));
        const struct hb_trace_info *info = hb_op_source_info(source);
        assert_int_equal(info->op_count, 200000);
        assert_true(info->is_whole && info->peak_live_bytes > 0);
        assert_string_equal(info->source, "generated");
        hb_op_source_close(source);
    }
}

static void a_file_is_a_source_too(void **state) {
    (void)state;
    char path[] = "/tmp/heapbench-source-XXXXXX", error[HB_TRACE_ERROR_MAX];
    uint64_t kept, ops;
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    unlink(path);
    struct hb_trace_writer *writer = hb_trace_create(path, false, error);
    struct hb_op_source *source = opened("synth:random:ops=30000");
    const struct hb_op *from;
    for (size_t count; (count = hb_op_source_next(source, &from)) > 0;)
        for (size_t i = 0; i < count; i++)
            assert_true(hb_trace_append(writer, &from[i]));
    hb_op_source_close(source);
    assert_true(hb_trace_finish(writer, NULL, error));
    assert_true(digest(path, &kept) == digest("synth:random:ops=30000", &ops));
    assert_int_equal(kept, ops);
    unlink(path);
}

static void a_spec_is_written_back_canonically(void **state) {
    (void)state;
    static const struct {
        const char *text, *canonical;
    } table[] = {
        {"synth:random", "synth:random"},
        {"synth:random:seed=1:ops=1000000", "synth:random"},
        {"synth:random:seed=7:live=64M:ops=5", "synth:random:ops=5:live=67108864:seed=7"},
        {"synth:random:release=fifo:sizes=normal", "synth:random:sizes=normal:release=fifo"},
        {"synth:random:seed=2:seed=3", "synth:random:seed=3"},
        {"synth:random:", "synth:random"},
    };
    struct hb_synth_spec spec, again;
    char error[HB_TRACE_ERROR_MAX];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_true(hb_synth_parse(table[i].text, &spec, error));
        assert_string_equal(spec.canonical, table[i].canonical);
        assert_true(hb_synth_parse(spec.canonical, &again, error));
        assert_string_equal(again.canonical, spec.canonical);
        assert_memory_equal(&again.config, &spec.config, sizeof spec.config);
    }
}

static void a_bad_spec_is_refused_with_what_is_right(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } table[] = {
        {"synth:rndom", "there is no generator 'rndom'; they are random"},
        {"synth:", "there is no generator ''"},
        {"synth:random:lives=3", "has no option 'lives'; it knows ops, live"},
        {"synth:random:live", "'' is no value of live; it takes 1 to"},
        {"synth:random:live=0", "'0' is no value of live"},
        {"synth:random:live=3X", "'3X' is no value of live"},
        {"synth:random:ops=3K", "'3K' is no value of ops"},
        {"synth:random:ops=99999999999999999999", "is no value of ops"},
        {"synth:random:live=18446744073709551615G", "is no value of live"},
        {"synth:random:release=any", "it takes random, fifo, lifo"},
        {"synth:random:seed=1:=", "has no option ''"},
    };
    char error[HB_TRACE_ERROR_MAX];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_null(hb_op_source_open(table[i].text, error));
        if (!strstr(error, table[i].says))
            fail_msg("%s: %s", table[i].text, error);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opened_again_a_generator_says_the_same),
        cmocka_unit_test(everywhere_a_generator_says_the_same),
        cmocka_unit_test(what_is_generated_is_well_formed),
        cmocka_unit_test(a_file_is_a_source_too),
        cmocka_unit_test(a_spec_is_written_back_canonically),
        cmocka_unit_test(a_bad_spec_is_refused_with_what_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
