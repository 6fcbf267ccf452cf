/* cache.c -- the cache pass. */
#include "harness/passes/cache.h"

#include "harness/passes/passes.h"

const char *hb_cache_setup_sim(struct hb_cache_setup *setup, const struct hb_geometry *geometry) {
#ifdef HB_SANITIZED
    return "a sanitized worker does not run under valgrind; build the preset release";
#endif
    if (!hb_callgrind_find(&setup->callgrind))
        return "valgrind is not in PATH; install the package valgrind";
    setup->source = HB_CACHE_SIM;
    setup->geometry = *geometry;
    hb_callgrind_arrange(&setup->callgrind, geometry, "--callgrind-out-file=/proc/self/fd/5",
                         "--log-file=/proc/self/fd/6", HB_WRAPPED_WORKER);
    return NULL;
}

bool hb_pass_cache(struct hb_plan *plan) {
    if (plan->cache->source == HB_CACHE_SIM)
        hb_cache_simulate(plan);
    if (plan->cache->source == HB_CACHE_COUNTERS)
        hb_cache_count(plan);
    return !hb_interrupted();
}
