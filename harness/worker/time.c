/* time.c -- the time pass: one cold replay in the fresh process, then warm ones. Two clock reads a
 * replay, none an operation.
 */
#include <sys/resource.h>
#include <time.h>

#include "harness/worker/execute.h"

static uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t minor_faults(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_minflt;
}

struct replay {
    const struct hb_allocator *allocator;
    void *state;
    void **slots;
    uint64_t failed;
};

/* The rare ones: wide, calloc, and a realloc of what could not be allocated. */
static __attribute__((noinline)) const uint64_t *
replay_rare(struct replay *replay, const uint64_t *word, enum job_touch touch) {
    struct program_op op = program_next(&word);
    void **slot = &replay->slots[op.slot];
    if (op.kind == PROGRAM_REALLOC && *slot) {
        void *resized = execute_realloc(replay->allocator, replay->state, *slot, op.request, touch);
        replay->failed += !resized;
        *slot = resized ? resized : *slot;
    } else {
        *slot = execute_alloc(replay->allocator, replay->state, &op, touch);
        replay->failed += !*slot;
    }
    return word;
}

HB_FRONT void replay_words(struct replay *replay, const uint64_t *word, const uint64_t *end,
                           enum job_touch touch) {
    const struct hb_allocator *const allocator = replay->allocator;
    void *const state = replay->state;
    void **const slots = replay->slots;
    while (word < end) {
        uint64_t op = *word;
        void **slot = &slots[program_slot(op)];
        if (program_kind(op) == PROGRAM_FREE) {
            word++;
            if (__builtin_expect(*slot != NULL, 1))
                allocator->free(state, *slot);
        } else if (program_kind(op) == PROGRAM_MALLOC) {
            word++;
            uint64_t request = op >> 32;
            void *payload = allocator->alloc(state, request + !request);
            *slot = payload;
            if (__builtin_expect(payload != NULL, 1))
                touch_payload(touch, payload, request);
            else
                replay->failed++;
        } else {
            word = replay_rare(replay, word, touch);
        }
    }
}

/* One loop for each way of touching, so that none asks at each operation. */
static void replay_all(struct replay *replay, const struct program_header *program,
                       enum job_touch touch) {
    const uint64_t *word = program_words(program), *end = word + program->word_count;
    switch (touch) {
    case TOUCH_NONE:
        replay_words(replay, word, end, TOUCH_NONE);
        break;
    case TOUCH_FIRST:
        replay_words(replay, word, end, TOUCH_FIRST);
        break;
    case TOUCH_PAGE:
        replay_words(replay, word, end, TOUCH_PAGE);
        break;
    case TOUCH_ALL:
        replay_words(replay, word, end, TOUCH_ALL);
        break;
    }
}

/* Free what the trace leaves live, so that the next replay starts from an empty heap. */
static void free_left(struct replay *replay, const struct program_header *program) {
    for (uint64_t i = 0; i < program->left_count; i++) {
        void *payload = replay->slots[program_left(program)[i]];
        if (payload)
            replay->allocator->free(replay->state, payload);
    }
}

static void replay_warm(struct worker *worker, struct replay *replay) {
    struct report *report = worker->report;
    uint64_t spent = 0;
    for (uint32_t count = 0; count < 2 || spent < worker->job->warm_ns; count++) {
        uint64_t start = now_ns();
        replay_all(replay, worker->program, worker->job->touch);
        uint64_t took = now_ns() - start;
        spent += took;
        free_left(replay, worker->program);
        if (count)
            report->replay_ns[report->replay_count++] = took;
        if (report->replay_count == JOB_REPLAYS_MAX)
            return;
    }
}

void worker_time(struct worker *worker) {
    struct report *report = worker->report;
    struct replay replay = {worker->allocator, worker->state, worker->slots, 0};
    uint64_t faults = minor_faults(), start = now_ns();
    replay_all(&replay, worker->program, worker->job->touch);
    report->cold_ns = now_ns() - start;
    report->minor_faults = minor_faults() - faults;
    report->failed_allocs = replay.failed;
    report->ops = worker->program->op_count - replay.failed;
    free_left(&replay, worker->program);
    bool reuses = !worker->spec.family->never_frees || worker->spec.family->is_floor;
    if (reuses)
        replay_warm(worker, &replay);
}
