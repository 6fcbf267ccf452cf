/* guard.c -- the guard as a strategy of its own, over the one that it watches. */
#include "allocators/guard.h"

#include <errno.h>
#include <sys/syscall.h>

#include "allocators/backend/backend.h"
#include "allocators/fatal.h"
#include "allocators/front.h"
#include "allocators/guard_tag.h"

enum { INNER_STATE_MAX = 9 << 20, RECENT = 256, PATROL_SHARE = 16 };
enum { EAGER_CALLS = 4096, PATROL_CALLS_MIN = 32 };

struct guard {
    const struct hb_allocator *inner;
    struct hb_backend *backend;
    uint64_t calls_left; /* until the next patrol */
    uint64_t patrols;
    const void *recent[RECENT]; /* payloads freed last, to tell a double free by */
    uint64_t freed_count;
    char inner_state[INNER_STATE_MAX] __attribute__((aligned(64)));
};

/* What is wrong, and with which payload, if it is known. */
struct finding {
    struct hb_violation violation;
    const void *payload;
    size_t request;
    bool is_strategys; /* the law is one of the strategy's own */
};

static struct hb_text line_start(const struct guard *guard, char *line, const char *call,
                                 const void *payload) {
    struct hb_text text = hb_text_start(line, HB_FATAL_MAX);
    hb_text_add(&text, "heapbench: guard: ");
    hb_text_add(&text, guard->inner->family);
    hb_text_add(&text, ": ");
    hb_text_add(&text, call);
    if (payload) {
        hb_text_add(&text, "(");
        hb_text_add_hex(&text, (uintptr_t)payload);
        hb_text_add(&text, ")");
    }
    hb_text_add(&text, ": ");
    return text;
}

__attribute__((noreturn)) static void finding_report(const struct guard *guard, const char *call,
                                                     const void *argument,
                                                     const struct finding *finding) {
    char line[HB_FATAL_MAX];
    struct hb_text text = line_start(guard, line, call, argument);
    hb_text_add(&text, finding->is_strategys ? "corrupted heap: " : "");
    hb_text_add(&text, finding->violation.law);
    hb_text_add(&text, ": at ");
    hb_text_add_hex(&text, (uintptr_t)finding->violation.address);
    if (finding->payload) {
        hb_text_add(&text, ", payload ");
        hb_text_add_hex(&text, (uintptr_t)finding->payload);
        hb_text_add(&text, " of ");
        hb_text_add_number(&text, finding->request);
        hb_text_add(&text, " bytes");
    }
    hb_text_add(&text, ", found ");
    hb_text_add_hex(&text, finding->violation.found);
    hb_text_add(&text, ", expected ");
    hb_text_add_hex(&text, finding->violation.expected);
    hb_fatal(&text);
}

static bool canary_holds(const void *payload, struct finding *finding) {
    size_t request = tag_request(tag_of(payload));
    const unsigned char *broken = canary_broken(payload, request);
    if (!broken)
        return true;
    size_t at = (size_t)(broken - (const unsigned char *)payload) - request;
    *finding = (struct finding){
        {"overflow", broken, *broken, canary_byte(payload, at)}, payload, request, false};
    return false;
}

/* The payload in a live block of the strategy's, by the header at its start; NULL if there is
 * neither a live payload's nor a freed one's. */
static const void *payload_in(const void *inner, bool *is_live) {
    const struct tag *tag = inner;
    const char *payload = (const char *)inner + TAG_BYTES;
    if (tag_says(tag, inner, SEAL_FRONT)) {
        payload = (const char *)inner + tag_offset(tag);
        tag = tag_of(payload);
    }
    *is_live = tag_says(tag, payload, SEAL_LIVE);
    return *is_live || tag_says(tag, payload, SEAL_FREED) ? payload : NULL;
}

struct patrol {
    struct guard *guard;
    struct finding *finding;
    uint64_t blocks;
};

/* Heads off a walk that a broken size would lead astray. */
static bool block_is_inside(const struct patrol *patrol, const struct hb_block *block) {
    const struct hb_backend *backend = patrol->guard->backend;
    if (block->kind == HB_BLOCK_SPAN)
        return true;
    size_t room = (size_t)(backend->heap_end - (const char *)block->address);
    if (block->bytes >= HB_ALIGNMENT && block->bytes <= room)
        return true;
    *patrol->finding = (struct finding){
        {"a block ends inside the heap", block->address, block->bytes, room}, NULL, 0, true};
    return false;
}

static bool patrol_visit(void *context, const struct hb_block *block) {
    struct patrol *patrol = context;
    bool is_live;
    patrol->blocks++;
    if (!block_is_inside(patrol, block))
        return false;
    if (block->kind != HB_BLOCK_LIVE && block->kind != HB_BLOCK_SPAN)
        return true;
    const void *payload = payload_in(block->payload, &is_live);
    if (payload)
        return !is_live || canary_holds(payload, patrol->finding);
    const struct tag *tag = block->payload;
    *patrol->finding = (struct finding){
        {"underflow", tag, tag->seal, tag_seal(tag + 1, tag->shape, SEAL_LIVE)}, NULL, 0, false};
    return false;
}

