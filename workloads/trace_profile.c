/* trace_profile.c -- what a trace does over its course, in one pass; memory follows the live
 * objects. */
#include "workloads/trace_profile.h"

#include <stdlib.h>
#include <string.h>

#include "workloads/trace_format.h"
#include "workloads/trace_profile_sites.h"
#include "workloads/trace_sizes.h"

/* A live object. */
struct life {
    uint64_t size;
    uint64_t born_at[HB_TRACE_CLOCKS];
    size_t thread; /* its place in the profile */
    uint16_t site;
};

struct profiling {
    struct hb_trace_profile *profile;
    struct trace_sizes index; /* object: its life */
    struct life *lives;
    size_t *vacant; /* lives that have ended, to be used again */
    size_t life_count, life_capacity, vacant_count;
    uint64_t clock[HB_TRACE_CLOCKS];
    uint64_t live_bytes;
    uint64_t *held_from; /* of each thread: the operation since which it has its live bytes */
    size_t thread_capacity;
    bool has_sites;
    size_t place_plus_1[HB_TRACE_THREADS_MAX]; /* by thread number; 0: not seen */
};

static unsigned number_class(uint64_t number) {
    return number == 0 ? 0 : 64 - (unsigned)__builtin_clzll(number);
}

static uint64_t class_least(unsigned number) {
    return number == 0 ? 0 : UINT64_C(1) << (number - 1);
}

static bool threads_reserve(struct profiling *profiling) {
    struct hb_trace_profile *profile = profiling->profile;
    size_t capacity = profiling->thread_capacity == 0 ? 16 : 2 * profiling->thread_capacity;
    struct hb_trace_thread *threads;
    uint64_t *held_from;

    if (profile->thread_count < profiling->thread_capacity)
        return true;
    threads = realloc(profile->threads, capacity * sizeof *threads);
    if (threads == NULL)
        return false;
    profile->threads = threads;
    held_from = realloc(profiling->held_from, capacity * sizeof *held_from);
    if (held_from == NULL)
        return false;
    profiling->held_from = held_from;
    profiling->thread_capacity = capacity;
    return true;
}

/* The thread's place, at its first operation a new one. */
static bool thread_find(struct profiling *profiling, uint32_t number, size_t *place) {
    struct hb_trace_profile *profile = profiling->profile;
    struct hb_trace_thread *thread;

    *place = profiling->place_plus_1[number] - 1;
    if (profiling->place_plus_1[number] != 0)
        return true;
    if (!threads_reserve(profiling))
        return false;
    *place = profile->thread_count++;
    profiling->place_plus_1[number] = *place + 1;
    profiling->held_from[*place] = 0;
    thread = &profile->threads[*place];
    *thread = (struct hb_trace_thread){.number = number};
    if (*place >= HB_TRACE_PROFILE_CURVES)
        return true;
    thread->curve = malloc(sizeof *thread->curve);
    if (thread->curve != NULL)
        hb_trace_curve_start(thread->curve);
    return thread->curve != NULL;
}

/* Extend a thread's curve up to before the operation that is number `until`. */
static void thread_hold(struct profiling *profiling, size_t place, uint64_t until) {
    struct hb_trace_thread *thread = &profiling->profile->threads[place];

    if (thread->curve != NULL)
        hb_trace_curve_hold(thread->curve, thread->live_bytes, until - profiling->held_from[place]);
    profiling->held_from[place] = until;
}

/* The bytes of a thread's objects change with the operation that is counted last. */
static void live_change(struct profiling *profiling, size_t place, uint64_t less, uint64_t more) {
    struct hb_trace_thread *thread = &profiling->profile->threads[place];

    thread_hold(profiling, place, profiling->clock[HB_TRACE_CLOCK_OPS] - 1);
    thread->live_bytes += more - less;
    if (thread->live_bytes > thread->peak_live_bytes)
        thread->peak_live_bytes = thread->live_bytes;
    profiling->live_bytes += more - less;
}

/* There are never more vacant lives than lives, so one capacity serves both arrays. */
static bool life_take(struct profiling *profiling, size_t *life) {
    size_t capacity = profiling->life_capacity == 0 ? 1024 : 2 * profiling->life_capacity;
    void *lives, *vacant;

    if (profiling->vacant_count > 0) {
        *life = profiling->vacant[--profiling->vacant_count];
        return true;
    }
    *life = profiling->life_count++;
    if (*life < profiling->life_capacity)
        return true;
    lives = realloc(profiling->lives, capacity * sizeof *profiling->lives);
    if (lives == NULL)
        return false;
    profiling->lives = lives;
    vacant = realloc(profiling->vacant, capacity * sizeof *profiling->vacant);
    if (vacant == NULL)
        return false;
    profiling->vacant = vacant;
    profiling->life_capacity = capacity;
    return true;
}

static bool birth_follow(struct profiling *profiling, const struct hb_op *op, size_t place) {
    size_t number;
    struct life *life;

    if (!life_take(profiling, &number) || !trace_sizes_add(&profiling->index, op->object, number))
        return false;
    profiling->clock[HB_TRACE_CLOCK_BIRTHS]++;
    profiling->profile->threads[place].birth_count++;
    life = &profiling->lives[number];
    life->size = op->size;
    life->thread = place;
    life->site = op->site;
    memcpy(life->born_at, profiling->clock, sizeof life->born_at);
    live_change(profiling, place, 0, op->size);
    return true;
}

