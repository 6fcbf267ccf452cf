/* livemap.c -- see livemap.h. */
#include "workloads/recorder/livemap.h"

#include <stdlib.h>

enum { LIVEMAP_FIRST_ENTRIES = 4096 };

/* Multiplied by 2^64 / golden ratio: neighbouring addresses spread over the table. */
static size_t slot_of(const struct livemap *map, uint64_t address) {
    return (size_t)((address >> 4 ^ address << 60) * UINT64_C(0x9e3779b97f4a7c15) >> 20) &
           map->mask;
}

bool livemap_init(struct livemap *map) {
    map->entries = calloc(LIVEMAP_FIRST_ENTRIES, sizeof *map->entries);
    map->mask = LIVEMAP_FIRST_ENTRIES - 1;
    map->count = 0;
    return map->entries != NULL;
}

void livemap_free(struct livemap *map) {
    free(map->entries);
    map->entries = NULL;
}

static void livemap_put(struct livemap *map, uint64_t address, uint64_t object) {
    size_t slot = slot_of(map, address);
    while (map->entries[slot].address)
        slot = (slot + 1) & map->mask;
    map->entries[slot] = (struct livemap_entry){address, object};
}

static bool livemap_grow(struct livemap *map) {
    struct livemap old = *map;
    size_t old_count = old.mask + 1;
    map->entries = calloc(old_count * 2, sizeof *map->entries);
    if (!map->entries) {
        map->entries = old.entries;
        return false;
    }
    map->mask = old_count * 2 - 1;
    for (size_t i = 0; i < old_count; i++)
        if (old.entries[i].address)
            livemap_put(map, old.entries[i].address, old.entries[i].object);
    free(old.entries);
    return true;
}

bool livemap_add(struct livemap *map, uint64_t address, uint64_t object) {
    if (map->count >= (map->mask + 1) / 2 && !livemap_grow(map))
        return false;
    livemap_put(map, address, object);
    map->count++;
    return true;
}

/* Knuth 6.4, algorithm R: entries behind the gap that may move into it do. */
static void livemap_close_gap(struct livemap *map, size_t gap) {
    for (size_t slot = (gap + 1) & map->mask; map->entries[slot].address;
         slot = (slot + 1) & map->mask) {
        size_t home = slot_of(map, map->entries[slot].address);
        if (((slot - home) & map->mask) >= ((slot - gap) & map->mask)) {
            map->entries[gap] = map->entries[slot];
            gap = slot;
        }
    }
    map->entries[gap].address = 0;
}

/* The entry of an address, or the empty one where it would be. */
static size_t slot_find(const struct livemap *map, uint64_t address) {
    size_t slot = slot_of(map, address);
    while (map->entries[slot].address && map->entries[slot].address != address)
        slot = (slot + 1) & map->mask;
    return slot;
}

bool livemap_find(const struct livemap *map, uint64_t address, uint64_t *object) {
    const struct livemap_entry *entry = &map->entries[slot_find(map, address)];
    *object = entry->object;
    return entry->address != 0;
}

bool livemap_take(struct livemap *map, uint64_t address, uint64_t *object) {
    size_t slot = slot_find(map, address);
    if (!map->entries[slot].address)
        return false;
    *object = map->entries[slot].object;
    livemap_close_gap(map, slot);
    map->count--;
    return true;
}
