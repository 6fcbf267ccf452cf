/* map.h -- what an allocator's heap holds over a replay: shares of each granule of its addresses,
 * at moments spread evenly over the operations.
 */
#ifndef HB_PASSES_MAP_H
#define HB_PASSES_MAP_H

#include "harness/passes/passes.h"
#include "harness/worker/map.h"

struct hb_map {
    uint32_t moments;
    uint32_t granules; /* in the order of their addresses */
    uint64_t granule_bytes;
    uint64_t *op; /* of each moment: the last operation before it, */
    uint64_t *live_bytes;
    uint64_t *address; /* of each granule */
    uint8_t *cells;    /* moment by moment, of each granule, of each enum map_part, in 255ths */
};

/* The share of one part at a moment, in 255ths. */
static inline uint8_t hb_map_share(const struct hb_map *map, uint32_t moment, uint32_t granule,
                                   enum map_part part) {
    return map->cells[((size_t)moment * map->granules + granule) * MAP_PARTS + part];
}

/* Replay the cell's program on its allocator and look so many times (1 to MAP_MOMENTS_MAX), with
 * about granules granules in use at the peak. False with one line in error (512 bytes): the worker
 * failed, memory is short, or blocks lie too far apart for a map. */
bool hb_map_measure(struct hb_map *map, const struct hb_plan *plan, const struct hb_cell *cell,
                    uint32_t moments, uint32_t granules, char *error);

void hb_map_free(struct hb_map *map);

#endif
