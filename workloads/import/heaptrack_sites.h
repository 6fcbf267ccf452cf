/* heaptrack_sites.h -- call sites from the stacks of a heaptrack file: its innermost frames.
 *
 *   x LENGTH PATH                          the program
 *   m 1 -                                  all modules are said anew
 *   m LENGTH PATH BASE (START BYTES)...    a module and its segments, counted from BASE; the
 * program's own PATH is "x" t ADDRESS PARENT                       a stack: one frame more than
 * another; counted from 1 heaptrack's addresses are return addresses less 1, as those of our
 * recorder are.
 */
#ifndef IMPORT_HEAPTRACK_SITES_H
#define IMPORT_HEAPTRACK_SITES_H

#include "workloads/import/calls.h"

struct heaptrack_module {
    char *path;
    uint64_t base, start, end;
};

struct heaptrack_stack {
    uint64_t offset; /* of its innermost frame, in the module */
    uint32_t module; /* place + 1; 0: not known */
    uint16_t site;   /* its number in the trace, 0 as long as none has been asked for */
};

struct heaptrack_sites {
    char *program;
    struct heaptrack_module *modules;                   /* all that were ever said */
    size_t module_count, module_capacity, module_first; /* first: of those that hold now */
    struct heaptrack_stack *stacks;
    size_t stack_count, stack_capacity;
};

/* Take in a line that begins with x, m or t; others are left alone. Returns false if memory ran
 * out. */
bool heaptrack_sites_line(struct heaptrack_sites *sites, const char *line);

/* The trace's number of the site of a stack, by its number in the file; 0 if it is not known. */
uint16_t heaptrack_sites_find(struct heaptrack_sites *sites, struct calls *calls, uint64_t stack);

void heaptrack_sites_free(struct heaptrack_sites *sites);

#endif
