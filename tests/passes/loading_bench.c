/* loading_bench.c -- what it costs to bring a trace to the worker, against replaying it.
 *
 *   loading_bench load ROUNDS FILE…      reading a trace into memory ÷ replaying it once on glibc
 *   loading_bench stream ROUNDS FILE…    replaying a streamed trace ÷ replaying it from memory
 *
 * Loading is all that comes before the first operation can be replayed: opening, decoding, checking
 * and compiling. Each round loads in a fresh process, twice: the first is cold, the second warm.
 * The replay's are those of the time pass. Rounds are interleaved; medians of their ratios. The
 * file itself is in the page cache. Not a test; scripts/measure-loading.sh runs it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/measure/clock.h"
#include "harness/measure/statistics.h"
#include "harness/passes/passes.h"

enum { ROUNDS_MAX = 99, ERROR_BYTES = 512 };

enum { COLD, WARM, TIMES };

struct bench {
    struct hb_core core;
    struct hb_thp_choice thp;
    struct hb_plan plan;
    struct hb_spec spec;
    size_t rounds;
};

static void fail(const char *message) {
    fprintf(stderr, "loading_bench: %s\n", message);
    exit(1);
}

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void load(struct hb_program *program, const char *path, uint64_t words_max) {
    char error[ERROR_BYTES];
    if (!hb_program_compile(program, path, 1, words_max, error))
        fail(error);
}

/* In a fresh process. */
static void load_timed(const char *path, double *ns) {
    int ends[2], status;
    if (pipe(ends) != 0)
        fail("no pipe");
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < TIMES; i++) {
            struct hb_program program;
            uint64_t start = hb_monotonic_ns();
            load(&program, path, UINT64_MAX);
            ns[i] = (double)(hb_monotonic_ns() - start);
            hb_program_free(&program);
        }
        _exit(write(ends[1], ns, TIMES * sizeof *ns) != TIMES * sizeof *ns);
    }
    close(ends[1]);
    bool came = read(ends[0], ns, TIMES * sizeof *ns) == TIMES * sizeof *ns;
    close(ends[0]);
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0 || !came)
        fail("no load");
}

/* Returns the wall time of the whole worker. */
static double replay_timed(const struct bench *bench, const struct hb_program *program,
                           double *ns) {
    static struct report report;
    double warm[JOB_REPLAYS_MAX];
    char error[ERROR_BYTES];
    struct job job;
    struct hb_plan plan = bench->plan;
    plan.program = program;
    hb_plan_job(&plan, &job, JOB_TIME, &bench->spec, TOUCH_FIRST);
    job.warm_ns = bench->plan.warm_ns;
    uint64_t start = hb_monotonic_ns();
    if (!hb_job_run(&job, program, &report, error))
        fail(error);
    double wall_ns = (double)(hb_monotonic_ns() - start);
    for (uint32_t i = 0; i < report.replay_count; i++)
        warm[i] = (double)report.replay_ns[i];
    ns[COLD] = (double)report.cold_ns;
    ns[WARM] = hb_median(warm, report.replay_count).median;
    return wall_ns;
}

static double median(const double *values, size_t count) {
    return hb_median(values, count).median;
}

/* The median of the rounds' ratios, as text with its interval. Returns it. */
static double ratio_print(const double *above, const double *below, size_t rounds) {
    double ratios[ROUNDS_MAX];
    for (size_t i = 0; i < rounds; i++)
        ratios[i] = above[i] / below[i];
    struct hb_interval interval = hb_median(ratios, rounds);
    printf(" %.3f [%.3f, %.3f] |", interval.median, interval.low, interval.high);
    return interval.median;
}

