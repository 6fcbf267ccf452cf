/* replay.c -- the loop that the time and cache passes measure. */
#include "harness/worker/replay.h"

#include "allocators/mechanism/bits.h"
#include "harness/worker/execute.h"

/* The rare ones: wide, and a realloc of what could not be allocated. */
static __attribute__((noinline, cold)) const uint64_t *
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

/* What the loop keeps in registers. The rest stays behind the pointer. */
struct hot {
    struct replay *replay;
    const struct hb_allocator *allocator;
    char *slots;
};

HB_FRONT void **hot_slot(struct hot hot, uint64_t word, enum program_kind kind) {
    return (void **)(hot.slots + program_slot_offset(word, kind));
}

/* After the call the word is read again rather than kept: a register less to save around it. */
HB_FRONT void replay_born(struct hot hot, const uint64_t *word, void *payload,
                          enum program_kind kind, enum job_touch touch) {
    uint64_t again = *(const volatile uint64_t *)word;
    *hot_slot(hot, again, kind) = payload;
    if (HB_LIKELY(payload != NULL))
        touch_payload(touch, payload, program_request(again));
    else
        hot.replay->failed++;
}

HB_FRONT void replay_free(struct hot hot, const uint64_t *word) {
    void *payload = *hot_slot(hot, *word, PROGRAM_FREE);
    if (HB_LIKELY(payload != NULL))
        hot.allocator->free(hot.replay->state, payload);
    else
        hot.replay->skipped++;
}

HB_FRONT void replay_realloc(struct hot hot, const uint64_t *word, void *payload,
                             enum job_touch touch) {
    void *resized =
        hb_front_resize(hot.allocator, hot.replay->state, payload, program_request(*word));
    if (HB_LIKELY(resized != NULL))
        replay_born(hot, word, resized, PROGRAM_REALLOC, touch);
    else
        hot.replay->failed++;
}

HB_FRONT const uint64_t *replay_word(struct hot hot, const uint64_t *word, enum job_touch touch) {
    unsigned kind = program_kind(*word);
    if (kind == PROGRAM_FREE) {
        replay_free(hot, word);
    } else if (kind == PROGRAM_MALLOC) {
        void *payload = hot.allocator->alloc(hot.replay->state, program_request(*word));
        replay_born(hot, word, payload, PROGRAM_MALLOC, touch);
    } else if (kind == PROGRAM_CALLOC) {
        void *payload = hb_front_calloc(hot.allocator, hot.replay->state, program_request(*word));
        replay_born(hot, word, payload, PROGRAM_CALLOC, touch);
    } else {
        void *payload = *hot_slot(hot, *word, PROGRAM_REALLOC);
        if (HB_UNLIKELY(kind != PROGRAM_REALLOC || !payload))
            return replay_rare(hot.replay, word, touch);
        replay_realloc(hot, word, payload, touch);
    }
    return word + 1;
}

HB_FRONT void replay_loop(struct replay *replay, const uint64_t *word, const uint64_t *end,
                          enum job_touch touch) {
    const struct hot hot = {replay, replay->allocator, (char *)replay->slots};
    while (word < end)
        word = replay_word(hot, word, touch);
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
    case TOUCH_WITHIN:
        replay_loop(replay, word, end, TOUCH_WITHIN);
        break;
    }
}

void replay_stream(struct replay *replay, struct stream *stream, enum job_touch touch) {
    while (stream_refill(stream))
        replay_words(replay, stream->word, stream->end, touch);
}

void replay_free_left(struct replay *replay, const struct program_header *program) {
    for (uint64_t i = 0; i < program->left_count; i++) {
        void *payload = replay->slots[program_left(program)[i]];
        if (payload)
            replay->allocator->free(replay->state, payload);
    }
}
