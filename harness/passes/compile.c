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

/* What changes with each operation; a copy of it stays in registers. */
struct compiled {
    size_t spare_count;
    uint64_t slot_count, op_count, born;
    uint64_t live_bytes, peak_live_bytes, peak_live_op, largest_request;
};

struct hb_compiler {
    struct program_header facts;
    struct compiled compiled;
    const char *path;
    struct hb_op_source *source;
    const struct hb_op *ops; /* decoded, not yet compiled */
    size_t op_count;
    uint64_t scale;
    struct hb_objects objects; /* the slot of each */
    uint64_t *requests;        /* of each slot, 0 of those to take */
    /* Slots to take, the next one on top: those that were freed, above those never used. */
    uint32_t *spare;
    size_t slot_capacity;
    bool failed;
};

/* There is no slot to take: double them. */
static bool slots_grow(struct hb_compiler *compiler, struct compiled *compiled) {
    size_t before = compiler->slot_capacity, capacity = before ? before * 2 : 4096;
    if (before == PROGRAM_SLOTS_MAX)
        return false;
    uint64_t *requests = realloc(compiler->requests, capacity * sizeof *requests);
    if (requests)
        compiler->requests = requests;
    uint32_t *spare = realloc(compiler->spare, (capacity + 1) * sizeof *spare);
    if (spare)
        compiler->spare = spare;
    if (!requests || !spare)
        return false;
    memset(requests + before, 0, (capacity - before) * sizeof *requests);
    for (size_t slot = capacity; slot > before; slot--)
        spare[compiled->spare_count++] = (uint32_t)slot - 1;
    spare[compiled->spare_count] = 0;
    compiler->slot_capacity = capacity;
    return true;
}

/* The page of op's object, and a slot should it be born; NULL without memory. */
static struct hb_object_page *op_prepare(struct hb_compiler *compiler, struct compiled *compiled,
                                         const struct hb_op *op) {
    size_t index = op->object / HB_OBJECTS_OF_PAGE;
    if ((!compiled->spare_count && !slots_grow(compiler, compiled)) ||
        !hb_objects_reach(&compiler->objects, op->object))
        return NULL;
    return compiler->objects.pages[index];
}

/* Write the words of an operation. Returns how many: none for a mark, or for a failure, which is
 * noted. Births and deaths go one way: which comes next is the trace's, and hardly predictable. A
 * birth takes the slot on top of the spare ones, a death puts its own there; what is stored above
 * the top does not matter. */
static inline __attribute__((always_inline)) size_t compile_op(struct hb_compiler *compiler,
                                                               struct compiled *compiled,
                                                               const struct hb_op *op,
                                                               uint64_t *word) {
    uint64_t births = op->kind <= HB_OP_ALIGNED, dies = op->kind == HB_OP_FREE, request;
    size_t index = op->object / HB_OBJECTS_OF_PAGE;
    if (__builtin_expect(op->kind >= HB_OP_THREAD_START, 0))
        return 0;
    struct hb_object_page *page =
        index < compiler->objects.page_count ? compiler->objects.pages[index] : NULL;
    if (__builtin_expect(!page || !compiled->spare_count, 0))
        page = op_prepare(compiler, compiled, op);
    if (!page || __builtin_mul_overflow(op->size, compiler->scale, &request)) {
        compiler->failed = true;
        return 0;
    }
    uint64_t *own = &page->value[op->object % HB_OBJECTS_OF_PAGE];
    uint32_t *top = &compiler->spare[compiled->spare_count - births];
    uint32_t slot = births ? *top : (uint32_t)*own;
    *own = *top = slot;
    page->left -= (uint32_t)dies;
    compiled->spare_count += dies - births;
    compiled->slot_count = slot < compiled->slot_count ? compiled->slot_count : (uint64_t)slot + 1;
    compiled->born += births;
    compiled->live_bytes += request - compiler->requests[slot];
    compiler->requests[slot] = request;
    bool is_peak = compiled->live_bytes > compiled->peak_live_bytes;
    compiled->peak_live_bytes = is_peak ? compiled->live_bytes : compiled->peak_live_bytes;
    compiled->peak_live_op = is_peak ? compiled->op_count : compiled->peak_live_op;
    if (request > compiled->largest_request)
        compiled->largest_request = request;
    compiled->op_count++;
    if (__builtin_expect(page->left == 0, 0))
        hb_objects_drop_page(&compiler->objects, op->object);
    return hb_word_write(word, op, slot, request);
}

/* Where many objects live, each is a cache miss: those of the operations to come are fetched while
 * the present one is compiled, first their slot, then, as it is at hand, what the slot holds. */
static void look_ahead(const struct hb_compiler *compiler, const struct hb_op *op, uint64_t born) {
    const struct hb_op *far = op + AHEAD, *near = op + AHEAD / 2;
    if (far->kind == HB_OP_FREE || far->kind == HB_OP_REALLOC)
        hb_objects_prefetch(&compiler->objects, far->object);
    if ((near->kind == HB_OP_FREE || near->kind == HB_OP_REALLOC) && near->object < born)
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

/* Compile operations at hand. Returns the words written. */
static size_t compile_ops(struct hb_compiler *compiler, uint64_t *words, size_t capacity) {
    struct compiled compiled = compiler->compiled;
    const struct hb_op *op = compiler->ops, *end = op + compiler->op_count;
    bool looks_ahead = compiled.slot_count > MANY_SLOTS;
    size_t used = 0;
    for (; op < end && used + HB_WORDS_OF_OP <= capacity && !compiler->failed; op++) {
        if (looks_ahead && end - op > AHEAD)
            look_ahead(compiler, op, compiled.born);
        used += compile_op(compiler, &compiled, op, words + used);
    }
    compiler->ops = op;
    compiler->op_count = (size_t)(end - op);
    compiler->compiled = compiled;
    return used;
}

size_t hb_compiler_next(struct hb_compiler *compiler, uint64_t *words, size_t capacity) {
    size_t used = 0;
    while (used + HB_WORDS_OF_OP <= capacity && !compiler->failed) {
        if (!compiler->op_count)
            compiler->op_count = hb_op_source_next(compiler->source, &compiler->ops);
        if (!compiler->op_count)
            break;
        used += compile_ops(compiler, words + used, capacity - used);
    }
    struct program_header *facts = &compiler->facts;
    const struct compiled *compiled = &compiler->compiled;
    facts->word_count += used;
    facts->slot_count = compiled->slot_count;
    facts->op_count = compiled->op_count;
    facts->peak_live_bytes = compiled->peak_live_bytes;
    facts->peak_live_op = compiled->peak_live_op;
    facts->largest_request = compiled->largest_request;
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
    size_t spare_count = compiler->compiled.spare_count, slots = compiler->slot_capacity;
    char *is_spare = calloc(slots + 1, 1);
    uint64_t *left = malloc((slots - spare_count + 1) * sizeof *left);
    *count = 0;
    for (size_t i = 0; is_spare && i < spare_count; i++)
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
