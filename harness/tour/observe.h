/* observe.h -- how the worker of a tour sees its own memory: by system calls, without a malloc. */
#ifndef HB_TOUR_OBSERVE_H
#define HB_TOUR_OBSERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line of /proc/self/maps. */
struct tour_mapping {
    uint64_t start, end;
    char name[64]; /* its end, if it is long; "" for anonymous memory */
};

/* Called for each mapping in address order. */
typedef void tour_mapping_visit(void *context, const struct tour_mapping *mapping);

/* False if they cannot be read. */
bool tour_mappings(tour_mapping_visit *visit, void *context);

/* The mapping that is called [heap]; zeros if there is none. */
struct tour_mapping tour_heap_mapping(void);

/* The break by the kernel's own call, not by what the C library remembers. */
uint64_t tour_kernel_break(void);

/* Which pages from start, page-aligned, are in memory. False if it cannot be told. */
bool tour_resident_pages(uint64_t start, size_t count, size_t page, bool *is_resident);

/* Page faults of this process so far that needed no input. */
uint64_t tour_minor_faults(void);

#endif
