/* map.c -- the map pass. At each moment bytes are counted per granule: what lies in live blocks,
 * from a walk of the heap (ours) or from the slots (others), with what was not asked for as
 * overhead; and free blocks, or of others the rest of what is resident.
 */
#include "harness/worker/map.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "harness/worker/ledger.h"

enum { PAGEMAP_PRESENT_BIT = 63 };

struct map {
    struct worker *worker;
    struct map_raster *raster;
    struct ledger ledger;
    uint64_t chunk_bytes, chunk_granules;
    uint32_t *chunk_table; /* open addressing: number of a chunk plus 1 */
    uint64_t table_mask;
    uint64_t last_address; /* the chunk found last */
    uint32_t last_chunk;
    int32_t *counts; /* bytes of each granule and part, at the current moment */
    uint64_t lost;
    int pagemap;
};

/* The number of the chunk at address, UINT32_MAX if the raster is full. */
static uint32_t chunk_find(struct map *map, uint64_t address) {
    struct map_raster *raster = map->raster;
    if (raster->chunks && map->last_address == address)
        return map->last_chunk;
    uint64_t place = address / map->chunk_bytes * UINT64_C(0x9E3779B97F4A7C15) >> 20;
    while (map->chunk_table[place & map->table_mask]) {
        uint32_t number = map->chunk_table[place & map->table_mask] - 1;
        if (map_addresses(raster)[number] == address) {
            map->last_address = address;
            map->last_chunk = number;
            return number;
        }
        place++;
    }
    if ((raster->chunks + 1) * map->chunk_granules > raster->granules_max)
        return UINT32_MAX;
    map_addresses(raster)[raster->chunks] = address;
    map->chunk_table[place & map->table_mask] = ++raster->chunks;
    return raster->chunks - 1;
}

static int32_t *granule_of(struct map *map, uint64_t address) {
    uint32_t chunk = chunk_find(map, address & ~(map->chunk_bytes - 1));
    if (chunk == UINT32_MAX)
        return NULL;
    uint64_t within = (address & (map->chunk_bytes - 1)) / map->raster->granule_bytes;
    return map->counts + (chunk * map->chunk_granules + within) * MAP_PARTS;
}

/* Move the bytes from start up to end from one part to another; -1 is neither. */
static void map_move(struct map *map, uint64_t start, uint64_t end, int from, int to) {
    while (start < end) {
        uint64_t next = (start | (map->raster->granule_bytes - 1)) + 1;
        uint64_t bytes = (next < end ? next : end) - start;
        int32_t *counts = granule_of(map, start);
        if (!counts)
            map->lost += bytes;
        else if (from >= 0)
            counts[from] -= (int32_t)bytes;
        if (counts && to >= 0)
            counts[to] += (int32_t)bytes;
        start += bytes;
    }
}

/* A block is overhead until its slot says how much of it was asked for. */
static bool block_visit(void *context, const struct hb_block *block) {
    uint64_t start = (uintptr_t)block->address;
    if (block->kind != HB_BLOCK_FENCE)
        map_move(context, start, start + block->bytes, -1,
                 block->kind == HB_BLOCK_FREE ? MAP_FREE : MAP_OVERHEAD);
    return true;
}

static void count_live(struct map *map, bool is_walked) {
    const struct worker *worker = map->worker;
    for (uint64_t slot = 0; slot < worker->program->slot_count; slot++) {
        uint64_t start = (uintptr_t)worker->slots[slot], request = map->ledger.requests[slot];
        if (!start)
            continue;
        map_move(map, start, start + request, is_walked ? MAP_OVERHEAD : -1, MAP_LIVE);
        if (is_walked)
            continue;
        uint64_t usable = worker->allocator->usable(worker->state, worker->slots[slot]);
        if (usable > request)
            map_move(map, start + request, start + usable, -1, MAP_OVERHEAD);
    }
}

