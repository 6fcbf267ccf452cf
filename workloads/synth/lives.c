#include "workloads/synth/lives.h"

#include <stdlib.h>
#include <string.h>

#include "workloads/op_source.h"
#include "workloads/trace_format.h"

/* While an object lives, its lifetime is UINT64_MAX. */
static bool life_add(struct synth_lives *lives, size_t *capacity, uint64_t size) {
    if (lives->count == *capacity) {
        size_t more = *capacity ? *capacity * 2 : 4096;
        struct synth_life *list = realloc(lives->list, more * sizeof *list);
        if (!list)
            return false;
        lives->list = list;
        *capacity = more;
    }
    lives->list[lives->count++] = (struct synth_life){size, UINT64_MAX};
    return true;
}

static bool op_read(struct synth_lives *lives, size_t *capacity, const struct hb_op *op) {
    if (op->kind <= HB_OP_ALIGNED)
        return life_add(lives, capacity, op->size);
    if (op->kind > HB_OP_FREE)
        return true;
    struct synth_life *life = &lives->list[op->object];
    if (op->kind == HB_OP_FREE) {
        life->births = lives->count - 1 - op->object;
        lives->freed++;
    } else if (op->size > life->size) {
        life->size = op->size;
    }
    return true;
}

/* Those never freed live to the end. */
static bool lives_finish(struct synth_lives *lives) {
    for (size_t i = 0; i < lives->count; i++)
        if (lives->list[i].births == UINT64_MAX)
            lives->list[i].births = lives->count - i;
    int64_t *deltas = malloc((lives->count + 1) * sizeof *deltas);
    if (deltas)
        lives->peak_bytes = synth_lives_peak(lives, 1, deltas);
    free(deltas);
    return deltas != NULL;
}

bool synth_lives_read(struct synth_lives *lives, const char *from, char *error) {
    struct hb_op_source *source = hb_op_source_open(from, error);
    const struct hb_op *ops;
    size_t capacity = 0, count;
    bool has_memory = true;
    if (!source)
        return false;
    while (has_memory && (count = hb_op_source_next(source, &ops)) > 0)
        for (size_t i = 0; i < count && has_memory; i++)
            has_memory = op_read(lives, &capacity, &ops[i]);
    has_memory = has_memory && lives_finish(lives);
    const char *damage = has_memory ? hb_op_source_damage(source) : "not enough memory for a model";
    if (damage)
        trace_fail(error, "%s: %s", from, damage);
    else if (!lives->count)
        trace_fail(error, "%s: the trace has no objects to make a model of", from);
    hb_op_source_close(source);
    return !damage && lives->count;
}

uint64_t synth_lives_peak(const struct synth_lives *lives, double factor, int64_t *deltas) {
    int64_t live = 0, peak = 0;
    memset(deltas, 0, (lives->count + 1) * sizeof *deltas);
    for (size_t i = 0; i < lives->count; i++)
        deltas[synth_life_end(&lives->list[i], i, factor, lives->count)] +=
            (int64_t)lives->list[i].size;
    for (size_t i = 0; i < lives->count; i++) {
        live += (int64_t)lives->list[i].size - deltas[i];
        peak = live > peak ? live : peak;
    }
    return (uint64_t)peak;
}
