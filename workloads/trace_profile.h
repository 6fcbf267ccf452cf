/* trace_profile.h -- what a trace does over its course: lives of objects, threads, live bytes. */
#ifndef HB_TRACE_PROFILE_H
#define HB_TRACE_PROFILE_H

#include "workloads/op_source.h"
#include "workloads/trace_phases.h"

/* Class 0 is the number 0; class k is 2^(k-1) to 2^k - 1. */
enum { HB_TRACE_CLASSES = 65 };

/* Threads that have a curve of their own, at most: the first to appear. */
enum { HB_TRACE_PROFILE_CURVES = 256 };

/* What a lifetime is counted in, between an object's birth and its free, both left out. */
enum hb_trace_clock {
    HB_TRACE_CLOCK_BIRTHS, /* objects born                          */
    HB_TRACE_CLOCK_OPS,    /* operations, thread marks left out     */
    HB_TRACE_CLOCK_BYTES,  /* bytes asked for by births and reallocs */
    HB_TRACE_CLOCKS
};

struct hb_trace_thread {
    uint32_t number;
    uint64_t op_count, birth_count, free_count;
    uint64_t foreign_free_count;          /* of these, objects that another thread bore */
    uint64_t live_bytes, peak_live_bytes; /* of the objects that it bore */
    struct hb_trace_curve *curve;         /* of these; NULL if it appeared too late */
};

/* A call site; all that no site is known of are one, number 0. */
struct hb_trace_site {
    uint32_t number;        /* hb_op_source_sites has its name */
    uint64_t object_count;  /* born there */
    uint64_t realloc_count; /* made there, of whatever objects */
    uint64_t bytes;         /* asked for there, by births and reallocs; modulo 2^64 */
    uint64_t free_count;    /* of the objects born there, how many were freed */
    uint64_t lifetime_count[HB_TRACE_CLASSES]; /* these, by lifetime in births */
    uint64_t lifetime_median;                  /* least of the class that holds the median */
};

struct hb_trace_profile {
    uint64_t request_count[HB_TRACE_CLASSES];                   /* births and reallocs, by size */
    uint64_t request_bytes[HB_TRACE_CLASSES];                   /* their sum, modulo 2^64 */
    uint64_t lifetime_count[HB_TRACE_CLOCKS][HB_TRACE_CLASSES]; /* freed objects, by lifetime */
    uint64_t lifetime_median[HB_TRACE_CLOCKS]; /* least of the class that holds the median */
    uint64_t immortal_count;                   /* objects never freed */
    uint64_t foreign_free_count;               /* frees by another thread than bore the object */
    uint64_t foreign_realloc_count;
    struct hb_trace_thread *threads; /* in the order in which they appear */
    size_t thread_count;
    struct hb_trace_site *sites; /* of a source that has sites: most bytes first; else NULL */
    size_t site_count, site_capacity;
    struct hb_trace_curve curve; /* of live bytes */
    struct hb_trace_phases phases;
};

/* Read the rest of a source. Returns false if memory ran out; hb_op_source_damage tells the rest.
 * Free with hb_trace_profile_free in either case. */
bool hb_trace_profile_read(struct hb_trace_profile *profile, struct hb_op_source *source);

void hb_trace_profile_free(struct hb_trace_profile *profile);

#endif
