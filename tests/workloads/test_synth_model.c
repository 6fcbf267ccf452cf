/* A model of a trace keeps what it says: sizes, lifetimes, the peak of live bytes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/workloads/census.h"
#include "workloads/op_source.h"

#define TRACE HB_SOURCE_DIR "/workloads/traces/perl.hbt"

static void model_take(struct census *census, const char *rest) {
    char spec[1024];
    snprintf(spec, sizeof spec, "synth:model:from=" TRACE ":%s", rest);
    census_take(census, spec);
}

static int number_order(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The largest size that each object had, sorted. */
static uint64_t *largest_sizes(const struct census *census) {
    uint64_t *sizes = calloc(census->object_count + 1, sizeof *sizes);
    for (uint64_t i = 0; i < census->op_count; i++) {
        const struct hb_op *op = &census->ops[i];
        if (op->kind <= HB_OP_REALLOC && op->size > sizes[op->object])
            sizes[op->object] = op->size;
    }
    qsort(sizes, census->object_count, sizeof *sizes, number_order);
    return sizes;
}

static void every_model_has_the_traces_peak(void **state) {
    (void)state;
    static const char *const kinds[] = {"shuffle", "cdf", "markov", "mean"};
    struct census real, model;
    char rest[64];
    census_take(&real, TRACE);
    double peak = (double)real.peak_live;
    for (size_t i = 0; i < 4; i++) {
        snprintf(rest, sizeof rest, "kind=%s", kinds[i]);
        model_take(&model, rest);
        assert_int_equal(model.object_count, real.object_count);
        if (fabs((double)model.peak_live / peak - 1) > 0.01)
            fail_msg("%s: peak %llu, not %.0f", kinds[i], (unsigned long long)model.peak_live,
                     peak);
        census_end(&model);
    }
    census_end(&real);
}

static void a_shuffle_has_the_very_sizes(void **state) {
    (void)state;
    struct census real, model;
    census_take(&real, TRACE);
    model_take(&model, "kind=shuffle");
    uint64_t *expected = largest_sizes(&real), *sizes = largest_sizes(&model), fixed = 0;
    assert_int_equal(model.object_count, real.object_count);
    assert_memory_equal(sizes, expected, real.object_count * sizeof *sizes);
    for (uint64_t i = 0; i < real.object_count; i++)
        fixed += model.objects[i].size == real.objects[i].size;
    assert_true(fixed < real.object_count / 2); /* but not their order */
    free(expected);
    free(sizes);
    census_end(&real);
    census_end(&model);
}

/* Of drawn sizes each quarter of the distribution is where the trace has it. */
static void a_cdf_has_the_traces_distribution(void **state) {
    (void)state;
    struct census real, model;
    census_take(&real, TRACE);
    model_take(&model, "kind=cdf:seed=3");
    uint64_t *expected = largest_sizes(&real), *sizes = largest_sizes(&model);
    for (int part = 1; part < 20; part++) {
        uint64_t at = real.object_count * (uint64_t)part / 20, below = 0, below_real = 0;
        for (uint64_t i = 0; i < real.object_count; i++) {
            below += sizes[i] < expected[at];
            below_real += expected[i] < expected[at];
        }
        double off = ((double)below - (double)below_real) / (double)real.object_count;
        assert_true(fabs(off) < 0.01);
    }
    free(expected);
    free(sizes);
    census_end(&real);
    census_end(&model);
}

/* How often the same size comes twice in a row, which a chain keeps and a draw does not. */
static double same_again(const struct census *census) {
    uint64_t *sizes = calloc(census->object_count, sizeof *sizes), same = 0;
    for (uint64_t i = 0; i < census->op_count; i++)
        if (census->ops[i].kind <= HB_OP_REALLOC &&
            census->ops[i].size > sizes[census->ops[i].object])
            sizes[census->ops[i].object] = census->ops[i].size;
    for (uint64_t i = 1; i < census->object_count; i++)
        same += sizes[i] == sizes[i - 1];
    free(sizes);
    return (double)same / (double)census->object_count;
}

static void a_markov_chain_keeps_the_transitions(void **state) {
    (void)state;
    struct census real, chain, drawn;
    census_take(&real, TRACE);
    model_take(&chain, "kind=markov");
    model_take(&drawn, "kind=cdf");
    double expected = same_again(&real);
    assert_true(fabs(same_again(&chain) - expected) < 0.01);
    assert_true(fabs(same_again(&drawn) - expected) > 0.02); /* else this test says nothing */
    census_end(&real);
    census_end(&chain);
    census_end(&drawn);
}

static void mean_is_uniform_up_to_twice_the_mean(void **state) {
    (void)state;
    struct census real, model;
    census_take(&real, TRACE);
    model_take(&model, "kind=mean");
    uint64_t *sizes = largest_sizes(&real);
    double mean = 0;
    for (uint64_t i = 0; i < real.object_count; i++)
        mean += (double)sizes[i] / (double)real.object_count;
    free(sizes);
    assert_true(fabs(census_mean(&model) / mean - 1) < 0.02);
    assert_true(fabs(census_cv(&model) - 1 / sqrt(3)) < 0.02);
    assert_true(census_share(&model, (uint64_t)(2 * mean + 2)) == 0);
    census_end(&real);
    census_end(&model);
}

static void operations_may_be_fewer_or_more(void **state) {
    (void)state;
    struct census model;
    model_take(&model, "ops=100000");
    assert_int_equal(model.op_count, 100000);
    assert_true(model.free_count > 40000);
    census_end(&model);
    model_take(&model, "ops=2000000:kind=shuffle");
    assert_true(model.op_count > 1950000 && model.op_count <= 2000000);
    census_end(&model);
}

static void a_model_of_nothing_is_refused(void **state) {
    (void)state;
    char error[HB_TRACE_ERROR_MAX];
    assert_null(hb_op_source_open("synth:model", error));
    assert_non_null(strstr(error, "which trace? Say from=NAME"));
    assert_null(hb_op_source_open("synth:model:from=/none.hbt", error));
    assert_non_null(strstr(error, "/none.hbt"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_model_has_the_traces_peak),
        cmocka_unit_test(a_shuffle_has_the_very_sizes),
        cmocka_unit_test(a_cdf_has_the_traces_distribution),
        cmocka_unit_test(a_markov_chain_keeps_the_transitions),
        cmocka_unit_test(mean_is_uniform_up_to_twice_the_mean),
        cmocka_unit_test(operations_may_be_fewer_or_more),
        cmocka_unit_test(a_model_of_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
