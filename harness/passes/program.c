#include "harness/passes/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "workloads/trace.h"

enum { PAGE_OBJECTS = 512, FIRST_BYTES = 1 << 20, ERROR_BYTES = 512 };
#define WIDE_MIN (UINT64_C(1) << 32)

/* Slots of objects by their number; a page goes when all its objects are dead. */
struct slot_page {
    uint32_t live;
    uint32_t slot[PAGE_OBJECTS];
};

struct compiler {
    struct hb_program *program;
    uint64_t scale;
    struct slot_page **pages;
    size_t page_count;
    uint64_t *requests; /* of each slot */
    uint32_t *spare;    /* slots to use again, the last freed on top */
    size_t spare_count, slot_capacity;
    uint64_t live;
    bool failed;
};

static uint64_t *program_end(const struct hb_program *program) {
    return (uint64_t *)program_words(program->header) + program->header->word_count;
}

static bool program_reserve(struct hb_program *program, size_t more_words) {
    size_t used = sizeof *program->header + program->header->word_count * sizeof(uint64_t);
    size_t need = used + more_words * sizeof(uint64_t);
    if (need <= program->capacity)
        return true;
    size_t capacity = program->capacity * 2 > need ? program->capacity * 2 : need * 2;
    if (ftruncate(program->file, (off_t)capacity) != 0)
        return false;
    void *moved = mremap(program->header, program->capacity, capacity, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED)
        return false;
    program->header = moved;
    program->capacity = capacity;
    return true;
}

static bool program_open(struct hb_program *program, uint64_t scale) {
    *program = (struct hb_program){.file = memfd_create("heapbench-program", MFD_CLOEXEC)};
    if (program->file < 0 || ftruncate(program->file, FIRST_BYTES) != 0)
        return false;
    program->header = mmap(NULL, FIRST_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, program->file, 0);
    if (program->header == MAP_FAILED)
        return false;
    program->capacity = FIRST_BYTES;
    *program->header = (struct program_header){.magic = PROGRAM_MAGIC, .scale = scale};
    return true;
}

