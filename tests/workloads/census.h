/* census.h -- what a generator's operations are, counted one by one. */
#ifndef HB_CENSUS_H
#define HB_CENSUS_H

#include <stdint.h>

#include "workloads/trace.h"

struct census_object {
    uint64_t size;
    uint64_t births; /* births of others during its life, UINT64_MAX while it lives */
    uint32_t thread; /* of its birth */
};

struct census {
    struct hb_op *ops; /* all, in order */
    uint64_t op_count;
    struct census_object *objects;
    uint64_t object_count, free_count;
    uint64_t crossing_frees; /* by another thread than that of the birth */
    uint64_t *live;          /* bytes after each operation */
    uint64_t *live_count;    /* objects */
    uint64_t peak_live, peak_count;
};

/* Take all operations of a spec or file; fails the test if it cannot be opened. */
void census_take(struct census *census, const char *from);
void census_end(struct census *census);

/* Of the sizes of births. */
double census_mean(const struct census *census);
double census_cv(const struct census *census);

/* Mean lifetime of the freed, in births. */
double census_lifetime(const struct census *census);

/* Part of the births whose size is at least so much, and part of the bytes. */
double census_share(const struct census *census, uint64_t size);
double census_byte_share(const struct census *census, uint64_t size);

#endif
