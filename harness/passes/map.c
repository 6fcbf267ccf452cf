#include "harness/passes/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Allocators that scatter their blocks get so many times the room; then larger granules. */
enum { ROOM = 2, GRANULE_MIN = 16, ATTEMPTS = 12 };

struct chunk {
    uint64_t address;
    uint32_t number;
};

static int chunk_compare(const void *a, const void *b) {
    uint64_t left = ((const struct chunk *)a)->address, right = ((const struct chunk *)b)->address;
    return (left > right) - (left < right);
}

void hb_map_free(struct hb_map *map) {
    free(map->op);
    free(map->live_bytes);
    free(map->address);
    free(map->cells);
    *map = (struct hb_map){0};
}

static bool map_alloc(struct hb_map *map) {
    size_t granules = map->granules + !map->granules;
    map->op = calloc(map->moments + 1, sizeof *map->op);
    map->live_bytes = calloc(map->moments + 1, sizeof *map->live_bytes);
    map->address = calloc(granules, sizeof *map->address);
    map->cells = calloc((size_t)(map->moments + 1) * granules, MAP_PARTS);
    return map->op && map->live_bytes && map->address && map->cells;
}

/* The raster's chunks, in the order of their addresses. */
static bool map_fill(struct hb_map *map, struct map_raster *raster) {
    uint32_t run = (uint32_t)map_chunk_granules(raster->granule_bytes);
    *map = (struct hb_map){.moments = raster->moments,
                           .granules = raster->chunks * run,
                           .granule_bytes = raster->granule_bytes};
    struct chunk *chunks = calloc(raster->chunks + 1, sizeof *chunks);
    if (!chunks || !map_alloc(map)) {
        free(chunks);
        return false;
    }
    for (uint32_t i = 0; i < raster->chunks; i++)
        chunks[i] = (struct chunk){map_addresses(raster)[i], i};
    qsort(chunks, raster->chunks, sizeof *chunks, chunk_compare);
    for (uint32_t i = 0; i < map->granules; i++)
        map->address[i] = chunks[i / run].address + i % run * map->granule_bytes;
    for (uint32_t moment = 0; moment < map->moments; moment++) {
        const uint8_t *from = map_cells(raster, moment);
        uint8_t *to = map->cells + (size_t)moment * map->granules * MAP_PARTS;
        map->op[moment] = raster->op[moment];
        map->live_bytes[moment] = raster->live_bytes[moment];
        for (uint32_t i = 0; i < raster->chunks; i++)
            memcpy(to + (size_t)i * run * MAP_PARTS,
                   from + (size_t)chunks[i].number * run * MAP_PARTS, run * MAP_PARTS);
    }
    free(chunks);
    return true;
}

/* The bytes that a map must show at the peak: the footprint, or what is resident. */
static bool peak_bytes(const struct hb_plan *plan, const struct hb_cell *cell, uint64_t *bytes,
                       char *error) {
    static struct report report;
    struct job job;
    hb_plan_job(plan, &job, JOB_SPACE, &cell->spec, TOUCH_PAGE);
    if (!hb_job_run(&job, cell->program, &report, error))
        return false;
    *bytes = report.sees_footprint ? report.peak_footprint_bytes : report.peak_resident_bytes;
    return true;
}

static bool map_try(struct hb_map *map, const struct hb_plan *plan, const struct hb_cell *cell,
                    struct map_raster *raster, char *error) {
    static struct report report;
    struct job job;
    hb_plan_job(plan, &job, JOB_MAP, &cell->spec, TOUCH_PAGE);
    job.raster_bytes = map_raster_bytes(raster->moments_wanted, raster->granules_max);
    if (!hb_worker_run_raster(&job, cell->program, &report, raster, error) ||
        !hb_report_is_sound(&report, error))
        return false;
    if (!map_fill(map, raster)) {
        hb_map_free(map);
        snprintf(error, 512, "not enough memory for the map");
        return false;
    }
    return true;
}

bool hb_map_measure(struct hb_map *map, const struct hb_plan *plan, const struct hb_cell *cell,
                    uint32_t moments, uint32_t granules, char *error) {
    uint64_t bytes, granule = GRANULE_MIN;
    uint32_t most = ROOM * granules;
    struct map_raster *raster = malloc(map_raster_bytes(moments, most));
    bool measured = false;
    *map = (struct hb_map){0};
    if (!raster)
        snprintf(error, 512, "not enough memory for the map");
    if (raster && peak_bytes(plan, cell, &bytes, error)) {
        while (granule * granules < bytes)
            granule *= 2;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++, granule *= 2) {
            hb_map_free(map);
            *raster = (struct map_raster){
                .moments_wanted = moments, .granules_max = most, .granule_bytes = granule};
            measured = map_try(map, plan, cell, raster, error);
            if (!measured || !raster->lost_bytes)
                break;
        }
    }
    if (measured && raster->lost_bytes) {
        hb_map_free(map);
        snprintf(error, 512, "its blocks lie too far apart for a map");
        measured = false;
    }
    free(raster);
    return measured;
}
