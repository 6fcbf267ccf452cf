/* trace_report_sites.h -- the part of a report that is about call sites. */
#ifndef TRACE_REPORT_SITES_H
#define TRACE_REPORT_SITES_H

#include <cjson/cJSON.h>

#include "workloads/trace_report.h"

/* For people: the sites with the most objects, and those with the most bytes. Nothing if the trace
 * has none. */
void trace_report_sites_print(const struct hb_trace_report *report);

/* All sites, most bytes first, as arrays. */
void trace_report_sites_json(const struct hb_trace_report *report, cJSON *object);

#endif
