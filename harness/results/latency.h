/* latency.h -- the fields of the latency pass: a part of the list in results.h. */
#ifndef HB_RESULTS_LATENCY_H
#define HB_RESULTS_LATENCY_H

/* Of all warm samples of a kind of operation. */
#define HB_LATENCY_KIND_FIELDS(X, kind, what)                                                      \
    X(COUNT, latency_##kind##_samples, "", what ", warm: operations timed")                        \
    X(REAL, latency_##kind##_mean_ns, "ns", what ", warm: mean")                                   \
    X(REAL, latency_##kind##_p50_ns, "ns", what ", warm: 50% take less")                           \
    X(REAL, latency_##kind##_p90_ns, "ns", what ", warm: 90% take less")                           \
    X(REAL, latency_##kind##_p99_ns, "ns", what ", warm: 99% take less")                           \
    X(REAL, latency_##kind##_p999_ns, "ns", what ", warm: 99.9% take less")                        \
    X(REAL, latency_##kind##_p9999_ns, "ns", what ", warm: 99.99% take less")                      \
    X(REAL, latency_##kind##_max_ns, "ns", what ", warm: the slowest sample")

/* Of a kind in another state (cold), or of another allocator (floor). */
#define HB_LATENCY_OTHER_FIELDS(X, state, kind, what)                                              \
    X(COUNT, latency_##state##_##kind##_samples, "", what ": operations timed")                    \
    X(REAL, latency_##state##_##kind##_p50_ns, "ns", what ": 50% take less")                       \
    X(REAL, latency_##state##_##kind##_p99_ns, "ns", what ": 99% take less")                       \
    X(REAL, latency_##state##_##kind##_p999_ns, "ns", what ": 99.9% take less")                    \
    X(REAL, latency_##state##_##kind##_max_ns, "ns", what ": the slowest sample")

#define HB_LATENCY_FIELDS(X)                                                                       \
    X(TEXT, latency_clock, "", "clock of the latency pass: tsc, cntvct or clock_gettime")          \
    X(REAL, latency_clock_step_ns, "ns", "it moves by so much at once")                            \
    X(REAL, latency_clock_pair_ns, "ns", "median of two reads of it with nothing between")         \
    X(COUNT, latency_sample_every, "", "of so many consecutive operations one was timed")          \
    X(COUNT, latency_replays, "", "warm replays with timed operations, of all blocks")             \
    X(COUNT, latency_minor_faults, "", "page faults of these replays")                             \
    X(COUNT, latency_context_switches, "", "context switches during these replays")                \
    HB_LATENCY_KIND_FIELDS(X, all, "any operation")                                                \
    HB_LATENCY_KIND_FIELDS(X, malloc, "malloc")                                                    \
    HB_LATENCY_KIND_FIELDS(X, calloc, "calloc")                                                    \
    HB_LATENCY_KIND_FIELDS(X, realloc, "realloc")                                                  \
    HB_LATENCY_KIND_FIELDS(X, aligned, "aligned allocation")                                       \
    HB_LATENCY_KIND_FIELDS(X, free, "free")                                                        \
    X(REAL, latency_malloc_p50_ns_ci95_low, "ns", "95% interval of the blocks' p50")               \
    X(REAL, latency_malloc_p50_ns_ci95_high, "ns", "95% interval of the blocks' p50")              \
    X(REAL, latency_malloc_p99_ns_ci95_low, "ns", "95% interval of the blocks' p99")               \
    X(REAL, latency_malloc_p99_ns_ci95_high, "ns", "95% interval of the blocks' p99")              \
    X(REAL, latency_free_p50_ns_ci95_low, "ns", "95% interval of the blocks' p50")                 \
    X(REAL, latency_free_p50_ns_ci95_high, "ns", "95% interval of the blocks' p50")                \
    X(REAL, latency_free_p99_ns_ci95_low, "ns", "95% interval of the blocks' p99")                 \
    X(REAL, latency_free_p99_ns_ci95_high, "ns", "95% interval of the blocks' p99")                \
    HB_LATENCY_OTHER_FIELDS(X, cold, malloc, "malloc, first replay in a fresh worker")             \
    HB_LATENCY_OTHER_FIELDS(X, cold, free, "free, first replay in a fresh worker")                 \
    HB_LATENCY_OTHER_FIELDS(X, floor, malloc, "malloc of the null allocator, warm")                \
    HB_LATENCY_OTHER_FIELDS(X, floor, free, "free of the null allocator, warm")                    \
    X(REALS, latency_bucket_low_ns, "ns", "buckets that hold samples: where each begins")          \
    X(REALS, latency_bucket_high_ns, "ns", "and where it ends")                                    \
    X(COUNTS, latency_malloc_counts, "", "malloc, warm: samples in each bucket")                   \
    X(COUNTS, latency_calloc_counts, "", "calloc, warm: samples in each bucket")                   \
    X(COUNTS, latency_realloc_counts, "", "realloc, warm: samples in each bucket")                 \
    X(COUNTS, latency_aligned_counts, "", "aligned allocation, warm: samples in each bucket")      \
    X(COUNTS, latency_free_counts, "", "free, warm: samples in each bucket")                       \
    X(COUNTS, latency_cold_malloc_counts, "", "malloc, cold: samples in each bucket")              \
    X(COUNTS, latency_cold_free_counts, "", "free, cold: samples in each bucket")                  \
    X(COUNTS, latency_floor_malloc_counts, "", "malloc of null, warm: samples in each bucket")     \
    X(COUNTS, latency_floor_free_counts, "", "free of null, warm: samples in each bucket")         \
    X(COUNTS, latency_size_bytes, "bytes", "classes of malloc's request: the smallest of each")    \
    X(COUNTS, latency_size_samples, "", "malloc of this class, warm: operations timed")            \
    X(REALS, latency_size_p50_ns, "ns", "malloc of this class, warm: 50% take less")               \
    X(REALS, latency_size_p99_ns, "ns", "malloc of this class, warm: 99% take less")               \
    X(REALS, latency_size_p999_ns, "ns", "malloc of this class, warm: 99.9% take less")            \
    X(REALS, latency_size_max_ns, "ns", "malloc of this class, warm: the slowest sample")          \
    X(COUNTS, latency_cell_size, "", "malloc by class and bucket, warm: number of the class")      \
    X(COUNTS, latency_cell_bucket, "", "number of the bucket")                                     \
    X(COUNTS, latency_cell_count, "", "samples in it")

/* Came later. */
#define HB_LATENCY_NOISE_FIELDS(X)                                                                 \
    X(COUNT, latency_bad_blocks, "", "blocks of the latency pass in which a worker was disturbed") \
    X(COUNT, latency_bad_blocks_kept, "", "of these, in the figures: there were too few others")

#endif
