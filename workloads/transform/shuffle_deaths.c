/* shuffle_deaths.c -- who dies is drawn anew, among the objects of the same size.
 *
 * Where the source frees an object, one of those that live and have its size now is freed instead,
 * drawn alike among them. Live objects and live bytes are the source's after every operation; so
 * are all requests, in their order. Only lifetimes change: within a size they no longer depend on
 * what the program does (the models of Zorn & Grunwald 1994 keep the sizes and the distribution of
 * lifetimes, and lose the curve; this keeps sizes and curve, and loses the lifetimes).
 *
 * The source's objects are roles; each is played by an object of the output. When a role ends and
 * another of the same size is drawn to die, the two exchange their players first.
 */
#include "workloads/transform/shuffle.h"

#include <stdlib.h>

#include "workloads/trace_format.h"
#include "workloads/transform/random.h"

struct role {
    uint64_t player; /* the object of the output, by the number of the role that bore it */
    size_t class_number, place; /* where it stands among those of its size */
};

/* All live roles of one size. */
struct class {
    size_t *members;
    size_t count, capacity;
};

struct deaths {
    struct trace_sizes role_index; /* object of the source: its role */
    struct role *roles;
    size_t role_count, role_capacity;
    size_t *vacant; /* roles that have ended, to be used again */
    size_t vacant_count;
    struct trace_sizes class_index; /* size: its class */
    struct class *classes;
    size_t class_count, class_capacity;
    uint64_t random;
};

/* Make room for one more item of size bytes; items is NULL at first. */
static bool items_reserve(void **items, size_t count, size_t *capacity, size_t size) {
    size_t wanted = *capacity == 0 ? 16 : 2 * *capacity;
    void *larger;

    if (count < *capacity)
        return true;
    larger = realloc(*items, wanted * size);
    if (larger == NULL)
        return false;
    *items = larger;
    *capacity = wanted;
    return true;
}

static bool class_find(struct deaths *deaths, uint64_t size, size_t *number) {
    const uint64_t *found = trace_sizes_find(&deaths->class_index, size);

    if (found != NULL) {
        *number = (size_t)*found;
        return true;
    }
    if (!items_reserve((void **)&deaths->classes, deaths->class_count, &deaths->class_capacity,
                       sizeof *deaths->classes) ||
        !trace_sizes_add(&deaths->class_index, size, deaths->class_count))
        return false;
    *number = deaths->class_count++;
    deaths->classes[*number] = (struct class){NULL, 0, 0};
    return true;
}

static bool class_join(struct deaths *deaths, size_t role, uint64_t size) {
    struct class *class;
    size_t number;

    if (!class_find(deaths, size, &number))
        return false;
    class = &deaths->classes[number];
    if (!items_reserve((void **)&class->members, class->count, &class->capacity,
                       sizeof *class->members))
        return false;
    deaths->roles[role].class_number = number;
    deaths->roles[role].place = class->count;
    class->members[class->count++] = role;
    return true;
}

static void class_leave(struct deaths *deaths, size_t role) {
    struct class *class = &deaths->classes[deaths->roles[role].class_number];
    size_t last = class->members[--class->count];

    class->members[deaths->roles[role].place] = last;
    deaths->roles[last].place = deaths->roles[role].place;
}

/* There are never more vacant roles than roles, so one capacity serves both arrays. */
static bool role_take(struct deaths *deaths, size_t *role) {
    size_t capacity = deaths->role_capacity;

    if (deaths->vacant_count > 0) {
        *role = deaths->vacant[--deaths->vacant_count];
        return true;
    }
    if (!items_reserve((void **)&deaths->vacant, deaths->role_count, &capacity,
                       sizeof *deaths->vacant) ||
        !items_reserve((void **)&deaths->roles, deaths->role_count, &deaths->role_capacity,
                       sizeof *deaths->roles))
        return false;
    *role = deaths->role_count++;
    return true;
}

static bool birth_follow(struct deaths *deaths, const struct hb_op *op) {
    size_t role;

    if (!role_take(deaths, &role))
        return false;
    deaths->roles[role].player = op->object;
    return trace_sizes_add(&deaths->role_index, op->object, role) &&
           class_join(deaths, role, op->size);
}

static void death_draw(struct deaths *deaths, size_t role) {
    const struct class *class = &deaths->classes[deaths->roles[role].class_number];
    size_t drawn = class->members[hb_random_below(&deaths->random, class->count)];
    uint64_t player = deaths->roles[drawn].player;

    deaths->roles[drawn].player = deaths->roles[role].player;
    deaths->roles[role].player = player;
}

/* Follow the operation, and make it one of the player's. Returns false if memory ran out. */
static bool op_follow(struct deaths *deaths, struct hb_op *op) {
    size_t role;

    if (op->kind > HB_OP_FREE)
        return true;
    if (trace_kind_is_birth[op->kind])
        return birth_follow(deaths, op);
    role = (size_t)*trace_sizes_find(&deaths->role_index, op->object);
    if (op->kind == HB_OP_FREE) {
        death_draw(deaths, role);
        trace_sizes_remove(&deaths->role_index, op->object);
        deaths->vacant[deaths->vacant_count++] = role;
    }
    op->object = deaths->roles[role].player;
    class_leave(deaths, role);
    return op->kind == HB_OP_FREE || class_join(deaths, role, op->size);
}

static void deaths_clear(struct deaths *deaths) {
    for (size_t i = 0; i < deaths->class_count; i++)
        free(deaths->classes[i].members);
    free(deaths->classes);
    free(deaths->roles);
    free(deaths->vacant);
    trace_sizes_clear(&deaths->class_index);
    trace_sizes_clear(&deaths->role_index);
}

bool hb_shuffle_deaths(struct hb_job *job) {
    struct deaths deaths = {.random = job->transform->shuffle.seed};
    const struct hb_op *next;
    bool good = true;

    while (good && (next = hb_source_next(&job->source)) != NULL) {
        struct hb_op op = *next;

        good =
            op_follow(&deaths, &op) || trace_fail(job->error, "out of memory for the live objects");
        good = good && hb_rewrite_op(&job->rewrite, &op);
    }
    deaths_clear(&deaths);
    return good;
}
