/* allocators.h -- the allocators that papers are measured on. */
#ifndef HB_PAPERS_ALLOCATORS_H
#define HB_PAPERS_ALLOCATORS_H

#include "allocators/registry.h"

enum { HB_PAPER_ALLOCATORS_MAX = 64 };

struct hb_paper_allocators {
    struct hb_spec specs[HB_PAPER_ALLOCATORS_MAX];
    char names[HB_PAPER_ALLOCATORS_MAX][64]; /* for keys of figures */
    size_t count;
};

/* Every strategy that frees, with the values of the option that makes another policy of it (order,
 * system, classes), each with settings, as ":grow=32", appended. NULL without memory. */
struct hb_paper_allocators *hb_paper_strategies(const char *settings);

/* glibc, and those of others that are installed and can be preloaded here. */
struct hb_paper_allocators *hb_paper_foreigns(void);

/* Parse a spec that is known to be right. */
void hb_paper_spec(const char *text, struct hb_spec *spec);

#endif