static void free_follow(struct profiling *profiling, const struct hb_op *op, size_t place) {
    struct hb_trace_profile *profile = profiling->profile;
    size_t number = (size_t)*trace_sizes_find(&profiling->index, op->object);
    struct life *life = &profiling->lives[number];
    bool is_foreign = life->thread != place;

    for (int i = 0; i < HB_TRACE_CLOCKS; i++) {
        uint64_t lifetime = profiling->clock[i] - life->born_at[i];

        lifetime -= i == HB_TRACE_CLOCK_OPS; /* the free itself */
        profile->lifetime_count[i][number_class(lifetime)]++;
        if (i == HB_TRACE_CLOCK_BIRTHS && profiling->has_sites)
            trace_site_count_free(profile, life->site, number_class(lifetime));
    }
    profile->threads[place].free_count++;
    profile->threads[place].foreign_free_count += is_foreign;
    profile->foreign_free_count += is_foreign;
    live_change(profiling, life->thread, life->size, 0);
    trace_sizes_remove(&profiling->index, op->object);
    profiling->vacant[profiling->vacant_count++] = number;
}

static void realloc_follow(struct profiling *profiling, const struct hb_op *op, size_t place) {
    struct life *life = &profiling->lives[*trace_sizes_find(&profiling->index, op->object)];

    profiling->profile->foreign_realloc_count += life->thread != place;
    live_change(profiling, life->thread, life->size, op->size);
    life->size = op->size;
}

static bool op_follow(struct profiling *profiling, const struct hb_op *op) {
    struct hb_trace_profile *profile = profiling->profile;
    unsigned class = number_class(op->size);
    size_t place;

    if (!thread_find(profiling, op->thread, &place))
        return false;
    if (op->kind > HB_OP_FREE)
        return true;
    profile->threads[place].op_count++;
    profiling->clock[HB_TRACE_CLOCK_OPS]++;
    profiling->clock[HB_TRACE_CLOCK_BYTES] += op->size;
    profile->request_count[class] += trace_kind_has_size[op->kind];
    profile->request_bytes[class] += op->size;
    if (profiling->has_sites && trace_kind_has_size[op->kind] &&
        !trace_site_count_request(profile, op))
        return false;
    if (trace_kind_is_birth[op->kind] && !birth_follow(profiling, op, place))
        return false;
    if (op->kind == HB_OP_REALLOC)
        realloc_follow(profiling, op, place);
    if (op->kind == HB_OP_FREE)
        free_follow(profiling, op, place);
    hb_trace_curve_hold(&profile->curve, profiling->live_bytes, 1);
    return true;
}

uint64_t trace_class_median(const uint64_t *count) {
    uint64_t total = 0, below = 0;

    for (int i = 0; i < HB_TRACE_CLASSES; i++)
        total += count[i];
    for (unsigned i = 0; i < HB_TRACE_CLASSES; i++) {
        below += count[i];
        if (total > 0 && below >= total - total / 2)
            return class_least(i);
    }
    return 0;
}

static bool profile_finish(struct profiling *profiling) {
    struct hb_trace_profile *profile = profiling->profile;

    for (size_t i = 0; i < profile->thread_count; i++) {
        thread_hold(profiling, i, profiling->clock[HB_TRACE_CLOCK_OPS]);
        if (profile->threads[i].curve != NULL)
            hb_trace_curve_finish(profile->threads[i].curve);
    }
    for (int i = 0; i < HB_TRACE_CLOCKS; i++)
        profile->lifetime_median[i] = trace_class_median(profile->lifetime_count[i]);
    profile->immortal_count = profiling->index.live_count;
    trace_sites_finish(profile);
    hb_trace_curve_finish(&profile->curve);
    return hb_trace_phases_find(&profile->phases, &profile->curve, 0);
}

bool hb_trace_profile_read(struct hb_trace_profile *profile, struct hb_op_source *source) {
    struct profiling *profiling = calloc(1, sizeof *profiling);
    const struct hb_op *ops;
    size_t count;
    bool good = profiling != NULL;

    memset(profile, 0, sizeof *profile);
    if (!good)
        return false;
    profiling->profile = profile;
    profiling->has_sites = hb_op_source_sites(source) != NULL;
    hb_trace_curve_start(&profile->curve);
    while (good && (count = hb_op_source_next(source, &ops)) > 0)
        for (size_t i = 0; i < count && good; i++)
            good = op_follow(profiling, &ops[i]);
    good = good && profile_finish(profiling);
    trace_sizes_clear(&profiling->index);
    free(profiling->lives);
    free(profiling->vacant);
    free(profiling->held_from);
    free(profiling);
    return good;
}

void hb_trace_profile_free(struct hb_trace_profile *profile) {
    for (size_t i = 0; i < profile->thread_count; i++)
        free(profile->threads[i].curve);
    free(profile->threads);
    free(profile->sites);
    memset(profile, 0, sizeof *profile);
}