/* Look at every payload, then let the strategy check its laws. */
static bool guard_inspect(struct guard *guard, struct finding *finding, uint64_t *blocks) {
    struct patrol patrol = {guard, finding, 0};
    bool holds = guard->inner->walk(guard->inner_state, patrol_visit, &patrol);
    *blocks = patrol.blocks;
    if (!holds)
        return false;
    *finding = (struct finding){.is_strategys = true};
    return !guard->inner->check || guard->inner->check(guard->inner_state, &finding->violation);
}

static void guard_patrol(struct guard *guard, const char *call, const void *argument) {
    struct finding finding = {0};
    uint64_t blocks;
    if (guard->calls_left) {
        guard->calls_left--;
        return;
    }
    if (!guard_inspect(guard, &finding, &blocks))
        finding_report(guard, call, argument, &finding);
    guard->calls_left = blocks / PATROL_SHARE;
    if (++guard->patrols > EAGER_CALLS && guard->calls_left < PATROL_CALLS_MIN)
        guard->calls_left = PATROL_CALLS_MIN;
}

/* Whether a header may be read there. The kernel reads the signal set before it refuses the
 * operation that does not exist. */
static bool is_readable(const void *address) {
    int saved = errno;
    bool readable = syscall(SYS_rt_sigprocmask, ~0L, address, NULL, 8L) == 0 || errno != EFAULT;
    errno = saved;
    return readable;
}

/* Whether payload may be one of ours, so that its header can be looked at. */
static bool may_be_payload(const struct guard *guard, const void *payload) {
    const void *tag = tag_of(payload);
    if ((uintptr_t)payload % HB_ALIGNMENT)
        return false;
    return (guard->backend->is_contiguous && hb_backend_in_heap(guard->backend, tag)) ||
           (is_readable(tag) && is_readable((const char *)tag + 8));
}

struct search {
    const char *address;
    const struct hb_block *found; /* points to block */
    struct hb_block block;
};

static bool search_visit(void *context, const struct hb_block *block) {
    struct search *search = context;
    const char *start = block->address;
    if (search->address < start || search->address >= start + block->bytes)
        return true;
    search->block = *block;
    search->found = &search->block;
    return false;
}

static bool was_freed(const struct guard *guard, const void *payload) {
    for (size_t i = 0; i < RECENT; i++)
        if (guard->recent[i] == payload)
            return true;
    return false;
}

/* payload is no live one: what is it? The heap is whole. */
static void misuse_describe(struct guard *guard, const void *payload, struct hb_text *text) {
    struct search search = {.address = payload};
    bool is_live = false;
    guard->inner->walk(guard->inner_state, search_visit, &search);
    bool is_free = search.found && search.found->kind == HB_BLOCK_FREE;
    bool is_used = search.found && search.found->payload && !is_free;
    const void *owner = is_used ? payload_in(search.found->payload, &is_live) : NULL;
    if (owner == payload || is_free || was_freed(guard, payload)) {
        hb_text_add(text, "double free: it was freed before");
    } else if (owner && is_live) {
        hb_text_add(text, "invalid: it lies in the block of payload ");
        hb_text_add_hex(text, (uintptr_t)owner);
        hb_text_add(text, " of ");
        hb_text_add_number(text, tag_request(tag_of(owner)));
        hb_text_add(text, " bytes");
    } else {
        hb_text_add(text, "invalid: it is no payload of this heap");
    }
    hb_text_add(text, ", expected a live payload");
}

__attribute__((noreturn)) static void misuse_report(struct guard *guard, const char *call,
                                                    const void *payload) {
    char line[HB_FATAL_MAX];
    struct finding finding = {0};
    uint64_t blocks;
    if (!guard_inspect(guard, &finding, &blocks))
        finding_report(guard, call, payload, &finding);
    struct hb_text text = line_start(guard, line, call, payload);
    misuse_describe(guard, payload, &text);
    hb_fatal(&text);
}

/* payload is live and whole, or the process ends here. */
static void payload_verify(struct guard *guard, const char *call, const void *payload) {
    struct finding finding;
    if (!may_be_payload(guard, payload) || !tag_says(tag_of(payload), payload, SEAL_LIVE))
        misuse_report(guard, call, payload);
    if (!canary_holds(payload, &finding))
        finding_report(guard, call, payload, &finding);
    guard_patrol(guard, call, payload);
}

/* Header and canary for a payload that begins offset bytes into the strategy's. */
static void *payload_dress(char *inner, size_t offset, size_t request) {
    char *payload = inner + offset;
    uint64_t shape = tag_shape(offset, request);
    if (offset > TAG_BYTES)
        tag_set((struct tag *)inner, inner, shape, SEAL_FRONT);
    tag_set(tag_of(payload), payload, shape, SEAL_LIVE);
    canary_set((unsigned char *)payload, request);
    return payload;
}

