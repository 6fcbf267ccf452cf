/* compile.c -- operations of a trace become words of a program: objects become slots. */
#include "harness/passes/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/trace.h"

enum { PAGE_OBJECTS = 512, ERROR_BYTES = 512 };
#define WIDE_MIN (UINT64_C(1) << 32)

/* Slots of objects by their number; a page goes when all its objects are dead. */
struct slot_page {
    uint32_t live;
    uint32_t slot[PAGE_OBJECTS];
};

struct hb_compiler {
    struct program_header facts;
    const char *path;
    struct hb_trace_reader *reader;
    const struct hb_op *ops; /* decoded, not yet compiled */
    size_t op_count;
    uint64_t scale;
    struct slot_page **pages;
    size_t page_count;
    uint64_t *requests; /* of each slot */
    uint32_t *spare;    /* slots to use again, the last freed on top */
    size_t spare_count, slot_capacity;
    uint64_t live;
    bool failed;
};

static struct slot_page *page_of(struct hb_compiler *compiler, uint64_t object) {
    size_t index = object / PAGE_OBJECTS;
    if (index >= compiler->page_count) {
        size_t count = (index + 1) * 2;
        struct slot_page **pages = realloc(compiler->pages, count * sizeof *pages);
        if (!pages)
            return NULL;
        memset(pages + compiler->page_count, 0, (count - compiler->page_count) * sizeof *pages);
        compiler->pages = pages;
        compiler->page_count = count;
    }
    if (!compiler->pages[index])
        compiler->pages[index] = malloc(sizeof(struct slot_page));
    return compiler->pages[index];
}

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
    bool first = object % PAGE_OBJECTS == 0;
    struct slot_page *page = page_of(compiler, object);
    if (!page || !slot_take(compiler, slot))
        return false;
    if (first)
        page->live = PAGE_OBJECTS; /* those not born yet keep the page */
    page->slot[object % PAGE_OBJECTS] = *slot;
    compiler->requests[*slot] = 0;
    return true;
}

static uint32_t object_slot(const struct hb_compiler *compiler, uint64_t object) {
    return compiler->pages[object / PAGE_OBJECTS]->slot[object % PAGE_OBJECTS];
}

static void object_dies(struct hb_compiler *compiler, uint64_t object, uint32_t slot) {
    struct slot_page **page = &compiler->pages[object / PAGE_OBJECTS];
    compiler->spare[compiler->spare_count++] = slot;
    if (--(*page)->live == 0) {
        free(*page);
        *page = NULL;
    }
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

/* Returns the words written: 1, or 2 for a wide one. */
static size_t emit(uint64_t *word, enum program_kind kind, uint32_t slot, unsigned alignment_log2,
                   uint64_t request) {
    uint64_t place = (uint64_t)slot << 3;
    bool is_plain = request < WIDE_MIN && (request || kind == PROGRAM_FREE);
    if (is_plain && !alignment_log2) {
        *word = kind | place | request << 32;
        return 1;
    }
    word[0] = PROGRAM_WIDE | place | (uint64_t)kind << 32 | (uint64_t)alignment_log2 << 40;
    word[1] = request;
    return 2;
}

/* Returns the words written: none for a mark. A failure is noted. */
static size_t compile_op(struct hb_compiler *compiler, const struct hb_op *op, uint64_t *word) {
    static const uint8_t kinds[HB_OP_KINDS] = {[HB_OP_MALLOC] = PROGRAM_MALLOC,
                                               [HB_OP_CALLOC] = PROGRAM_CALLOC,
                                               [HB_OP_ALIGNED] = PROGRAM_MALLOC,
                                               [HB_OP_REALLOC] = PROGRAM_REALLOC,
                                               [HB_OP_FREE] = PROGRAM_FREE};
    uint32_t slot = 0;
    uint64_t request;
    if (op->kind == HB_OP_THREAD_START || op->kind == HB_OP_THREAD_END)
        return 0;
    bool dies = op->kind == HB_OP_FREE;
    bool is_known = dies || op->kind == HB_OP_REALLOC;
    if (is_known)
        slot = object_slot(compiler, op->object);
    if ((!is_known && !object_born(compiler, op->object, &slot)) ||
        __builtin_mul_overflow(op->size, compiler->scale, &request)) {
        compiler->failed = true;
        return 0;
    }
    account(compiler, slot, request);
    if (dies)
        object_dies(compiler, op->object, slot);
    return emit(word, kinds[op->kind], slot, op->alignment_log2, request);
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
    compiler->reader = hb_trace_open(path, error);
    if (compiler->reader)
        return compiler;
    free(compiler);
    return NULL;
}

size_t hb_compiler_next(struct hb_compiler *compiler, uint64_t *words, size_t capacity) {
    size_t used = 0;
    while (used + 2 <= capacity && !compiler->failed) {
        if (!compiler->op_count)
            compiler->op_count = hb_trace_next(compiler->reader, &compiler->ops);
        if (!compiler->op_count)
            break;
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
    const char *damage = hb_trace_damage(compiler->reader);
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
    for (size_t i = 0; i < compiler->page_count; i++)
        free(compiler->pages[i]);
    free(compiler->pages);
    free(compiler->requests);
    free(compiler->spare);
    hb_trace_close(compiler->reader);
    free(compiler);
}
