/* log.h -- a thread's log: where its events go, and how one is written.
 *
 * The logs and the image's state lie in memory that a fork leaves zeroed in the child. A child
 * therefore finds its log full (NULL cursor, NULL limit) at its first call, whichever way it was
 * forked, and never writes to the parent's file.
 *
 * A signal handler may interrupt anything here. While words are written the log is busy, and calls
 * made meanwhile in the same thread are counted, not logged. Between log_enter and log_birth other
 * events may be logged by handlers, each after a log_enter of its own: LOG_SPARE_WORDS keeps room
 * for a dozen handlers nested that way.
 */
#ifndef HB_LOG_H
#define HB_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/recorder/raw.h"
#include "workloads/recorder/sites.h"
#include "workloads/recorder/ticks.h"

#define LOG_LIKELY(x) __builtin_expect(!!(x), 1)
#define LOG_HOT       static inline __attribute__((always_inline))

enum {
    LOG_SPARE_WORDS = 64,
    LOG_STAMP_PERIOD = 128, /* events per reading of the counter: always under LOG_SPARSELY, at most
                             * under LOG_BY_OWNER */
    LOG_OWNERS = 1 << 16,
    LOG_PATH_BYTES = 440 /* HB_RECORD_FOLDER_BYTES and a file's name */
};

enum log_stamping {
    LOG_SPARSELY, /* one thread: the file's order is the order, a time now and then is enough */
    LOG_BY_OWNER, /* more than one: the times make the order; see log_owners */
    LOG_EACH,     /* the user wants each event's time, of one thread */
    LOG_FENCED    /* of more */
};

struct log {
    uint64_t *cursor; /* the next word to write */
    uint64_t *limit;  /* from here on the ring must be flushed first */
    struct raw_header *header;
    uint64_t last_ticks;
    uint64_t base_unit;
    uint32_t until_stamp;
    bool busy;
    uint16_t number;   /* of this log, from 1 */
    uint32_t owner;    /* the thread's id in the kernel */
    uint64_t site_key; /* of the last birth, see sites.h */
    struct sites *sites;
    char path[LOG_PATH_BYTES];
};

extern __thread struct log *log_own __attribute__((tls_model("initial-exec")));
extern enum log_stamping log_stamping;

/* Which log had the last event on each page of addresses (or on another with the same slot); 0 if
 * none, or if that is in doubt. Reading the counter for each event would cost ten times the event.
 * But only an event on an address that was another thread's before needs its time: an event without
 * one counts as of its log's last time, which is not after it.
 *
 * Why the order is right: let B's event on an address come after A's. If B finds the slot not its
 * own, it takes it, then reads the counter: later than any time that A can have used. If B finds it
 * its own, it took it, at a time t that B's event counts as of at least, after A's event looked: if
 * A's event had no time of its own, its time is older than that look. If it had, A looked again
 * after reading the counter, and has put a 0 into a slot that was no longer its own: then B would
 * not have found it its own. */
extern uint16_t *log_owners;

/* The log to write one call's events to, or NULL: the call is then counted as far as it can be, and
 * goes unlogged. Attaches the thread, flushes a full ring. */
struct log *log_enter_slowly(void);

void log_birth_slowly(struct log *log, enum raw_kind kind, uint64_t address, uint64_t size,
                      unsigned alignment_log2, uint64_t ticks);
void log_death_slowly(struct log *log, enum raw_kind kind, uint64_t address, uint64_t ticks);

LOG_HOT struct log *log_enter(void) {
    struct log *log = log_own;
    if (LOG_LIKELY(log && log->cursor < log->limit && !log->busy))
        return log;
    return log_enter_slowly();
}

/* The time of an event that needs one, or whose turn it is. */
uint64_t log_stamp(struct log *log, uint64_t address);

/* Arenas of threads lie at multiples of 64 MiB: the slots of their pages must not coincide. */
LOG_HOT uint16_t *log_owner_slot(uint64_t address) {
    return &log_owners[(address >> 12 ^ (address >> 26) * 40503) % LOG_OWNERS];
}

LOG_HOT uint64_t log_ticks(struct log *log, uint64_t address) {
    if (LOG_LIKELY(log_stamping == LOG_SPARSELY)) {
        if (LOG_LIKELY(--log->until_stamp))
            return log->last_ticks;
        return log_stamp(log, address);
    }
    if (LOG_LIKELY(log_stamping == LOG_BY_OWNER)) {
        uint16_t owner = __atomic_load_n(log_owner_slot(address), __ATOMIC_RELAXED);
        if (LOG_LIKELY(owner == log->number && --log->until_stamp))
            return log->last_ticks;
        return log_stamp(log, address);
    }
    if (log_stamping == LOG_FENCED)
        ticks_fence();
    return ticks_now();
}

LOG_HOT void log_put(struct log *log, uint64_t word) {
    *(volatile uint64_t *)log->cursor++ = word;
    ++*(volatile uint64_t *)&log->header->logged_words;
}

LOG_HOT void log_begin(struct log *log) {
    *(volatile bool *)&log->busy = true;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

LOG_HOT void log_end(struct log *log, uint64_t ticks) {
    log->last_ticks = ticks;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    *(volatile bool *)&log->busy = false;
}

LOG_HOT void log_site(struct log *log, const void *caller) {
    uint64_t key = (uintptr_t)caller | site_generation;
    if (LOG_LIKELY(key == log->site_key))
        return;
    const struct site_cached *cached = sites_slot(log->sites, key);
    log->site_key = key;
    if (LOG_LIKELY(cached->key == key))
        log_put(log, cached->word);
    else
        log_site_slowly(log, key, (uintptr_t)caller);
}

/* After the call: an object was born at address. caller: where the call returns to. */
LOG_HOT void log_birth(struct log *log, enum raw_kind kind, const void *born, uint64_t size,
                       const void *caller) {
    log_begin(log);
    if (LOG_HAS_SITES)
        log_site(log, caller);
    uint64_t address = (uintptr_t)born, ticks = log_ticks(log, address);
    uint64_t elapsed = ticks - log->last_ticks;
    uint64_t step = (address >> 4) - log->base_unit + RAW_STEP_BIAS;
    if (LOG_LIKELY(!(elapsed >> RAW_TIME_BITS | size >> RAW_SIZE_BITS | step >> RAW_STEP_BITS |
                     (address & 15))))
        log_put(log,
                kind | elapsed << RAW_TIME_SHIFT | size << RAW_SIZE_SHIFT | step << RAW_STEP_SHIFT);
    else
        log_birth_slowly(log, kind, address, size, 0, ticks);
    log_end(log, ticks);
}

/* Before the call: the object at address dies, or is handed to realloc. */
LOG_HOT void log_death(struct log *log, enum raw_kind kind, const void *dying) {
    log_begin(log);
    uint64_t address = (uintptr_t)dying, ticks = log_ticks(log, address);
    uint64_t elapsed = ticks - log->last_ticks;
    if (LOG_LIKELY(!(elapsed >> RAW_TIME_BITS | address >> (RAW_UNIT_BITS + 4) | (address & 15))))
        log_put(log, kind | elapsed << RAW_TIME_SHIFT | address >> 4 << RAW_UNIT_SHIFT);
    else
        log_death_slowly(log, kind, address, ticks);
    log_end(log, ticks);
}

/* The same for an aligned birth, which is rare. */
void log_aligned(struct log *log, const void *born, uint64_t size, unsigned alignment_log2,
                 const void *caller);

/* After a realloc that failed: what log_death began is taken back. */
void log_realloc_failed(struct log *log);

#endif
