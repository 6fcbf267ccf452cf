/* bump.c -- allocation by moving a pointer, and no free at all.
 *
 * Source: the degenerate region allocator; Wilson et al. 1995 take it as the bound on speed.
 *
 * Decides: a request gets the next bytes of the heap. Free does nothing; resize succeeds only
 * within the block.
 * Cost: O(1), one addition. Waste: everything freed; 8 bytes of header (its size, for realloc).
 * Laws: B1 blocks of 16 bytes or more follow one another from heap_base + 8 to the pointer.
 */
#include "allocators/mechanism/fresh.h"
#include "allocators/mechanism/laws.h"

struct bump_state {
    struct hb_backend *backend;
    char *first; /* header of the first block; NULL before the first growth */
    char *next;  /* and of the next one */
    char *end;
    size_t grow, threshold;
    struct span *spans;
};

static bool bump_open(void *state, const struct hb_config *config, struct hb_backend *backend) {
    *(struct bump_state *)state = (struct bump_state){
        .backend = backend, .grow = config->grow, .threshold = config->mmap_threshold};
    return true;
}

static bool bump_extend(struct bump_state *bump, size_t need) {
    size_t missing = need + HB_ALIGNMENT;
    char *start =
        hb_backend_extend(bump->backend, (missing + bump->grow - 1) / bump->grow * bump->grow);
    if (!start)
        return false;
    if (start != bump->end || !bump->next) {
        struct block *fence = (struct block *)bump->next;
        bump->next = start + BLOCK_HEADER_BYTES;
        if (fence)
            fence->header = (uint64_t)(bump->next - (char *)fence) | BLOCK_FENCE;
        else
            bump->first = bump->next;
    }
    bump->end = bump->backend->heap_end;
    return true;
}

static struct block *bump_take(struct bump_state *bump, size_t need) {
    if (need >= HB_HEAP_REACH)
        return NULL;
    if (!bump->next || need + BLOCK_HEADER_BYTES > (size_t)(bump->end - bump->next))
        if (!bump_extend(bump, need))
            return NULL;
    struct block *block = (struct block *)bump->next;
    bump->next += need;
    block->header = need;
    return block;
}

static void *bump_alloc(void *state, size_t request) {
    struct bump_state *bump = state;
    if (request >= bump->threshold)
        return span_alloc(&bump->spans, bump->backend, request);
    struct block *block = bump_take(bump, round_up(request + BLOCK_HEADER_BYTES, HB_ALIGNMENT));
    return block ? block->payload : NULL;
}

static void *bump_calloc(void *state, size_t request) {
    return fresh_calloc(((struct bump_state *)state)->backend, bump_alloc, state, request);
}

static void *bump_alloc_aligned(void *state, size_t alignment, size_t request) {
    if (alignment > HB_ALIGNMENT_MAX)
        return NULL;
    struct block *block = bump_take(state, block_need(request + alignment));
    if (!block)
        return NULL;
    size_t front = round_up((uintptr_t)block->payload, alignment) - (uintptr_t)block->payload;
    size_t bytes = block_bytes(block);
    if (front)
        block->header = front;
    struct block *moved = block_at(block, front);
    moved->header = bytes - front;
    return moved->payload;
}

/* Never reused. A span is the system's: it goes back. */
static void bump_free(void *state, void *payload) {
    struct bump_state *bump = state;
    if (payload_is_span(payload))
        span_free(&bump->spans, bump->backend, payload);
}

static size_t bump_usable(void *state, const void *payload) {
    (void)state;
    return payload_is_span(payload) ? span_bytes(span_of(payload)) - SPAN_HEADER_BYTES
                                    : block_bytes(block_of(payload)) - BLOCK_HEADER_BYTES;
}

static void *bump_resize(void *state, void *payload, size_t request) {
    struct bump_state *bump = state;
    bool wants_span = request >= bump->threshold;
    if (payload_is_span(payload))
        return wants_span ? span_resize(&bump->spans, bump->backend, payload, request) : NULL;
    return !wants_span && request <= bump_usable(state, payload) ? payload : NULL;
}

static bool bump_walk(void *state, hb_block_visit *visit, void *context) {
    struct bump_state *bump = state;
    for (const struct block *block = (struct block *)bump->first;
         block && (char *)block != bump->next; block = block_next(block)) {
        bool fence = block->header & BLOCK_FENCE;
        struct hb_block seen = {block, fence ? NULL : block->payload, block_bytes(block),
                                fence ? HB_BLOCK_FENCE : HB_BLOCK_LIVE};
        if (!visit(context, &seen))
            return false;
    }
    return span_walk(bump->spans, visit, context);
}

static bool bump_check(void *state, struct hb_violation *violation) {
    struct bump_state *bump = state;
    for (const struct block *block = (struct block *)bump->first;
         block && (char *)block != bump->next; block = block_next(block)) {
        size_t room = (size_t)(bump->next - (const char *)block);
        if (!law_equal(violation, "B1 blocks follow one another to the pointer", block,
                       block_bytes(block) >= HB_ALIGNMENT && block_bytes(block) <= room, true))
            return false;
    }
    return true;
}

static const struct hb_allocator bump_allocator = {
    .family = "bump",
    .state_bytes = sizeof(struct bump_state),
    .open = bump_open,
    .alloc = bump_alloc,
    .calloc = bump_calloc,
    .alloc_aligned = bump_alloc_aligned,
    .free = bump_free,
    .resize = bump_resize,
    .usable = bump_usable,
    .walk = bump_walk,
    .check = bump_check,
};

static const struct hb_allocator *bump_variant(const struct hb_config *config) {
    (void)config;
    return &bump_allocator;
}

static const struct hb_option *const bump_options[] = {
    &hb_option_backend, &hb_option_grow,  &hb_option_mmap_threshold,
    &hb_option_preset,  &hb_option_scale, &hb_option_limit,
    &hb_option_fail_at, &hb_option_guard, NULL};

extern const struct hb_family hb_family_bump;
const struct hb_family hb_family_bump = {
    .name = "bump",
    .summary = "the next bytes of the heap; never frees",
    .source = "Wilson et al. 1995",
    .options = bump_options,
    .variant = bump_variant,
    .standard = &bump_allocator,
    .never_frees = true,
};
