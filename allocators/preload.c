/* preload.c -- one strategy as the process's malloc, for LD_PRELOAD.
 *
 * Compiled once for each strategy with -flto: the front's calls become direct ones to the default
 * variant. HEAPBENCH_OPTIONS=key=value:… chooses options; a variant other than the default is
 * reached through its table. One lock guards the heap; fork takes it, so that the child finds the
 * heap whole. The first call opens the heap, whether or not constructors have run.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/backend/backend.h"
#include "allocators/front.h"
#include "allocators/text.h"

#define EXPORT __attribute__((visibility("default")))
enum { STATE_BYTES = 131072, PAGE_BYTES = 4096 };

extern const struct hb_family HB_PRELOAD_FAMILY;

static pthread_mutex_t heap_lock = PTHREAD_MUTEX_INITIALIZER;
static struct hb_backend heap_backend;
static const struct hb_allocator *heap_allocator; /* NULL until the first call */
static char heap_state[STATE_BYTES] __attribute__((aligned(64)));

static void fatal(const char *message, const char *detail) {
    char line[HB_OPTION_ERROR_MAX + 64];
    struct hb_text text = hb_text_start(line, sizeof line);
    hb_text_add(&text, "heapbench: ");
    hb_text_add(&text, message);
    hb_text_add(&text, detail);
    hb_text_add(&text, "\n");
    ssize_t ignored = write(STDERR_FILENO, line, text.length);
    (void)ignored;
    abort();
}

static void heap_open(void) {
    static struct hb_config config;
    static char error[HB_OPTION_ERROR_MAX];
    const char *options = getenv("HEAPBENCH_OPTIONS");
    hb_config_init(&config);
    if (options && !hb_config_apply(&config, &HB_PRELOAD_FAMILY, options, error))
        fatal("HEAPBENCH_OPTIONS: ", error);
    const struct hb_allocator *allocator = HB_PRELOAD_FAMILY.variant(&config);
    if (allocator->state_bytes > sizeof heap_state || !hb_backend_open(&heap_backend, &config) ||
        !allocator->open(heap_state, &config, &heap_backend))
        fatal("the heap could not be opened", "");
    heap_allocator = allocator;
}

static inline const struct hb_allocator *heap_enter(void) {
    pthread_mutex_lock(&heap_lock);
    if (__builtin_expect(!heap_allocator, 0))
        heap_open();
    return heap_allocator;
}

static inline void *heap_leave(void *payload) {
    pthread_mutex_unlock(&heap_lock);
    if (__builtin_expect(!payload, 0))
        errno = ENOMEM;
    return payload;
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

__attribute__((constructor)) static void heap_construct(void) {
    pthread_atfork(fork_prepare, fork_parent, fork_child);
}

EXPORT void *malloc(size_t request) {
    const struct hb_allocator *allocator = heap_enter();
    return heap_leave(hb_front_malloc(allocator, heap_state, request));
}

EXPORT void free(void *payload) {
    if (!payload)
        return;
    int saved = errno;
    const struct hb_allocator *allocator = heap_enter();
    hb_front_free(allocator, heap_state, payload);
    pthread_mutex_unlock(&heap_lock);
    errno = saved;
}

EXPORT void *calloc(size_t count, size_t bytes) {
    size_t request;
    if (__builtin_mul_overflow(count, bytes, &request)) {
        errno = ENOMEM;
        return NULL;
    }
    const struct hb_allocator *allocator = heap_enter();
    return heap_leave(hb_front_calloc(allocator, heap_state, request));
}

EXPORT void *realloc(void *payload, size_t request) {
    if (payload && !request) {
        free(payload);
        return NULL;
    }
    const struct hb_allocator *allocator = heap_enter();
    return heap_leave(hb_front_realloc(allocator, heap_state, payload, request));
}

EXPORT void *reallocarray(void *payload, size_t count, size_t bytes) {
    size_t request;
    if (__builtin_mul_overflow(count, bytes, &request)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(payload, request);
}

static bool is_power_of_two(size_t value) {
    return value && !(value & (value - 1));
}

static void *aligned(size_t alignment, size_t request) {
    const struct hb_allocator *allocator = heap_enter();
    return heap_leave(hb_front_aligned(allocator, heap_state, alignment, request));
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

EXPORT void *valloc(size_t request) {
    return aligned(PAGE_BYTES, request);
}

EXPORT void *pvalloc(size_t request) {
    if (request > HB_REQUEST_MAX) {
        errno = ENOMEM;
        return NULL;
    }
    return aligned(PAGE_BYTES, (request + PAGE_BYTES - 1) & ~(size_t)(PAGE_BYTES - 1));
}

EXPORT size_t malloc_usable_size(void *payload) {
    if (!payload)
        return 0;
    const struct hb_allocator *allocator = heap_enter();
    size_t bytes = allocator->usable(heap_state, payload);
    pthread_mutex_unlock(&heap_lock);
    return bytes;
}
