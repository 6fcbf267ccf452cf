/* map.h -- what the heap looks like over a replay: at so many moments, what each stretch of the
 * address space holds. The raster lies behind the job page (job.h), as large as the job says.
 *
 * Addresses are cut into granules, and granules gathered into chunks; only chunks that hold
 * anything at some moment are in the raster, in the order in which they were found.
 */
#ifndef HB_WORKER_MAP_H
#define HB_WORKER_MAP_H

#include <stddef.h>
#include <stdint.h>

/* MAP_FREE of ours is free blocks; of others, what is resident and neither live nor overhead. */
enum map_part { MAP_LIVE, MAP_OVERHEAD, MAP_FREE, MAP_PARTS };

enum { MAP_MOMENTS_MAX = 600, MAP_PAGE = 4096 };

struct map_raster {
    uint32_t moments_wanted, granules_max; /* by the parent: at most so many */
    uint64_t granule_bytes;                /* by the parent: a power of two */
    uint32_t moments, chunks;
    uint64_t lost_bytes; /* most at one moment that found no room in the raster */
    uint64_t op[MAP_MOMENTS_MAX];
    uint64_t live_bytes[MAP_MOMENTS_MAX];
    /* uint64_t address of each chunk, granules_max; then of each moment, of each granule, of each
     * part the share in 255ths. */
};

/* Granules of a chunk: a whole number of pages. */
static inline uint64_t map_chunk_granules(uint64_t granule_bytes) {
    return granule_bytes < MAP_PAGE / 16 ? MAP_PAGE / granule_bytes : 16;
}

static inline uint64_t *map_addresses(struct map_raster *raster) {
    return (uint64_t *)(raster + 1);
}

static inline uint8_t *map_cells(struct map_raster *raster, uint64_t moment) {
    uint8_t *cells = (uint8_t *)(map_addresses(raster) + raster->granules_max);
    return cells + moment * raster->granules_max * MAP_PARTS;
}

static inline size_t map_raster_bytes(uint32_t moments, uint32_t granules_max) {
    return sizeof(struct map_raster) + (size_t)granules_max * sizeof(uint64_t) +
           (size_t)moments * granules_max * MAP_PARTS;
}

#endif
