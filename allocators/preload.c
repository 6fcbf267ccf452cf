/* preload.c -- one strategy as the process's malloc, for LD_PRELOAD.
 *
 * Compiled once for each strategy with -flto: malloc and free call the family's standard variant
 * directly; any other, and the guard, is reached through its table. One lock guards the heap; fork
 * takes it, so that the child finds the heap whole. The first call opens the heap, whether or not
 * constructors have run.
 *
 * In the environment: HEAPBENCH_OPTIONS=key=value:… are the strategy's options; HEAPBENCH_STATS=1
 * asks for a line of figures at exit.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/account.h"
#include "allocators/fatal.h"
#include "allocators/front.h"
#include "allocators/guard.h"
#include "allocators/stderr_copy.h"

#define EXPORT      __attribute__((visibility("default")))
#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
enum { STATE_BYTES = 10 << 20, EXIT_USAGE = 2 };

extern const struct hb_family HB_PRELOAD_FAMILY;

static pthread_mutex_t heap_lock = PTHREAD_MUTEX_INITIALIZER;
static struct hb_backend heap_backend;
static const struct hb_allocator *heap_allocator; /* NULL until the first call */
static char heap_state[STATE_BYTES] __attribute__((aligned(64)));
static bool heap_counts; /* HEAPBENCH_STATS=1 */
static struct hb_account heap_account;
static struct hb_stderr_copy heap_stderr;

__attribute__((noreturn)) static void refuse(const char *variable, const char *why) {
    char line[HB_FATAL_MAX];
    struct hb_text text = hb_text_start(line, sizeof line);
    hb_text_add(&text, "heapbench: ");
    hb_text_add(&text, variable);
    hb_text_add(&text, ": ");
    hb_text_add(&text, why);
    hb_line_write(&text);
    _exit(EXIT_USAGE);
}

static void options_read(struct hb_config *config) {
    static char error[HB_OPTION_ERROR_MAX];
    const char *options = getenv("HEAPBENCH_OPTIONS");
    hb_config_init(config);
    if (options && !hb_config_apply(config, &HB_PRELOAD_FAMILY, options, error))
        refuse("HEAPBENCH_OPTIONS", error);
    if (config->scale != 1)
        refuse("HEAPBENCH_OPTIONS",
               "scale is for replayed traces; a program's requests are its own");
}

static void stats_read(void) {
    const char *stats = getenv("HEAPBENCH_STATS");
    if (!stats || !*stats || strcmp(stats, "0") == 0)
        return;
    if (strcmp(stats, "1") != 0)
        refuse("HEAPBENCH_STATS", "it takes 1, for a line of figures at exit, or 0");
    hb_account_open(&heap_account);
    hb_stderr_copy_open(&heap_stderr);
    heap_counts = true;
}

static void heap_open(void) {
    static struct hb_config config;
    options_read(&config);
    stats_read();
    const struct hb_allocator *allocator = hb_guard_choose(&HB_PRELOAD_FAMILY, &config);
    if (allocator->state_bytes > sizeof heap_state || !hb_backend_open(&heap_backend, &config) ||
        !allocator->open(heap_state, &config, &heap_backend))
        refuse(HB_PRELOAD_FAMILY.name, "the system gives no memory to open the heap with");
    heap_allocator = allocator;
}

static inline const struct hb_allocator *heap_enter(void) {
    pthread_mutex_lock(&heap_lock);
    if (UNLIKELY(!heap_allocator))
        heap_open();
    return heap_allocator;
}

static inline bool heap_is_standard(void) {
    return LIKELY(heap_allocator == HB_PRELOAD_FAMILY.standard);
}

static inline void *heap_leave(enum hb_call call, void *payload, size_t request) {
    if (UNLIKELY(heap_counts))
        hb_account_born(&heap_account, call, payload, request, heap_backend.held_bytes);
    pthread_mutex_unlock(&heap_lock);
    if (UNLIKELY(!payload))
        errno = ENOMEM;
    return payload;
}

/* A size that no request can have: count times bytes is more than a size_t holds. */
static void *heap_refuse(enum hb_call call) {
    heap_enter();
    return heap_leave(call, NULL, 0);
}

static void fork_prepare(void) {
    pthread_mutex_lock(&heap_lock);
}

static void fork_parent(void) {
    pthread_mutex_unlock(&heap_lock);
}

static void fork_child(void) {
    heap_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}

/* The library is linked to be initialised before all others: so its handler before a fork is the
 * last to run and those after it are the first, and other handlers may call malloc. */
__attribute__((constructor)) static void heap_construct(void) {
    pthread_atfork(fork_prepare, fork_parent, fork_child);
}

