/* results_memory.h -- the fields of the passes that look closer at memory: a part of the list in
 * results.h. */
#ifndef HB_RESULTS_MEMORY_H
#define HB_RESULTS_MEMORY_H

#define HB_MEMORY_FIELDS(X)                                                                        \
    X(COUNT, end_resident_bytes, "bytes", "still resident when all is freed after the last op")    \
    X(COUNT, end_resident_100ms_bytes, "bytes", "the same 0.1 s later, idle")                      \
    X(COUNT, end_resident_1s_bytes, "bytes", "the same 1 s later, idle")                           \
    X(COUNT, end_footprint_bytes, "bytes", "still held from the system when all is freed")         \
    X(TEXT, thp, "",                                                                               \
      "transparent huge pages in force: always, madvise, never; none: no such kernel")

#endif
