/* exchange.h -- random traffic of blocks between threads: what is born in one is resized and dies
 * in others. Every block knows its size and is filled with a mark; both are verified by whoever
 * gets it.
 */
#ifndef HB_TEST_EXCHANGE_H
#define HB_TEST_EXCHANGE_H

/* Generations of threads, one after another, of that many rounds a thread; then all is freed. A
 * failure is said and ends the process with status 1. */
void exchange_run(int threads, int generations, int rounds);

#endif
