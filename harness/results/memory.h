/* memory.h -- the fields of the passes that look closer at memory: a part of the list in
 * results.h. */
#ifndef HB_RESULTS_MEMORY_H
#define HB_RESULTS_MEMORY_H

#define HB_MEMORY_FIELDS(X)                                                                        \
    X(COUNT, end_resident_bytes, "bytes", "still resident when all is freed after the last op")    \
    X(COUNT, end_resident_100ms_bytes, "bytes", "the same 0.1 s later, idle")                      \
    X(COUNT, end_resident_1s_bytes, "bytes", "the same 1 s later, idle")                           \
    X(COUNT, end_footprint_bytes, "bytes", "still held from the system when all is freed")         \
    X(TEXT, thp, "",                                                                               \
      "transparent huge pages in force: always, madvise, never; none: no such kernel")             \
    X(COUNTS, series_huge_op, "", "op numbers of the next: some of the series'")                   \
    X(COUNTS, series_huge_bytes, "bytes", "in transparent huge pages at these ops")                \
    X(REAL, huge_ratio, "", "bytes in huge pages / resident, at the first peak of live")           \
    X(TEXT, frames_source, "", "pagemap, or why page frames are not known")                        \
    X(COUNT, frame_bytes, "bytes", "resident pages looked at, at the first peak of live")          \
    X(COUNT, frame_runs, "", "runs of neighbouring pages in neighbouring page frames, there")      \
    X(REAL, frame_run_mean_bytes, "bytes", "mean length of a run")                                 \
    X(COUNT, frame_run_max_bytes, "bytes", "longest run")                                          \
    X(COUNTS, series_free_op, "", "op numbers of moments at which free blocks were walked")        \
    X(COUNTS, series_free_size_bytes, "bytes", "classes of free blocks by size, powers of two")    \
    X(COUNTS, series_free_count, "", "free blocks, moment by moment, class by class")              \
    X(COUNTS, series_free_sum_bytes, "bytes", "their bytes, in the same order")

#endif
