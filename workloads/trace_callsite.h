/* trace_callsite.h -- the call sites of a trace: names, numbered from 1 in the order in which they
 * are added. Site 0 is none, or not known.
 *
 * A name is what tells the site from others, in any run: "MODULE+0xOFFSET" of a recording. Its hash
 * is the 64-bit FNV-1a of its bytes.
 */
#ifndef TRACE_CALLSITE_H
#define TRACE_CALLSITE_H

#include "workloads/trace.h"

struct trace_callsite {
    uint64_t hash;
    size_t name_at; /* in names */
};

struct trace_callsites {
    struct trace_callsite *sites; /* number 1 is the first */
    uint32_t count, capacity;
    char *names; /* each ends with a NUL */
    size_t names_bytes, names_capacity;
    uint16_t *index; /* by hash: the number, 0 if none; twice HB_TRACE_SITES_MAX slots, or NULL */
};

/* The number of the site with this name, of fewer than HB_TRACE_TEXT_MAX bytes and not empty, which
 * is added if it is not there. 0 if there are HB_TRACE_SITES_MAX, or memory ran out. */
uint16_t trace_callsite_add(struct trace_callsites *callsites, const char *name);

/* Add a site as the next number, whether or not there is one of that name: for readers, who only
 * look sites up by number. length bytes, no NUL among them. False if it cannot be. */
bool trace_callsite_append(struct trace_callsites *callsites, const char *name, size_t length);

/* The name of a site; NULL if there is no such number. Valid until one is added. */
const char *trace_callsite_name(const struct trace_callsites *callsites, uint32_t number);

/* 64-bit FNV-1a. */
uint64_t trace_callsite_hash(const char *name, size_t length);

/* Forget all, and free what they hold. */
void trace_callsites_clear(struct trace_callsites *callsites);

#endif
