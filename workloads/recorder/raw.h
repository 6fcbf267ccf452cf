/* raw.h -- the file in which the recorder keeps the events of a thread until they are merged.
 *
 *     offset 0                  struct raw_header
 *     RAW_HEADER_BYTES          the ring: the newest words, mapped by the recorder
 *     RAW_HEADER_BYTES
 *       + RAW_RING_BYTES        the words that were moved out of the ring, in order
 *
 * Of logged_words words the first flushed_words stand behind the ring, the others at its start. A
 * word is stored before logged_words counts it, and moved words are written before flushed_words
 * counts them, so that the file is right at every instant and the process may die at any.
 *
 * A word holds one event, least significant bits first:
 *
 *     births (malloc, calloc, aligned, realloc's end)   kind 3 | time 18 | size 18 | address 25
 *     deaths (free, realloc's begin)                    kind 3 | time 18 | address 43
 *     escapes                                           kind 3 | mark 4  | value 57
 *
 * time is the ticks since the thread's last event. A birth's address is counted in units of 16
 * bytes from the base less RAW_STEP_BIAS; a death's from 0. What does not fit stands in escapes
 * before the event, whose own field is then 0; an escaped address moves the base, unless the birth
 * is so large that it probably lies in a mapping of its own.
 *
 * RAW_SITE says who makes the births from here on. RAW_MODULE, and the RAW_TEXT that follow it, say
 * what the module is called that sites name by number.
 */
#ifndef HB_RAW_H
#define HB_RAW_H

#include <stdint.h>

#define RAW_MAGIC "hbraw\0\0\1"

enum {
    RAW_HEADER_BYTES = 8192,
    RAW_RING_BYTES = 131072,
    RAW_RING_WORDS = RAW_RING_BYTES / 8,
    RAW_COMMAND_BYTES = 4096,
    RAW_SCRATCH_WORDS = 256,
    RAW_START_WORDS = 2 /* a file begins with the marks of its first thread */
};

enum raw_kind {
    RAW_NONE, /* never written: a word that is 0 ends the file */
    RAW_MALLOC,
    RAW_CALLOC,
    RAW_ALIGNED,
    RAW_FREE,
    RAW_REALLOC_BEGIN, /* before the call: the old address is about to die    */
    RAW_REALLOC_END,   /* after it: the new address and size                  */
    RAW_ESCAPE
};

enum raw_mark {
    RAW_TIME,           /* value: the ticks of the next event since image_ticks */
    RAW_ADDRESS,        /* value: its address, in bytes                         */
    RAW_SIZE,           /* value: its size                                      */
    RAW_ALIGNMENT,      /* value: log2 of its alignment                         */
    RAW_REALLOC_FAILED, /* instead of RAW_REALLOC_END: the old object lives on  */
    RAW_THREAD_START,   /* value: the thread's number; the next events are its  */
    RAW_THREAD_END,     /* its last event has been                              */
    RAW_SITE,           /* value: module, and offset in it; 0: not known        */
    RAW_MODULE,         /* value: length of its path, and its number, from 1    */
    RAW_TEXT,           /* value: the next 7 bytes of the path                  */
    RAW_MARKS
};

enum {
    RAW_KIND_BITS = 3,
    RAW_TIME_BITS = 18,
    RAW_SIZE_BITS = 18,
    RAW_STEP_BITS = 25,
    RAW_UNIT_BITS = 43,
    RAW_MARK_BITS = 4,
    RAW_VALUE_BITS = 57,
    RAW_OFFSET_BITS = 42,
    RAW_MODULE_BITS = 15,
    RAW_TIME_SHIFT = RAW_KIND_BITS,
    RAW_SIZE_SHIFT = RAW_TIME_SHIFT + RAW_TIME_BITS,
    RAW_STEP_SHIFT = RAW_SIZE_SHIFT + RAW_SIZE_BITS,
    RAW_UNIT_SHIFT = RAW_TIME_SHIFT + RAW_TIME_BITS,
    RAW_MARK_SHIFT = RAW_KIND_BITS,
    RAW_VALUE_SHIFT = RAW_MARK_SHIFT + RAW_MARK_BITS,
    RAW_STEP_BIAS = 1 << (RAW_STEP_BITS - 1),
    RAW_FAR_BYTES = 128 * 1024 /* births from this size on leave the base where it is */
};

/* One instant on both clocks: ticks of the counter, ns of CLOCK_MONOTONIC. */
struct raw_instant {
    uint64_t ticks;
    uint64_t ns;
};

struct raw_header {
    char magic[8];
    uint32_t header_bytes;
    uint32_t ring_bytes;
    uint64_t pid;
    uint64_t image_ticks; /* when this program image (an exec or a fork) began to record */
    uint64_t buffer;      /* 0 is the image's first file: it has the command and the costs */
    uint64_t has_times;   /* every event has a time of its own from the first on */
    uint64_t has_sites;   /* births have call sites */
    struct raw_instant first;
    struct raw_instant latest;
    uint64_t logged_words;
    uint64_t flushed_words;
    uint64_t is_ended; /* the thread in this file has ended; no mark may follow */
    uint64_t null_frees;
    uint64_t failed_calls;
    uint64_t dropped_calls;
    uint64_t early_calls;
    uint64_t signal_calls;
    /* What logging one event costs, in ticks / 1000, measured at the start: while the process has
     * one thread, and with more. */
    uint64_t cost_one_ticks_x1000;
    uint64_t cost_many_ticks_x1000;
    uint64_t command_bytes;
    char command[RAW_COMMAND_BYTES]; /* as in /proc/PID/cmdline: each argument ends with a NUL */
    uint64_t scratch[RAW_SCRATCH_WORDS];
};

_Static_assert(sizeof(struct raw_header) <= RAW_HEADER_BYTES, "the header has its own pages");
_Static_assert(RAW_STEP_SHIFT + RAW_STEP_BITS == 64 && RAW_UNIT_SHIFT + RAW_UNIT_BITS == 64 &&
                   RAW_VALUE_SHIFT + RAW_VALUE_BITS == 64 &&
                   RAW_OFFSET_BITS + RAW_MODULE_BITS == RAW_VALUE_BITS,
               "an event fills its word");

static inline uint64_t raw_escape(enum raw_mark mark, uint64_t value) {
    return RAW_ESCAPE | (uint64_t)mark << RAW_MARK_SHIFT | value << RAW_VALUE_SHIFT;
}

#endif
