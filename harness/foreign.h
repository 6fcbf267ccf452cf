/* foreign.h -- where the libraries of foreign allocators are on this machine. */
#ifndef HB_HARNESS_FOREIGN_H
#define HB_HARNESS_FOREIGN_H

#include "allocators/registry.h"

/* The library of a known one, if it is installed: in the usual library folders, or, where
 * $HEAPBENCH_LIBRARIES is set, in that folder alone. path holds HB_LIBRARY_MAX bytes. */
bool hb_foreign_find(const struct hb_foreign *foreign, char *path);

/* Make spec->library the whole path of what must be preloaded; nothing for allocators of ours.
 * Returns HB_EXIT_OK, or HB_EXIT_USAGE after one line on stderr. */
int hb_foreign_resolve(struct hb_spec *spec);

#endif
