/* compile.c -- operations of a trace become words of a program: objects become slots. */
#include "harness/passes/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/passes/objects.h"
#include "harness/passes/word.h"
#include "workloads/op_source.h"

enum { ERROR_BYTES = 512 };

/* Operations ahead, and slots from which on tables outgrow the nearer caches. */
enum { AHEAD = 16, MANY_SLOTS = 1 << 15 };

struct hb_compiler {
    struct program_header facts;
    const char *path;
    struct hb_op_source *source;
    const struct hb_op *ops; /* decoded, not yet compiled */
    size_t op_count;
    uint64_t scale;
    struct hb_objects objects; /* the slot of each */
    uint64_t *requests;        /* of each slot */
    uint32_t *spare;           /* slots to use again, the last freed on top */
    size_t spare_count, slot_capacity;
    uint64_t live;
    uint64_t born; /* objects so far */
    bool failed;
};

static bool slots_grow(struct hb_compiler *compiler) {
    size_t capacity = compiler->slot_capacity ? compiler->slot_capacity * 2 : 4096;
    uint64_t *requests = realloc(compiler->requests, capacity * sizeof *requests);
    if (requests)
        compiler->requests = requests;
    uint32_t *spare = realloc(compiler->spare, capacity * sizeof *spare);
    if (spare)
        compiler->spare = spare;
    if (!requests || !spare)
        return false;
    compiler->slot_capacity = capacity;
    return true;
}

static bool slot_take(struct hb_compiler *compiler, uint32_t *slot) {
    struct program_header *facts = &compiler->facts;
    if (compiler->spare_count) {
        *slot = compiler->spare[--compiler->spare_count];
        return true;
    }
    if (facts->slot_count == PROGRAM_SLOTS_MAX ||
        (facts->slot_count == compiler->slot_capacity && !slots_grow(compiler)))
        return false;
    *slot = (uint32_t)facts->slot_count++;
    return true;
}

static bool object_born(struct hb_compiler *compiler, uint64_t object, uint32_t *slot) {
    if (!slot_take(compiler, slot) || !hb_objects_born(&compiler->objects, object, *slot))
        return false;
    compiler->requests[*slot] = 0;
    compiler->born = object + 1;
    return true;
}

static void object_dies(struct hb_compiler *compiler, uint64_t object, uint32_t slot) {
    compiler->spare[compiler->spare_count++] = slot;
    hb_objects_dies(&compiler->objects, object);
}

/* Live bytes after the current op; the first peak is kept. */
static void account(struct hb_compiler *compiler, uint32_t slot, uint64_t request) {
    struct program_header *facts = &compiler->facts;
    compiler->live += request - compiler->requests[slot];
    compiler->requests[slot] = request;
    if (compiler->live > facts->peak_live_bytes) {
        facts->peak_live_bytes = compiler->live;
        facts->peak_live_op = facts->op_count;
    }
    if (request > facts->largest_request)
        facts->largest_request = request;
    facts->op_count++;
}

/* Returns the words written: none for a mark. A failure is noted. */
static size_t compile_op(struct hb_compiler *compiler, const struct hb_op *op, uint64_t *word) {
    uint32_t slot = 0;
    uint64_t request;
    if (op->kind == HB_OP_THREAD_START || op->kind == HB_OP_THREAD_END)
        return 0;
    bool dies = op->kind == HB_OP_FREE;
    bool is_known = dies || op->kind == HB_OP_REALLOC;
    if (is_known)
        slot = (uint32_t)*hb_objects_at(&compiler->objects, op->object);
    if ((!is_known && !object_born(compiler, op->object, &slot)) ||
        __builtin_mul_overflow(op->size, compiler->scale, &request)) {
        compiler->failed = true;
        return 0;
    }
    account(compiler, slot, request);
    if (dies)
        object_dies(compiler, op->object, slot);
    return hb_word_write(word, op, slot, request);
}

/* Where many objects live, each is a cache miss: those of the operations to come are fetched while
 * the present one is compiled, first their slot, then, as it is at hand, what the slot holds. */
static void look_ahead(const struct hb_compiler *compiler) {
    const struct hb_op *far = compiler->ops + AHEAD, *near = compiler->ops + AHEAD / 2;
    if (far->kind == HB_OP_FREE || far->kind == HB_OP_REALLOC)
        hb_objects_prefetch(&compiler->objects, far->object);
    if ((near->kind == HB_OP_FREE || near->kind == HB_OP_REALLOC) && near->object < compiler->born)
        __builtin_prefetch(&compiler->requests[*hb_objects_at(&compiler->objects, near->object)],
                           1);
}

struct hb_compiler *hb_compiler_open(const char *path, uint64_t scale, char *error) {
    struct hb_compiler *compiler = calloc(1, sizeof *compiler);
    if (!compiler) {
        snprintf(error, ERROR_BYTES, "not enough memory");
        return NULL;
    }
    compiler->facts = (struct program_header){.magic = PROGRAM_MAGIC, .scale = scale};
    compiler->scale = scale;
    compiler->path = path;
    compiler->source = hb_op_source_open(path, error);
    if (compiler->source)
        return compiler;
    free(compiler);
    return NULL;
}

size_t hb_compiler_next(struct hb_compiler *compiler, uint64_t *words, size_t capacity) {
    size_t used = 0;
    while (used + 2 <= capacity && !compiler->failed) {
        if (!compiler->op_count)
            compiler->op_count = hb_op_source_next(compiler->source, &compiler->ops);
        if (!compiler->op_count)
            break;
        if (compiler->op_count > AHEAD && compiler->facts.slot_count > MANY_SLOTS)
            look_ahead(compiler);
        used += compile_op(compiler, compiler->ops, words + used);
        compiler->ops++;
        compiler->op_count--;
    }
    compiler->facts.word_count += used;
    return used;
}

const struct program_header *hb_compiler_facts(const struct hb_compiler *compiler) {
    return &compiler->facts;
}

bool hb_compiler_succeeded(const struct hb_compiler *compiler, char *error) {
    const char *damage = hb_op_source_damage(compiler->source);
    if (damage)
        snprintf(error, ERROR_BYTES, "%s: %s; record or fetch the trace again", compiler->path,
                 damage);
    else if (compiler->failed)
        snprintf(error, ERROR_BYTES, "%s: not enough memory to replay it, or sizes beyond 2^64",
                 compiler->path);
    else if (!compiler->facts.op_count)
        snprintf(error, ERROR_BYTES, "%s: the trace has no operations to replay", compiler->path);
    return !damage && !compiler->failed && compiler->facts.op_count;
}

/* Slots still live are all but the spare ones. */
uint64_t *hb_compiler_left(const struct hb_compiler *compiler, size_t *count) {
    uint64_t slots = compiler->facts.slot_count;
    char *is_spare = calloc(slots + 1, 1);
    uint64_t *left = malloc((slots - compiler->spare_count + 1) * sizeof *left);
    *count = 0;
    for (size_t i = 0; is_spare && i < compiler->spare_count; i++)
        is_spare[compiler->spare[i]] = 1;
    for (uint64_t slot = 0; is_spare && left && slot < slots; slot++)
        if (!is_spare[slot])
            left[(*count)++] = slot;
    bool succeeded = is_spare && left;
    free(is_spare);
    if (succeeded)
        return left;
    free(left);
    return NULL;
}

void hb_compiler_close(struct hb_compiler *compiler) {
    hb_objects_free(&compiler->objects);
    free(compiler->requests);
    free(compiler->spare);
    hb_op_source_close(compiler->source);
    free(compiler);
}
