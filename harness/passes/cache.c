/* cache.c -- the cache pass. */
#include "harness/passes/cache.h"

#include "harness/passes/passes.h"

bool hb_cache_is_counted(const struct hb_cache_setup *setup) {
    for (size_t i = 0; setup->counts && i < setup->events.count; i++)
        if (setup->events.roles[i] != HB_EVENT_OTHER)
            return true;
    return false;
}

const char *hb_cache_setup_sim(struct hb_cache_setup *setup, const struct hb_geometry *geometry) {
#ifdef HB_SANITIZED
    return "a sanitized worker does not run under valgrind; build the preset release";
#endif
    if (!hb_callgrind_find(&setup->callgrind))
        return "valgrind is not in PATH; install the package valgrind";
    setup->simulates = true;
    setup->geometry = *geometry;
    hb_callgrind_arrange(&setup->callgrind, geometry, "--callgrind-out-file=/proc/self/fd/5",
                         "--log-file=/proc/self/fd/6", HB_WRAPPED_WORKER);
    return NULL;
}

bool hb_pass_cache(struct hb_plan *plan) {
    if (plan->cache->counts)
        hb_cache_count(plan);
    if (plan->cache->simulates)
        hb_cache_simulate(plan);
    return !hb_interrupted();
}
