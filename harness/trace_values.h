/* trace_values.h -- values of the options of `heapbench trace`. */
#ifndef HB_TRACE_VALUES_H
#define HB_TRACE_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole number, with K, M or G after it 1024, 1024^2 or 1024^3 of them. False if text is none. */
bool hb_trace_number_parse(const char *text, uint64_t *number);

/* MIN-MAX, or MIN- or -MAX or one number. */
bool hb_trace_range_parse(const char *text, uint64_t *least, uint64_t *most);

/* A list of numbers and ranges below HB_TRACE_THREADS_MAX, "0,3-5", as bits. */
bool hb_trace_threads_parse(const char *text, uint8_t *bits);

/* A factor above 0 as a fraction, both parts at most 10^9: "2", "0.75", "3/2". */
bool hb_trace_factor_parse(const char *text, uint64_t *numerator, uint64_t *denominator);

/* One of the words, which NULL ends: its index. */
bool hb_trace_word_parse(const char *text, const char *const *words, int *index);

#endif