static void loads_measure(struct bench *bench, char **paths, size_t count) {
    double logs[TIMES] = {0};
    bench->plan.warm_ns = HB_WARM_NS;
    printf("| trace | operations | load, cold | load, warm | replay, cold | replay, warm |"
           " cold ÷ cold | warm ÷ warm |\n|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        double loads[TIMES][ROUNDS_MAX], replays[TIMES][ROUNDS_MAX], ns[TIMES];
        struct hb_program program;
        load(&program, paths[i], UINT64_MAX);
        double ops = (double)program.header->op_count;
        for (size_t round = 0; round < bench->rounds; round++) {
            load_timed(paths[i], ns);
            loads[COLD][round] = ns[COLD], loads[WARM][round] = ns[WARM];
            replay_timed(bench, &program, ns);
            replays[COLD][round] = ns[COLD], replays[WARM][round] = ns[WARM];
        }
        hb_program_free(&program);
        printf("| %s | %.0f | %.2f | %.2f | %.2f | %.2f |", name_of(paths[i]), ops,
               median(loads[COLD], bench->rounds) / ops, median(loads[WARM], bench->rounds) / ops,
               median(replays[COLD], bench->rounds) / ops,
               median(replays[WARM], bench->rounds) / ops);
        for (int time = COLD; time < TIMES; time++)
            logs[time] += log(ratio_print(loads[time], replays[time], bench->rounds));
        printf("\n");
        fflush(stdout);
    }
    printf("| geometric mean | | | | | | %.3f | %.3f |\n", exp(logs[COLD] / (double)count),
           exp(logs[WARM] / (double)count));
}

/* One streamed replay and one from memory, in this order or the other. */
static void pair_measure(const struct bench *bench, const struct hb_program *programs, size_t round,
                         double (*ns)[2][ROUNDS_MAX]) {
    for (size_t i = 0; i < 2; i++) {
        size_t which = (round + i) % 2;
        double replay[TIMES], wall = replay_timed(bench, &programs[which], replay);
        ns[COLD][which][round] = replay[COLD];
        ns[WARM][which][round] = replay[WARM];
        ns[TIMES][which][round] = wall;
    }
}

static void streams_measure(struct bench *bench, char **paths, size_t count) {
    printf("| trace | operations | replay from memory, warm | cold | warm | worker, wall |\n"
           "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        enum { MEMORY, STREAM };
        double ns[TIMES + 1][2][ROUNDS_MAX];
        struct hb_program programs[2];
        load(&programs[MEMORY], paths[i], UINT64_MAX);
        load(&programs[STREAM], paths[i], 0);
        for (size_t round = 0; round < bench->rounds; round++)
            pair_measure(bench, programs, round, ns);
        double ops = (double)programs[MEMORY].header->op_count;
        printf("| %s | %.0f | %.2f |", name_of(paths[i]), ops,
               median(ns[WARM][MEMORY], bench->rounds) / ops);
        for (int time = COLD; time <= TIMES; time++)
            ratio_print(ns[time][STREAM], ns[time][MEMORY], bench->rounds);
        printf("\n");
        fflush(stdout);
        hb_program_free(&programs[MEMORY]);
        hb_program_free(&programs[STREAM]);
    }
}

static void bench_start(struct bench *bench, const char *rounds) {
    char error[HB_OPTION_ERROR_MAX];
    *bench = (struct bench){.plan = {.touch = -1, .timeout_s = HB_NO_TIMEOUT}};
    bench->plan.core = &bench->core;
    bench->plan.thp = &bench->thp;
    bench->plan.memory_limit =
        (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / 5 * 4;
    bench->rounds = strtoul(rounds, NULL, 10);
    if (bench->rounds < 1 || bench->rounds > ROUNDS_MAX)
        fail("1 to 99 rounds");
    if (hb_spec_parse("glibc", &bench->spec, error) != HB_SPEC_OK)
        fail(error);
    hb_core_of_machine(&bench->core, -1, 0);
    hb_core_avoid(&bench->core);
}

int main(int argc, char **argv) {
    static struct bench bench;
    bool loads = argc > 3 && strcmp(argv[1], "load") == 0;
    if (!loads && !(argc > 3 && strcmp(argv[1], "stream") == 0)) {
        fprintf(stderr, "usage: loading_bench load|stream ROUNDS FILE...\n");
        return 2;
    }
    bench_start(&bench, argv[2]);
    if (loads)
        loads_measure(&bench, argv + 3, (size_t)argc - 3);
    else
        streams_measure(&bench, argv + 3, (size_t)argc - 3);
    return 0;
}
