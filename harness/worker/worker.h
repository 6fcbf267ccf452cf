/* worker.h -- what the parts of the worker share. It never calls malloc, but through the allocator
 * under test, and uses no stdio: nothing of its own may lie in the heap that is measured. Its own
 * memory is shared mappings, which the resident size leaves out.
 */
#ifndef HB_WORKER_H
#define HB_WORKER_H

#include <stddef.h>
#include <stdint.h>

#include "allocators/backend/backend.h"
#include "allocators/registry.h"
#include "harness/worker/job.h"
#include "harness/worker/program.h"

struct worker {
    struct job_page *page;
    const struct job *job;
    struct report *report;
    struct map_raster *raster; /* NULL: the job has none */
    const struct program_header *program;
    struct hb_spec spec;
    const struct hb_allocator *allocator;
    void *state;
    struct hb_backend backend;
    void **slots; /* payload of each slot */
};

/* Say why and exit with status 1. */
__attribute__((noreturn)) void worker_fail(struct worker *worker, const char *message,
                                           const char *detail);

/* Fail unless the job's library, if it has one, serves the malloc family. */
void worker_verify_library(struct worker *worker);

/* Zeroed memory that counts as shared, already in place. */
void *worker_map(struct worker *worker, size_t bytes);

void worker_check(struct worker *worker);
void worker_space(struct worker *worker);
void worker_peak(struct worker *worker);
void worker_time(struct worker *worker);
void worker_concurrent(struct worker *worker); /* time of a woven program */
void worker_paced(struct worker *worker);      /* space of a paced one */
void worker_cache(struct worker *worker);
void worker_latency(struct worker *worker);
void worker_release(struct worker *worker);
void worker_pages(struct worker *worker);
void worker_blocks(struct worker *worker);
void worker_map_heap(struct worker *worker);
void worker_adversary(struct worker *worker);

#endif
