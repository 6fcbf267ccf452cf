#include "workloads/synth/lives.h"

#include <stdlib.h>
#include <string.h>

#include "workloads/op_source.h"
#include "workloads/trace_format.h"

/* While an object lives, its lifetime is its present size, and this. */
#define LIVES ((uint64_t)1 << 63)

static bool life_add(struct synth_lives *lives, size_t *capacity, uint64_t size) {
    if (lives->count == *capacity) {
        size_t more = *capacity ? *capacity * 2 : 4096;
        struct synth_life *list = realloc(lives->list, more * sizeof *list);
        if (!list)
            return false;
        lives->list = list;
        *capacity = more;
    }
    lives->list[lives->count++] = (struct synth_life){size, LIVES | size};
    return true;
}

static bool op_read(struct synth_lives *lives, size_t *capacity, const struct hb_op *op,
                    uint64_t *live) {
    if (op->kind > HB_OP_FREE)
        return true;
    *live += op->size;
    if (op->kind <= HB_OP_ALIGNED)
        return life_add(lives, capacity, op->size);
    struct synth_life *life = &lives->list[op->object];
    *live -= life->births & ~LIVES;
    if (op->kind == HB_OP_FREE) {
        life->births = lives->count - 1 - op->object;
        lives->freed++;
        return true;
    }
    life->births = LIVES | op->size;
    life->size = op->size > life->size ? op->size : life->size;
    return true;
}

static bool ops_read(struct synth_lives *lives, struct hb_op_source *source) {
    const struct hb_op *ops;
    size_t capacity = 0, count;
    uint64_t live = 0;
    while ((count = hb_op_source_next(source, &ops)) > 0)
        for (size_t i = 0; i < count; i++) {
            if (!op_read(lives, &capacity, &ops[i], &live))
                return false;
            lives->peak_bytes = live > lives->peak_bytes ? live : lives->peak_bytes;
        }
    for (size_t i = 0; i < lives->count; i++) /* never freed */
        if (lives->list[i].births & LIVES)
            lives->list[i].births = lives->count - i;
    return true;
}

bool synth_lives_read(struct synth_lives *lives, const char *from, char *error) {
    struct hb_op_source *source = hb_op_source_open(from, error);
    if (!source)
        return false;
    bool has_memory = ops_read(lives, source);
    const char *damage = has_memory ? hb_op_source_damage(source) : "not enough memory for a model";
    if (damage)
        trace_fail(error, "%s: %s", from, damage);
    else if (!lives->count)
        trace_fail(error, "%s: the trace has no objects to make a model of", from);
    hb_op_source_close(source);
    return !damage && lives->count;
}

/* Unsigned: sums of absurd sizes wrap, and only the peak is then absurd too. */
uint64_t synth_lives_peak(const struct synth_lives *lives, double factor, uint64_t *deltas) {
    uint64_t live = 0, peak = 0;
    memset(deltas, 0, (lives->count + 1) * sizeof *deltas);
    for (size_t i = 0; i < lives->count; i++)
        deltas[synth_life_end(&lives->list[i], i, factor, lives->count)] += lives->list[i].size;
    for (size_t i = 0; i < lives->count; i++) {
        live += lives->list[i].size - deltas[i];
        peak = live > peak ? live : peak;
    }
    return peak;
}
