/* paced.h -- the fields of replay at the recorded pace: a part of the list in results.h. */
#ifndef HB_RESULTS_PACED_H
#define HB_RESULTS_PACED_H

#define HB_PACED_FIELDS(X)                                                                         \
    X(REAL, speed, "", "paced: so many times as fast as recorded")                                 \
    X(REAL, idle_ratio, "", "paced: part of all threads' time ahead of the pace, at rest")         \
    X(REAL, late_mean_ns, "ns", "paced: how late operations began, mean over the marks of time")   \
    X(REAL, late_max_ns, "ns", "the most of these")                                                \
    X(COUNT, mean_resident_bytes, "bytes", "paced: in physical memory, mean over time")            \
    X(COUNTS, series_time_ns, "ns", "paced: when the series was taken, since the start")

#endif
