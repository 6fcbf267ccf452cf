/* livemap.h -- which object lives at which address. Open addressing with linear probing; a removal
 * closes its gap, so that nothing but live entries is ever walked. */
#ifndef HB_LIVEMAP_H
#define HB_LIVEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct livemap_entry {
    uint64_t address; /* 0: empty */
    uint64_t object;
};

struct livemap {
    struct livemap_entry *entries;
    size_t mask; /* entries - 1, a power of two less one */
    size_t count;
};

bool livemap_init(struct livemap *map);
void livemap_free(struct livemap *map);

/* Returns false when out of memory. The address must not be in the map, nor 0. */
bool livemap_add(struct livemap *map, uint64_t address, uint64_t object);

/* Which object is at address? Returns false if there is none. */
bool livemap_find(const struct livemap *map, uint64_t address, uint64_t *object);

/* Take the object at address out. Returns false if there is none. */
bool livemap_take(struct livemap *map, uint64_t address, uint64_t *object);

#endif