/* Of each chunk known: what is resident and in no live block. */
static void count_resident(struct map *map) {
    uint64_t pages[64], chunk_pages = map->chunk_bytes / MAP_PAGE;
    for (uint32_t chunk = 0; chunk < map->raster->chunks; chunk++) {
        uint64_t start = map_addresses(map->raster)[chunk];
        for (uint64_t first = 0; first < chunk_pages; first += 64) {
            uint64_t wanted = chunk_pages - first < 64 ? chunk_pages - first : 64;
            off_t place = (off_t)((start / MAP_PAGE + first) * sizeof *pages);
            ssize_t length = pread(map->pagemap, pages, wanted * sizeof *pages, place);
            for (uint64_t i = 0; i < wanted && (ssize_t)(i * sizeof *pages) < length; i++) {
                uint64_t page = start + (first + i) * MAP_PAGE;
                if (pages[i] >> PAGEMAP_PRESENT_BIT)
                    map_move(map, page, page + MAP_PAGE, -1, MAP_FREE);
            }
        }
    }
}

static uint8_t share_of(int32_t bytes, uint64_t granule_bytes) {
    uint64_t count = bytes > 0 ? (uint64_t)bytes : 0;
    return count >= granule_bytes ? 255
                                  : (uint8_t)((count * 255 + granule_bytes / 2) / granule_bytes);
}

/* Of others, free is what is left of the resident bytes. */
static void moment_keep(struct map *map, bool is_walked) {
    struct map_raster *raster = map->raster;
    uint8_t *cells = map_cells(raster, raster->moments);
    for (uint64_t i = 0; i < raster->chunks * map->chunk_granules; i++) {
        int32_t *counts = map->counts + i * MAP_PARTS;
        if (!is_walked)
            counts[MAP_FREE] -= counts[MAP_LIVE] + counts[MAP_OVERHEAD];
        for (int part = 0; part < MAP_PARTS; part++)
            cells[i * MAP_PARTS + (uint64_t)part] = share_of(counts[part], raster->granule_bytes);
    }
}

static void map_look(struct map *map) {
    struct worker *worker = map->worker;
    struct map_raster *raster = map->raster;
    bool is_walked = worker->allocator->walk != NULL;
    memset(map->counts, 0, raster->granules_max * MAP_PARTS * sizeof *map->counts);
    map->lost = 0;
    if (is_walked)
        worker->allocator->walk(worker->state, block_visit, map);
    count_live(map, is_walked);
    if (!is_walked && map->pagemap >= 0)
        count_resident(map);
    moment_keep(map, is_walked);
    raster->op[raster->moments] = map->ledger.op - 1;
    raster->live_bytes[raster->moments] = map->ledger.live_bytes;
    if (map->lost > raster->lost_bytes)
        raster->lost_bytes = map->lost;
    raster->moments++;
}

static void map_open(struct map *map, struct worker *worker) {
    *map = (struct map){.worker = worker,
                        .raster = worker->raster,
                        .pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)};
    map->chunk_granules = map_chunk_granules(map->raster->granule_bytes);
    map->chunk_bytes = map->chunk_granules * map->raster->granule_bytes;
    map->table_mask = 1;
    while (map->table_mask < 2 * (uint64_t)map->raster->granules_max)
        map->table_mask *= 2;
    map->chunk_table = worker_map(worker, map->table_mask * sizeof *map->chunk_table);
    map->table_mask--;
    map->counts = worker_map(worker, map->raster->granules_max * MAP_PARTS * sizeof *map->counts);
    ledger_open(&map->ledger, worker);
}

void worker_map_heap(struct worker *worker) {
    struct map map;
    if (!worker->raster)
        worker_fail(worker, "the worker got no raster to draw in", "");
    map_open(&map, worker);
    uint64_t ops = worker->program->op_count, wanted = map.raster->moments_wanted;
    for (uint64_t op = 0, moment = 1; op < ops; op++) {
        worker->report->ops += ledger_step(&map.ledger);
        if ((unsigned __int128)(op + 1) * wanted < (unsigned __int128)moment * ops)
            continue;
        map_look(&map);
        moment = (uint64_t)((unsigned __int128)(op + 1) * wanted / ops) + 1;
    }
}
