/* cache.h -- where the cache pass gets its counts from. */
#ifndef HB_PASSES_CACHE_H
#define HB_PASSES_CACHE_H

#include "harness/measure/callgrind.h"
#include "harness/measure/events.h"
#include "harness/measure/geometry.h"

struct hb_cache_setup {
    bool counts, simulates;      /* by counters, and by simulation: either, both or none */
    struct hb_geometry geometry; /* of the simulation */
    struct hb_callgrind callgrind;
    struct hb_events events; /* of the counters */
};

/* Do the counters count what caches miss, or instructions? Then the figures that have no source in
 * their name are the counters', else the simulation's. */
bool hb_cache_is_counted(const struct hb_cache_setup *setup);

/* Count by simulation, with caches as geometry says. NULL, or why that is not possible. */
const char *hb_cache_setup_sim(struct hb_cache_setup *setup, const struct hb_geometry *geometry);

#endif