static struct slot_page *page_of(struct compiler *compiler, uint64_t object) {
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

static bool slots_grow(struct compiler *compiler) {
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

static bool slot_take(struct compiler *compiler, uint32_t *slot) {
    struct program_header *header = compiler->program->header;
    if (compiler->spare_count) {
        *slot = compiler->spare[--compiler->spare_count];
        return true;
    }
    if (header->slot_count == PROGRAM_SLOTS_MAX ||
        (header->slot_count == compiler->slot_capacity && !slots_grow(compiler)))
        return false;
    *slot = (uint32_t)header->slot_count++;
    return true;
}

static bool object_born(struct compiler *compiler, uint64_t object, uint32_t *slot) {
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

static uint32_t object_slot(const struct compiler *compiler, uint64_t object) {
    return compiler->pages[object / PAGE_OBJECTS]->slot[object % PAGE_OBJECTS];
}

static void object_dies(struct compiler *compiler, uint64_t object, uint32_t slot) {
    struct slot_page **page = &compiler->pages[object / PAGE_OBJECTS];
    compiler->spare[compiler->spare_count++] = slot;
    if (--(*page)->live == 0) {
        free(*page);
        *page = NULL;
    }
}

/* Live bytes after the current op; the first peak is kept. */
static void account(struct compiler *compiler, uint32_t slot, uint64_t request) {
    struct program_header *header = compiler->program->header;
    compiler->live += request - compiler->requests[slot];
    compiler->requests[slot] = request;
    if (compiler->live > header->peak_live_bytes) {
        header->peak_live_bytes = compiler->live;
        header->peak_live_op = header->op_count;
    }
    if (request > header->largest_request)
        header->largest_request = request;
    header->op_count++;
}

static void emit(struct compiler *compiler, enum program_kind kind, uint32_t slot,
                 unsigned alignment_log2, uint64_t request) {
    struct program_header *header = compiler->program->header;
    uint64_t *word = program_end(compiler->program);
    uint64_t place = (uint64_t)slot << 3;
    bool is_plain = request < WIDE_MIN && (request || kind == PROGRAM_FREE);
    if (is_plain && !alignment_log2) {
        *word = kind | place | request << 32;
        header->word_count++;
        return;
    }
    word[0] = PROGRAM_WIDE | place | (uint64_t)kind << 32 | (uint64_t)alignment_log2 << 40;
    word[1] = request;
    header->word_count += 2;
}

static bool compile_op(struct compiler *compiler, const struct hb_op *op) {
    static const uint8_t kinds[HB_OP_KINDS] = {[HB_OP_MALLOC] = PROGRAM_MALLOC,
                                               [HB_OP_CALLOC] = PROGRAM_CALLOC,
                                               [HB_OP_ALIGNED] = PROGRAM_MALLOC,
                                               [HB_OP_REALLOC] = PROGRAM_REALLOC,
                                               [HB_OP_FREE] = PROGRAM_FREE};
    uint32_t slot = 0;
    uint64_t request;
    if (op->kind == HB_OP_THREAD_START || op->kind == HB_OP_THREAD_END)
        return true;
    bool dies = op->kind == HB_OP_FREE;
    if (dies || op->kind == HB_OP_REALLOC)
        slot = object_slot(compiler, op->object);
    else if (!object_born(compiler, op->object, &slot))
        return false;
    if (__builtin_mul_overflow(op->size, compiler->scale, &request))
        return false;
    emit(compiler, kinds[op->kind], slot, op->alignment_log2, request);
    account(compiler, slot, request);
    if (dies)
        object_dies(compiler, op->object, slot);
    return true;
}

/* Slots still live are all but the spare ones. */
static bool compile_left(struct compiler *compiler) {
    struct program_header *header = compiler->program->header;
    uint64_t live = header->slot_count - compiler->spare_count;
    if (!program_reserve(compiler->program, live))
        return false;
    header = compiler->program->header;
    char *is_spare = calloc(header->slot_count + 1, 1);
    if (!is_spare)
        return false;
    for (size_t i = 0; i < compiler->spare_count; i++)
        is_spare[compiler->spare[i]] = 1;
    uint64_t *left = program_end(compiler->program);
    for (uint64_t slot = 0; slot < header->slot_count; slot++)
        if (!is_spare[slot])
            left[header->left_count++] = slot;
    free(is_spare);
    header->bytes = sizeof *header + (header->word_count + header->left_count) * sizeof(uint64_t);
    return ftruncate(compiler->program->file, (off_t)header->bytes) == 0;
}

static bool compile_blocks(struct compiler *compiler, struct hb_trace_reader *reader) {
    const struct hb_op *ops;
    size_t count;
    while ((count = hb_trace_next(reader, &ops)) > 0) {
        if (!program_reserve(compiler->program, 2 * count))
            return false;
        for (size_t i = 0; i < count; i++)
            if (!compile_op(compiler, &ops[i]))
                return false;
    }
    return compile_left(compiler);
}

static void compiler_clear(struct compiler *compiler) {
    for (size_t i = 0; i < compiler->page_count; i++)
        free(compiler->pages[i]);
    free(compiler->pages);
    free(compiler->requests);
    free(compiler->spare);
}

bool hb_program_compile(struct hb_program *program, const char *path, uint64_t scale, char *error) {
    struct hb_trace_reader *reader = hb_trace_open(path, error);
    if (!reader)
        return false;
    struct compiler compiler = {.program = program, .scale = scale};
    bool compiled = program_open(program, scale) && compile_blocks(&compiler, reader);
    const char *damage = hb_trace_damage(reader);
    if (damage)
        snprintf(error, ERROR_BYTES, "%s: %s; record or fetch the trace again", path, damage);
    else if (!compiled)
        snprintf(error, ERROR_BYTES, "%s: not enough memory to replay it, or sizes beyond 2^64",
                 path);
    else if (!program->header->op_count)
        snprintf(error, ERROR_BYTES, "%s: the trace has no operations to replay", path);
    bool usable = compiled && !damage && program->header->op_count;
    hb_trace_close(reader);
    compiler_clear(&compiler);
    if (!usable)
        hb_program_free(program);
    return usable;
}

void hb_program_free(struct hb_program *program) {
    if (program->header && program->header != MAP_FAILED)
        munmap(program->header, program->capacity);
    if (program->file >= 0)
        close(program->file);
    *program = (struct hb_program){.file = -1};
}
