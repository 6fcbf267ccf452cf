/* adversary.h -- an adversary (harness/worker/adversary.h) as the user names it, played against an
 * allocator in a worker.
 */
#ifndef HB_PASSES_ADVERSARY_H
#define HB_PASSES_ADVERSARY_H

#include "allocators/registry.h"
#include "harness/passes/program.h"
#include "harness/worker/adversary.h"

enum { HB_ADVERSARY_TEXT_MAX = 128, HB_ADVERSARY_ERROR_MAX = 512 };

struct hb_adversary {
    struct adversary_job job; /* but for what depends on the allocator */
    bool has_header;          /* job.header was given; else 8, or 0 for libraries of others */
    char canonical[HB_ADVERSARY_TEXT_MAX];
};

/* An adversary's name, what it does, its source; the last is NULL. */
struct hb_adversary_kind {
    const char *name, *summary, *source;
};
extern const struct hb_adversary_kind hb_adversary_kinds[];

/* Parse `robson:M=4096:n=1024`, `bestfit:m=32:K=120`, each with `:unit=BYTES:header=BYTES` if need
 * be. False with one line in error (HB_ADVERSARY_ERROR_MAX bytes). */
bool hb_adversary_parse(const char *text, struct hb_adversary *adversary, char *error);

/* The allocator as units want it: its break grows by one unit of 32 bytes, never goes down, and no
 * request gets a span, as far as it has these options and they are at their defaults. False with
 * one line in error (HB_ADVERSARY_ERROR_MAX bytes) if it scales. */
bool hb_adversary_prepare(struct hb_spec *spec, char *error);

struct hb_adversary_result {
    uint64_t unit, header;
    uint64_t ops;
    uint64_t live_units;          /* at the peak */
    uint64_t span_bytes;          /* from the first byte of any object to the last, ever */
    uint64_t span_units;          /* the same, with each object's place rounded down */
    uint64_t footprint_bytes;     /* held from the system at most; of ours only, else UINT64_MAX */
    uint64_t resident_peak_bytes; /* sampled */
};

/* Play against the allocator. What was done is left in program (may be NULL), to be freed with
 * hb_program_free. False with one line in error (HB_ADVERSARY_ERROR_MAX bytes). */
bool hb_adversary_run(const struct hb_adversary *adversary, const struct hb_spec *spec,
                      struct hb_program *program, struct hb_adversary_result *result, char *error);

/* Do the operations of a program that hb_adversary_run left, on another allocator. */
bool hb_adversary_replay(const struct hb_adversary *adversary, const struct hb_spec *spec,
                         const struct hb_program *program, struct hb_adversary_result *result,
                         char *error);

/* Where the program's operation put its object, or found it: bytes from the first object. */
int64_t hb_adversary_place(const struct hb_adversary *adversary, const struct hb_program *program,
                           uint64_t op);

/* Robson 1974, Theorem 1: what any allocator needs at least with M units live and sizes that are
 * powers of two up to n: M (1 + log2(n) / 2) - n + 1. */
uint64_t hb_robson_bound(uint64_t live, uint64_t sizes);

#endif
