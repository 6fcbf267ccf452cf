/* subject.c -- open an allocator for a claim. */
#include "harness/tour/subject.h"

#include <string.h>
#include <sys/mman.h>

#include "allocators/front.h"
#include "allocators/text.h"

/* Those whose blocks have the header of docs/block-model.md. */
static const char *const tagged[] = {"firstfit",   "nextfit",  "bestfit", "worstfit",
                                     "segregated", "quickfit", "tlsf",    "halffit"};

#define TAGGED_SIZE_MASK ((uint64_t)0xFFFFFFFF0) /* bits 4 to 35 */
#define GLIBC_SIZE_MASK  (~(uint64_t)7)

enum tour_kind tour_kind_of(const struct hb_spec *spec) {
    if (!spec->family)
        return TOUR_NOBODYS;
    if (spec->family->is_foreign)
        return spec->library[0] || strcmp(spec->family->name, "glibc") != 0 ? TOUR_OTHER
                                                                            : TOUR_LIBC;
    for (size_t i = 0; i < sizeof tagged / sizeof *tagged; i++)
        if (strcmp(spec->family->name, tagged[i]) == 0)
            return spec->config.guard == HB_GUARD_ON ? TOUR_GUARDED : TOUR_TAGGED;
    return TOUR_OTHER;
}

static bool subject_fail(char *message, const char *what, const char *detail) {
    struct hb_text text = hb_text_start(message, TOUR_MESSAGE_MAX);
    hb_text_add(&text, what);
    hb_text_add(&text, detail);
    return false;
}

bool tour_subject_open(struct tour_subject *subject, const char *spec, char *message) {
    char error[HB_OPTION_ERROR_MAX];
    if (!*spec)
        return true;
    if (hb_spec_parse(spec, &subject->spec, error) != HB_SPEC_OK)
        return subject_fail(message, "the worker does not know ", error);
    struct hb_config *config = &subject->spec.config;
    subject->kind = tour_kind_of(&subject->spec);
    subject->allocator = subject->spec.allocator;
    subject->state = mmap(NULL, subject->allocator->state_bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (subject->state == MAP_FAILED)
        return subject_fail(message, "no memory for the state of ", spec);
    if (!subject->spec.family->is_foreign && !hb_backend_open(&subject->backend, config))
        return subject_fail(message, "the system gives no address range for the heap of ", spec);
    if (!subject->allocator->open(subject->state, config, &subject->backend))
        return subject_fail(message, "the heap could not be opened: ", spec);
    return true;
}

void *tour_alloc(struct tour_subject *subject, size_t request) {
    return hb_front_malloc(subject->allocator, subject->state, request);
}

void tour_free(struct tour_subject *subject, void *payload) {
    hb_front_free(subject->allocator, subject->state, payload);
}

struct sought {
    const void *payload;
    size_t bytes;
};

static bool sought_visit(void *context, const struct hb_block *block) {
    struct sought *sought = context;
    if (block->payload == sought->payload)
        sought->bytes = block->bytes;
    return sought->bytes == 0;
}

size_t tour_header_bytes(enum tour_kind kind, uint64_t header) {
    return header & (kind == TOUR_LIBC ? GLIBC_SIZE_MASK : TAGGED_SIZE_MASK);
}

size_t tour_block_bytes(struct tour_subject *subject, const void *payload) {
    struct sought sought = {payload, 0};
    if (subject->kind == TOUR_LIBC)
        return tour_header_bytes(TOUR_LIBC, ((const uint64_t *)payload)[-1]);
    if (subject->allocator->walk)
        subject->allocator->walk(subject->state, sought_visit, &sought);
    return sought.bytes;
}
