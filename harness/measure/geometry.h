/* geometry.h -- the caches that a simulation has: this machine's, or others. */
#ifndef HB_GEOMETRY_H
#define HB_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hb_cache {
    uint64_t bytes, ways, line_bytes;
};

/* First-level instructions and data, and the last level. */
struct hb_geometry {
    struct hb_cache i1, l1, ll;
};

enum { HB_GEOMETRY_TEXT_MAX = 256, HB_GEOMETRY_ERROR_MAX = 512 };

/* What hwloc knows of this machine, and usual sizes for what it does not. */
void hb_geometry_of_machine(struct hb_geometry *geometry);

/* Replace the caches that text names, as in L1=32K,8,64:LL=32M,16,64 (bytes, ways, bytes of a
 * line; I1, L1, LL). False with one line in error. */
bool hb_geometry_parse(struct hb_geometry *geometry, const char *text, char *error);

/* The simulator wants a power of two of sets: the next one below. Ways and lines stay. */
void hb_geometry_fit(struct hb_geometry *geometry);

/* As hb_geometry_parse takes it. */
void hb_geometry_text(const struct hb_geometry *geometry, char *text);

#endif
