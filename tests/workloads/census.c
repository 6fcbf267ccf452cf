#include "tests/workloads/census.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "workloads/op_source.h"

static void ops_take(struct census *census, const char *from) {
    char error[HB_TRACE_ERROR_MAX];
    struct hb_op_source *source = hb_op_source_open(from, error);
    const struct hb_op *ops;
    uint64_t capacity = 0;
    if (!source)
        fail_msg("%s", error);
    for (size_t count; (count = hb_op_source_next(source, &ops)) > 0; census->op_count += count) {
        if (census->op_count + count > capacity) {
            capacity = 2 * (census->op_count + count);
            census->ops = realloc(census->ops, capacity * sizeof *ops);
        }
        memcpy(census->ops + census->op_count, ops, count * sizeof *ops);
    }
    if (hb_op_source_damage(source))
        fail_msg("%s: %s", from, hb_op_source_damage(source));
    hb_op_source_close(source);
}

static void op_count(struct census *census, uint64_t i, uint64_t *live, uint64_t *live_count) {
    const struct hb_op *op = &census->ops[i];
    struct census_object *object = &census->objects[op->object];
    if (op->kind <= HB_OP_ALIGNED) {
        assert_int_equal(op->object, census->object_count);
        assert_true(op->size > 0);
        *object = (struct census_object){op->size, UINT64_MAX, op->thread};
        census->object_count++;
        ++*live_count;
        *live += op->size;
    } else if (op->kind == HB_OP_REALLOC) {
        *live += op->size - object->size;
        object->size = op->size;
    } else if (op->kind == HB_OP_FREE) {
        assert_true(object->births == UINT64_MAX);
        object->births = census->object_count - 1 - op->object;
        census->free_count++;
        census->crossing_frees += op->thread != object->thread;
        --*live_count;
        *live -= object->size;
    }
}

void census_take(struct census *census, const char *from) {
    uint64_t live = 0, live_count = 0;
    memset(census, 0, sizeof *census);
    ops_take(census, from);
    census->objects = calloc(census->op_count, sizeof *census->objects);
    census->live = calloc(census->op_count, sizeof *census->live);
    census->live_count = calloc(census->op_count, sizeof *census->live_count);
    for (uint64_t i = 0; i < census->op_count; i++) {
        op_count(census, i, &live, &live_count);
        census->live[i] = live;
        census->live_count[i] = live_count;
        census->peak_live = live > census->peak_live ? live : census->peak_live;
        census->peak_count = live_count > census->peak_count ? live_count : census->peak_count;
    }
}

void census_end(struct census *census) {
    free(census->ops);
    free(census->objects);
    free(census->live);
    free(census->live_count);
}

double census_mean(const struct census *census) {
    double sum = 0;
    for (uint64_t i = 0; i < census->object_count; i++)
        sum += (double)census->objects[i].size;
    return sum / (double)census->object_count;
}

double census_cv(const struct census *census) {
    double mean = census_mean(census), sum = 0;
    for (uint64_t i = 0; i < census->object_count; i++) {
        double off = (double)census->objects[i].size - mean;
        sum += off * off;
    }
    return sqrt(sum / (double)census->object_count) / mean;
}

double census_lifetime(const struct census *census) {
    double sum = 0;
    for (uint64_t i = 0; i < census->object_count; i++)
        if (census->objects[i].births != UINT64_MAX)
            sum += (double)census->objects[i].births;
    return sum / (double)census->free_count;
}

double census_share(const struct census *census, uint64_t size) {
    uint64_t count = 0;
    for (uint64_t i = 0; i < census->object_count; i++)
        count += census->objects[i].size >= size;
    return (double)count / (double)census->object_count;
}

double census_byte_share(const struct census *census, uint64_t size) {
    double large = 0, all = 0;
    for (uint64_t i = 0; i < census->object_count; i++) {
        large += census->objects[i].size >= size ? (double)census->objects[i].size : 0;
        all += (double)census->objects[i].size;
    }
    return large / all;
}