static void stats_write(void) {
    char line[HB_FATAL_MAX];
    struct hb_text text = hb_text_start(line, sizeof line);
    hb_text_add(&text, "heapbench: ");
    hb_text_add(&text, HB_PRELOAD_FAMILY.name);
    hb_text_add(&text, " program=");
    hb_text_add(&text, program_invocation_short_name);
    hb_text_add(&text, " pid=");
    hb_text_add_number(&text, (uint64_t)getpid());
    hb_account_add(&heap_account, &heap_backend, &text);
    hb_text_add(&text, "\n");
    hb_stderr_copy_write(&heap_stderr, text.bytes, text.length);
}

__attribute__((destructor)) static void heap_destruct(void) {
    pthread_mutex_lock(&heap_lock);
    if (heap_allocator)
        hb_guard_patrol(heap_allocator, heap_state);
    if (heap_counts)
        stats_write();
    heap_counts = false;
    pthread_mutex_unlock(&heap_lock);
}

EXPORT void *malloc(size_t request) {
    heap_enter();
    void *payload = heap_is_standard()
                        ? hb_front_malloc(HB_PRELOAD_FAMILY.standard, heap_state, request)
                        : hb_front_malloc(heap_allocator, heap_state, request);
    return heap_leave(HB_CALL_MALLOC, payload, request);
}

EXPORT void free(void *payload) {
    if (!payload)
        return;
    int saved = errno;
    heap_enter();
    if (UNLIKELY(heap_counts))
        hb_account_died(&heap_account, payload, false);
    if (heap_is_standard())
        hb_front_free(HB_PRELOAD_FAMILY.standard, heap_state, payload);
    else
        hb_front_free(heap_allocator, heap_state, payload);
    pthread_mutex_unlock(&heap_lock);
    errno = saved;
}

EXPORT void *calloc(size_t count, size_t bytes) {
    size_t request;
    if (__builtin_mul_overflow(count, bytes, &request))
        return heap_refuse(HB_CALL_CALLOC);
    const struct hb_allocator *allocator = heap_enter();
    return heap_leave(HB_CALL_CALLOC, hb_front_calloc(allocator, heap_state, request), request);
}

EXPORT void *realloc(void *payload, size_t request) {
    if (!payload)
        return malloc(request);
    if (!request) {
        free(payload);
        return NULL;
    }
    const struct hb_allocator *allocator = heap_enter();
    void *resized = hb_front_resize(allocator, heap_state, payload, request);
    if (UNLIKELY(heap_counts) && resized)
        hb_account_died(&heap_account, payload, true);
    return heap_leave(HB_CALL_REALLOC, resized, request);
}

EXPORT void *reallocarray(void *payload, size_t count, size_t bytes) {
    size_t request;
    if (__builtin_mul_overflow(count, bytes, &request))
        return heap_refuse(HB_CALL_REALLOC);
    return realloc(payload, request);
}

static bool is_power_of_two(size_t value) {
    return value && !(value & (value - 1));
}

static void *aligned(size_t alignment, size_t request) {
    const struct hb_allocator *allocator = heap_enter();
    return heap_leave(HB_CALL_ALIGNED, hb_front_aligned(allocator, heap_state, alignment, request),
                      request);
}

EXPORT void *aligned_alloc(size_t alignment, size_t request) {
    if (!is_power_of_two(alignment)) {
        errno = EINVAL;
        return NULL;
    }
    return aligned(alignment, request);
}

/* As glibc does: an alignment that is no power of two is rounded up to one. */
EXPORT void *memalign(size_t alignment, size_t request) {
    size_t power = HB_ALIGNMENT;
    while (power < alignment && power <= HB_ALIGNMENT_MAX)
        power *= 2;
    return aligned(power, request);
}

EXPORT int posix_memalign(void **payload, size_t alignment, size_t request) {
    if (!is_power_of_two(alignment) || alignment % sizeof(void *))
        return EINVAL;
    int saved = errno;
    void *got = aligned(alignment, request);
    errno = saved;
    if (!got)
        return ENOMEM;
    *payload = got;
    return 0;
}

static size_t page_bytes(void) {
    return (size_t)sysconf(_SC_PAGESIZE);
}

EXPORT void *valloc(size_t request) {
    return aligned(page_bytes(), request);
}

EXPORT void *pvalloc(size_t request) {
    if (request > HB_REQUEST_MAX)
        return heap_refuse(HB_CALL_ALIGNED);
    return aligned(page_bytes(), (request + page_bytes() - 1) & -page_bytes());
}

EXPORT size_t malloc_usable_size(void *payload) {
    if (!payload)
        return 0;
    const struct hb_allocator *allocator = heap_enter();
    size_t bytes = allocator->usable(heap_state, payload);
    pthread_mutex_unlock(&heap_lock);
    return bytes;
}
