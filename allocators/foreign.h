/* foreign.h -- the allocators of others that are known by name. They are measured by preloading
 * their library into a worker that calls malloc. Data only: the harness looks for the files.
 */
#ifndef HB_FOREIGN_H
#define HB_FOREIGN_H

#include "allocators/allocator.h"

struct hb_foreign {
    struct hb_family family;
    const char *package;    /* of Debian, that brings it */
    const char *file;       /* name in the usual library folders, or a whole path; a glob pattern */
    bool outgrows_valgrind; /* reserves more addresses than a program under valgrind gets */
};

/* Ends with one whose package is NULL. */
extern const struct hb_foreign hb_foreigns[];

/* A library that is named by its path. */
extern const struct hb_family hb_family_library;

#endif