/* Bytes to ask of the strategy; 0 if that is too much. */
static size_t request_around(size_t offset, size_t request) {
    size_t around = offset + request + CANARY_BYTES;
    return around <= HB_REQUEST_MAX ? around : 0;
}

static bool guard_open(void *state, const struct hb_config *config, struct hb_backend *backend) {
    struct guard *guard = state;
    guard->inner = config->guarded;
    guard->backend = backend;
    return guard->inner->walk && guard->inner->state_bytes <= INNER_STATE_MAX &&
           guard->inner->open(guard->inner_state, config, backend);
}

static void *guard_alloc(void *state, size_t request) {
    struct guard *guard = state;
    size_t around = request_around(TAG_BYTES, request);
    guard_patrol(guard, "malloc", NULL);
    char *inner = around ? guard->inner->alloc(guard->inner_state, around) : NULL;
    return inner ? payload_dress(inner, TAG_BYTES, request) : NULL;
}

static void *guard_calloc(void *state, size_t request) {
    struct guard *guard = state;
    size_t around = request_around(TAG_BYTES, request);
    guard_patrol(guard, "calloc", NULL);
    char *inner = around ? hb_front_calloc(guard->inner, guard->inner_state, around) : NULL;
    return inner ? payload_dress(inner, TAG_BYTES, request) : NULL;
}

static void *guard_alloc_aligned(void *state, size_t alignment, size_t request) {
    struct guard *guard = state;
    size_t around = request_around(TAG_BYTES + alignment, request);
    guard_patrol(guard, "memalign", NULL);
    if (alignment > HB_ALIGNMENT_MAX || !around)
        return NULL;
    char *inner = guard->inner->alloc(guard->inner_state, around);
    if (!inner)
        return NULL;
    size_t gap = -((uintptr_t)inner + TAG_BYTES) & (alignment - 1);
    return payload_dress(inner, TAG_BYTES + gap, request);
}

static void guard_free(void *state, void *payload) {
    struct guard *guard = state;
    payload_verify(guard, "free", payload);
    struct tag *tag = tag_of(payload);
    size_t offset = tag_offset(tag);
    tag_set(tag, payload, tag->shape, SEAL_FREED);
    guard->recent[guard->freed_count++ % RECENT] = payload;
    guard->inner->free(guard->inner_state, (char *)payload - offset);
}

static void *guard_resize(void *state, void *payload, size_t request) {
    struct guard *guard = state;
    payload_verify(guard, "realloc", payload);
    size_t offset = tag_offset(tag_of(payload)), around = request_around(offset, request);
    if (!around)
        return NULL;
    char *inner = guard->inner->resize(guard->inner_state, (char *)payload - offset, around);
    return inner ? payload_dress(inner, offset, request) : NULL;
}

static size_t guard_usable(void *state, const void *payload) {
    payload_verify(state, "malloc_usable_size", payload);
    return tag_request(tag_of(payload));
}

struct guard_walk {
    hb_block_visit *visit;
    void *context;
};

/* The caller sees its own payloads. */
static bool walk_visit(void *context, const struct hb_block *block) {
    const struct guard_walk *walk = context;
    struct hb_block seen = *block;
    bool is_live;
    if (seen.payload && seen.kind != HB_BLOCK_FREE)
        seen.payload = payload_in(block->payload, &is_live);
    return walk->visit(walk->context, &seen);
}

static bool guard_walk(void *state, hb_block_visit *visit, void *context) {
    struct guard *guard = state;
    struct guard_walk walk = {visit, context};
    return guard->inner->walk(guard->inner_state, walk_visit, &walk);
}

static bool guard_check(void *state, struct hb_violation *violation) {
    struct finding finding = {0};
    uint64_t blocks;
    bool holds = guard_inspect(state, &finding, &blocks);
    *violation = finding.violation;
    return holds;
}

static void guard_stats(void *state, struct hb_stats *stats) {
    struct guard *guard = state;
    if (guard->inner->stats)
        guard->inner->stats(guard->inner_state, stats);
}

static const struct hb_allocator guard_allocator = {
    .family = "guard",
    .state_bytes = sizeof(struct guard),
    .open = guard_open,
    .alloc = guard_alloc,
    .alloc_aligned = guard_alloc_aligned,
    .free = guard_free,
    .resize = guard_resize,
    .usable = guard_usable,
    .walk = guard_walk,
    .check = guard_check,
    .stats = guard_stats,
    .calloc = guard_calloc,
};

const struct hb_allocator *hb_guard_choose(const struct hb_family *family,
                                           struct hb_config *config) {
    const struct hb_allocator *variant = family->variant(config);
    config->guarded = config->guard == HB_GUARD_ON ? variant : NULL;
    return config->guarded ? &guard_allocator : variant;
}

void hb_guard_patrol(const struct hb_allocator *allocator, void *state) {
    struct guard *guard = state;
    if (allocator != &guard_allocator)
        return;
    guard->calls_left = 0;
    guard_patrol(guard, "exit", NULL);
}
