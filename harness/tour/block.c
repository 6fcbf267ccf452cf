/* block.c -- claim: a block is larger than what was asked for; here are its bytes. */
#include <string.h>

#include "allocators/guard_tag.h"
#include "harness/tour/claim.h"

enum { LARGER, HEADER, LINKS, TAGS, GUARDED };
enum { REQUEST_GUARDED = 100, BLOCKS = 6, FILLER = 0x41 };

/* The first is beyond glibc's caches of small blocks, whose links look otherwise. */
enum { REQUEST_LIBC = 2000, REQUEST_TAGGED = 700 };

static const char *const promises[] = {
    [LARGER] = "A block is larger than what was asked for.",
    [HEADER] =
        "Just before the payload stands the header: the block's size, and flags in its low bits.",
    [LINKS] = "A free block holds its links to other free blocks where its payload was.",
    [TAGS] = "A free block repeats its size at its end, where the next block's header says so.",
    [GUARDED] = "With guard=on a sealed header stands before the payload, and a canary behind it.",
    NULL,
};

static const char *const subjects[] = {"glibc", "segregated", "bestfit:guard=on", NULL};

static bool suits(enum tour_kind kind) {
    return kind == TOUR_LIBC || kind == TOUR_TAGGED || kind == TOUR_GUARDED;
}

static void bytes_note(struct tour_block_bytes *bytes, uint64_t header_at, uint64_t block_bytes) {
    const char *header = (const char *)header_at;
    memcpy(bytes->head, header, sizeof bytes->head);
    memcpy(bytes->end, header + block_bytes - sizeof(uint64_t), sizeof bytes->end);
}

/* The strategy's payload is this far below the guard's. */
static uint64_t header_place(const struct tour_facts *facts, const void *payload) {
    return (uintptr_t)payload - sizeof(uint64_t) - (facts->kind == TOUR_GUARDED ? TAG_BYTES : 0);
}

static bool free_note(void *context, const struct hb_block *block) {
    struct tour_block *seen = context;
    if (block->kind == HB_BLOCK_FREE)
        seen->free_payloads[seen->free_count++] = (uintptr_t)block->payload;
    return seen->free_count < TOUR_BLOCK_FREE_MAX;
}

static void observe(struct tour_subject *subject, struct tour_facts *facts) {
    struct tour_block *seen = &facts->block;
    unsigned char *payloads[BLOCKS];
    facts->kind = subject->kind;
    seen->request = facts->kind == TOUR_GUARDED  ? REQUEST_GUARDED
                    : facts->kind == TOUR_TAGGED ? REQUEST_TAGGED
                                                 : REQUEST_LIBC;
    for (size_t i = 0; i < BLOCKS; i++) {
        payloads[i] = tour_alloc(subject, seen->request);
        if (!payloads[i])
            return;
        memset(payloads[i], FILLER, seen->request);
    }
    seen->payload = (uintptr_t)payloads[0];
    seen->next = (uintptr_t)payloads[1];
    seen->other = (uintptr_t)payloads[2];
    seen->heap_base = (uintptr_t)subject->backend.heap_base;
    seen->usable = subject->allocator->usable(subject->state, payloads[0]);
    seen->block_bytes = seen->next - seen->payload; /* they were taken one after the other */
    seen->header_at = header_place(facts, payloads[0]);
    bytes_note(&seen->live, seen->header_at, seen->block_bytes);
    if (facts->kind == TOUR_GUARDED) {
        memcpy(seen->tag, payloads[0] - TAG_BYTES, sizeof seen->tag);
        memcpy(seen->canary, payloads[0] + seen->request, sizeof seen->canary);
    }
    for (size_t i = 0; i < BLOCKS;
         i += 2) /* three, as the first in a bin may stand in the bin alone */
        tour_free(subject, payloads[i]);
    bytes_note(&seen->freed, seen->header_at, seen->block_bytes);
    bytes_note(&seen->other_freed, header_place(facts, payloads[2]), seen->block_bytes);
    if (facts->kind == TOUR_TAGGED)
        subject->allocator->walk(subject->state, free_note, seen);
    else
        seen->free_payloads[seen->free_count++] = seen->other;
}

