/* sites.h -- where calls come from: a return address as a module and an offset in it, which mean
 * the same in any run. Only libheapbench-record-callsite.so is built with it; in the other library
 * LOG_HAS_SITES is 0 and nothing here is used.
 *
 * A birth whose caller is not that of the log's birth before it has a word more, RAW_SITE. Most
 * callers are found in the log's cache. For the others glibc is asked (_dl_find_object, which takes
 * no lock and allocates nothing); a module that is new to the log is written into it, RAW_MODULE.
 *
 * After a dlclose an address can mean something else: each one starts a new generation, which is
 * part of the cache's keys. Modules keep their numbers where glibc still says the same of them.
 */
#ifndef HB_SITES_H
#define HB_SITES_H

#include <stdbool.h>
#include <stdint.h>

#include "workloads/recorder/raw.h"

#ifdef HB_RECORD_SITES
enum { LOG_HAS_SITES = 1 };
#else
enum { LOG_HAS_SITES = 0 };
#endif

enum {
    SITES_CACHED = 1024,
    SITES_MODULES = 256, /* known at a time */
    SITES_PATH_BYTES = 4096,
    SITES_GENERATION_SHIFT = 48
};

struct site_cached {
    uint64_t key; /* the caller's address and the generation */
    uint64_t word;
};

struct site_module {
    uint64_t start, end, base; /* base: what its own addresses count from */
    uint64_t name_hash;
    uint64_t generation; /* in which it was last looked up */
    uint32_t number;     /* in this log, from 1; 0: an empty slot */
};

/* Of one log. */
struct sites {
    struct site_cached cached[SITES_CACHED];
    struct site_module modules[SITES_MODULES];
    uint32_t module_count;       /* ever */
    char path[SITES_PATH_BYTES]; /* of the program; the stack may have no room for it */
};

struct log;

/* In units of 1 << SITES_GENERATION_SHIFT. */
extern uint64_t site_generation;

/* The caller of the operator new in which this thread is; NULL: of none, or malloc has taken it. */
extern __thread const void *site_caller __attribute__((tls_model("initial-exec")));

/* Memory for a log's sites, which no forked child gets. NULL if there is none. */
struct sites *sites_map(void);

/* Forget all that is known, and log->site_key. */
void sites_reset(struct log *log);

/* Let the callers that sites_fake gives be in the cache, to measure what a hit costs. */
void sites_pretend(struct log *log);

static inline const void *sites_fake(int which) {
    return (const void *)(uintptr_t)(16 * (1 + which % 2));
}

static inline struct site_cached *sites_slot(struct sites *sites, uint64_t key) {
    return &sites->cached[(key ^ key >> 10) % SITES_CACHED];
}

/* Log the site of a caller that the cache lacks. */
void log_site_slowly(struct log *log, uint64_t key, uint64_t caller);

#endif
