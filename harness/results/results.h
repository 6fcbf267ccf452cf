/* results.h -- one result: a cell (allocator x trace x settings), all that was measured of it.
 *
 * HB_RESULT_FIELDS is the one list of fields. The struct, JSON Lines, CSV and docs/metrics.md come
 * from it: adding a measure is one line here. X(kind, name, unit, description), kinds:
 *   TEXT    char[HB_RESULT_TEXT_MAX]; "" is null
 *   COUNT   uint64_t; HB_COUNT_NULL is null
 *   REAL    double; NaN is null, printed with 17 significant digits
 *   COUNTS  struct hb_counts, REALS struct hb_reals: arrays; count 0 is null; left out of CSV
 */
#ifndef HB_RESULTS_H
#define HB_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/results/latency.h"
#include "harness/results/memory.h"
#include "harness/results/paced.h"
#include "harness/results/sim.h"

enum { HB_RESULT_SCHEMA = 1, HB_RESULT_TEXT_MAX = 512, HB_SERIES_MAX = 1000 };
enum { HB_ARRAY_MAX = 65536 }; /* values in an array of a result */
#define HB_COUNT_NULL UINT64_MAX

#define HB_RESULT_FIELDS(X)                                                                        \
    X(COUNT, schema, "", "version of this list of fields")                                         \
    X(TEXT, run_id, "", "the run that measured the cell")                                          \
    X(TEXT, allocator, "", "canonical spec of the allocator")                                      \
    X(TEXT, trace, "", "name of the trace")                                                        \
    X(TEXT, baseline, "", "canonical spec of the baseline")                                        \
    X(TEXT, passes, "", "passes run, comma-separated")                                             \
    X(TEXT, mode, "",                                                                              \
      "serial: the recorded order; concurrent: each thread its own; paced: in time")               \
    X(COUNT, threads, "", "threads that replayed")                                                 \
    X(TEXT, touch, "", "what replay wrote where time is measured: none, first, page or all")       \
    X(COUNT, repeats, "", "blocks of the time and latency passes")                                 \
    X(COUNT, seed, "", "seed of layouts and interleaving")                                         \
    X(COUNT, ops, "", "operations that succeeded, in the space pass or else in one replay")        \
    X(REAL, cold_ns_per_op, "ns", "first replay in a fresh worker, page faults included")          \
    X(REAL, ns_per_op, "ns", "warm replay: median over blocks")                                    \
    X(REAL, ns_per_op_ci95_low, "ns", "95% interval of ns_per_op, order statistics")               \
    X(REAL, ns_per_op_ci95_high, "ns", "95% interval of ns_per_op, order statistics")              \
    X(REAL, floor_ns_per_op, "ns", "the same replay with the null allocator")                      \
    X(REAL, time_ratio, "", "median of the paired warm ratios to the baseline")                    \
    X(REAL, time_ratio_ci95_low, "", "95% interval of time_ratio, order statistics")               \
    X(REAL, time_ratio_ci95_high, "", "95% interval of time_ratio, order statistics")              \
    X(REALS, replay_ns, "ns", "warm ns per op of each block, in block order")                      \
    X(REALS, baseline_replay_ns, "ns", "the baseline's, in the same blocks")                       \
    X(COUNT, peak_live_bytes, "bytes", "largest sum of requested bytes not yet freed")             \
    X(COUNT, peak_footprint_bytes, "bytes", "most held from the system")                           \
    X(COUNT, peak_resident_bytes, "bytes", "most in physical memory, sampled")                     \
    X(REAL, frag_mean_ratio, "", "sum of footprint over all ops / sum of live (J&W 1)")            \
    X(REAL, frag_at_peak_live_ratio, "", "footprint / live at the first peak of live (J&W 2)")     \
    X(REAL, frag_at_peak_footprint_ratio, "",                                                      \
      "footprint / live at the first peak of footprint (J&W 3)")                                   \
    X(REAL, frag_peak_ratio, "", "peak footprint / peak live (J&W 4)")                             \
    X(REAL, resident_peak_ratio, "", "peak resident / peak live")                                  \
    X(REAL, internal_frag_ratio, "",                                                               \
      "1 - requested / block bytes of live blocks, at the first peak of footprint")                \
    X(REAL, external_frag_ratio, "", "free block bytes / footprint, there")                        \
    X(COUNT, largest_free_bytes, "bytes", "largest free block, there")                             \
    X(REAL, search_steps_per_op, "", "free blocks or index nodes looked at, per op")               \
    X(COUNT, splits, "", "blocks split")                                                           \
    X(COUNT, merges, "", "blocks merged")                                                          \
    X(TEXT, cache_source, "", "pmu, sim, or software: no event of the processor")                  \
    X(COUNT, cache_ops, "", "operations that succeeded in the cache pass, a prefix under sim")     \
    X(TEXT, cache_geometry, "", "caches simulated: bytes, ways, bytes of a line")                  \
    X(REAL, instructions_per_op, "", "instructions")                                               \
    X(REAL, l1d_misses_per_op, "", "first-level data cache misses; sim: of reads and writes")      \
    X(REAL, llc_misses_per_op, "", "last-level cache misses; sim: of data, reads and writes")      \
    X(REAL, dtlb_misses_per_op, "", "data TLB misses")                                             \
    X(COUNT, minor_faults, "", "page faults of the cold replay")                                   \
    X(COUNT, brk_calls, "", "moves of the program break")                                          \
    X(COUNT, mmap_calls, "", "mmap calls")                                                         \
    X(COUNT, munmap_calls, "", "munmap calls")                                                     \
    X(COUNT, failed_allocs, "", "requests that got no memory")                                     \
    X(TEXT, placement_hash, "", "FNV-1a of all payload offsets, hexadecimal")                      \
    X(COUNTS, series_op, "", "op numbers of the series")                                           \
    X(COUNTS, series_live_bytes, "bytes", "live at these ops")                                     \
    X(COUNTS, series_footprint_bytes, "bytes", "footprint at these ops")                           \
    X(COUNTS, series_resident_bytes, "bytes", "resident at these ops")                             \
    X(COUNT, warm_minor_faults, "",                                                                \
      "page faults of a warm replay: memory given back, and again in use")                         \
    X(TEXT, resident_source, "", "statm, or smaps_rollup where statm is not exact")                \
    X(TEXT, check, "", "verdict of the check pass: ok, or what failed first")                      \
    X(TEXT, error, "", "why the cell, or a pass of it, has no figures")                            \
    X(TEXT, library, "", "the library that served malloc, of a foreign allocator")                 \
    X(REAL, floor_instructions_per_op, "", "of the same replay with the null allocator")           \
    X(REAL, floor_l1d_misses_per_op, "", "of the same replay with the null allocator")             \
    X(REAL, floor_llc_misses_per_op, "", "of the same replay with the null allocator")             \
    X(TEXT, counters, "", "events counted, as libpfm4 names them, comma-separated")                \
    X(REALS, counters_per_op, "", "counts of these events")                                        \
    X(REALS, floor_counters_per_op, "", "of the same replay with the null allocator")              \
    X(REAL, counters_running_ratio, "",                                                            \
      "least part of the time that an event was counted; 1: no scaling")                           \
    X(REALS, cold_replay_ns, "ns", "cold ns per op of each block, in block order")                 \
    X(REALS, baseline_cold_replay_ns, "ns", "the baseline's, in the same blocks")                  \
    X(REAL, cold_ratio, "", "median of the paired cold ratios to the baseline")                    \
    X(REAL, cold_ratio_ci95_low, "", "95% interval of cold_ratio, order statistics")               \
    X(REAL, cold_ratio_ci95_high, "", "95% interval of cold_ratio, order statistics")              \
    X(COUNT, bad_blocks, "", "blocks of the time pass in which a worker was disturbed")            \
    X(COUNT, bad_blocks_kept, "", "of these, in the figures: there were too few others")           \
    X(COUNTS, replay_is_bad, "", "1 where that block, in block order, was disturbed")              \
    X(REALS, bad_replay_ns, "ns", "warm ns per op of the disturbed blocks that were replaced")     \
    X(REALS, bad_baseline_replay_ns, "ns", "the baseline's, in the same blocks")                   \
    X(REALS, bad_cold_replay_ns, "ns", "cold ns per op of the disturbed blocks, replaced")         \
    X(REALS, bad_baseline_cold_replay_ns, "ns", "the baseline's, in the same blocks")              \
    X(COUNT, involuntary_switches, "", "of the time pass's workers, all blocks together")          \
    X(REAL, wait_ms, "ms", "they were ready while others ran on their CPU, all together")          \
    X(REAL, steal_ms, "ms", "the hypervisor ran others on their CPU, all together")                \
    X(COUNT, cpu_khz_least, "kHz", "lowest frequency of their CPU, at the end of each")            \
    X(COUNT, cpu_khz_most, "kHz", "highest frequency of their CPU, at the end of each")            \
    X(COUNTS, series_allocated_bytes, "bytes", "requested in all up to these ops")                 \
    X(COUNTS, free_size_bytes, "bytes",                                                            \
      "classes of free blocks by size, powers of two, at the first peak of footprint")             \
    X(COUNTS, free_size_count, "", "free blocks of these sizes up to below the next, there")       \
    X(COUNTS, free_size_sum_bytes, "bytes", "their bytes")                                         \
    HB_LATENCY_FIELDS(X)                                                                           \
    HB_MEMORY_FIELDS(X)                                                                            \
    X(REALS, floor_replay_ns, "ns", "warm ns per op of the blocks that ran the null allocator")    \
    HB_SIM_FIELDS(X)                                                                               \
    HB_LATENCY_NOISE_FIELDS(X)                                                                     \
    X(REAL, wait_ratio, "",                                                                        \
      "on threads: part of all threads' time in which they waited for an object")                  \
    X(REAL, overlap_ratio, "", "on threads: how many were at work, on average over the wall time") \
    HB_PACED_FIELDS(X)

