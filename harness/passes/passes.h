/* passes.h -- the passes: each runs workers and fills its fields of the results.
 *
 * A plan is one trace and the allocators to compare on it. Passes are independent: each measures
 * one thing, in fresh processes.
 */
#ifndef HB_PASSES_H
#define HB_PASSES_H

#include "allocators/registry.h"
#include "harness/passes/cache.h"
#include "harness/passes/spawn.h"
#include "harness/passes/time_blocks.h"
#include "harness/results/results.h"

#define HB_NO_TIMEOUT UINT64_MAX

/* A worker of the time pass replays warm for at least this long. */
#define HB_WARM_NS UINT64_C(50000000)

/* One allocator on the plan's trace. */
struct hb_cell {
    struct hb_spec spec;
    const struct hb_program *program; /* the trace, at the spec's scale */
    struct hb_result result;
    struct hb_timed *timed; /* time pass: what each block gave */
};

struct hb_plan {
    struct hb_cell *cells;
    size_t cell_count;
    struct hb_cell *baseline;         /* one of the cells, or NULL */
    struct hb_spec floor;             /* the null allocator */
    const struct hb_program *program; /* the trace at scale 1, for the floor */
    int touch;                        /* enum job_touch, or -1: each pass's own default */
    uint64_t repeats;
    uint64_t seed;
    uint64_t warm_ns;
    const struct hb_core *core; /* where workers run, */
    const struct hb_thp_choice *thp;
    uint64_t memory_limit;
    uint64_t timeout_s; /* of a worker; 0: as hb_plan_job says; HB_NO_TIMEOUT */
    const struct hb_cache_setup *cache;
    /* Called before each worker: step of steps of the pass. May be NULL. */
    void (*progress)(void *context, const char *pass, size_t step, size_t steps);
    void *context;
};

enum {
    HB_PASS_CHECK = 1,
    HB_PASS_SPACE = 2,
    HB_PASS_TIME = 4,
    HB_PASS_CACHE = 8,
    HB_PASS_LATENCY = 16,
    HB_PASS_RELEASE = 32,
    HB_PASS_PAGES = 64,
    HB_PASS_BLOCKS = 128
};

/* All passes, in the order in which they run. */
struct hb_pass {
    unsigned bit; /* HB_PASS_… */
    const char *name;
    bool is_default; /* runs unless --passes says otherwise */
    bool (*run)(struct hb_plan *plan);
    bool is_timed; /* what else the machine does is seen in its figures */
};

extern const struct hb_pass hb_pass_list[];
extern const size_t hb_pass_count;

/* The bits of those that run by default. */
unsigned hb_passes_default(void);

/* Write the names of the passes whose bits are set. */
void hb_passes_text(unsigned passes, const char *separator, char *text, size_t size);

/* Each fills the cells' results; a cell that fails gets result.error, and the rest goes on. Returns
 * false only when interrupted. */
bool hb_pass_check(struct hb_plan *plan);
bool hb_pass_space(struct hb_plan *plan);
bool hb_pass_time(struct hb_plan *plan);
bool hb_pass_latency(struct hb_plan *plan);
bool hb_pass_cache(struct hb_plan *plan);
bool hb_pass_release(struct hb_plan *plan);
bool hb_pass_pages(struct hb_plan *plan);
bool hb_pass_blocks(struct hb_plan *plan);

/* The cache pass by simulation, and by counters. */
void hb_cache_simulate(struct hb_plan *plan);
void hb_cache_count(struct hb_plan *plan);

/* A job of the plan for a cell. Unless the plan says otherwise, libraries of others, which may
 * hang, get a minute and 20 us an operation: about a thousand times what glibc takes. */
void hb_plan_job(const struct hb_plan *plan, struct job *job, enum job_pass pass,
                 const struct hb_spec *spec, enum job_touch touch);

/* False, with one line in error (512 bytes), if a whole report says that nothing was measured. */
bool hb_report_is_sound(const struct report *report, char *error);

/* Say in the result where resident memory was read. */
void hb_resident_source(struct hb_result *result, const struct report *report);

/* Run a job. False with one line in error (512 bytes). */
bool hb_job_run(const struct job *job, const struct hb_program *program, struct report *report,
                char *error);

/* Report one step done. */
void hb_plan_progress(const struct hb_plan *plan, const char *pass, size_t step, size_t steps);

/* Note a cell's failure: the first one stays. */
void hb_cell_fail(struct hb_cell *cell, const char *pass, const char *error);

#endif
