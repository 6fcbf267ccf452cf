/* job.h -- what the parent asks of a worker, and what it answers: both in shared memory.
 *
 * The worker is exec'd fresh for each measurement with these files open:
 *   3  the job, then the report, one struct job_page, then a raster (map.h) if the job has one;
 *      mapped shared
 *   4  the program (program.h), mapped read-only
 * Exit status 0: the report is whole. Anything else: it failed, report.message says why if it
 * could.
 */
#ifndef HB_JOB_H
#define HB_JOB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "allocators/options.h"
#include "harness/measure/core.h"
#include "harness/measure/counters.h"
#include "harness/measure/latencies.h"
#include "harness/measure/noise.h"
#include "harness/measure/thp.h"
#include "harness/worker/adversary.h"
#include "harness/worker/free_sizes.h"
#include "harness/worker/program.h"

enum { JOB_FD = 3, PROGRAM_FD = 4 };
enum { JOB_VERSION = 11, JOB_REPLAYS_MAX = 256, JOB_SERIES_MAX = 1000, JOB_MESSAGE_MAX = 400 };

/* Huge pages are looked at at each so-manyth point of the series, and at the last. */
enum { JOB_HUGE_STEP = 8, JOB_HUGE_MAX = JOB_SERIES_MAX / JOB_HUGE_STEP + 2 };
enum { JOB_MOMENTS_MAX = 40 };
enum { JOB_RELEASES = 3 }; /* moments after the end: 0, 0.1 s, 1 s */

enum job_pass {
    JOB_CHECK,
    JOB_SPACE,
    JOB_PEAK,
    JOB_TIME,
    JOB_CACHE,
    JOB_LATENCY,
    JOB_RELEASE,
    JOB_PAGES,
    JOB_BLOCKS,
    JOB_MAP,
    JOB_ADVERSARY
};
/* TOUCH_WITHIN is what `first` becomes under the guard: nothing is stored below 8 bytes. */
enum job_touch { TOUCH_NONE, TOUCH_FIRST, TOUCH_PAGE, TOUCH_ALL, TOUCH_WITHIN };

struct job {
    uint32_t version;
    uint32_t pass;       /* enum job_pass */
    uint32_t touch;      /* enum job_touch */
    uint32_t is_pinned;  /* to the core, else it may run wherever heapbench might */
    struct hb_core core; /* the parent sees to it before the worker starts */
    struct hb_thp_choice thp;
    char spec[HB_SPEC_MAX];
    char library[HB_LIBRARY_MAX]; /* preloaded: its malloc is measured; "": none */
    uint64_t stop_op;             /* JOB_PEAK: the last op to replay, counted from 0 */
    uint64_t check_every;         /* JOB_CHECK: ops between checks of all laws */
    uint64_t break_offset;        /* bytes, multiples of 64: layout of this block */
    uint64_t stack_offset;
    uint64_t warm_ns; /* JOB_TIME: replay warm for at least this long */
    uint64_t memory_limit;
    uint64_t timeout_s;     /* the parent ends it then; 0: never */
    uint64_t prefix_words;  /* JOB_CACHE: words of the program to replay (0: all), */
    uint64_t prefix_ops;    /* which are so many operations */
    uint32_t reserves_heap; /* ours take the heap from backend=mmap, whatever the spec says */
    uint32_t counter_count; /* JOB_CACHE: what to count besides, */
    uint32_t counts_alone;  /* each in a group of its own */
    struct perf_event_attr counters[HB_COUNTERS_MAX];

    uint64_t raster_bytes; /* JOB_MAP */

    /* JOB_LATENCY */
    uint64_t seed;         /* of the sampler */
    uint64_t sample_every; /* operations; one of them is timed */
    uint64_t warm_replays; /* to count, at most, for at most warm_ns, but one at least */
    uint32_t clock;        /* enum hb_clock_kind */
    uint64_t clock_step_ticks;

    struct adversary_job adversary; /* JOB_ADVERSARY */
};

struct report_wide {
    uint64_t low, high;
};

struct report {
    uint32_t is_whole;
    char message[JOB_MESSAGE_MAX];

