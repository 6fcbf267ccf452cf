/* misuse.c -- misuse NAME STRATEGY: one misuse of the heap, on purpose. Says on stdout, before it,
 * the line that guard=on must end the process with; guard.sh compares. `misuse list` names them.
 */
#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REQUEST = 100, LARGE = 200000 };
static const char *strategy;

/* Without stdio's buffer, which would be in the heap. */
__attribute__((format(printf, 1, 2))) static void expect(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    dprintf(STDOUT_FILENO, "heapbench: guard: %s: ", strategy);
    vdprintf(STDOUT_FILENO, format, arguments);
    dprintf(STDOUT_FILENO, "\n");
    va_end(arguments);
}

/* The compiler is not to know where it is from. */
static unsigned char *block(size_t request) {
    unsigned char *volatile payload = malloc(request);
    return payload;
}

static void expect_overflow(const char *call, const unsigned char *payload, size_t request) {
    expect("%s: overflow: at %p, payload %p of %zu bytes, found 0x41, expected 0x%x", call,
           (const void *)(payload + request), (const void *)payload, request, payload[request]);
}

static const char *call_of(const char *name, const void *payload) {
    static char text[64];
    snprintf(text, sizeof text, "%s(%p)", name, payload);
    return text;
}

static void overflow_by_one(void) {
    unsigned char *payload = block(REQUEST);
    expect_overflow(call_of("free", payload), payload, REQUEST);
    payload[REQUEST] = 'A';
    free(payload);
}

static void overflow_into_the_next(void) {
    unsigned char *payload = block(REQUEST), *next = block(REQUEST);
    expect_overflow(call_of("free", payload), payload, REQUEST);
    memset(payload + REQUEST, 'A', 64);
    free(payload);
    free(next);
}

static void overflow_of_a_span(void) {
    unsigned char *payload = block(LARGE);
    expect_overflow(call_of("free", payload), payload, LARGE);
    payload[LARGE] = 'A';
    free(payload);
}

static void overflow_of_an_aligned_block(void) {
    unsigned char *payload = memalign(512, REQUEST);
    expect_overflow(call_of("free", payload), payload, REQUEST);
    payload[REQUEST] = 'A';
    free(payload);
}

static void overflow_seen_by_realloc(void) {
    unsigned char *payload = block(REQUEST);
    expect_overflow(call_of("realloc", payload), payload, REQUEST);
    payload[REQUEST] = 'A';
    free(realloc(payload, 5000));
}

static void overflow_after_realloc(void) {
    unsigned char *payload = realloc(block(5000), REQUEST);
    expect_overflow(call_of("free", payload), payload, REQUEST);
    payload[REQUEST] = 'A';
    free(payload);
}

static void overflow_seen_by_another_call(void) {
    unsigned char *payload = block(REQUEST);
    expect_overflow("malloc", payload, REQUEST);
    payload[REQUEST] = 'A';
    free(block(REQUEST));
}

static void overflow_seen_at_exit(void) {
    unsigned char *payload = block(REQUEST);
    expect_overflow("exit", payload, REQUEST);
    payload[REQUEST] = 'A';
}

static void underflow(void) {
    unsigned char *payload = block(REQUEST);
    uint64_t *seal = (uint64_t *)payload - 1;
    expect("free(%p): underflow: at %p, found 0x0, expected 0x%lx", (void *)payload,
           (void *)(payload - 16), *seal);
    *seal = 0;
    free(payload);
}

static void expect_double(const void *payload) {
    expect("free(%p): double free: it was freed before, expected a live payload", payload);
}

static void double_free(void) {
    unsigned char *payload = block(REQUEST);
    expect_double(payload);
    free(payload);
    free(payload);
}

static void double_free_of_a_span(void) {
    unsigned char *payload = block(LARGE);
    expect_double(payload);
    free(payload);
    free(payload);
}

static void double_free_after_merging(void) {
    unsigned char *payload[5];
    for (int i = 0; i < 5; i++)
        payload[i] = block(REQUEST);
    expect_double(payload[2]);
    free(payload[1]);
    free(payload[2]);
    free(payload[3]);
    free(payload[2]);
}

static void double_free_after_realloc(void) {
    unsigned char *payload = block(REQUEST), *wall = block(REQUEST);
    unsigned char *volatile moved = realloc(payload, 50000);
    expect_double(payload);
    free(payload);
    free(moved);
    free(wall);
}

