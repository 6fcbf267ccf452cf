/* logs.c -- threads get a log at their first call and leave it behind when they end; a later thread
 * may take it over once the kernel no longer knows the earlier one, which may make calls until
 * then.
 */
#include "workloads/recorder/logs.h"
#include "workloads/recorder/image.h"
#include "workloads/recorder/rawfile.h"
#include "workloads/recorder/sys.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>

enum {
    LOGS_RETRY_CALLS = 1024, /* after a failure: so many calls are dropped before the next try */
    LOGS_COST_ROUNDS = 6,
    LOGS_COST_PAIRS = 48
};

static pthread_key_t logs_key;
static bool logs_have_key;
static __thread bool logs_entering __attribute__((tls_model("initial-exec")));
static __thread uint32_t logs_retry_in __attribute__((tls_model("initial-exec")));

static void logs_lock(struct image *image) {
    while (__atomic_exchange_n(&image->lock, 1, __ATOMIC_ACQUIRE))
        sched_yield();
}

static void logs_unlock(struct image *image) {
    __atomic_store_n(&image->lock, 0, __ATOMIC_RELEASE);
}

static void logs_thread_ends(void *value) {
    struct log *log = value;
    if (log->header)
        log->header->is_ended = 1;
}

void logs_prepare(void) {
    if (!logs_have_key)
        logs_have_key = pthread_key_create(&logs_key, logs_thread_ends) == 0;
}

static bool log_flush(struct log *log) {
    log_begin(log);
    bool is_flushed = rawfile_flush(log->path, log->header);
    if (is_flushed) {
        log->cursor = rawfile_ring(log->header);
        log->header->latest = ticks_instant();
    }
    log_end(log, log->last_ticks);
    return is_flushed;
}

/* The least ticks one event took, over a few rounds written to the header's scratch words. */
static uint64_t log_cost_x1000(struct log *log, enum log_stamping stamping) {
    uint64_t *cursor = log->cursor, least = UINT64_MAX;
    enum log_stamping before = log_stamping;
    log_stamping = stamping;
    log->base_unit = (uintptr_t)log >> 4;
    log->last_ticks = ticks_now();
    for (int round = 0; round < LOGS_COST_ROUNDS; round++) {
        log->cursor = log->header->scratch;
        log->until_stamp = LOG_STAMP_PERIOD;
        uint64_t start = ticks_now();
        for (int pair = 0; pair < LOGS_COST_PAIRS; pair++) {
            log_birth(log, RAW_MALLOC, log, 64, sites_fake(pair));
            log_death(log, RAW_FREE, log);
        }
        uint64_t took = ticks_now() - start;
        if (took < least)
            least = took;
    }
    log_stamping = before;
    log->cursor = cursor;
    log->header->logged_words = 0;
    return least * 1000 / (2 * LOGS_COST_PAIRS);
}

static enum log_stamping logs_stamping_many(bool has_times) {
    return has_times ? LOG_FENCED : LOG_BY_OWNER;
}

static void log_describe_image(struct log *log) {
    struct raw_header *header = log->header;
    header->command_bytes =
        rawfile_read_text("/proc/self/cmdline", header->command, sizeof header->command);
    if (LOG_HAS_SITES)
        sites_pretend(log);
    header->cost_one_ticks_x1000 = log_cost_x1000(log, log_stamping);
    header->cost_many_ticks_x1000 = log_cost_x1000(log, logs_stamping_many(header->has_times));
    if (LOG_HAS_SITES)
        sites_reset(log);
}

static struct log *logs_create(struct image *image) {
    uint32_t number = image->log_count;
    if (number == IMAGE_LOGS_MAX)
        return NULL;
    struct log *log = &image->logs[number];
    if (!rawfile_name(log->path, sizeof log->path, image->folder, image->pid, image->ticks, number))
        return NULL;
    if (LOG_HAS_SITES && !log->sites && !(log->sites = sites_map()))
        return NULL;
    struct raw_header *header = rawfile_map(log->path);
    if (!header)
        return NULL;
    header->pid = image->pid;
    header->image_ticks = image->ticks;
    header->buffer = number;
    header->has_times = image->has_times;
    header->has_sites = LOG_HAS_SITES;
    header->first = header->latest = ticks_instant();
    log->header = header;
    log->cursor = rawfile_ring(header);
    log->limit = log->cursor + RAW_RING_WORDS - LOG_SPARE_WORDS;
    log->number = (uint16_t)(number + 1);
    if (number == 0)
        log_describe_image(log);
    image->log_count = number + 1;
    if (number == 0)
        header->early_calls += image_take_early();
    return log;
}

static struct log *logs_take_over(struct image *image) {
    for (uint32_t i = 0; i < image->log_count; i++) {
        struct log *log = &image->logs[i];
        if (!log->header->is_ended)
            continue;
        if (log->owner != sys_thread() && sys_thread_lives(log->owner))
            continue;
        if (log->cursor >= log->limit && !log_flush(log))
            continue;
        log_put(log, raw_escape(RAW_THREAD_END, 0));
        log->header->is_ended = 0;
        return log;
    }
    return NULL;
}

/* From the second thread on, times make the order. The flag is up before the new thread's
 * first call goes through: what others log without having seen it happened before. */
static void log_begin_thread(struct log *log, struct image *image) {
    if (image->thread_count)
        log_stamping = logs_stamping_many(image->has_times);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    log->owner = sys_thread();
    log->base_unit = 0;
    log->until_stamp = LOG_STAMP_PERIOD;
    log->last_ticks = ticks_now();
    log_put(log, raw_escape(RAW_THREAD_START, image->thread_count++));
    log_put(log, raw_escape(RAW_TIME, log->last_ticks - image->ticks));
}

static struct log *logs_attach(struct image *image) {
    logs_lock(image);
    struct log *log = logs_take_over(image);
    if (!log)
        log = logs_create(image);
    if (log)
        log_begin_thread(log, image);
    logs_unlock(image);
    log_own = log;
    if (log && logs_have_key)
        pthread_setspecific(logs_key, log);
    return log;
}

static void logs_count_dropped(struct image *image, struct log *log) {
    if (log && log->header)
        log->header->dropped_calls++;
    else if (image->log_count)
        __atomic_fetch_add(&image->logs[0].header->dropped_calls, 1, __ATOMIC_RELAXED);
}

static struct log *logs_open(struct image *image, struct log *log) {
    if (logs_retry_in && --logs_retry_in) {
        logs_count_dropped(image, log);
        return NULL;
    }
    struct log *opened = log;
    if (!log || !log->cursor)
        opened = logs_attach(image);
    else if (!log_flush(log))
        opened = NULL;
    if (!opened) {
        logs_retry_in = LOGS_RETRY_CALLS;
        logs_count_dropped(image, log);
    }
    return opened;
}

struct log *log_enter_slowly(void) {
    struct log *log = log_own;
    if (image_is_off)
        return NULL;
    if (logs_entering || (log && log->busy)) {
        if (log && log->header)
            log->header->signal_calls++;
        else
            image_count_early();
        return NULL;
    }
    int error = errno;
    logs_entering = true;
    struct image *image = image_recorded();
    log = image ? logs_open(image, log) : NULL;
    if (!image && !image_is_off)
        image_count_early();
    logs_entering = false;
    errno = error;
    return log;
}
