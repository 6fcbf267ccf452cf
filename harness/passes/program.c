#include "harness/passes/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/passes/compile.h"

enum { STEP_WORDS = 1 << 12, ERROR_BYTES = 512 };

/* What a streamed program keeps of its start, for passes that replay a prefix. */
#define KEPT_WORDS (UINT64_C(1) << 20)

static uint64_t *program_at(const struct hb_program *program, uint64_t word) {
    return (uint64_t *)program_words(program->header) + word;
}

static bool program_open(struct hb_program *program, const char *path) {
    *program =
        (struct hb_program){.file = memfd_create("heapbench-program", MFD_CLOEXEC), .path = path};
    return program->file >= 0;
}

/* Written, as storing into a mapping costs a page fault for each page. */
static bool program_write(const struct hb_program *program, uint64_t word, const uint64_t *words,
                          size_t count) {
    const char *bytes = (const char *)words;
    size_t left = count * sizeof *words;
    off_t at = (off_t)(sizeof *program->header + word * sizeof *words);
    while (left) {
        ssize_t written = pwrite(program->file, bytes, left, at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        at += written;
        left -= (size_t)written;
    }
    return true;
}

static bool program_map(struct hb_program *program, uint64_t words) {
    size_t capacity = sizeof *program->header + words * sizeof(uint64_t);
    if (ftruncate(program->file, (off_t)capacity) != 0)
        return false;
    void *map = mmap(NULL, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, program->file, 0);
    if (map == MAP_FAILED)
        return false;
    program->header = map;
    program->capacity = capacity;
    return true;
}

/* The words that are kept, to words_max; of a longer trace the first. Sets *kept to how many. False
 * if there is no memory. */
static bool program_fill(struct hb_program *program, struct hb_compiler *compiler,
                         uint64_t words_max, uint64_t *kept) {
    uint64_t words[STEP_WORDS];
    size_t count;
    *kept = 0;
    while ((count = hb_compiler_next(compiler, words, STEP_WORDS))) {
        if (program->is_streamed)
            continue;
        if (!program_write(program, *kept, words, count))
            return false;
        *kept += count;
        program->is_streamed = *kept > words_max;
    }
    if (program->is_streamed && *kept > KEPT_WORDS)
        *kept = KEPT_WORDS;
    return true;
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
    bool succeeded = left && program_map(program, kept + left_count);
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
    uint64_t kept = 0;
    bool compiled =
        program_open(program, path) && program_fill(program, compiler, words_max, &kept);
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
    if (program->header)
        munmap(program->header, program->capacity);
    if (program->file >= 0)
        close(program->file);
    *program = (struct hb_program){.file = -1};
}
