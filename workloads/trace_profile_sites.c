/* trace_profile_sites.c -- what each call site asked for. While counting, a site's place in the
 * profile is its number. */
#include "workloads/trace_profile_sites.h"

#include <stdlib.h>
#include <string.h>

#include "workloads/trace_format.h"

static bool site_reserve(struct hb_trace_profile *profile, size_t number) {
    size_t capacity = profile->site_capacity == 0 ? 64 : profile->site_capacity;
    struct hb_trace_site *sites;

    while (capacity <= number)
        capacity *= 2;
    if (capacity > profile->site_capacity) {
        sites = realloc(profile->sites, capacity * sizeof *sites);
        if (sites == NULL)
            return false;
        profile->sites = sites;
        profile->site_capacity = capacity;
    }
    for (; profile->site_count <= number; profile->site_count++)
        profile->sites[profile->site_count] =
            (struct hb_trace_site){.number = (uint32_t)profile->site_count};
    return true;
}

bool trace_site_count_request(struct hb_trace_profile *profile, const struct hb_op *op) {
    struct hb_trace_site *site;

    if (!site_reserve(profile, op->site))
        return false;
    site = &profile->sites[op->site];
    site->object_count += trace_kind_is_birth[op->kind];
    site->realloc_count += op->kind == HB_OP_REALLOC;
    site->bytes += op->size;
    return true;
}

void trace_site_count_free(struct hb_trace_profile *profile, uint32_t site, unsigned class) {
    profile->sites[site].free_count++;
    profile->sites[site].lifetime_count[class]++;
}

static int sites_compare(const void *left, const void *right) {
    const struct hb_trace_site *a = left, *b = right;

    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

void trace_sites_finish(struct hb_trace_profile *profile) {
    size_t kept = 0;

    for (size_t i = 0; i < profile->site_count; i++) {
        struct hb_trace_site *site = &profile->sites[i];

        site->lifetime_median = trace_class_median(site->lifetime_count);
        if (site->object_count + site->realloc_count > 0)
            profile->sites[kept++] = *site;
    }
    profile->site_count = kept;
    if (kept > 0)
        qsort(profile->sites, kept, sizeof *profile->sites, sites_compare);
}
