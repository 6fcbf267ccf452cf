/* op_source.h -- where operations come from: a trace file, or a generator, alike to who takes them.
 *
 * `synth:NAME:key=value:…` names a generator (workloads/synth/), anything else is the path of an
 * .hbt file. Opened again, a source yields the same operations again, from either kind. What a
 * generator yields is as well formed as what a reader does (trace.h), is not kept anywhere, and has
 * no times.
 */
#ifndef HB_OP_SOURCE_H
#define HB_OP_SOURCE_H

#include "workloads/trace.h"

struct hb_op_source;

/* Is it a generator's spec, not a path? */
bool hb_op_source_is_generated(const char *from);

/* Open a trace by its path, or a generator by its spec. NULL with one line in error
 * (HB_TRACE_ERROR_MAX bytes) if it cannot be. */
struct hb_op_source *hb_op_source_open(const char *from, char *error);

/* Let a generator's operations be checked and counted, at a price, so that hb_op_source_info says
 * of those taken what a file says of its own. Before the first is taken; nothing is done to a file.
 * False without memory. */
bool hb_op_source_count(struct hb_op_source *source);

/* What it says of itself; valid until the close. The counts of a generator are 0 unless it counts.
 */
const struct hb_trace_info *hb_op_source_info(struct hb_op_source *source);

/* The next operations, valid until the next call. Returns how many, at most HB_TRACE_BLOCK_OPS; 0
 * at the end. */
size_t hb_op_source_next(struct hb_op_source *source, const struct hb_op **ops);

/* After the last: NULL if it ended as it should, else one line that says why not. */
const char *hb_op_source_damage(const struct hb_op_source *source);

/* The call sites named so far (hb_trace_sites); NULL if it has none. */
const struct trace_callsites *hb_op_source_sites(const struct hb_op_source *source);

void hb_op_source_close(struct hb_op_source *source);

#endif
