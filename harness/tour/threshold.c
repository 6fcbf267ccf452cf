/* threshold.c -- claim: small requests move the break, large ones are mapped. */
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/tour/claim.h"
#include "harness/tour/observe.h"

enum { SMALL_IN_HEAP, LARGE_MAPPED, AT_DOCUMENTED, DYNAMIC, FIXED };
enum {
    FILL = 120000,
    SMALL = 1000,
    LARGE = 1 << 20,
    SEARCH_MAX = 64 << 20,
    DOCUMENTED = 128 << 10
};

static const char *const promises[] = {
    [SMALL_IN_HEAP] = "A small request is served from the heap, and moves the break if it must.",
    [LARGE_MAPPED] =
        "A request of the threshold or more gets a mapping of its own, outside the heap.",
    [AT_DOCUMENTED] = "The threshold is 128 KiB at first.",
    [DYNAMIC] = "glibc's threshold is dynamic: freeing a mapped block raises it above that size.",
    [FIXED] = "Our strategies' threshold is fixed: freeing a mapped block does not move it.",
    NULL,
};

static const char *const subjects[] = {"glibc", "bestfit", NULL};

/* Does the payload lie below the break, where the heap is? */
static bool is_in_heap(const void *payload) {
    struct tour_mapping heap = tour_heap_mapping();
    return (uintptr_t)payload >= heap.start && (uintptr_t)payload < heap.end;
}

/* In a child each, so that no probe finds what another left: where does a request go, after a block
 * of freed_first bytes was taken and freed? 0: none was. What the heap has left over is filled
 * before, as a request that fits there need not be mapped. */
static bool probe_is_mapped(struct tour_subject *subject, size_t freed_first, size_t request,
                            bool *answer) {
    pid_t pid = fork();
    if (pid == 0) {
        if (freed_first)
            tour_free(subject, tour_alloc(subject, freed_first));
        tour_alloc(subject, FILL);
        void *payload = tour_alloc(subject, request);
        *answer = payload && !is_in_heap(payload);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    return *answer;
}

/* The least request that is mapped, by halving the interval; SEARCH_MAX if none below is. */
static uint64_t threshold_search(struct tour_subject *subject, size_t freed_first, bool *answer) {
    uint64_t in_heap = 0, mapped = SEARCH_MAX;
    while (mapped - in_heap > 1) {
        uint64_t middle = in_heap + (mapped - in_heap) / 2;
        if (probe_is_mapped(subject, freed_first, middle, answer))
            mapped = middle;
        else
            in_heap = middle;
    }
    return mapped;
}

static void observe(struct tour_subject *subject, struct tour_facts *facts) {
    struct tour_threshold *seen = &facts->threshold;
    bool *answer =
        mmap(NULL, sizeof *answer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (answer == MAP_FAILED)
        return;
    seen->first = threshold_search(subject, 0, answer);
    seen->freed_bytes = LARGE;
    seen->second = threshold_search(subject, LARGE, answer);
    seen->small.request = SMALL;
    seen->large.request = seen->first;
    struct tour_threshold_request *const requests[] = {&seen->small, &seen->large};
    for (size_t i = 0; i < 2; i++) {
        requests[i]->break_before = tour_kernel_break();
        void *payload = tour_alloc(subject, requests[i]->request);
        requests[i]->payload = (uintptr_t)payload;
        requests[i]->is_in_heap = is_in_heap(payload);
        requests[i]->break_after = tour_kernel_break();
        tour_alloc(subject, FILL);
    }
}

static void check(const struct tour_facts *facts, struct tour_findings *findings) {
    const struct tour_threshold *seen = &facts->threshold;
    tour_judge(findings, SMALL_IN_HEAP,
               seen->small.is_in_heap && seen->small.break_after > seen->small.break_before,
               "%llu bytes lie at %#llx; the break went from %#llx to %#llx",
               (unsigned long long)seen->small.request, (unsigned long long)seen->small.payload,
               (unsigned long long)seen->small.break_before,
               (unsigned long long)seen->small.break_after);
    tour_judge(findings, LARGE_MAPPED,
               seen->first < SEARCH_MAX && !seen->large.is_in_heap &&
                   seen->large.break_after == seen->large.break_before,
               seen->first < SEARCH_MAX ? "%llu bytes lie in the heap, or moved the break"
                                        : "no request below %llu bytes is mapped",
               (unsigned long long)seen->first);
    tour_judge(findings, AT_DOCUMENTED, seen->first <= DOCUMENTED && seen->first > DOCUMENTED - 32,
               seen->first > 1 ? "it is %llu bytes" : "no request is served from the break",
               (unsigned long long)seen->first);
    if (facts->kind == TOUR_LIBC)
        tour_judge(findings, DYNAMIC, seen->second > seen->freed_bytes,
                   "it was %llu and is %llu after a block of %llu was freed",
                   (unsigned long long)seen->first, (unsigned long long)seen->second,
                   (unsigned long long)seen->freed_bytes);
    else if (facts->kind != TOUR_OTHER)
        tour_judge(findings, FIXED, seen->second == seen->first,
                   "it was %llu and is %llu after a block of %llu was freed",
                   (unsigned long long)seen->first, (unsigned long long)seen->second,
                   (unsigned long long)seen->freed_bytes);
}

static void request_show(struct tour_paper *paper, const struct tour_threshold_request *request) {
    tour_line(paper, "malloc(%llu) = 0x%llx: %s, the break moved by %lld",
              (unsigned long long)request->request, (unsigned long long)request->payload,
              request->is_in_heap ? "in the heap" : "mapped",
              (long long)(request->break_after - request->break_before));
}

static void tell(struct tour_paper *paper) {
    tour_text(paper,
              "malloc has two sources: the heap, whose break it moves, and mappings, each made "
              "by mmap for one block and given back by munmap when that is freed. Which one "
              "serves a request, its size decides.");
}

static void show(const struct tour_facts *facts, struct tour_paper *paper) {
    const struct tour_threshold *seen = &facts->threshold;
    request_show(paper, &seen->small);
    request_show(paper, &seen->large);
    tour_gap(paper);
    tour_line(paper, "%-40s %10llu", "found by halving: the least mapped",
              (unsigned long long)seen->first);
    tour_line(paper, "%-40s %10llu", "the same after free(malloc(1048576))",
              (unsigned long long)seen->second);
    if (facts->kind != TOUR_LIBC)
        return;
    tour_gap(paper);
    tour_text(paper,
              "glibc counts its header and rounds up: %llu + 8 bytes, rounded up to 16, are %d. A "
              "program that frees a mapped block will likely ask for such a block again, thinks "
              "glibc, and a mapping costs system calls and page faults each time: so its threshold "
              "moves up, to 32 MiB at most.",
              (unsigned long long)seen->first, DOCUMENTED);
}

extern const struct tour_claim tour_claim_threshold;
const struct tour_claim tour_claim_threshold = {
    .name = "threshold",
    .title = "Small requests move the break, large ones are mapped",
    .promises = promises,
    .subjects = subjects,
    .observe = observe,
    .check = check,
    .tell = tell,
    .show = show,
};
