/* fit_bench SPEC FREE_BLOCKS: the time of an allocation and its free in a heap of that many free
 * blocks, each between two live ones so that none merge. Their sizes vary up to a bound that grows
 * from 32 bytes at the low end to 1 KiB at the high one: small blocks gather where searches begin
 * (Knuth 1973, 2.5; Wilson et al. 1995, 3.5). A block that is freed takes its old place, so the
 * heap stays as it is. Before it is timed
 * each size is asked for some 30 times: a pairing heap sorts on the first look what was freed
 * before. Prints one line: free blocks, ns a pair (median of 9 rounds), lowest and highest round.
 */
#include "allocators/backend/backend.h"
#include "allocators/front.h"
#include "allocators/registry.h"
#include "tests/allocators/traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 9, IN_FLIGHT = 16, WARM_UP = 128, SIZE_MAX_BYTES = 1024, PIN_BYTES = 16 };
static const double round_ns = 2e7;

struct bench {
    struct hb_spec spec;
    struct hb_backend backend;
    const struct hb_allocator *allocator;
    void *state;
    uint64_t seed;
    void *live[IN_FLIGHT];
};

static double now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "fit_bench: %s%s\n", what, detail);
    exit(2);
}

static void bench_open(struct bench *bench, const char *spec) {
    char error[HB_OPTION_ERROR_MAX] = "";
    if (hb_spec_parse(spec, &bench->spec, error) != HB_SPEC_OK)
        fail("", error);
    bench->allocator = bench->spec.allocator;
    size_t bytes = (bench->allocator->state_bytes + 63) & ~(size_t)63;
    bench->state = aligned_alloc(64, bytes);
    if (!bench->state || !hb_backend_open(&bench->backend, &bench->spec.config))
        fail("no memory for the heap", "");
    memset(bench->state, 0, bytes);
    bench->allocator->open(bench->state, &bench->spec.config, &bench->backend);
    bench->seed = 0x9E3779B97F4A7C15u;
}

static void *bench_alloc(struct bench *bench, size_t request) {
    void *payload = hb_front_malloc(bench->allocator, bench->state, request);
    if (!payload)
        fail("the heap is full", "");
    return payload;
}

/* Free blocks and pins in turn; freed in random order. */
static void bench_fill(struct bench *bench, size_t free_blocks) {
    void **payloads = malloc(free_blocks * sizeof *payloads);
    if (!payloads)
        fail("no memory for the heap", "");
    for (size_t i = 0; i < free_blocks; i++) {
        uint64_t bound = SIZE_MAX_BYTES * (i + 1) / free_blocks;
        payloads[i] = bench_alloc(bench, 1 + traffic_below(&bench->seed, bound + 1));
        bench_alloc(bench, PIN_BYTES);
    }
    for (size_t left = free_blocks; left; left--) {
        size_t at = traffic_below(&bench->seed, left);
        hb_front_free(bench->allocator, bench->state, payloads[at]);
        payloads[at] = payloads[left - 1];
    }
    free(payloads);
}

static void bench_pairs(struct bench *bench) {
    for (int i = 0; i < IN_FLIGHT; i++) {
        hb_front_free(bench->allocator, bench->state, bench->live[i]);
        bench->live[i] = bench_alloc(bench, 1 + traffic_below(&bench->seed, SIZE_MAX_BYTES));
    }
}

static double bench_round(struct bench *bench) {
    double start = now_ns();
    for (uint64_t pairs = IN_FLIGHT;; pairs += IN_FLIGHT) {
        bench_pairs(bench);
        double spent = now_ns() - start;
        if (spent >= round_ns)
            return spent / (double)pairs;
    }
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    static struct bench bench;
    double rounds[ROUNDS];
    char *end = NULL;
    unsigned long free_blocks = argc == 3 ? strtoul(argv[2], &end, 10) : 0;
    if (!free_blocks || *end)
        fail("usage: fit_bench SPEC FREE_BLOCKS", "");
    bench_open(&bench, argv[1]);
    bench_fill(&bench, free_blocks);
    for (int i = 0; i < WARM_UP; i++)
        bench_pairs(&bench);
    for (int i = 0; i < ROUNDS; i++)
        rounds[i] = bench_round(&bench);
    qsort(rounds, ROUNDS, sizeof *rounds, by_value);
    printf("%lu %.1f %.1f %.1f\n", free_blocks, rounds[ROUNDS / 2], rounds[0], rounds[ROUNDS - 1]);
    return 0;
}