static void free_inside_a_block(void) {
    unsigned char *payload = block(REQUEST);
    expect("free(%p): invalid: it lies in the block of payload %p of %d bytes, "
           "expected a live payload",
           (void *)(payload + 32), (void *)payload, REQUEST);
    free(payload + 32);
}

static void free_beside_the_alignment(void) {
    unsigned char *payload = block(REQUEST);
    expect("free(%p): invalid: it lies in the block of payload %p of %d bytes, "
           "expected a live payload",
           (void *)(payload + 1), (void *)payload, REQUEST);
    free(payload + 1);
}

static void expect_invalid(const char *call, const void *payload) {
    expect("%s(%p): invalid: it is no payload of this heap, expected a live payload", call,
           payload);
}

static void free_of_the_stack(void) {
    unsigned char buffer[64] __attribute__((aligned(16))) = {0};
    unsigned char *volatile payload = buffer + 32;
    expect_invalid("free", payload);
    free(payload);
}

static void free_of_no_memory(void) {
    unsigned char *volatile payload = (unsigned char *)0x7000;
    expect_invalid("free", payload);
    free(payload);
}

static void free_above_the_heap(void) {
    unsigned char *volatile payload = block(REQUEST) + (64 << 20);
    expect_invalid("free", payload);
    free(payload);
}

static void realloc_of_no_payload(void) {
    unsigned char buffer[64] __attribute__((aligned(16))) = {0};
    unsigned char *volatile payload = buffer + 32;
    expect_invalid("realloc", payload);
    free(realloc(payload, 10));
}

static void usable_size_of_no_payload(void) {
    unsigned char buffer[64] __attribute__((aligned(16))) = {0};
    unsigned char *volatile payload = buffer + 32;
    expect_invalid("malloc_usable_size", payload);
    malloc_usable_size(payload);
}

/* What is said depends on the strategy's lists: guard.sh expects only the beginning. Two blocks,
 * since a list of one may have no link in its block. */
static void write_to_a_free_list(void) {
    unsigned char *payload[2], *wall[2];
    for (int i = 0; i < 2; i++)
        payload[i] = block(REQUEST), wall[i] = block(REQUEST);
    expect("malloc: corrupted heap: ");
    for (int i = 0; i < 2; i++)
        free(payload[i]);
    for (int i = 0; i < 2; i++)
        memset(payload[i] - 16, 0x5A, 32);
    free(block(REQUEST));
    for (int i = 0; i < 2; i++)
        free(wall[i]);
}

static const struct misuse {
    const char *name;
    void (*commit)(void);
} misuses[] = {
    {"overflow_by_one", overflow_by_one},
    {"overflow_into_the_next", overflow_into_the_next},
    {"overflow_of_a_span", overflow_of_a_span},
    {"overflow_of_an_aligned_block", overflow_of_an_aligned_block},
    {"overflow_seen_by_realloc", overflow_seen_by_realloc},
    {"overflow_after_realloc", overflow_after_realloc},
    {"overflow_seen_by_another_call", overflow_seen_by_another_call},
    {"overflow_seen_at_exit", overflow_seen_at_exit},
    {"underflow", underflow},
    {"double_free", double_free},
    {"double_free_of_a_span", double_free_of_a_span},
    {"double_free_after_merging", double_free_after_merging},
    {"double_free_after_realloc", double_free_after_realloc},
    {"free_inside_a_block", free_inside_a_block},
    {"free_beside_the_alignment", free_beside_the_alignment},
    {"free_of_the_stack", free_of_the_stack},
    {"free_of_no_memory", free_of_no_memory},
    {"free_above_the_heap", free_above_the_heap},
    {"realloc_of_no_payload", realloc_of_no_payload},
    {"usable_size_of_no_payload", usable_size_of_no_payload},
    {"write_to_a_free_list", write_to_a_free_list},
};

int main(int argc, char **argv) {
    strategy = argc > 2 ? argv[2] : "";
    for (size_t i = 0; i < sizeof misuses / sizeof *misuses; i++) {
        if (argc == 2)
            dprintf(STDOUT_FILENO, "%s\n", misuses[i].name);
        else if (argc == 3 && strcmp(argv[1], misuses[i].name) == 0)
            misuses[i].commit();
    }
    return 0;
}
