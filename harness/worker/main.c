/* main.c -- the worker: set up, run one pass, leave. See job.h. */
#include <alloca.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "allocators/text.h"
#include "harness/worker/worker.h"

void worker_fail(struct worker *worker, const char *message, const char *detail) {
    struct hb_text text = hb_text_start(worker->report->message, JOB_MESSAGE_MAX);
    hb_text_add(&text, message);
    hb_text_add(&text, detail);
    _exit(1);
}

void *worker_map(struct worker *worker, size_t bytes) {
    void *memory = mmap(NULL, bytes + !bytes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED)
        worker_fail(worker, "no memory for the worker's own tables", "");
    return memory;
}

/* A strategy's tables are memory that it takes: private, and in place only once touched, so that
 * they count as resident as a foreign allocator's do. */
static void *map_state(struct worker *worker, size_t bytes) {
    void *memory = mmap(NULL, bytes + !bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        worker_fail(worker, "no memory for the strategy's tables", "");
    return memory;
}

static void *map_file(int fd, size_t bytes, int protection) {
    void *memory = mmap(NULL, bytes, protection, MAP_SHARED | MAP_POPULATE, fd, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* Without a job there is nowhere to say what is wrong: exit status 3. */
static void worker_attach(struct worker *worker) {
    struct stat status;
    if (fstat(JOB_FD, &status) != 0 || (size_t)status.st_size < sizeof *worker->page)
        _exit(3);
    worker->page = map_file(JOB_FD, (size_t)status.st_size, PROT_READ | PROT_WRITE);
    if (!worker->page || worker->page->job.version != JOB_VERSION)
        _exit(3);
    if (worker->page->job.raster_bytes)
        worker->raster = job_raster(worker->page);
    worker->job = &worker->page->job;
    worker->report = &worker->page->report;
    if (fstat(PROGRAM_FD, &status) != 0)
        worker_fail(worker, "the worker got no program", "");
    int protection = worker->job->pass == JOB_ADVERSARY ? PROT_READ | PROT_WRITE
                                                        : PROT_READ; /* writes its own */
    worker->program = map_file(PROGRAM_FD, (size_t)status.st_size, protection);
    if (!worker->program || worker->program->magic != PROGRAM_MAGIC ||
        worker->program->bytes != (uint64_t)status.st_size)
        worker_fail(worker, "the worker's program is damaged", "");
}

static void worker_confine(const struct worker *worker) {
    uint64_t bytes = worker->job->memory_limit;
#ifdef HB_SANITIZED
    bytes = 0; /* the sanitizer's shadow alone is beyond any limit */
#endif
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (bytes) {
        struct rlimit limit = {bytes, bytes};
        setrlimit(RLIMIT_DATA, &limit);
    }
}

static void worker_open(struct worker *worker) {
    char error[HB_OPTION_ERROR_MAX];
    if (hb_spec_parse(worker->job->spec, &worker->spec, error) != HB_SPEC_OK)
        worker_fail(worker, "the worker does not know ", error);
    struct hb_config *config = &worker->spec.config;
    config->largest_request = worker->program->largest_request;
    config->base_offset = worker->job->break_offset;
    if (worker->job->reserves_heap)
        config->backend = HB_SOURCE_MMAP;
    worker->allocator = worker->spec.allocator;
    worker->state = map_state(worker, worker->allocator->state_bytes);
    worker->slots = worker_map(worker, worker->program->slot_count * sizeof *worker->slots);
    if (worker->spec.family->is_foreign)
        sbrk((intptr_t)worker->job->break_offset);
    else if (!hb_backend_open(&worker->backend, config))
        worker_fail(worker, "the system gives no address range for the heap", "");
    if (!worker->allocator->open(worker->state, config, &worker->backend))
        worker_fail(worker, "the allocator could not be opened", "");
}

static void worker_run(struct worker *worker) {
    static void (*const passes[])(struct worker *) = {
        [JOB_CHECK] = worker_check,        [JOB_SPACE] = worker_space,
        [JOB_PEAK] = worker_peak,          [JOB_TIME] = worker_time,
        [JOB_CACHE] = worker_cache,        [JOB_LATENCY] = worker_latency,
        [JOB_RELEASE] = worker_release,    [JOB_PAGES] = worker_pages,
        [JOB_BLOCKS] = worker_blocks,      [JOB_MAP] = worker_map_heap,
        [JOB_ADVERSARY] = worker_adversary};
    if (worker->job->pass >= sizeof passes / sizeof *passes)
        worker_fail(worker, "the worker does not know the pass", "");
    if (worker->program->thread_count && worker->job->pass != JOB_TIME &&
        !(worker->program->pace_ns && worker->job->pass == JOB_SPACE))
        worker_fail(worker, "on threads only time is measured, and space at a pace", "");
    worker_verify_library(worker);
    worker_open(worker);
    passes[worker->job->pass](worker);
    worker->report->is_whole = 1;
}

/* The program under test runs below a stack shifted by the block's offset. */
static __attribute__((noinline)) void run_shifted(struct worker *worker) {
    volatile char *shift = alloca(worker->job->stack_offset + 16);
    shift[0] = 0;
    worker_run(worker);
}

int main(void) {
    struct worker worker = {0};
    worker_attach(&worker);
    worker_confine(&worker);
    run_shifted(&worker);
    _exit(0);
}