struct hb_counts {
    size_t count;
    uint64_t *values;
};

struct hb_reals {
    size_t count;
    double *values;
};

#define HB_FIELD_TEXT(name)                     char name[HB_RESULT_TEXT_MAX];
#define HB_FIELD_COUNT(name)                    uint64_t name;
#define HB_FIELD_REAL(name)                     double name;
#define HB_FIELD_COUNTS(name)                   struct hb_counts name;
#define HB_FIELD_REALS(name)                    struct hb_reals name;
#define HB_FIELD(kind, name, unit, description) HB_FIELD_##kind(name)

struct hb_result {
    HB_RESULT_FIELDS(HB_FIELD)
};

/* The same list as data, in the order of the struct. */
enum hb_field_kind { HB_KIND_TEXT, HB_KIND_COUNT, HB_KIND_REAL, HB_KIND_COUNTS, HB_KIND_REALS };

struct hb_result_field {
    enum hb_field_kind kind;
    const char *name, *unit, *description;
    size_t offset; /* in struct hb_result */
};

extern const struct hb_result_field hb_result_fields[];
extern const size_t hb_result_field_count;

/* All fields null, but for schema. */
void hb_result_init(struct hb_result *result);

/* Free the arrays. */
void hb_result_clear(struct hb_result *result);

/* Append value to an array of a result, at most HB_ARRAY_MAX; false when full or out of memory. */
bool hb_counts_append(struct hb_counts *counts, uint64_t value);
bool hb_reals_append(struct hb_reals *reals, double value);

/* Write one result as one line of JSON, every field present, null where not measured. */
bool hb_result_write_json(const struct hb_result *result, FILE *file);

/* Write the CSV heading, or one result as a CSV line (RFC 4180; arrays left out; null is empty). */
bool hb_result_write_csv_heading(FILE *file);
bool hb_result_write_csv(const struct hb_result *result, FILE *file);

/* Read all results of a JSON Lines file. Unknown keys are ignored, missing ones are null. Returns
 * an array of *count results for hb_results_free, or NULL with one line in error (512 bytes), that
 * names file, line and what is wrong. */
struct hb_result *hb_results_read(const char *path, size_t *count, char *error);
void hb_results_free(struct hb_result *results, size_t count);

/* Print results as a table for people, as wide as the terminal allows but at least 80 columns: a
 * block per trace, a line per allocator, units in the heading, intervals, footnotes for what is
 * empty and why. Never claims a difference whose interval includes 1. */
void hb_results_print_table(const struct hb_result *results, size_t count, FILE *file);

#endif
