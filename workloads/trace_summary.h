/* trace_summary.h -- how large and how long-lived the objects of a trace are. */
#ifndef HB_TRACE_SUMMARY_H
#define HB_TRACE_SUMMARY_H

#include "workloads/op_source.h"

/* Class 0 is the number 0; class k is 2^(k-1) to 2^k - 1. */
enum { HB_TRACE_CLASSES = 65 };

struct hb_trace_summary {
    uint64_t request_count[HB_TRACE_CLASSES];  /* births and reallocs, by size */
    uint64_t lifetime_count[HB_TRACE_CLASSES]; /* freed objects, by the births during their life */
    uint64_t immortal_count;                   /* objects never freed */
};

/* Read the rest of a trace. Returns hb_op_source_damage. */
const char *hb_trace_summarize(struct hb_op_source *source, struct hb_trace_summary *summary);

#endif
