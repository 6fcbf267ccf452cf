#include "harness/passes/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/passes/compile.h"

enum { FIRST_BYTES = 1 << 20, STEP_WORDS = 1 << 16, ERROR_BYTES = 512 };

/* What a streamed program keeps of its start, for passes that replay a prefix. */
#define KEPT_WORDS (UINT64_C(1) << 20)

static uint64_t *program_at(const struct hb_program *program, uint64_t word) {
    return (uint64_t *)program_words(program->header) + word;
}

static bool program_reserve(struct hb_program *program, uint64_t words) {
    size_t need = sizeof *program->header + words * sizeof(uint64_t);
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

static bool program_open(struct hb_program *program, const char *path) {
    *program =
        (struct hb_program){.file = memfd_create("heapbench-program", MFD_CLOEXEC), .path = path};
    if (program->file < 0 || ftruncate(program->file, FIRST_BYTES) != 0)
        return false;
    program->header = mmap(NULL, FIRST_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, program->file, 0);
    if (program->header == MAP_FAILED)
        return false;
    program->capacity = FIRST_BYTES;
    return true;
}

/* The words that are kept, to words_max; of a longer trace the first. Returns how many. False in
 * *compiled if there is no memory. */
static uint64_t program_fill(struct hb_program *program, struct hb_compiler *compiler,
                             uint64_t words_max, bool *compiled) {
    uint64_t kept = 0, scratch[STEP_WORDS / 16];
    size_t count = 1;
    *compiled = true;
    while (count && *compiled) {
        if (program->is_streamed) {
            count = hb_compiler_next(compiler, scratch, STEP_WORDS / 16);
        } else if ((*compiled = program_reserve(program, kept + STEP_WORDS))) {
            count = hb_compiler_next(compiler, program_at(program, kept), STEP_WORDS);
            kept += count;
        }
        program->is_streamed |= kept > words_max;
    }
    if (!program->is_streamed)
        return kept;
    return kept < KEPT_WORDS ? kept : KEPT_WORDS;
}

/* The first words of a streamed program must end with an operation. */
static uint64_t whole_words(const struct hb_program *program, uint64_t kept) {
    if (!program->is_streamed)
        return kept;
    const uint64_t *word = program_at(program, 0), *end = word + kept, *last = word;
    while (word < end) {
        last = word;
        program_next(&word);
    }
    return (uint64_t)((word == end ? word : last) - program_at(program, 0));
}

static bool program_finish(struct hb_program *program, const struct hb_compiler *compiler,
                           uint64_t kept) {
    size_t left_count;
    uint64_t *left = hb_compiler_left(compiler, &left_count);
    bool succeeded = left && program_reserve(program, kept + left_count);
    if (succeeded) {
        struct program_header *header = program->header;
        *header = *hb_compiler_facts(compiler);
        header->word_count = whole_words(program, kept);
        header->left_count = left_count;
        header->bytes = sizeof *header + (header->word_count + left_count) * sizeof(uint64_t);
        memcpy(program_at(program, header->word_count), left, left_count * sizeof *left);
        succeeded = ftruncate(program->file, (off_t)header->bytes) == 0;
    }
    free(left);
    return succeeded;
}

bool hb_program_compile(struct hb_program *program, const char *path, uint64_t scale,
                        uint64_t words_max, char *error) {
    struct hb_compiler *compiler = hb_compiler_open(path, scale, error);
    *program = (struct hb_program){.file = -1};
    if (!compiler)
        return false;
    bool compiled = false;
    uint64_t kept =
        program_open(program, path) ? program_fill(program, compiler, words_max, &compiled) : 0;
    bool usable = compiled && hb_compiler_succeeded(compiler, error);
    if (!compiled || (usable && !program_finish(program, compiler, kept))) {
        snprintf(error, ERROR_BYTES, "%s: not enough memory to replay it", path);
        usable = false;
    }
    hb_compiler_close(compiler);
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