    /* JOB_TIME */
    uint64_t cold_ns;
    uint64_t minor_faults;
    uint64_t warm_faults; /* of the last warm replay */
    uint32_t replay_count;
    uint64_t replay_ns[JOB_REPLAYS_MAX]; /* warm ones, the first left out */
    uint64_t wall_ns, waited_ns,
        busy_ns;      /* on threads, the last replay; the last two: all threads */
    uint64_t idle_ns; /* paced: all threads' time ahead of the pace */
    uint64_t late_ns, late_most_ns, late_marks; /* behind it: sum and most over its marks */
    struct hb_noise noise;                      /* from before the cold replay to after the last */

    /* JOB_SPACE; ops and failed_allocs by every pass */
    uint64_t ops;
    uint64_t failed_allocs;
    uint64_t peak_live_bytes, peak_live_op;
    uint64_t peak_footprint_bytes, peak_footprint_op;
    uint64_t live_at_peak_footprint, footprint_at_peak_live;
    uint64_t peak_resident_bytes;
    bool used_smaps; /* statm was not exact: resident memory is from smaps_rollup */
    struct report_wide live_sum, footprint_sum; /* over all ops, 128 bits */
    bool sees_footprint;
    bool has_placement_hash;
    uint64_t placement_hash;
    bool has_stats;
    uint64_t search_steps, splits, merges;
    uint64_t brk_calls, mmap_calls, munmap_calls;
    uint32_t series_count;
    uint64_t series_op[JOB_SERIES_MAX];
    uint64_t series_allocated[JOB_SERIES_MAX];
    uint64_t series_live[JOB_SERIES_MAX];
    uint64_t series_footprint[JOB_SERIES_MAX];
    uint64_t series_resident[JOB_SERIES_MAX];
    uint64_t series_time_ns[JOB_SERIES_MAX]; /* paced, instead of series_op, _allocated, _live */
    uint64_t resident_mean_bytes;            /* paced: over time */

    /* JOB_PEAK */
    uint64_t footprint_bytes, live_block_bytes, live_bytes, free_bytes, largest_free_bytes;
    struct free_sizes free_sizes;

    /* JOB_RELEASE, and its footprint_bytes: */
    uint32_t is_idle; /* all is freed, and the first of these known */
    uint64_t resident_after[JOB_RELEASES];

    /* JOB_PAGES, and peak_resident_bytes, here at the first peak of live, as the others are: */
    uint64_t peak_huge_bytes;
    uint32_t frames_status; /* enum frames_status */
    uint64_t frames_pages, frames_runs, frames_longest;
    uint32_t huge_count;
    uint64_t huge_op[JOB_HUGE_MAX];
    uint64_t huge_bytes[JOB_HUGE_MAX];

    /* JOB_BLOCKS */
    uint32_t moment_count;
    uint64_t moment_op[JOB_MOMENTS_MAX];
    struct free_sizes moment_sizes[JOB_MOMENTS_MAX];

    /* JOB_CACHE, in the order of the job's counters */
    struct hb_count counts[HB_COUNTERS_MAX];

    /* JOB_LATENCY, in steps of the clock */
    struct hb_latencies cold_latencies, warm_latencies;
    uint64_t latency_replays;                  /* warm ones that were counted, */
    uint64_t latency_faults, latency_switches; /* page faults and context switches of them */

    /* JOB_ADVERSARY, and ops, peak_live_bytes, peak_footprint_bytes, peak_resident_bytes: */
    uint64_t span_bytes; /* from the first byte of any object to the last, over all the time */
    uint64_t span_units; /* the same, with each object's place rounded down */
};

/* How far a streamed program is. The ring is filled from its first block on, and again once it is
 * drained. A block of no words ends the trace; the next ring begins it anew. Counters are changed
 * with futex wakes, by one side each. */
struct job_feed {
    _Atomic uint32_t filled;  /* blocks, by the parent */
    _Atomic uint32_t drained; /* blocks, by the worker */
    _Atomic uint32_t failed;  /* the parent can fill no more, message says why */
    uint32_t words[PROGRAM_RING_BLOCKS];
    char message[JOB_MESSAGE_MAX];
};

struct job_page {
    struct job job;
    struct report report;
    struct job_feed feed;
} __attribute__((aligned(64)));

static inline void *job_raster(struct job_page *page) {
    return page + 1;
}

#endif
