/* traces.h -- allocators' space on whole traces, for papers. */
#ifndef HB_PAPERS_TRACES_H
#define HB_PAPERS_TRACES_H

#include "allocators/registry.h"
#include "harness/results/results.h"

/* Measure the space of one allocator on the trace at path (or a generator's spec), in a worker, as
 * `heapbench run --passes=space` does; touches: are payloads written, so that resident memory says
 * something? The result must be cleared with hb_result_clear. False, with one line in error (512
 * bytes), if the trace cannot be read or memory is short; what fails in the worker is in
 * result->error. */
bool hb_paper_space(const struct hb_spec *spec, const char *path, bool touches,
                    struct hb_result *result, char *error);

/* The same of several allocators of one scale, at most HB_PAPER_SPACES_MAX: the trace is read once.
 */
enum { HB_PAPER_SPACES_MAX = 32 };
bool hb_paper_spaces(const struct hb_spec *specs, size_t count, const char *path, bool touches,
                     struct hb_result *results, char *error);

/* Their time, warm, in so many blocks, as `heapbench run --passes=time` does: ns_per_op of the
 * results.
 */
bool hb_paper_times(const struct hb_spec *specs, size_t count, const char *path, uint64_t repeats,
                    struct hb_result *results, char *error);

#endif
