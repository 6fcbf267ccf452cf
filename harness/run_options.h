/* run_options.h -- the command line of `heapbench run`. */
#ifndef HB_RUN_OPTIONS_H
#define HB_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "allocators/registry.h"
#include "harness/measure/events.h"
#include "harness/measure/geometry.h"
#include "harness/measure/thp.h"

/* How operations are ordered: the recorded total order on one thread, each thread its own, or that
 * at the recorded times. */
enum hb_mode { HB_MODE_SERIAL, HB_MODE_CONCURRENT, HB_MODE_PACED, HB_MODES };
extern const char *const hb_mode_names[]; /* NULL-terminated */

enum hb_format { HB_FORMAT_TABLE, HB_FORMAT_JSONL, HB_FORMAT_CSV };
enum hb_counting { HB_COUNT_SIM = 1, HB_COUNT_EVENTS = 2, HB_COUNT_AUTO = 4 };
enum { HB_LIST_MAX = 256, HB_TRACE_PATH_MAX = 4096, HB_TRACE_NAME_MAX = 256 };
enum { HB_THREADS_LIST_MAX = 16 };

struct hb_run_trace {
    char name[HB_TRACE_NAME_MAX];
    char path[HB_TRACE_PATH_MAX];
};

struct hb_run_options {
    struct hb_spec *allocators;
    size_t allocator_count;
    struct hb_run_trace *traces;
    size_t trace_count;
    bool has_baseline;
    struct hb_spec baseline;
    unsigned modes;                        /* bits 1 << enum hb_mode */
    uint64_t threads[HB_THREADS_LIST_MAX]; /* of concurrent and paced replay, at most, each makes
                                              cells of its own; 0: as recorded */
    size_t thread_count;
    double speed;                /* of paced replay, over the recorded one */
    unsigned passes;             /* HB_PASS_… */
    unsigned counting;           /* of the cache pass, HB_COUNT_…; 0: nothing */
    struct hb_events events;     /* those of HB_COUNT_EVENTS */
    struct hb_geometry geometry; /* of simulated caches */
    int touch;                   /* enum job_touch, or -1 */
    uint64_t repeats;
    uint64_t seed;
    uint64_t stream_above; /* words of a trace: more are not kept in memory */
    int cpu;               /* -1: whichever suits best */
    uint64_t memory_limit; /* bytes, 0: not given */
    uint64_t timeout_s;    /* of a worker, 0: not given, or HB_NO_TIMEOUT */
    enum hb_format format;
    const char *out;
    bool wants_help;
    struct hb_thp_choice thps[HB_THP_NEVER + 1]; /* each makes cells of its own */
    size_t thp_count;
};

/* Parse and check everything that can be checked before a run: names, options, numbers, traces'
 * existence. Returns HB_EXIT_OK, or HB_EXIT_USAGE after one line on stderr. */
int hb_run_options_parse(struct hb_run_options *options, int argc, char **argv);

void hb_run_options_free(struct hb_run_options *options);

void hb_run_options_help(void);

#endif
