/* trace_tally.h -- who lives, how large, and the counts that follow.
 *
 * Takes operations one by one, refuses what cannot be, and derives the counts of hb_trace_info.
 */
#ifndef TRACE_TALLY_H
#define TRACE_TALLY_H

#include "workloads/trace.h"

struct trace_tally;

struct trace_tally *trace_tally_create(void);
void trace_tally_destroy(struct trace_tally *tally);

/* Count one operation. Returns NULL, or what is wrong with it; it is then not counted. */
const char *trace_tally_add(struct trace_tally *tally, const struct hb_op *op);

/* Fill in the counts of the derived half of info (not has_times, nor is_whole). */
void trace_tally_read(const struct trace_tally *tally, struct hb_trace_info *info);

#endif
