/* trace_profile_sites.h -- the part of a profile that is about call sites. */
#ifndef TRACE_PROFILE_SITES_H
#define TRACE_PROFILE_SITES_H

#include "workloads/trace_profile.h"

/* Count a birth or realloc for its site. Returns false if memory ran out. */
bool trace_site_count_request(struct hb_trace_profile *profile, const struct hb_op *op);

/* An object born at the site, which has been counted, was freed after a lifetime of that class. */
void trace_site_count_free(struct hb_trace_profile *profile, uint32_t site, unsigned class);

/* After the last operation: sort the sites, find their medians. */
void trace_sites_finish(struct hb_trace_profile *profile);

/* The least number of the class that holds the median; trace_profile.c has it. */
uint64_t trace_class_median(const uint64_t *count);

#endif
