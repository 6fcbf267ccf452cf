/* log.c -- the events that do not fit into one word. */
#include "workloads/recorder/log.h"
#include "workloads/recorder/image.h"

__thread struct log *log_own;
enum log_stamping log_stamping;
uint16_t *log_owners;

static uint64_t log_stamp_by_owner(struct log *log, uint64_t address) {
    uint16_t *slot = log_owner_slot(address);
    if (__atomic_load_n(slot, __ATOMIC_RELAXED) != log->number)
        __atomic_exchange_n(slot, log->number, __ATOMIC_SEQ_CST);
    ticks_fence();
    uint64_t ticks = ticks_now();
    ticks_fence();
    if (__atomic_load_n(slot, __ATOMIC_RELAXED) != log->number)
        __atomic_exchange_n(slot, 0, __ATOMIC_SEQ_CST);
    log->until_stamp = LOG_STAMP_PERIOD;
    return ticks;
}

uint64_t log_stamp(struct log *log, uint64_t address) {
    if (log_stamping == LOG_SPARSELY) {
        uint64_t ticks = ticks_now();
        log->until_stamp = LOG_STAMP_PERIOD;
        ticks_fence();
        /* A second thread may have begun meanwhile, unaware of this time. */
        if (__atomic_load_n(&log_stamping, __ATOMIC_RELAXED) == LOG_SPARSELY)
            return ticks;
    }
    return log_stamp_by_owner(log, address);
}

static uint64_t log_put_time(struct log *log, uint64_t ticks) {
    uint64_t elapsed = ticks - log->last_ticks;
    if (!(elapsed >> RAW_TIME_BITS))
        return elapsed << RAW_TIME_SHIFT;
    log_put(log, raw_escape(RAW_TIME, ticks - image_ticks()));
    return 0;
}

static uint64_t log_put_address(struct log *log, uint64_t address, uint64_t size) {
    uint64_t step = (address >> 4) - log->base_unit + RAW_STEP_BIAS;
    if (!(step >> RAW_STEP_BITS) && !(address & 15))
        return step << RAW_STEP_SHIFT;
    log_put(log, raw_escape(RAW_ADDRESS, address));
    if (size < RAW_FAR_BYTES)
        log->base_unit = address >> 4;
    return 0;
}

static uint64_t log_put_size(struct log *log, uint64_t size) {
    if (!(size >> RAW_SIZE_BITS))
        return size << RAW_SIZE_SHIFT;
    log_put(log, raw_escape(RAW_SIZE, size));
    return 0;
}

void log_birth_slowly(struct log *log, enum raw_kind kind, uint64_t address, uint64_t size,
                      unsigned alignment_log2, uint64_t ticks) {
    uint64_t word = kind;
    word |= log_put_time(log, ticks);
    word |= log_put_address(log, address, size);
    word |= log_put_size(log, size);
    if (kind == RAW_ALIGNED)
        log_put(log, raw_escape(RAW_ALIGNMENT, alignment_log2));
    log_put(log, word);
}

void log_death_slowly(struct log *log, enum raw_kind kind, uint64_t address, uint64_t ticks) {
    uint64_t word = kind;
    word |= log_put_time(log, ticks);
    if (address >> (RAW_UNIT_BITS + 4) || (address & 15))
        log_put(log, raw_escape(RAW_ADDRESS, address));
    else
        word |= address >> 4 << RAW_UNIT_SHIFT;
    log_put(log, word);
}

void log_aligned(struct log *log, const void *born, uint64_t size, unsigned alignment_log2,
                 const void *caller) {
    log_begin(log);
    if (LOG_HAS_SITES)
        log_site(log, caller);
    uint64_t address = (uintptr_t)born, ticks = log_ticks(log, address);
    log_birth_slowly(log, RAW_ALIGNED, address, size, alignment_log2, ticks);
    log_end(log, ticks);
}

void log_realloc_failed(struct log *log) {
    log_begin(log);
    log_put(log, raw_escape(RAW_REALLOC_FAILED, 0));
    log_end(log, log->last_ticks);
}