static uint64_t word_at(const unsigned char *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Does a word name a block: by its payload's address, its header's or glibc's chunk's, or as ours
 * do in trees, by the distance from heap_base - 8 in units of 16, in 32 bits? */
static bool word_names(const struct tour_block *seen, uint64_t word, uint64_t payload) {
    uint64_t reference = (payload - seen->heap_base) / 16;
    return word == payload || word == payload - 8 || word == payload - 16 ||
           (seen->heap_base && (uint32_t)word == (uint32_t)reference);
}

/* Is there a free block that a free block's head names? */
static bool links_out(const struct tour_block *seen, const struct tour_block_bytes *bytes,
                      uint64_t payload) {
    for (size_t at = sizeof(uint64_t); at + sizeof(uint64_t) <= sizeof bytes->head; at += 4)
        for (size_t i = 0; i < seen->free_count; i++)
            if (seen->free_payloads[i] != payload &&
                word_names(seen, word_at(&bytes->head[at]), seen->free_payloads[i]))
                return true;
    return false;
}

static void tags_judge(const struct tour_facts *facts, struct tour_findings *findings) {
    const struct tour_block *seen = &facts->block;
    size_t repeated = tour_header_bytes(facts->kind, word_at(seen->freed.end));
    uint64_t next_live = word_at(&seen->live.end[8]), next_freed = word_at(&seen->freed.end[8]);
    /* glibc's flag 1 says that the block before is in use, our 2 that it is free. */
    bool says_free = facts->kind == TOUR_LIBC ? (next_live & 1) && !(next_freed & 1)
                                              : !(next_live & 2) && (next_freed & 2);
    tour_judge(findings, TAGS, repeated == seen->block_bytes && says_free,
               "before the next header %zu is read, and that header went from %#llx to %#llx",
               repeated, (unsigned long long)next_live, (unsigned long long)next_freed);
}

static bool guard_holds(const struct tour_block *seen) {
    struct tag tag;
    memcpy(&tag, seen->tag, sizeof tag);
    for (size_t i = 0; i < CANARY_BYTES; i++)
        if (seen->canary[i] != canary_byte((const void *)seen->payload, i))
            return false;
    return tag_request(&tag) == seen->request &&
           tag_says(&tag, (const void *)seen->payload, SEAL_LIVE);
}

static void check(const struct tour_facts *facts, struct tour_findings *findings) {
    const struct tour_block *seen = &facts->block;
    uint64_t header = word_at(seen->live.head);
    tour_judge(findings, LARGER, seen->block_bytes > seen->request,
               "a block for %llu bytes takes %llu", (unsigned long long)seen->request,
               (unsigned long long)seen->block_bytes);
    tour_judge(findings, HEADER,
               tour_header_bytes(facts->kind, header) == seen->block_bytes && !(seen->payload % 16),
               "the header is %#llx, the next block begins %llu bytes on",
               (unsigned long long)header, (unsigned long long)seen->block_bytes);
    if (facts->kind == TOUR_GUARDED) {
        tour_judge(findings, GUARDED, guard_holds(seen), "they are not what the guard writes");
        return;
    }
    tour_judge(findings, LINKS,
               links_out(seen, &seen->freed, seen->payload) ||
                   links_out(seen, &seen->other_freed, seen->other),
               "the free blocks at %#llx and %#llx name no other free block",
               (unsigned long long)seen->payload, (unsigned long long)seen->other);
    tags_judge(facts, findings);
}

static void bytes_show(struct tour_paper *paper, const struct tour_block *seen,
                       const struct tour_block_bytes *bytes) {
    tour_bytes(paper, seen->header_at, bytes->head, 8);
    tour_bytes(paper, seen->header_at + 8, bytes->head + 8, TOUR_BLOCK_HEAD - 16);
    tour_line(paper, "...");
    tour_bytes(paper, seen->header_at + seen->block_bytes - 8, bytes->end, 8);
    tour_bytes(paper, seen->header_at + seen->block_bytes, bytes->end + 8, 8);
}

static void guard_show(struct tour_paper *paper, const struct tour_block *seen) {
    tour_text(paper,
              "The strategy's header, then the guard's: size and place, and a seal over them:");
    tour_bytes(paper, seen->header_at, seen->live.head, 8);
    tour_bytes(paper, seen->payload - TAG_BYTES, seen->tag, sizeof seen->tag);
    tour_text(paper, "%llu bytes of payload from 0x%llx on, then the canary, which free looks at:",
              (unsigned long long)seen->request, (unsigned long long)seen->payload);
    tour_bytes(paper, seen->payload + seen->request, seen->canary, sizeof seen->canary);
}

static void show(const struct tour_facts *facts, struct tour_paper *paper) {
    const struct tour_block *seen = &facts->block;
    uint64_t header = word_at(seen->live.head);
    tour_text(paper,
              "malloc(%llu) = 0x%llx. Its block is %llu bytes: the next one begins so far on. Its "
              "header reads %llu, that is %zu and flags.",
              (unsigned long long)seen->request, (unsigned long long)seen->payload,
              (unsigned long long)seen->block_bytes, (unsigned long long)(header & 0xffffffff),
              tour_header_bytes(facts->kind, header));
    tour_gap(paper);
    if (facts->kind == TOUR_GUARDED) {
        guard_show(paper, seen);
        return;
    }
    tour_text(paper, "Live, its payload filled with 41: the header, the payload's first bytes, its "
                     "last 8 bytes, the next block's header. (The lowest byte comes first.)");
    bytes_show(paper, seen, &seen->live);
    tour_gap(paper);
    tour_text(paper,
              "The same bytes after free, when the block at 0x%llx is free, too: links, next "
              "and previous; the size again at the end.",
              (unsigned long long)seen->other);
    bytes_show(paper, seen, &seen->freed);
}

extern const struct tour_claim tour_claim_block;
const struct tour_claim tour_claim_block = {
    .name = "block",
    .title = "A block is larger than what was asked for: here are its bytes",
    .promises = promises,
    .subjects = subjects,
    .only = "its blocks have no header of this kind",
    .suits = suits,
    .observe = observe,
    .check = check,
    .show = show,
};
