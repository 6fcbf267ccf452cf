/* cache.h -- where the cache pass gets its counts from. */
#ifndef HB_PASSES_CACHE_H
#define HB_PASSES_CACHE_H

#include "harness/measure/callgrind.h"
#include "harness/measure/events.h"
#include "harness/measure/geometry.h"

enum hb_cache_source { HB_CACHE_NONE, HB_CACHE_SIM, HB_CACHE_COUNTERS };

struct hb_cache_setup {
    enum hb_cache_source source;
    struct hb_geometry geometry; /* of the simulation */
    struct hb_callgrind callgrind;
    struct hb_events events; /* of the counters */
};

/* Count by simulation, with caches as geometry says. NULL, or why that is not possible. */
const char *hb_cache_setup_sim(struct hb_cache_setup *setup, const struct hb_geometry *geometry);

#endif
