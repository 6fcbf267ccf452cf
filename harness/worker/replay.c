/* replay.c -- the loop that the time and cache passes measure. */
#include "harness/worker/replay.h"

#include "harness/worker/execute.h"

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

HB_FRONT void replay_loop(struct replay *replay, const uint64_t *word, const uint64_t *end,
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
            else
                replay->skipped++;
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
void replay_words(struct replay *replay, const uint64_t *word, const uint64_t *end,
                  enum job_touch touch) {
    switch (touch) {
    case TOUCH_NONE:
        replay_loop(replay, word, end, TOUCH_NONE);
        break;
    case TOUCH_FIRST:
        replay_loop(replay, word, end, TOUCH_FIRST);
        break;
    case TOUCH_PAGE:
        replay_loop(replay, word, end, TOUCH_PAGE);
        break;
    case TOUCH_ALL:
        replay_loop(replay, word, end, TOUCH_ALL);
        break;
    }
}

void replay_program(struct replay *replay, const struct program_header *program,
                    enum job_touch touch) {
    const uint64_t *word = program_words(program);
    replay_words(replay, word, word + program->word_count, touch);
}
