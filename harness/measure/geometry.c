#include "harness/measure/geometry.h"

#include <errno.h>
#include <hwloc.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MIN = 16, LINE_MAX_BYTES = 4096, WAYS_MAX = 1024, KEYS = 3 };
#define CACHE_MAX_BYTES (UINT64_C(1) << 36)

static const char *const keys[KEYS] = {"I1", "L1", "LL"};

static struct hb_cache *cache_of(struct hb_geometry *geometry, int key) {
    return key == 0 ? &geometry->i1 : key == 1 ? &geometry->l1 : &geometry->ll;
}

/* What hwloc does not know stays as it is: it gives 0, or -1 ways where any line goes anywhere. */
static bool cache_read(struct hb_cache *cache, hwloc_topology_t topology, hwloc_obj_type_t type) {
    hwloc_obj_t object = hwloc_get_obj_by_type(topology, type, 0);
    if (!object || !object->attr->cache.size)
        return false;
    const struct hwloc_cache_attr_s *found = &object->attr->cache;
    cache->bytes = found->size;
    if (found->associativity > 0 && found->associativity <= WAYS_MAX)
        cache->ways = (uint64_t)found->associativity;
    if (found->linesize >= LINE_MIN && found->linesize <= LINE_MAX_BYTES)
        cache->line_bytes = found->linesize;
    return true;
}

void hb_geometry_of_machine(struct hb_geometry *geometry) {
    static const hwloc_obj_type_t last[] = {HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L3CACHE,
                                            HWLOC_OBJ_L2CACHE};
    hwloc_topology_t topology;
    *geometry = (struct hb_geometry){{32 << 10, 8, 64}, {32 << 10, 8, 64}, {32 << 20, 16, 64}};
    if (hwloc_topology_init(&topology) != 0)
        return;
    hwloc_topology_set_icache_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_ALL);
    if (hwloc_topology_load(topology) == 0) {
        cache_read(&geometry->i1, topology, HWLOC_OBJ_L1ICACHE);
        cache_read(&geometry->l1, topology, HWLOC_OBJ_L1CACHE);
        for (size_t i = 0; i < sizeof last / sizeof *last; i++)
            if (cache_read(&geometry->ll, topology, last[i]))
                break;
    }
    hwloc_topology_destroy(topology);
    hb_geometry_fit(geometry);
}

static bool is_power_of_two(uint64_t number) {
    return number && !(number & (number - 1));
}

static bool number_parse(const char **at, char end, uint64_t *number) {
    static const char suffixes[] = "KMG";
    char *rest;
    errno = 0;
    *number = strtoull(*at, &rest, 10);
    const char *suffix = *rest ? strchr(suffixes, *rest) : NULL;
    unsigned shift = suffix ? 10 * (unsigned)(suffix - suffixes + 1) : 0;
    if (**at < '0' || **at > '9' || errno || *number > CACHE_MAX_BYTES >> shift)
        return false;
    *number <<= shift;
    rest += suffix != NULL;
    *at = rest + (end && *rest == end);
    return end ? *rest == end : *rest == '\0' || *rest == ':';
}

static bool cache_parse(const char **at, struct hb_cache *cache) {
    return number_parse(at, ',', &cache->bytes) && number_parse(at, ',', &cache->ways) &&
           number_parse(at, '\0', &cache->line_bytes) && cache->ways >= 1 &&
           cache->ways <= WAYS_MAX && is_power_of_two(cache->line_bytes) &&
           cache->line_bytes >= LINE_MIN && cache->line_bytes <= LINE_MAX_BYTES &&
           cache->bytes >= cache->ways * cache->line_bytes;
}

bool hb_geometry_parse(struct hb_geometry *geometry, const char *text, char *error) {
    const char *at = text;
    do {
        int key = 0;
        while (key < KEYS && (strncmp(at, keys[key], 2) != 0 || at[2] != '='))
            key++;
        at += 3;
        if (key == KEYS || !cache_parse(&at, cache_of(geometry, key))) {
            snprintf(error, HB_GEOMETRY_ERROR_MAX,
                     "'%.200s': give bytes, ways and bytes of a line (a power of two) of I1, L1 "
                     "or LL, as in L1=32K,8,64:LL=32M,16,64",
                     text);
            return false;
        }
    } while (*at++ == ':');
    hb_geometry_fit(geometry);
    return true;
}

void hb_geometry_fit(struct hb_geometry *geometry) {
    for (int key = 0; key < KEYS; key++) {
        struct hb_cache *cache = cache_of(geometry, key);
        uint64_t set_bytes = cache->ways * cache->line_bytes, sets = 1;
        while (2 * sets * set_bytes <= cache->bytes)
            sets *= 2;
        cache->bytes = sets * set_bytes;
    }
}

static void bytes_text(uint64_t bytes, char *text, size_t size) {
    static const char suffixes[] = "\0KMG";
    int unit = 0;
    for (; unit < 3 && bytes && bytes % 1024 == 0; unit++)
        bytes /= 1024;
    snprintf(text, size, "%" PRIu64 "%.1s", bytes, suffixes + unit);
}

void hb_geometry_text(const struct hb_geometry *geometry, char *text) {
    size_t used = 0;
    for (int key = 0; key < KEYS; key++) {
        struct hb_cache cache = *cache_of((struct hb_geometry *)geometry, key);
        char bytes[32];
        bytes_text(cache.bytes, bytes, sizeof bytes);
        used += (size_t)snprintf(text + used, HB_GEOMETRY_TEXT_MAX - used,
                                 "%s%s=%s,%" PRIu64 ",%" PRIu64, key ? ":" : "", keys[key], bytes,
                                 cache.ways, cache.line_bytes);
    }
}
