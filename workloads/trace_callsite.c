/* trace_callsite.c -- the call sites of a trace, by number and by name. */
#include "workloads/trace_callsite.h"

#include <stdlib.h>
#include <string.h>

enum { INDEX_SLOTS = 2 * (HB_TRACE_SITES_MAX + 1), SITES_AT_FIRST = 64, NAMES_AT_FIRST = 4096 };

uint64_t trace_callsite_hash(const char *name, size_t length) {
    uint64_t hash = 0xcbf29ce484222325;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)name[i]) * 0x100000001b3;
    return hash;
}

static bool sites_reserve(struct trace_callsites *callsites) {
    uint32_t capacity = callsites->capacity == 0 ? SITES_AT_FIRST : 2 * callsites->capacity;
    struct trace_callsite *sites;

    if (callsites->count < callsites->capacity)
        return true;
    sites = realloc(callsites->sites, capacity * sizeof *sites);
    if (sites == NULL)
        return false;
    callsites->sites = sites;
    callsites->capacity = capacity;
    return true;
}

static bool names_reserve(struct trace_callsites *callsites, size_t length) {
    size_t capacity = callsites->names_capacity == 0 ? NAMES_AT_FIRST : callsites->names_capacity;
    char *names;

    while (capacity < callsites->names_bytes + length + 1)
        capacity *= 2;
    if (capacity == callsites->names_capacity)
        return true;
    names = realloc(callsites->names, capacity);
    if (names == NULL)
        return false;
    callsites->names = names;
    callsites->names_capacity = capacity;
    return true;
}

bool trace_callsite_append(struct trace_callsites *callsites, const char *name, size_t length) {
    struct trace_callsite *site;

    if (callsites->count == HB_TRACE_SITES_MAX || !sites_reserve(callsites) ||
        !names_reserve(callsites, length))
        return false;
    site = &callsites->sites[callsites->count++];
    site->hash = trace_callsite_hash(name, length);
    site->name_at = callsites->names_bytes;
    memcpy(callsites->names + callsites->names_bytes, name, length);
    callsites->names[callsites->names_bytes + length] = '\0';
    callsites->names_bytes += length + 1;
    return true;
}

const char *trace_callsite_name(const struct trace_callsites *callsites, uint32_t number) {
    if (number == 0 || number > callsites->count)
        return NULL;
    return callsites->names + callsites->sites[number - 1].name_at;
}

uint16_t trace_callsite_add(struct trace_callsites *callsites, const char *name) {
    size_t length = strlen(name), at;
    uint64_t hash = trace_callsite_hash(name, length);

    if (callsites->index == NULL)
        callsites->index = calloc(INDEX_SLOTS, sizeof *callsites->index);
    if (callsites->index == NULL)
        return 0;
    for (at = hash % INDEX_SLOTS; callsites->index[at] != 0; at = (at + 1) % INDEX_SLOTS)
        if (callsites->sites[callsites->index[at] - 1].hash == hash &&
            strcmp(trace_callsite_name(callsites, callsites->index[at]), name) == 0)
            return callsites->index[at];
    if (!trace_callsite_append(callsites, name, length))
        return 0;
    callsites->index[at] = (uint16_t)callsites->count;
    return callsites->index[at];
}

void trace_callsites_clear(struct trace_callsites *callsites) {
    free(callsites->sites);
    free(callsites->names);
    free(callsites->index);
    memset(callsites, 0, sizeof *callsites);
}
