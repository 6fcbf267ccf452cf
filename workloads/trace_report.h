/* trace_report.h -- what a trace holds and says of itself, on stdout. */
#ifndef HB_TRACE_REPORT_H
#define HB_TRACE_REPORT_H

#include "workloads/trace_profile.h"

struct hb_trace_report {
    const char *path;
    uint64_t file_bytes; /* 0: it is generated, no file */
    const struct hb_trace_info *info;
    struct hb_trace_profile profile;
    const struct trace_callsites *sites; /* NULL if it has none */
    const char *damage;                  /* NULL if the trace is whole */
};

/* For people. */
void hb_trace_report_print(const struct hb_trace_report *report);

/* One flat JSON object, one line. */
void hb_trace_report_json(const struct hb_trace_report *report);

#endif
